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

import io.quarry.alloc.WordVisits;

/**
 * The last resort of {@link RadixWords}: places whose slots at either end are free only in part, but as far as needed.
 * So a block that was just freed always finds its place again, though others have the rest of its slots by now. Looks
 * at every word of the levels in question, which is why it comes last.
 */
final class EdgeSearch
{
    private EdgeSearch()
    {
    }

    /**
     * Takes a run that begins at the first aligned unit of a slot of 64^level units. This slot and all those that lie
     * in the run whole must be in one word of their level, which is the lowest that has words so long, or any above.
     *
     * @param words     to take it from; nothing that {@link RadixWords#take} finds first is there.
     * @param count     units, from 1.
     * @param first     the first aligned unit.
     * @param alignment units from one aligned unit to the next, a power of two.
     * @return the first unit, or -1 if there is no place for it.
     */
    static int take(final RadixWords words, final int count, final long first, final long alignment)
    {
        int unit = -1;
        for (int level = Math.max(1, RadixWords.levelOf(count)); level < words.levels.length && unit < 0; level++)
        {
            unit = takeAt(words, level, count, first, alignment);
        }
        return unit;
    }

    /** A run inside one slot isn't looked for: for the level below that slot is one word. */
    private static int takeAt(
        final RadixWords words, final int level, final int count, final long first, final long alignment)
    {
        final int shift = 6 * level;
        final int offset = (int)(first & (1L << shift) - 1);
        final long end = (long)offset + count;
        final int whole = (int)(end >>> shift) - (0 == offset ? 0 : 1);
        final boolean isExact = 0 == offset && (0 == whole || 0 == (end & (1L << shift) - 1));
        if (whole < 0 || isExact || whole > 0 && 0 == words.levels[level].nextLength(whole))
        {
            return -1;
        }
        final long distance = Math.max(1, alignment >>> shift);
        final long firstSlot = first >>> shift;
        final boolean isSparse = distance > 64;
        final long starts = isSparse ? 1L << firstSlot : RunSearch.every((int)distance, (int)firstSlot);
        final long[] slots = words.levels[level].words;
        for (long word = firstSlot >>> 6; word < slots.length; word += isSparse ? distance >>> 6 : 1)
        {
            WordVisits.count();
            final long candidates = starts & candidates(slots[(int)word], whole, offset);
            final int unit = claimOne(words, (word << 6 + shift) + offset, shift, candidates, count);
            if (unit >= 0)
            {
                return unit;
            }
        }
        return -1;
    }

    /**
     * Slots that the run could begin in, as its whole slots are free. If it begins with a whole one, the slot after the
     * whole ones is not free: else the run would have been found before.
     */
    private static long candidates(final long free, final int whole, final int offset)
    {
        if (0 == whole)
        {
            return -1;
        }
        final long starts = RunSearch.starts(free, whole);
        return 0 == offset ? starts & ~(free >>> whole) : starts >>> 1;
    }

    private static int claimOne(
        final RadixWords words, final long from, final int shift, final long candidates, final int count)
    {
        for (long left = candidates; 0 != left; left &= left - 1)
        {
            final long unit = from + ((long)Long.numberOfTrailingZeros(left) << shift);
            if (unit + count > words.units)
            {
                return -1;
            }
            if (words.claim((int)unit, (int)unit + count))
            {
                return (int)unit;
            }
        }
        return -1;
    }
}
