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

/**
 * The words of all units of a region, see {@link SlabUnit}, and what they say of the slabs that the units are in.
 * <p>
 * Bytes: 8 for every unit of 512 B.
 */
abstract class SlabUnits
{
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

    /**
     * Makes the words of a region.
     *
     * @param regionBytes its capacity.
     * @param front       units to number in front of the region, which no slab is in.
     */
    SlabUnits(final long regionBytes, final int front)
    {
        if (regionBytes > MAX_REGION)
        {
            throw new IllegalArgumentException("region of capacity=" + regionBytes +
                ": slabs are found by numbers that end at capacity=" + MAX_REGION);
        }
        units = new long[front + Math.toIntExact(regionBytes >>> SlabSizing.UNIT_SHIFT)];
    }

    final int units()
    {
        return units.length;
    }

    /** Class of the slab that a unit is in, or 0. */
    final int classOf(final int unit)
    {
        return SlabUnit.sizeClass(units[unit]);
    }

    final int headOf(final int unit)
    {
        final int back = place(unit);
        return back < 0 ? unit : unit - back;
    }

    final boolean isHead(final int unit)
    {
        return 0 != classOf(unit) && place(unit) < 0;
    }

    final int length(final int head)
    {
        return -place(head);
    }

    final int slots(final int head)
    {
        return (length(head) << SlabSizing.UNIT_SHIFT) / SizeClasses.size(classOf(head));
    }

    final boolean isTaken(final int granule)
    {
        return 0 != (units[granule >>> SlabUnit.GRANULES_SHIFT] & SlabUnit.takenBit(granule));
    }

    final int takenInUnit(final int unit)
    {
        WordVisits.count();
        return (int)units[unit];
    }

    final int takenCount(final int head)
    {
        int count = 0;
        for (int i = head; i < head + length(head); i++)
        {
            count += Integer.bitCount(takenInUnit(i));
        }
        return count;
    }

    /**
     * Whether no slot of a slab is taken. The unit given is looked at first, as it is the likeliest to have one.
     */
    final boolean isEmpty(final int head, final int unit)
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

    /** Whether a granule of a slab is the first of one of its slots; true if the slab has gone meanwhile. */
    final boolean isSlotStart(final int granule)
    {
        final int head = headOf(granule >>> SlabUnit.GRANULES_SHIFT);
        final int size = SizeClasses.size(classOf(head));
        if (0 == size)
        {
            return true;
        }
        final int stride = size >>> SizeClasses.GRANULE_SHIFT;
        final int offset = granule - (head << SlabUnit.GRANULES_SHIFT);
        return 0 == offset % stride && offset / stride < (length(head) << SlabSizing.UNIT_SHIFT) / size;
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
    final int freeSlots(final int head, final int[] into, final int from, final int end)
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
