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

/**
 * The upstream's blocks that slabs are made of: how long they are, and how they are taken and given back.
 * <p>
 * Threads: those of the upstream.
 */
final class SlabBlocks
{
    /**
     * Slabs of several threads begin at multiples of this: then the words of their first units are in different cache
     * lines, and threads that allocate the lowest slots of theirs don't slow each other down.
     */
    private static final int SHARED_ALIGNMENT = SlabSizing.LINE_UNITS << SlabSizing.UNIT_SHIFT;

    private final RegionAllocator upstream;
    private final boolean areShared;

    /**
     * Makes the source of a set of slabs.
     *
     * @param upstream  that the blocks are from.
     * @param areShared whether several threads have slabs side by side.
     */
    SlabBlocks(final RegionAllocator upstream, final boolean areShared)
    {
        this.upstream = upstream;
        this.areShared = areShared;
    }

    /**
     * Takes a block for the next slab.
     *
     * @param sizeClass  of the slab.
     * @param population units in the slabs that the class has.
     * @return its address, or {@link Allocator#NULL}.
     */
    long take(final int sizeClass, final int population)
    {
        final int wanted = SlabSizing.wantedUnits(sizeClass, population);
        if (areShared)
        {
            final int ofLines = SlabSizing.wantedUnitsOfLines(sizeClass, population);
            final long address = take(SlabSizing.leastUnits(sizeClass, ofLines), ofLines, SHARED_ALIGNMENT);
            if (Allocator.NULL != address)
            {
                return address;
            }
        }
        return take(SlabSizing.leastUnits(sizeClass, wanted), wanted, SizeClasses.MAX_ALIGNMENT);
    }

    /** Whether the upstream would give a block for the next slab. */
    boolean canTake(final int sizeClass, final int population)
    {
        final int wanted = SlabSizing.wantedUnits(sizeClass, population);
        return canTake(SlabSizing.leastUnits(sizeClass, wanted)) || canTake(wanted);
    }

    /** Bytes of a block of at least so many units. */
    long length(final long address, final int units)
    {
        return upstream.usableSize(address, bytes(units), SizeClasses.MAX_ALIGNMENT);
    }

    /** Gives a block of so many bytes back. */
    void give(final long address, final long length)
    {
        upstream.dealloc(address, length, SizeClasses.MAX_ALIGNMENT);
    }

    private long take(final int least, final int wanted, final int alignment)
    {
        return upstream.allocUpTo(bytes(least), bytes(wanted), alignment);
    }

    private boolean canTake(final int units)
    {
        return upstream.diagnose(bytes(units), SizeClasses.MAX_ALIGNMENT).wouldSucceed();
    }

    private static long bytes(final int units)
    {
        return (long)units << SlabSizing.UNIT_SHIFT;
    }
}
