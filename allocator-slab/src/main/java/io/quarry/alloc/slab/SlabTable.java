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

import io.quarry.alloc.WordVisits;

import java.util.Arrays;

/**
 * Which slab lies where, and which of its slots are taken: found from an address alone, without a record a slab.
 * <p>
 * Bytes: 8.2 for every unit of 512 B of the region, 1.6 %. Arrays of their own for classes, places and slots would do
 * with 6.2, but then a free reads two lines of them, and checks two indexes, instead of one.
 */
final class SlabTable
{
    /*
     *   region     | unit 0 | unit 1 | unit 2 | unit 3 | unit 4 | unit 5 |     units of 512 B
     *              +--------+--------+--------+--------+--------+--------+
     *   class      |   0    |   7    |   7    |   7    |   9    |   9    |     of the slab, 0: none
     *   place      |   0    |  -3    |   1    |   2    |  -2    |   1    |     head: minus the slab's length;
     *              +--------+--------+--------+--------+--------+--------+     else units back to the head
     *   taken      | a bit a granule of 16 B, set at the first granule of a slot that is taken          |
     *   partial    | a bit a unit, set at the head of a slab that may have a slot to take               |
     *
     * All but partial is in one word a unit, see SlabUnit.
     *
     * What "taken" means depends on the checks. On: the slot is live, that is, handed out. So a free of anything that
     * isn't a live block's start finds its bit clear. Off: the slot is live or in its class's magazine, and only refill
     * and flush touch the bits.
     *
     * Invariants
     *   T1  a slab's units follow each other; only its first has place < 0, and all have its class.
     *   T2  a taken bit stands at a slot's first granule only.
     *   T3  a slab with a slot that is neither live nor in a magazine is partial.
     *   T4  bySlabWord[c] has word w if and only if a partial slab of class c has its head in units 64 w .. 64 w + 63.
     */
    static final int NONE = -1;

    /** Granules are numbered with an int, one bit of it to spare for sums. */
    private static final long MAX_REGION = 1L << 30 + SizeClasses.GRANULE_SHIFT;

    /** By class: bits at the multiples of its size in granules, from bit 0. */
    private static final long[] STARTS = new long[SizeClasses.COUNT + 1];

    static
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final int stride = SizeClasses.size(sizeClass) >>> SizeClasses.GRANULE_SHIFT;
            for (int bit = 0; bit < Long.SIZE; bit += stride)
            {
                STARTS[sizeClass] |= 1L << bit;
            }
        }
    }

    final long[] units;
    private final long[] partial;
    private final BitTree[] bySlabWord = new BitTree[SizeClasses.COUNT + 1];
    private final int[] population = new int[SizeClasses.COUNT + 1];
    private int slabs;
    private int slabUnits;
    private long upstreamBytes;

    SlabTable(final long regionBytes)
    {
        if (regionBytes > MAX_REGION)
        {
            throw new IllegalArgumentException("region of capacity=" + regionBytes +
                ": slabs are found by numbers that end at capacity=" + MAX_REGION);
        }
        final int units = Math.toIntExact(regionBytes >>> SlabSizing.UNIT_SHIFT);
        final int words = (units + 63) >>> 6;
        this.units = new long[units];
        partial = new long[words];
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            bySlabWord[sizeClass] = new BitTree(words);
        }
    }

    int units()
    {
        return units.length;
    }

    int slabs()
    {
        return slabs;
    }

    /** Units in all slabs. */
    int slabUnits()
    {
        return slabUnits;
    }

    /** Bytes of the blocks that slabs are made of. */
    long upstreamBytes()
    {
        return upstreamBytes;
    }

    /** Units in the slabs of a class. */
    int population(final int sizeClass)
    {
        return population[sizeClass];
    }

    /** Class of the slab that a unit is in, or 0. */
    int classOf(final int unit)
    {
        return SlabUnit.sizeClass(units[unit]);
    }

    int headOf(final int unit)
    {
        final int back = place(unit);
        return back < 0 ? unit : unit - back;
    }

    boolean isHead(final int unit)
    {
        return 0 != classOf(unit) && place(unit) < 0;
    }

    int length(final int head)
    {
        return -place(head);
    }

    int slots(final int head)
    {
        return (length(head) << SlabSizing.UNIT_SHIFT) / SizeClasses.size(classOf(head));
    }

    boolean isPartial(final int head)
    {
        return 0 != (partial[head >>> 6] & 1L << head);
    }

    BitTree bySlabWord(final int sizeClass)
    {
        return bySlabWord[sizeClass];
    }

    void install(final int head, final int length, final int sizeClass, final long blockBytes)
    {
        upstreamBytes += blockBytes;
        for (int i = 1; i < length; i++)
        {
            units[head + i] = SlabUnit.of(sizeClass, i);
        }
        units[head] = SlabUnit.of(sizeClass, -length);
        population[sizeClass] += length;
        slabs++;
        slabUnits += length;
        WordVisits.count(length);
        markPartial(head);
    }

    void remove(final int head, final long blockBytes)
    {
        upstreamBytes -= blockBytes;
        final int length = length(head);
        population[classOf(head)] -= length;
        slabs--;
        slabUnits -= length;
        clearPartial(head);
        for (int i = 0; i < length; i++)
        {
            units[head + i] = 0;
        }
        WordVisits.count(length);
    }

    /** Forgets every slab. */
    void clear()
    {
        for (int unit = 0; unit < units(); unit++)
        {
            if (isHead(unit))
            {
                remove(unit, 0);
            }
        }
        Arrays.fill(units, 0);
        upstreamBytes = 0;
    }

    void markPartial(final int head)
    {
        final int word = head >>> 6;
        partial[word] |= 1L << head;
        WordVisits.count();
        bySlabWord[classOf(head)].add(word);
    }

    void clearPartial(final int head)
    {
        final int word = head >>> 6;
        final int sizeClass = classOf(head);
        partial[word] &= ~(1L << head);
        WordVisits.count();
        for (long heads = partial[word]; 0 != heads; heads &= heads - 1)
        {
            WordVisits.count();
            if (classOf((word << 6) + Long.numberOfTrailingZeros(heads)) == sizeClass)
            {
                return;
            }
        }
        bySlabWord[sizeClass].remove(word);
    }

    /**
     * The lowest slots of a class that aren't taken. Slabs that have no more of them are partial no longer.
     *
     * @param sizeClass of the slots.
     * @param into      where to write their first granules, in ascending order.
     * @param from      index of the first entry to write.
     * @param end       index after the last one.
     * @return index after the last entry written.
     */
    int collectFree(final int sizeClass, final int[] into, final int from, final int end)
    {
        final BitTree tree = bySlabWord[sizeClass];
        int index = from;
        for (int word = tree.first(); word >= 0 && index < end; word = tree.first())
        {
            index = collectFree(word, sizeClass, into, index, end);
            if (index < 0)
            {
                return ~index;
            }
            tree.remove(word);
        }
        return index;
    }

    /**
     * Whether no slot of a slab is taken. The unit given is looked at first, as it is the likeliest to have one.
     */
    boolean isEmpty(final int head, final int unit)
    {
        if (0 != takenInUnit(unit))
        {
            return false;
        }
        final int end = head + length(head);
        for (int i = head; i < end; i++)
        {
            if (0 != takenInUnit(i))
            {
                return false;
            }
        }
        return true;
    }

    /** Marks slots as taken, given by their first granules. */
    void take(final int[] granules, final int from, final int count)
    {
        WordVisits.count(count);
        for (int i = from; i < from + count; i++)
        {
            units[granules[i] >>> SlabUnit.GRANULES_SHIFT] |= SlabUnit.takenBit(granules[i]);
        }
    }

    boolean isTaken(final int granule)
    {
        return 0 != (units[granule >>> SlabUnit.GRANULES_SHIFT] & SlabUnit.takenBit(granule));
    }

    int takenCount(final int head)
    {
        int count = 0;
        for (int i = head; i < head + length(head); i++)
        {
            count += Integer.bitCount(takenInUnit(i));
        }
        return count;
    }

    /** Whether a granule of a slab is the first of one of its slots. */
    boolean isSlotStart(final int granule)
    {
        final int head = headOf(granule >>> SlabUnit.GRANULES_SHIFT);
        final int stride = SizeClasses.size(classOf(head)) >>> SizeClasses.GRANULE_SHIFT;
        final int offset = granule - (head << SlabUnit.GRANULES_SHIFT);
        return 0 == offset % stride && offset / stride < slots(head);
    }

    int takenInUnit(final int unit)
    {
        WordVisits.count();
        return (int)units[unit];
    }

    long metadataBytes()
    {
        long bytes = (long)population.length * Integer.BYTES + (long)(units.length + partial.length) * Long.BYTES;
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            bytes += bySlabWord[sizeClass].metadataBytes();
        }
        return bytes;
    }

    /**
     * Goes on from one word of slabs: those of the class give their slots in turn.
     *
     * @return index after the last entry written, or its complement if some slab of the word has more slots.
     */
    private int collectFree(
        final int word, final int sizeClass, final int[] into, final int from, final int end)
    {
        int index = from;
        WordVisits.count();
        for (long heads = partial[word]; 0 != heads; heads &= heads - 1)
        {
            final int head = (word << 6) + Long.numberOfTrailingZeros(heads);
            WordVisits.count();
            if (classOf(head) == sizeClass)
            {
                index = freeSlots(head, into, index, end);
                if (index < 0)
                {
                    return index;
                }
                partial[word] &= ~(1L << head);
            }
        }
        return index;
    }

    /**
     * The lowest slots of a slab that aren't taken.
     *
     * @param head of the slab.
     * @param into where to write their first granules, in ascending order.
     * @param from index of the first entry to write.
     * @param end  index after the last one.
     * @return index after the last entry written, or its complement if the slab has more slots that aren't taken.
     */
    private int freeSlots(final int head, final int[] into, final int from, final int end)
    {
        final int sizeClass = classOf(head);
        final int stride = SizeClasses.size(sizeClass) >>> SizeClasses.GRANULE_SHIFT;
        final int first = head << SlabUnit.GRANULES_SHIFT;
        final int last = first + slots(head) * stride;
        int index = from;
        int start = first;
        for (int unit = head; start < last; unit++)
        {
            final int begin = unit << SlabUnit.GRANULES_SHIFT;
            final long starts = startsInUnit(start - begin, last - begin, sizeClass);
            WordVisits.count();
            for (long free = starts & ~units[unit]; 0 != free; free &= free - 1)
            {
                if (index == end)
                {
                    return ~index;
                }
                into[index++] = begin + Long.numberOfTrailingZeros(free);
            }
            start += Long.bitCount(starts) * stride;
        }
        return index;
    }

    /**
     * Bits of a unit's granules at which slots begin: the first at one of them or in a unit above, the last before an
     * end.
     */
    private static long startsInUnit(final int start, final int end, final int sizeClass)
    {
        if (start >= SlabUnit.GRANULES)
        {
            return 0;
        }
        final long starts = STARTS[sizeClass] << start & SlabUnit.TAKEN;
        return end >= SlabUnit.GRANULES ? starts : starts & (1L << end) - 1;
    }

    private int place(final int unit)
    {
        return SlabUnit.place(units[unit]);
    }
}
