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
final class SlabTable extends SlabUnits
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
    private final long[] partial;
    private final BitTree[] bySlabWord = new BitTree[SizeClasses.COUNT + 1];
    private final int[] population = new int[SizeClasses.COUNT + 1];
    private int slabs;
    private int slabUnits;
    private long upstreamBytes;

    SlabTable(final long regionBytes)
    {
        super(regionBytes, 0);
        final int words = (units() + 63) >>> 6;
        partial = new long[words];
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            bySlabWord[sizeClass] = new BitTree(words);
        }
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

    /** Marks slots as taken, given by their first granules. */
    void take(final int[] granules, final int from, final int count)
    {
        WordVisits.count(count);
        for (int i = from; i < from + count; i++)
        {
            units[granules[i] >>> SlabUnit.GRANULES_SHIFT] |= SlabUnit.takenBit(granules[i]);
        }
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
}
