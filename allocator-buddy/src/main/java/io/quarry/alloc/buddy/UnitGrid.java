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

import io.quarry.alloc.Region;

/**
 * A region as a row of units: those whole ones that begin at multiples of their size.
 */
final class UnitGrid
{
    /** How many, from 1. */
    final int units;
    /** Bytes of each. */
    final int unitSize;
    private final int unitShift;
    private final long origin;

    /**
     * Lays units over a region.
     *
     * @param region   that holds them.
     * @param unitSize bytes, a power of two, at least {@link BuddyAllocator#MIN_UNIT_SIZE}.
     * @throws IllegalArgumentException if the unit size is out of range, or the region holds no unit or more than
     *                                  2^31 - 9.
     */
    UnitGrid(final Region region, final int unitSize)
    {
        if (unitSize < BuddyAllocator.MIN_UNIT_SIZE || 1 != Integer.bitCount(unitSize))
        {
            throw new IllegalArgumentException(
                "unitSize=" + unitSize + ": not a power of two from " + BuddyAllocator.MIN_UNIT_SIZE + " on");
        }
        this.unitSize = unitSize;
        unitShift = Integer.numberOfTrailingZeros(unitSize);
        origin = region.address() + unitSize - 1 & -unitSize;
        final long count = region.address() + region.capacity() - origin >> unitShift;
        if (count < 1 || count > Integer.MAX_VALUE - 8)
        {
            throw new IllegalArgumentException("unitSize=" + unitSize + ": the region of capacity=" +
                region.capacity() + " has units=" + Math.max(0, count) + ", not in 1.." + (Integer.MAX_VALUE - 8));
        }
        units = (int)count;
    }

    /** Units for so many bytes, from 1. */
    long count(final long size)
    {
        return size + unitSize - 1 >>> unitShift;
    }

    /** Bytes of so many units. */
    long bytes(final int count)
    {
        return (long)count << unitShift;
    }

    /** Where a unit begins; where the last one ends. */
    long address(final int unit)
    {
        return origin + ((long)unit << unitShift);
    }

    /**
     * The unit that begins at an address, or -1 if none does. An address that isn't a multiple of the unit size has its
     * lowest bits turned to the highest, so that one comparison finds it as well as one outside the units.
     */
    int unit(final long address)
    {
        final long unit = Long.rotateRight(address - origin, unitShift);
        return Long.compareUnsigned(unit, units) >= 0 ? -1 : (int)unit;
    }

    /** The first unit with an alignment, a power of two; maybe beyond the last unit. */
    long firstAligned(final long alignment)
    {
        return (-origin & alignment - 1) >>> unitShift;
    }

    /** Units from one with an alignment to the next; 0 if all have it. */
    long distance(final long alignment)
    {
        return alignment >>> unitShift;
    }
}
