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

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The free units of the concurrent buddy as words of 64 bits, stacked 64-ary as in {@link RadixWords}: finds a run of
 * units, takes it, and gives it back.
 * <p>
 * Threads: any. Makes no object after construction. Bytes: see {@link ConcurrentLevel} and {@link Stripes}; all
 * together about 0.27 B a unit.
 */
final class ConcurrentWords
{
    // A bit is one resource: its units are in exactly one word, or in exactly one hand.
    //
    //   in a word    the bit is set; who clears it, by compare-and-set, has the units
    //   in a hand    of a user, as a block; or of a thread amid a call, see Transit
    //
    // Units that are free may be told by one bit of a level or by 64 of the level below: a word that has become -1
    // stays so, as it may be needed the next moment, until a request wants its slot of the level above. So what is free
    // has many forms, and whether a request can be met doesn't depend on the form.
    //
    // There is no ABA: a word that has the value expected has these slots free, whatever happened in between.
    //
    // The reserve is what is left of the region after the last whole slot of the top level, as in RadixWords.
    //
    // C1  a unit is told free by at most one bit of all those over it
    // C2  no bit is set for a slot that doesn't end in the region, or while the reserve is kept before it
    // C3  at rest no units are in transit

    /** Words of a level that are made slots of the level above before a search tries. */
    private static final int BATCH = 64;

    final int units;
    final ConcurrentLevel[] levels;
    final Stripes stripes;
    final Transit transit;
    private final ConcurrentLevel bottom;
    private final int top;
    private final int reserveFrom;
    private final AtomicBoolean isReserveKept;

    /**
     * Makes the words, every unit being free.
     *
     * @param units from 1.
     */
    ConcurrentWords(final int units)
    {
        this.units = units;
        top = RadixWords.levelOf(units);
        levels = new ConcurrentLevel[top + 1];
        int count = units;
        for (int level = 0; level <= top; level++)
        {
            count = (int)(count + 63L >>> 6);
            levels[level] = new ConcurrentLevel(level, count);
        }
        bottom = levels[0];
        stripes = new Stripes(bottom.words.length);
        transit = new Transit(bottom.words.length);
        reserveFrom = units >>> 6 * top << 6 * top;
        isReserveKept = new AtomicBoolean(reserveFrom < units);
        release(0, reserveFrom);
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
            final int stripe = stripes.here();
            final int cursor = stripes.cursor(stripe);
            if (cursor >= 0)
            {
                final int unit = bottom.takeIn(cursor, count, -1);
                if (unit >= 0)
                {
                    return unit;
                }
            }
            return takeElsewhere(count, stripe);
        }
        return seek(count, 0, 1);
    }

    /** In a word that no other stripe works at; or else in a new one, in a line where none does. */
    private int takeElsewhere(final int count, final int stripe)
    {
        int unit = bottom.take(count, -1, stripes, stripe);
        if (unit < 0)
        {
            transit.enter();
            for (int level = 1; level <= top && unit < 0; level++)
            {
                final int slot = levels[level].take(1, -1, stripes, stripe);
                unit = slot < 0 ? -1 : trim(level, slot, 1, 0, count);
            }
            transit.exit();
        }
        if (unit >= 0)
        {
            stripes.moveTo(stripe, unit >>> 6);
            return unit;
        }
        return seek(count, 0, 1);
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
        return first + count > units ? -1 : seek(count, first, alignment);
    }

    /**
     * Looks everywhere. It ends with -1 only after a look at every unit during which none was given back by a call that
     * is over, and after which none was in transit: or else it looks again, as often as {@link Transit} allows.
     */
    private int seek(final int count, final long first, final long alignment)
    {
        transit.startSeeking();
        int unit = -1;
        for (int look = 0; unit < 0; look++)
        {
            unit = takeByHints(count, first, alignment);
            if (unit < 0)
            {
                final int returns = transit.returns();
                unit = UnitSweep.take(this, count, first, alignment);
                if (UnitSweep.NONE == unit && transit.isCalm(returns) || !transit.mayLookAgain(look))
                {
                    break;
                }
            }
        }
        transit.stopSeeking();
        return unit;
    }

    /**
     * Whether there is a place, as it would be seen before a request fails. No unit is taken: the request of another
     * thread could miss it while it was in hand here.
     *
     * @param count     units, from 1.
     * @param first     as in {@link #takeAligned}.
     * @param alignment as in {@link #takeAligned}.
     * @return true if a request would succeed, with no other thread in a call.
     */
    boolean canTake(final int count, final long first, final long alignment)
    {
        if (first + count > units)
        {
            return false;
        }
        transit.startSeeking();
        boolean isThere;
        int look = 0;
        int returns;
        do
        {
            returns = transit.returns();
            isThere = UnitSweep.isThere(this, count, first, alignment);
        }
        while (!isThere && !transit.isCalm(returns) && transit.mayLookAgain(look++));
        transit.stopSeeking();
        return isThere;
    }

    /**
     * What is whole goes up first, so that large blocks lie as low as can be, and no slot of a higher level is broken
     * while words below would make one.
     */
    private int takeByHints(final int count, final long first, final long alignment)
    {
        int unit = -1;
        int risen;
        transit.enter();
        do
        {
            risen = coalesceSome();
            for (int level = RadixWords.levelOf(count); level <= top && unit < 0; level++)
            {
                unit = takeAt(level, count, first, alignment);
            }
        }
        // Fewer than a batch: there were no more, but for those that others have just made whole.
        while (unit < 0 && risen >= BATCH);
        transit.exit();
        return unit < 0 && openReserve() ? takeByHints(count, first, alignment) : unit;
    }

    /** Makes some whole words slots of the level above. Returns how many. */
    private int coalesceSome()
    {
        int risen = 0;
        for (int level = 0; level < top; level++)
        {
            risen += coalesce(level, BATCH);
        }
        return risen;
    }

    /** Only where every word has a slot with an aligned unit; all of them at the same offset then. */
    private int takeAt(final int level, final int count, final long first, final long alignment)
    {
        final int shift = 6 * level;
        final int offset = (int)(first & (1L << shift) - 1);
        final long slots = (long)offset + count + (1L << shift) - 1 >>> shift;
        final long distance = Math.max(1, alignment >>> shift);
        if (slots > 64 || distance > 64)
        {
            return -1;
        }
        final long starts = RunSearch.every((int)distance, (int)(first >>> shift));
        final int slot = levels[level].take((int)slots, starts, null, 0);
        return slot < 0 ? -1 : trim(level, slot, (int)slots, offset, count);
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

    /** Makes every whole word a slot of the level above. */
    void coalesce()
    {
        for (int level = 0; level < top; level++)
        {
            coalesce(level, Integer.MAX_VALUE);
        }
    }

    private int coalesce(final int level, final int most)
    {
        final ConcurrentLevel words = levels[level];
        final HintTree whole = words.hints[ConcurrentLevel.CLASSES - 1];
        int done = 0;
        transit.enter();
        for (int word = whole.next(0); word >= 0 && done < most; word = whole.next(word + 1))
        {
            if (words.takeWhole(word))
            {
                add(level + 1, word >>> 6, 1L << word);
                done++;
            }
            words.correct(word, ConcurrentLevel.CLASSES - 1);
        }
        transit.exit();
        return done;
    }

    /**
     * Gives a run back. Of its words those that are whole become slots of the level above at once.
     *
     * @param from the first unit; the caller has all up to {@code to} in hand.
     * @param to   the first unit after it.
     */
    void release(final int from, final int to)
    {
        int low = from;
        int high = to;
        for (int level = 0; low < high; level++)
        {
            final int lowWord = low >>> 6;
            final int highWord = high >>> 6;
            if (lowWord == high - 1 >>> 6 && (level == top || 0 != (low & 63) || 0 != (high & 63)))
            {
                add(level, lowWord, RunSearch.mask(low, high - low));
                return;
            }
            if (0 != (high & 63))
            {
                add(level, highWord, -1L >>> -high);
            }
            if (0 != (low & 63))
            {
                add(level, lowWord, -1L << low);
            }
            low = low + 63 >>> 6;
            high = highWord;
        }
    }

    private void add(final int level, final int word, final long mask)
    {
        levels[level].add(word, mask);
        transit.noteReturn();
    }

    /** Whether all units from one to before another are free. */
    boolean isFree(final int from, final int to)
    {
        for (int at = from; at < to; at = (at | 63) + 1)
        {
            final int end = (int)Math.min(to, (at | 63) + 1L);
            final long mask = RunSearch.mask(at, end - at);
            if (mask != (freeUnits(at >>> 6) & mask))
            {
                return false;
            }
        }
        return true;
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
        if (first >= reserveFrom && isReserveKept.get())
        {
            return RunSearch.mask(0, Math.min(64, units - first));
        }
        long free = AtomicBits.get(bottom.words, word);
        int slot = word;
        for (int level = 1; level <= top && -1 != free; level++)
        {
            free |= AtomicBits.isSet(levels[level].words, slot) ? -1 : 0;
            slot >>>= 6;
        }
        return free;
    }

    /** Where the bits end while the reserve is kept; or else all units. */
    int open()
    {
        return isReserveKept.get() ? reserveFrom : units;
    }

    /** Has the units of the reserve told by bits, if they aren't yet. Returns whether this call did it. */
    boolean openReserve()
    {
        if (!isReserveKept.get())
        {
            return false;
        }
        transit.enter();
        final boolean isMine = isReserveKept.compareAndSet(true, false);
        if (isMine)
        {
            release(reserveFrom, units);
        }
        transit.exit();
        return isMine;
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        long bytes = stripes.metadataBytes();
        for (final ConcurrentLevel level : levels)
        {
            bytes += level.metadataBytes();
        }
        return bytes;
    }
}
