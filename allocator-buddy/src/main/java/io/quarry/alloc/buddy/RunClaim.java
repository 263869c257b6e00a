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
 * Takes a certain run of {@link ConcurrentWords}, whatever words tell it free.
 */
final class RunClaim
{
    private RunClaim()
    {
    }

    /**
     * Takes a run if all of it is free: piece by piece, from left to right. If one isn't free any more those before it
     * are given back.
     *
     * @param words to take it from.
     * @param from  the first unit.
     * @param to    the first unit after it, more than {@code from}.
     * @return whether it was taken; if not no unit is in hand.
     */
    static boolean claim(final ConcurrentWords words, final int from, final int to)
    {
        if (to > words.units || !words.isFree(from, to))
        {
            return false;
        }
        if (to > words.open())
        {
            words.openReserve();
        }
        words.transit.enter();
        int at = from;
        while (at >= 0 && at < to)
        {
            final int next = claimPiece(words, at, to);
            if (next < 0 && at > from)
            {
                words.release(from, at);
            }
            at = next;
        }
        words.transit.exit();
        return at >= 0;
    }

    /** Takes what one word tells free from a unit on. Returns the unit after it, or -1 if that unit isn't free. */
    private static int claimPiece(final ConcurrentWords words, final int at, final int to)
    {
        for (int level = 0; level < words.levels.length; level++)
        {
            final int shift = 6 * level;
            final int slot = at >>> shift;
            final int last = to - 1 >>> shift;
            final int count = claimSlots(
                words.levels[level].words, slot, Math.min(63 - (slot & 63), last - slot) + 1);
            if (count > 0)
            {
                final int start = slot << shift;
                final int end = slot + count << shift;
                if (start < at)
                {
                    words.release(start, at);
                }
                if (end > to)
                {
                    words.release(to, end);
                }
                return Math.min(end, to);
            }
        }
        return -1;
    }

    /** Takes the free slots from one on, as far as they go. Returns how many. */
    private static int claimSlots(final long[] words, final int slot, final int most)
    {
        while (true)
        {
            final long free = AtomicBits.get(words, slot >>> 6);
            final int count = Math.min(most, Long.numberOfTrailingZeros(~(free >>> slot)));
            if (0 == count || AtomicBits.swap(words, slot >>> 6, free, free & ~RunSearch.mask(slot, count)))
            {
                return count;
            }
        }
    }
}
