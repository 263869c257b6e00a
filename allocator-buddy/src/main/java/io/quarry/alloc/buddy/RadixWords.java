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
 * The buddy's free units as words of 64 bits, stacked 64-ary: finds a run of units, takes it, and gives it back.
 * <p>
 * For one thread. Makes no object after construction. Memory: see {@link RadixLevel}; all levels together cost
 * 0.27 B a unit and about 0.5 KiB for each length of the stack.
 * <p>
 * Source: the binary buddy (K. C. Knowlton, A fast storage allocator, CACM 8(10), 1965) with radix 64, a word of bits
 * being the complete tree of its six lowest orders.
 */
final class RadixWords
{
    // level 0    word 0: units 0..63     word 1: units 64..127    word 2: units 128..191  ...
    //              \                       |                        /
    // level 1        word 0: bit 0, bit 1, bit 2, ... : a slot of 64 units each
    // ...
    // level top      one word
    //
    // Slot s of level l is the units s * 64^l to (s + 1) * 64^l - 1. A free unit is told by exactly one bit: that of
    // the highest slot that has nothing but free units. So below a set bit all is 0, a word that becomes -1 hands its
    // slot up and becomes 0, and 0 means "nothing free, or told further up".
    //
    // The units from "open" on are all free and not told by any bit: the reserve. They are what is left of the region
    // after the last whole slot of the top level. A word there is short, so the search, which likes short runs, would
    // put the first small blocks at the very end of an empty region.
    //
    // I1  a unit below "open" is free iff exactly one of the bits over it is set; below a set bit every word is 0
    // I2  no bit is set for a slot that doesn't end at "open" or before
    // I3  no word below the top is -1
    // I4  index and longest runs of every level say what the words say, see RadixLevel
    // I5  "open" is the end of the region, or of its last whole slot of the top level

    private static final int TAKEN = 0;
    private static final int DONE = 1;
    private static final int ABOVE = 2;

    private static final int TEST = 0;
    private static final int CLAIM = 1;
    private static final int RELEASE = 2;

    final int units;
    final RadixLevel[] levels;
    int open;
    private final RadixLevel bottom;
    private final int top;

    /**
     * Makes the words, every unit being free.
     *
     * @param units from 1.
     */
    RadixWords(final int units)
    {
        this.units = units;
        top = levelOf(units);
        levels = new RadixLevel[top + 1];
        int count = units;
        for (int level = 0; level <= top; level++)
        {
            count = (int)(count + 63L >>> 6);
            levels[level] = new RadixLevel(count);
        }
        bottom = levels[0];
        open = lastWholeSlotEnd();
        release(0, open);
    }

    /** Where the last whole slot of the top level ends. There is one, or the region wouldn't need that level. */
    int lastWholeSlotEnd()
    {
        return units >>> 6 * top << 6 * top;
    }

    /**
     * The lowest level where one word can hold so many units.
     *
     * @param count units, from 1.
     * @return the level: 0 up to 64, 1 up to 64^2 and so on.
     */
    static int levelOf(final int count)
    {
        return count <= 64 ? 0 : (31 - Integer.numberOfLeadingZeros(count - 1)) / 6;
    }

    /**
     * Takes a run.
     *
     * @param count units, from 1 to {@link #units}.
     * @return the first unit, or -1 if there is no place for it.
     */
    int take(final int count)
    {
        if (count <= 64)
        {
            final int unit = bottom.take(count);
            if (unit >= 0)
            {
                return unit;
            }
        }
        return takeAbove(count);
    }

    private int takeAbove(final int count)
    {
        for (int level = Math.max(count <= 64 ? 1 : 0, levelOf(count)); level <= top; level++)
        {
            final int slots = slotsFor(count, level);
            final int slot = levels[level].take(slots);
            if (slot >= 0)
            {
                return trim(level, slot, slots, 0, count);
            }
        }
        return openReserve() ? take(count) : EdgeSearch.take(this, count, 0, 1);
    }

    /**
     * Takes a run that starts at an aligned unit.
     *
     * @param count     units, from 1 to {@link #units}.
     * @param first     the first aligned unit, from 0 to alignment - 1; it may lie beyond the last unit.
     * @param alignment units from one aligned unit to the next, a power of two.
     * @return the first unit, or -1 if there is no place for it.
     */
    int takeAligned(final int count, final long first, final long alignment)
    {
        if (first + count > units)
        {
            return -1;
        }
        int unit = takeAligned(count, first, alignment, false);
        if (unit < 0 && openReserve())
        {
            unit = takeAligned(count, first, alignment, false);
        }
        if (unit < 0)
        {
            unit = takeAligned(count, first, alignment, true);
        }
        return unit < 0 ? EdgeSearch.take(this, count, first, alignment) : unit;
    }

    /** Whether there is such a run. It is taken and given back: what is free has one form only, but for the reserve. */
    boolean canTake(final int count, final long first, final long alignment)
    {
        final int openBefore = open;
        final int unit = alignment <= 1 ? take(count) : takeAligned(count, first, alignment);
        if (unit >= 0)
        {
            release(unit, unit + count);
        }
        if (openBefore != open)
        {
            walk(CLAIM, openBefore, units);
            open = openBefore;
        }
        return unit >= 0;
    }

    private int takeAligned(final int count, final long first, final long alignment, final boolean everywhere)
    {
        int unit = -1;
        for (int level = levelOf(count); level <= top && unit < 0; level++)
        {
            unit = takeAlignedAt(level, count, first, alignment, everywhere);
        }
        return unit;
    }

    /**
     * Where alignment is at most the length of a slot, every slot has its first aligned unit at the same offset. Where
     * it is more, so have all slots that have one, and they are alignment / 64^level slots apart.
     */
    private int takeAlignedAt(
        final int level, final int count, final long first, final long alignment, final boolean everywhere)
    {
        final int shift = 6 * level;
        final int offset = (int)(first & (1L << shift) - 1);
        final int slots = slotsFor((long)offset + count, level);
        final RadixLevel words = levels[level];
        WordVisits.count();
        if (slots > 64 || 0 == words.nextLength(slots))
        {
            return -1;
        }
        final long distance = Math.max(1, alignment >>> shift);
        final int slot = words.takeAligned(slots, first >>> shift, distance, everywhere);
        return slot < 0 ? -1 : trim(level, slot, slots, offset, count);
    }

    /** Gives back what was taken in whole slots on either side of what was asked for. */
    private int trim(final int level, final int slot, final int slots, final int offset, final int count)
    {
        final int from = slot << 6 * level;
        final int unit = from + offset;
        if (0 != offset)
        {
            release(from, unit);
        }
        final int to = slot + slots << 6 * level;
        if (unit + count < to)
        {
            release(unit + count, to);
        }
        return unit;
    }

    private static int slotsFor(final long count, final int level)
    {
        final int shift = 6 * level;
        return (int)(count + (1L << shift) - 1 >>> shift);
    }

    /**
     * Gives a run back. What it makes whole becomes one slot of the level above.
     *
     * @param from the first unit; none up to {@code to} may be free.
     * @param to   the first unit after it.
     */
    void release(final int from, final int to)
    {
        final int word = from >>> 6;
        if (word == to - 1 >>> 6)
        {
            if (-1 != (bottom.words[word] | RunSearch.mask(from, to - from)))
            {
                bottom.add(word, from, to - from);
                return;
            }
        }
        walk(RELEASE, from, to);
    }

    /**
     * Takes a certain run if all of it is free.
     *
     * @param from the first unit.
     * @param to   the first unit after it, more than {@code from}.
     * @return whether it was taken; if not nothing has changed.
     */
    boolean claim(final int from, final int to)
    {
        if (!isFree(from, to))
        {
            return false;
        }
        if (to > open)
        {
            openReserve();
        }
        return walk(CLAIM, from, to);
    }

    /** Whether all units from one to before another, at least one, are inside the region and free. */
    boolean isFree(final int from, final int to)
    {
        return to <= units && (from >= open || walk(TEST, from, Math.min(to, open)));
    }

    private boolean openReserve()
    {
        final int from = open;
        if (from == units)
        {
            return false;
        }
        open = units;
        release(from, units);
        return true;
    }

    /**
     * Cuts a run at the borders of words, level by level: at most a piece of a word at either end, whose bits are here
     * or, if it makes a whole word or is part of one, above; and whole words between, which are slots of the level
     * above.
     */
    private boolean walk(final int operation, final int from, final int to)
    {
        int low = from;
        int high = to;
        for (int level = 0; level <= top && low < high; level++)
        {
            final int lowWord = low >>> 6;
            final int highWord = high - 1 >>> 6;
            int lowState = ABOVE;
            int highState = ABOVE;
            if (lowWord == highWord)
            {
                lowState = visit(operation, level, lowWord, RunSearch.mask(low, high - low));
                highState = lowState;
            }
            else
            {
                if (0 != (low & 63))
                {
                    lowState = visit(operation, level, lowWord, -1L << low);
                }
                if (0 != (high & 63))
                {
                    highState = visit(operation, level, highWord, -1L >>> -high);
                }
            }
            if (TAKEN == lowState || TAKEN == highState)
            {
                return false;
            }
            low = ABOVE == lowState ? lowWord : lowWord + 1;
            high = ABOVE == highState ? highWord + 1 : highWord;
        }
        return low >= high;
    }

    private int visit(final int operation, final int level, final int word, final long mask)
    {
        final RadixLevel words = levels[level];
        final long free = words.words[word];
        if (TEST == operation)
        {
            WordVisits.count();
            return mask == (free & mask) ? DONE : 0 == free ? ABOVE : TAKEN;
        }
        if (CLAIM == operation)
        {
            final boolean here = mask == (free & mask);
            words.set(word, here ? free & ~mask : ~mask);
            return here ? DONE : ABOVE;
        }
        final boolean whole = -1 == (free | mask) && level < top;
        words.set(word, whole ? 0 : free | mask);
        return whole ? ABOVE : DONE;
    }

    /** The longest run of level 0, units, 64 at most. */
    int longestHole()
    {
        return 64 - Long.numberOfLeadingZeros(bottom.nonEmpty);
    }

    /**
     * The free units of a word of level 0, those that are told further up included.
     *
     * @param word of level 0.
     * @return a set bit for every free unit.
     */
    long freeUnits(final int word)
    {
        final int first = word << 6;
        if (first >= open)
        {
            return RunSearch.mask(0, Math.min(64, units - first));
        }
        long free = bottom.words[word];
        int slot = word;
        for (int level = 1; level <= top; level++)
        {
            free |= -(levels[level].words[slot >>> 6] >>> slot & 1);
            slot >>>= 6;
        }
        return free;
    }

    /** The length of the longest stretch of free units, across all borders. Reads every word. */
    int longestStretch()
    {
        int longest = 0;
        int stretch = 0;
        for (int word = 0; word < bottom.words.length; word++)
        {
            final long free = freeUnits(word);
            longest = Math.max(longest, Math.max(RunSearch.longest(free), stretch + Long.numberOfTrailingZeros(~free)));
            stretch = -1 == free ? stretch + 64 : Long.numberOfLeadingZeros(~free);
        }
        return longest;
    }

    /** Makes every unit taken. */
    void clear()
    {
        open = units;
        for (final RadixLevel level : levels)
        {
            level.clear();
        }
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        long bytes = 0;
        for (final RadixLevel level : levels)
        {
            bytes += level.metadataBytes();
        }
        return bytes;
    }
}
