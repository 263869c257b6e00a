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
 * Checks every invariant of the concurrent buddy, one check and one message each, and reads all of it. At rest only: no
 * thread may be in a call. Time and place: in proportion to the region.
 */
final class ConcurrentBuddyVerifier
{
    private ConcurrentBuddyVerifier()
    {
    }

    /**
     * Checks words and extents.
     *
     * @param words   the free units.
     * @param extents for every unit the length of the block that starts there, units, or 0.
     * @throws IllegalStateException at the first invariant that doesn't hold.
     */
    static void verify(final ConcurrentWords words, final int[] extents)
    {
        if (words.transit.isAny())
        {
            throw BuddyVerifier.broken("C3", "a thread is in a call, or was stopped there");
        }
        for (int level = 0; level < words.levels.length; level++)
        {
            checkToldOnce(words, level);
            checkInside(words, level);
            checkHinted(words.levels[level], level);
            for (int c = 0; c < ConcurrentLevel.CLASSES; c++)
            {
                checkTree(words.levels[level].hints[c], "level=" + level + " class=" + c);
            }
        }
        BuddyVerifier.checkExtents(words::freeUnits, extents);
    }

    /** C1. */
    private static void checkToldOnce(final ConcurrentWords words, final int level)
    {
        final long[] bits = words.levels[level].words;
        for (int word = 0; word < bits.length; word++)
        {
            int slot = word;
            for (int above = level + 1; above < words.levels.length; above++)
            {
                if (0 != AtomicBits.get(bits, word) && AtomicBits.isSet(words.levels[above].words, slot))
                {
                    throw BuddyVerifier.broken("C1", "free both at level=" + level + " word=" + word +
                        " and at level=" + above + " slot=" + slot);
                }
                slot >>>= 6;
            }
        }
    }

    /** C2. */
    private static void checkInside(final ConcurrentWords words, final int level)
    {
        final long[] bits = words.levels[level].words;
        final int slots = words.open() >>> 6 * level;
        for (int word = slots >>> 6; word < bits.length; word++)
        {
            final long outside = word == slots >>> 6 ? -1L << slots : -1;
            if (0 != (AtomicBits.get(bits, word) & outside))
            {
                throw BuddyVerifier.broken("C2", "level=" + level + " has slots=" + slots +
                    " and one beyond is free, word=" + word);
            }
        }
    }

    /** L1. */
    private static void checkHinted(final ConcurrentLevel level, final int number)
    {
        for (int word = 0; word < level.words.length; word++)
        {
            final int least = ConcurrentLevel.classOf(AtomicBits.get(level.words, word));
            boolean isHinted = least < 0;
            for (int c = Math.max(0, least); c < ConcurrentLevel.CLASSES && !isHinted; c++)
            {
                isHinted = level.hints[c].isSet(word);
            }
            if (!isHinted)
            {
                throw BuddyVerifier.broken("L1", "level=" + number + " word=" + word + " of class=" + least +
                    " is in no class from there on");
            }
        }
    }

    /** H1. */
    private static void checkTree(final HintTree tree, final String which)
    {
        for (int depth = 1; depth < tree.depths.length; depth++)
        {
            final long[] below = tree.depths[depth - 1];
            for (int word = 0; word < below.length; word++)
            {
                if (0 != AtomicBits.get(below, word) && !AtomicBits.isSet(tree.depths[depth], word))
                {
                    throw BuddyVerifier.broken("H1", "hints of " + which + " depth=" + depth + " bit=" + word +
                        ": wanted, as the word below isn't 0");
                }
            }
        }
    }

    /** The length of the longest stretch of free units, across all borders. Reads every word. */
    static int longestStretch(final ConcurrentWords words)
    {
        int longest = 0;
        int stretch = 0;
        for (int word = 0; word < words.levels[0].words.length; word++)
        {
            final long free = words.freeUnits(word);
            longest = Math.max(longest, Math.max(RunSearch.longest(free), stretch + Long.numberOfTrailingZeros(~free)));
            stretch = -1 == free ? stretch + 64 : Long.numberOfLeadingZeros(~free);
        }
        return longest;
    }
}
