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
package io.quarry.alloc.slab;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.WordVisits;

import java.util.Arrays;

/**
 * A small stack of slots for each class, ready to be handed out, and how it is filled from slabs and emptied to them.
 * <p>
 * Bytes: 256 a class.
 */
final class Magazines
{
    /*
     *   entries: a row of 64 ints with the tops, then one a class
     *   +--------------------------+------+--------------------------------+---------------------+
     *   | not used                 |  -1  |  slots, as granules            |  room for more      |
     *   +--------------------------+------+--------------------------------+---------------------+
     *     64 c                      bottom                             top               64 c + 63
     *
     * The row ends where the limit is reached, so a multiple of 64 above the top says "full"; the -1 below the first
     * slot says "empty". Neither is looked up anywhere else.
     *
     * A slot is in one place: live, in its magazine, or in its slab, where it is free to be taken. With the checks on
     * no bit tells the last two apart, nor need it: a magazine is refilled only when it is empty, and then every slot
     * of its class that isn't live is in a slab.
     *
     * The limit: 16 KiB of slots, but at least 4 and at most 62. Half is filled and half is flushed at a time. On ten
     * recorded programs that makes 3 refills in 1,000 calls, 5 in the worst. With 8 KiB it was 5, the footprint 0.01
     * less and the time 2 to 5 % more (java -jar perf/target/quarry.jar, LIMIT_BYTES changed; AMD EPYC); with 32 KiB
     * nothing was gained. Limits that follow the number of slots a class has, or half the bytes, made 7 to 23 refills
     * and didn't lower the footprint by 0.01.
     */
    static final int SHIFT = 6;
    static final int ROW_MASK = (1 << SHIFT) - 1;
    static final int CAPACITY = 62;
    static final int EMPTY = -1;

    /**
     * Index of 0, or of {@link #REFUSING} when a heap is closed. Among the entries, as those change all the time and so
     * are read anew by each call; a field of its own could be read once for a whole loop.
     */
    static final int STATE = 0;
    static final int REFUSING = -1;

    /** Index of the lock of {@link StripedHeaps}: beyond the tops. */
    static final int LOCK = ROW_MASK;

    private static final int LIMIT_BYTES = 16384;
    private static final int LEAST = 4;

    /** By class: index of the {@link #EMPTY} below the first slot. */
    private static final int[] BOTTOM = new int[SizeClasses.COUNT + 1];

    static
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final int limit = Math.max(LEAST, Math.min(CAPACITY, LIMIT_BYTES / SizeClasses.size(sizeClass)));
            BOTTOM[sizeClass] = (sizeClass << SHIFT | ROW_MASK) - limit;
        }
    }

    /** The tops at 1 to {@link SizeClasses#COUNT}, then the magazines. */
    final int[] entries = newEntries();

    /**
     * By class: head of the one empty slab that is kept, or {@link SlabTable#NONE}. With the checks on its slots may
     * have gone out again from the magazine, so it is looked at before it is given back.
     */
    private final int[] keptEmpty = new int[SizeClasses.COUNT + 1];
    private final SlabTable table;
    private final SlabBlocks blocks;
    private final long base;

    Magazines(final SlabTable table, final RegionAllocator upstream)
    {
        this.table = table;
        blocks = new SlabBlocks(upstream, false);
        base = upstream.region().address();
        Arrays.fill(keptEmpty, SlabTable.NONE);
    }

    /** Empty magazines of all classes. */
    static int[] newEntries()
    {
        final int[] entries = new int[SizeClasses.COUNT + 1 << SHIFT];
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            entries[BOTTOM[sizeClass]] = EMPTY;
            entries[sizeClass] = BOTTOM[sizeClass];
        }
        return entries;
    }

    /** Index of the {@link #EMPTY} below a magazine's first slot. */
    static int bottom(final int sizeClass)
    {
        return BOTTOM[sizeClass];
    }

    /** The most slots of a magazine. */
    static int limit(final int sizeClass)
    {
        return (sizeClass << SHIFT | ROW_MASK) - BOTTOM[sizeClass];
    }

    /** Reverses the order of some entries. */
    static void stackLowestOnTop(final int[] entries, final int begin, final int count)
    {
        for (int low = begin, high = begin + count - 1; low < high; low++, high--)
        {
            final int granule = entries[low];
            entries[low] = entries[high];
            entries[high] = granule;
        }
    }

    int count(final int sizeClass)
    {
        return entries[sizeClass] - BOTTOM[sizeClass];
    }

    int entry(final int sizeClass, final int index)
    {
        return entries[BOTTOM[sizeClass] + 1 + index];
    }

    int keptEmpty(final int sizeClass)
    {
        return keptEmpty[sizeClass];
    }

    /** For tests of the verifier. */
    void keepEmpty(final int sizeClass, final int head)
    {
        keptEmpty[sizeClass] = head;
    }

    /**
     * Fills an empty magazine from the lowest slabs with room, or else from a new slab.
     *
     * @return false if there is no slot to be had, and nothing has changed.
     */
    boolean refill(final int sizeClass)
    {
        if (0 == fillFromPartial(sizeClass))
        {
            if (!makeSlab(sizeClass) && (0 == trim() || !makeSlab(sizeClass)))
            {
                return false;
            }
            fillFromPartial(sizeClass);
        }
        return true;
    }

    /** Takes slots, as many as are wanted and to be had, and puts their addresses into an array; returns how many. */
    int take(final int sizeClass, final long[] addresses, final int from, final int wanted)
    {
        int had = 0;
        while (had < wanted && (0 != count(sizeClass) || refill(sizeClass)))
        {
            final int end = Math.min(wanted, had + count(sizeClass));
            int top = entries[sizeClass];
            for (; had < end; had++)
            {
                final int granule = entries[top--];
                if (SlabAllocator.CHECKS)
                {
                    table.units[granule >>> SlabUnit.GRANULES_SHIFT] |= SlabUnit.takenBit(granule);
                }
                addresses[from + had] = base + ((long)granule << SizeClasses.GRANULE_SHIFT);
            }
            entries[sizeClass] = top;
        }
        return had;
    }

    /** Whether a request of a class would be served. Does what {@link #refill} does, but for making a slab. */
    boolean canServe(final int sizeClass)
    {
        return 0 != count(sizeClass) || 0 != fillFromPartial(sizeClass) ||
            canMakeSlab(sizeClass) || 0 != trim() && canMakeSlab(sizeClass);
    }

    /** Gives the older half of a magazine to the slabs. */
    void flushHalf(final int sizeClass)
    {
        flush(sizeClass, Math.max(1, count(sizeClass) >>> 1));
    }

    /**
     * Empties all magazines and gives all empty slabs back.
     *
     * @return bytes that the upstream got.
     */
    long trim()
    {
        final long before = table.upstreamBytes();
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            flush(sizeClass, count(sizeClass));
            final int kept = keptEmpty[sizeClass];
            keptEmpty[sizeClass] = SlabTable.NONE;
            if (SlabTable.NONE != kept && table.isEmpty(kept, kept))
            {
                giveBack(kept, sizeClass);
            }
        }
        return before - table.upstreamBytes();
    }

    /** Forgets every slot, so that each next request comes to {@link #refill}. */
    void clear()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            entries[sizeClass] = BOTTOM[sizeClass];
            keptEmpty[sizeClass] = SlabTable.NONE;
        }
    }

    long metadataBytes()
    {
        return (long)(entries.length + keptEmpty.length) * Integer.BYTES;
    }

    private int fillFromPartial(final int sizeClass)
    {
        final int begin = BOTTOM[sizeClass] + 1;
        final int end = begin + Math.max(1, limit(sizeClass) >>> 1);
        final int filled = table.collectFree(sizeClass, entries, begin, end) - begin;
        stackLowestOnTop(entries, begin, filled);
        if (!SlabAllocator.CHECKS)
        {
            table.take(entries, begin, filled);
        }
        entries[sizeClass] = begin + filled - 1;
        return filled;
    }

    private boolean canMakeSlab(final int sizeClass)
    {
        return blocks.canTake(sizeClass, table.population(sizeClass));
    }

    private boolean makeSlab(final int sizeClass)
    {
        final long address = blocks.take(sizeClass, table.population(sizeClass));
        if (Allocator.NULL == address)
        {
            return false;
        }
        final long length = blocks.length(address, 1);
        table.install(
            (int)(address - base >>> SlabSizing.UNIT_SHIFT),
            (int)Math.min(length >>> SlabSizing.UNIT_SHIFT, SlabUnit.MAX_LENGTH),
            sizeClass,
            length);
        return true;
    }

    /** Gives the lowest entries of a magazine, the oldest, to their slabs. */
    private void flush(final int sizeClass, final int flushed)
    {
        final int begin = BOTTOM[sizeClass] + 1;
        final int slabsBefore = table.slabs();
        for (int i = begin; i < begin + flushed; i++)
        {
            release(entries[i], sizeClass);
        }
        final int kept = count(sizeClass) - flushed;
        System.arraycopy(entries, begin + flushed, entries, begin, kept);
        entries[sizeClass] = begin + kept - 1;
        WordVisits.count(kept);
        if (SlabAllocator.CHECKS && slabsBefore != table.slabs())
        {
            dropEntriesOfGoneSlabs(sizeClass);
        }
    }

    private void release(final int granule, final int sizeClass)
    {
        final int unit = granule >>> SlabUnit.GRANULES_SHIFT;
        WordVisits.count();
        if (0 == table.classOf(unit))
        {
            return;
        }
        final int head = table.headOf(unit);
        if (!SlabAllocator.CHECKS)
        {
            table.units[unit] &= ~SlabUnit.takenBit(granule);
            WordVisits.count();
        }
        if (!table.isPartial(head))
        {
            table.markPartial(head);
        }
        if (table.isEmpty(head, unit) && head != keptEmpty[sizeClass])
        {
            keepOrGiveBack(head, sizeClass);
        }
    }

    /** One empty slab a class is kept, the lower one: a block that comes and goes doesn't make and unmake it. */
    private void keepOrGiveBack(final int head, final int sizeClass)
    {
        final int kept = keptEmpty[sizeClass];
        if (SlabTable.NONE == kept || !table.isEmpty(kept, kept))
        {
            keptEmpty[sizeClass] = head;
            return;
        }
        keptEmpty[sizeClass] = Math.min(kept, head);
        giveBack(Math.max(kept, head), sizeClass);
    }

    private void giveBack(final int head, final int sizeClass)
    {
        final long address = base + ((long)head << SlabSizing.UNIT_SHIFT);
        final long length = blocks.length(address, table.length(head));
        table.remove(head, length);
        blocks.give(address, length);
    }

    /** With the checks on a slab is empty when none of its slots is live; some may then still be in the magazine. */
    private void dropEntriesOfGoneSlabs(final int sizeClass)
    {
        final int begin = BOTTOM[sizeClass] + 1;
        final int end = begin + count(sizeClass);
        int to = begin;
        WordVisits.count(end - begin);
        for (int i = begin; i < end; i++)
        {
            if (0 != table.classOf(entries[i] >>> SlabUnit.GRANULES_SHIFT))
            {
                entries[to++] = entries[i];
            }
        }
        entries[sizeClass] = to - 1;
    }
}
