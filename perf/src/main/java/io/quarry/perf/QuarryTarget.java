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
package io.quarry.perf;

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.nio.ByteBuffer;

/**
 * A Quarry allocator over a region of its own. Blocks are touched through the region's {@link ByteBuffer}, as a program
 * that uses no flag does it.
 */
class QuarryTarget extends ReplayTarget
{
    private final RegionStack stack;
    private final Region region;
    private final RegionAllocator allocator;
    private final ByteBuffer buffer;
    private final long base;
    private final long[] addresses;

    /**
     * Makes the target.
     *
     * @param stack     to be measured, closed with the target.
     * @param slotCount of the trace.
     */
    QuarryTarget(final RegionStack stack, final int slotCount)
    {
        this.stack = stack;
        this.region = stack.region();
        this.allocator = stack.allocator();
        this.buffer = region.buffer(region.address());
        this.base = region.address();
        this.addresses = new long[slotCount];
        RegionStack.touchAll(region);
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        addresses[slot] = allocator.allocate(size, alignment);
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        addresses[slot] = allocator.allocateZeroed(size, alignment);
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        final long address = allocator.realloc(addresses[slot], oldSize, alignment, newSize);
        if (Allocator.NULL == address)
        {
            throw AllocError.exhausted();
        }
        addresses[slot] = address;
    }

    @Override
    void resize(
        final int slot,
        final int oldSize,
        final int oldAlignment,
        final int newSize,
        final int newAlignment,
        final boolean zeroed)
    {
        final long old = addresses[slot];
        if (newSize < oldSize)
        {
            addresses[slot] = allocator.shrink(old, oldSize, oldAlignment, newSize, newAlignment);
        }
        else if (zeroed)
        {
            addresses[slot] = allocator.growZeroed(old, oldSize, oldAlignment, newSize, newAlignment);
        }
        else
        {
            addresses[slot] = allocator.grow(old, oldSize, oldAlignment, newSize, newAlignment);
        }
    }

    @Override
    void allocEmpty(final int slot, final int alignment)
    {
        addresses[slot] = allocator.allocate(0, alignment);
    }

    @Override
    void freeEmpty(final int slot, final int alignment)
    {
        allocator.deallocate(addresses[slot], 0, alignment);
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        allocator.deallocate(addresses[slot], size, alignment);
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final int first = (int)(addresses[slot] - base);
        buffer.put(first, (byte)1);
        buffer.put(first + size - 1, (byte)1);
    }

    @Override
    long address(final int slot, final int alignment)
    {
        return addresses[slot];
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        return region.byteBuffer(addresses[slot], size);
    }

    /** The region, for a target that touches blocks otherwise. */
    final Region region()
    {
        return region;
    }

    @Override
    long footprint()
    {
        final AllocatorStats stats = allocator.stats();
        return stats.highWaterBytes() + stats.metadataBytes();
    }

    @Override
    void verify()
    {
        allocator.verify();
    }

    @Override
    long liveBlocks()
    {
        return allocator.stats().liveBlocks();
    }

    @Override
    String freeMemory()
    {
        final AllocatorStats stats = allocator.stats();
        return "free were " + stats.freeBytes() + " bytes of " + region.capacity() + ", the longest run " +
            stats.largestFreeRun() + " (a larger --region may help)";
    }

    @Override
    public void close()
    {
        stack.close();
    }
}
