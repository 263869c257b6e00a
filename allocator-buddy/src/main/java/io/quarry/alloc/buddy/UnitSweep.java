/*
 * Copyright 2026 The Quarry authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 * https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package io.quarry.alloc.buddy;

/**
 * The last resort of {@link ConcurrentWords}: looks at every unit, from the lowest on, for a run across all borders. At
 * rest it finds a place if there is one, however the free units are told. What only asks leaves all units where they
 * are, as a request of another thread may need them at that moment.
 */
final class UnitSweep
{
    /** No run was seen. */
    static final int NONE = -1;

    /** A run was seen, but another thread was quicker. */
    static final int LOST = -2;

    private UnitSweep()
    {
    }

    /**
     * Takes the lowest run.
     *
     * @param words     to take it from.
     * @param count     units, from 1.
     * @param first     the first aligned unit.
     * @param alignment units from one aligned unit to the next, a power of two.
     * @return the first unit, or {@link #NONE} or {@link #LOST}.
     */
    static int take(final ConcurrentWords words, final int count, final long first, final long alignment)
    {
        return sweep(words, count, first, alignment, true);
    }

    /** Whether there is a run that {@link #take} would take; nothing is changed. */
    static boolean isThere(final ConcurrentWords words, final int count, final long first, final long alignment)
    {
        return NONE != sweep(words, count, first, alignment, false);
    }

    private static int sweep(
        final ConcurrentWords words, final int count, final long first, final long alignment, final boolean takes)
    {
        int found = NONE;
        long start = 0;
        for (int word = 0; word < words.levels[0].words.length; word++)
        {
            final long free = words.freeUnits(word);
            final long base = (long)word << 6;
            // Each taken unit ends a stretch of free ones; the next begins after the taken ones.
            long taken = ~free;
            while (0 != taken)
            {
                final int bit = Long.numberOfTrailingZeros(taken);
                final int unit = sweepIn(words, start, base + bit, count, first, alignment, takes);
                if (NONE != unit)
                {
                    if (unit >= 0)
                    {
                        return unit;
                    }
                    found = LOST;
                }
                final long next = free & -1L << bit;
                final int begin = 0 == next ? 64 : Long.numberOfTrailingZeros(next);
                start = base + begin;
                taken = 64 == begin ? 0 : taken & -1L << begin;
            }
        }
        final int unit = sweepIn(words, start, words.units, count, first, alignment, takes);
        return NONE == unit ? found : unit;
    }

    private static int sweepIn(
        final ConcurrentWords words,
        final long start,
        final long end,
        final int count,
        final long first,
        final long alignment,
        final boolean takes)
    {
        final long unit = Math.max(first, start + (first - start & alignment - 1));
        if (unit + count > end)
        {
            return NONE;
        }
        return !takes || RunClaim.claim(words, (int)unit, (int)unit + count) ? (int)unit : LOST;
    }
}
