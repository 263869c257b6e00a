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

import java.util.function.IntToLongFunction;

/**
 * Checks every invariant of the buddy, one check and one message each. Time and place: in proportion to the region.
 */
final class BuddyVerifier
{
    private BuddyVerifier()
    {
    }

    /**
     * Checks words and extents.
     *
     * @param words   the free units.
     * @param extents for every unit the length of the block that starts there, units, or 0.
     * @throws IllegalStateException at the first invariant that doesn't hold.
     */
    static void verify(final RadixWords words, final int[] extents)
    {
        if (words.open != words.units && words.open != words.lastWholeSlotEnd())
        {
            throw broken("I5", "open=" + words.open + " wanted=" + words.units + " or " + words.lastWholeSlotEnd());
        }
        for (int level = 0; level < words.levels.length; level++)
        {
            checkInside(words, level);
            checkPromoted(words, level);
            checkToldOnce(words, level);
            checkLongest(words.levels[level], level);
            checkIndex(words.levels[level], level);
        }
        checkExtents(words::freeUnits, extents);
    }

    /** I1. */
    private static void checkToldOnce(final RadixWords words, final int level)
    {
        final long[] bits = words.levels[level].words;
        for (int word = 0; word < bits.length; word++)
        {
            int slot = word;
            for (int above = level + 1; above < words.levels.length; above++)
            {
                if (0 != bits[word] && isSet(words.levels[above].words, slot))
                {
                    throw broken("I1", "free both at level=" + level + " word=" + word + " and at level=" + above +
                        " slot=" + slot);
                }
                slot >>>= 6;
            }
        }
    }

    /** I2. */
    private static void checkInside(final RadixWords words, final int level)
    {
        final long[] bits = words.levels[level].words;
        final int slots = words.open >>> 6 * level;
        final int last = bits.length - 1;
        for (int word = slots >>> 6; word <= last; word++)
        {
            final long outside = word == slots >>> 6 ? -1L << slots : -1;
            if (0 != (bits[word] & outside))
            {
                throw broken("I2", "level=" + level + " has slots=" + slots + " and one beyond is free, word=" + word +
                    " bits=" + hex(bits[word]));
            }
        }
    }

    /** I3. */
    private static void checkPromoted(final RadixWords words, final int level)
    {
        final long[] bits = words.levels[level].words;
        for (int word = 0; word < bits.length && level + 1 < words.levels.length; word++)
        {
            if (-1 == bits[word])
            {
                throw broken("I3", "level=" + level + " word=" + word + " is wholly free but not one slot above");
            }
        }
    }

    /** I4, lengths. */
    private static void checkLongest(final RadixLevel level, final int number)
    {
        for (int word = 0; word < level.words.length; word++)
        {
            final int longest = RunSearch.longest(level.words[word]);
            if (longest != level.longest[word])
            {
                throw broken("I4", "level=" + number + " word=" + word + " bits=" + hex(level.words[word]) +
                    ": longest run wanted=" + longest + " got=" + level.longest[word]);
            }
        }
    }

    /** I4, the bits of the index against the lengths, and every depth against the one below. */
    private static void checkIndex(final RadixLevel level, final int number)
    {
        final int last = level.positions.length - 1;
        for (int length = 1; length <= 64; length++)
        {
            int bits = level.words.length;
            for (int depth = last; depth >= 0; depth--)
            {
                for (int i = 0; i < bits; i++)
                {
                    final boolean wanted = depth == last ?
                        level.longest[i] == length :
                        0 != level.index[(level.positions[depth + 1] + i << 6) + length - 1];
                    final long got = level.index[(level.positions[depth] + (i >>> 6) << 6) + length - 1] >>> i & 1;
                    if (wanted != (0 != got))
                    {
                        throw broken("I4", "index of level=" + number + " length=" + length + " depth=" + depth +
                            " bit=" + i + ": wanted=" + wanted);
                    }
                }
                bits = bits + 63 >>> 6;
            }
            if ((0 != level.index[length - 1]) != (0 != (level.nonEmpty >>> length - 1 & 1)))
            {
                throw broken("I4", "nonEmpty of level=" + number + " length=" + length + ": wanted=" +
                    (0 != level.index[length - 1]));
            }
        }
    }

    /**
     * X1 to X3.
     *
     * @param freeUnits the free units of a word of level 0.
     * @param extents   for every unit the length of the block that starts there, units, or 0.
     */
    static void checkExtents(final IntToLongFunction freeUnits, final int[] extents)
    {
        int blockEnd = 0;
        for (int unit = 0; unit < extents.length; unit++)
        {
            final boolean isFree = 0 != (freeUnits.applyAsLong(unit >>> 6) >>> unit & 1);
            final int count = extents[unit];
            if (count < 0 || count > extents.length - unit)
            {
                throw broken("X1", "block at unit=" + unit + " has count=" + count + " of units=" + extents.length);
            }
            if (0 != count && unit < blockEnd)
            {
                throw broken("X1", "block at unit=" + unit + " lies in another that ends at unit=" + blockEnd);
            }
            blockEnd = Math.max(blockEnd, unit + count);
            if (isFree && unit < blockEnd)
            {
                throw broken("X2", "unit=" + unit + " is free and in a block that ends at unit=" + blockEnd);
            }
            if (!isFree && unit >= blockEnd)
            {
                throw broken("X3", "unit=" + unit + " is neither free nor in a block");
            }
        }
    }

    private static boolean isSet(final long[] bits, final int slot)
    {
        return 0 != (bits[slot >>> 6] >>> slot & 1);
    }

    private static String hex(final long bits)
    {
        return "0x" + Long.toHexString(bits);
    }

    static IllegalStateException broken(final String invariant, final String what)
    {
        return new IllegalStateException(invariant + " broken: " + what);
    }
}
