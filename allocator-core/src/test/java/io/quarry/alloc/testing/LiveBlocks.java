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
package io.quarry.alloc.testing;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Global;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;

import java.util.Map;
import java.util.TreeMap;

/**
 * The blocks that live, by address. A block that joins them is checked for all that its address and length must be.
 */
final class LiveBlocks
{
    private final Allocator allocator;
    private final TreeMap<Long, LiveBlock> byAddress = new TreeMap<>();
    private long bytes;

    LiveBlocks(final Allocator allocator)
    {
        this.allocator = allocator;
    }

    /**
     * Checks and adds a block. One without bytes is checked only: it may share its address.
     */
    void add(final LiveBlock block)
    {
        checkStart(block);
        if (0 == block.length)
        {
            return;
        }
        checkInside(block);
        checkOverlap(block, byAddress.floorEntry(block.address));
        checkOverlap(block, byAddress.ceilingEntry(block.address));
        byAddress.put(block.address, block);
        bytes += block.length;
    }

    void remove(final LiveBlock block)
    {
        if (byAddress.remove(block.address, block))
        {
            bytes -= block.length;
        }
    }

    boolean isStart(final long address)
    {
        return byAddress.containsKey(address);
    }

    Iterable<LiveBlock> inOrder()
    {
        return byAddress.values();
    }

    int count()
    {
        return byAddress.size();
    }

    /** The sum of the lengths. */
    long bytes()
    {
        return bytes;
    }

    private void checkStart(final LiveBlock block)
    {
        if (Allocator.NULL == block.address)
        {
            throw new Deviation(block.toString(), "an address", "address=0");
        }
        if (0 != (block.address & (block.alignment - 1)))
        {
            throw new Deviation(block.toString(), "a multiple of alignment=" + block.alignment,
                "address=" + Misuse.hex(block.address));
        }
        if (block.length < block.size)
        {
            throw new Deviation(block.toString(), "usableSize of at least " + block.size, "usableSize=" + block.length);
        }
        if (0 == block.size && 0 != block.length)
        {
            throw new Deviation(block.toString(), "usableSize=0 for size=0", "usableSize=" + block.length);
        }
    }

    private void checkInside(final LiveBlock block)
    {
        final long last = block.address + block.length - 1;
        // Global does not tell; whose region it is, it does.
        if (!(allocator instanceof Global) && (!allocator.owns(block.address) || !allocator.owns(last)))
        {
            throw new Deviation(block.toString(), "an allocator that owns the whole block",
                "owns(" + Misuse.hex(block.address) + ")=" + allocator.owns(block.address) +
                " owns(" + Misuse.hex(last) + ")=" + allocator.owns(last));
        }
        final Region region = allocator.regionOf(block.address);
        final long offset = block.address - region.address();
        if (offset < 0 || offset > region.capacity() - block.length)
        {
            throw new Deviation(block.toString(), "a block inside the region " + Misuse.hex(region.address()) + ".." +
                Misuse.hex(region.address() + region.capacity()),
                "end=" + Misuse.hex(last + 1));
        }
    }

    private static void checkOverlap(final LiveBlock block, final Map.Entry<Long, LiveBlock> neighbour)
    {
        if (null != neighbour)
        {
            final LiveBlock other = neighbour.getValue();
            if (block.address - other.address < other.length && other.address - block.address < block.length)
            {
                throw new Deviation(block.toString(), "no overlap with a live block", "overlap with " + other);
            }
        }
    }
}
