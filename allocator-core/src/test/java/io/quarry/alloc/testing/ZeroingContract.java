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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;

import static io.quarry.alloc.testing.ContractSubject.free;
import static io.quarry.alloc.testing.ContractSubject.freeShuffled;

/**
 * Memory that must be zero: A13, A16 in its stricter reading, G3.
 */
interface ZeroingContract extends ContractSubject
{
    /** Bytes of a view, as one may be of less than 2 GiB only. */
    long VIEW = 1 << 30;

    /** In which memory comes back. */
    int WAYS = 10;

    /** Sizes around those at which the way of zeroing may change. */
    long[] SIZES = { 1, 7, 8, 15, 16, 17, 63, 64, 65, 100, 511, 513, 1000, 2047, 2049, 4095, 4097, 10_000, 70_000 };

    @Test
    default void a13ShouldZeroMemoryNeverUsed()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            model.allocatedZeroed(allocator.allocateZeroed(size, 8), size, 8);
        }
        model.checkAll();
    }

    @Test
    default void a13ShouldZeroMemoryUsedBefore()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        freeShuffled(allocator, model, ContractSubject.exhaust(allocator, model), 13);
        for (int round = 0; round < 3; round++)
        {
            for (final long size : SIZES)
            {
                final LiveBlock first = model.allocatedZeroed(allocator.allocateZeroed(size, 16), size, 16);
                final LiveBlock second =
                    model.allocatedZeroedToSize(allocator.allocZeroed(size, 16), size, 16);
                free(allocator, model, first);
                free(allocator, model, model.allocatedZeroed(allocator.allocateZeroed(size, 64), size, 64));
                free(allocator, model, second);
            }
        }
    }

    @Test
    default void a13ShouldZeroWhicheverWayTheMemoryCameBack()
    {
        for (int way = 0; way < WAYS; way++)
        {
            final RegionAllocator allocator = open(1 << 21);
            final AllocatorModel model = new AllocatorModel(allocator);
            for (final long size : SIZES)
            {
                // The model fills every byte, so what is not zeroed shows.
                giveBack(way, allocator, model, model.allocated(allocator.allocate(size, 8), size, 8));
                giveBack(way, allocator, model, model.allocated(allocator.allocate(size, 8), size, 8));
            }
            for (final long size : SIZES)
            {
                final LiveBlock block = model.allocatedZeroed(allocator.allocateZeroed(size, 8), size, 8);
                final long grown = allocator.growZeroed(block.address(), size, 8, 2 * size, 8);
                model.resizedZeroed(block, grown, size, 2 * size, 8);
            }
            if (0 == way % 2)
            {
                allocator.trim();
            }
            for (long at = allocator.allocZeroed(5000, 8); Allocator.NULL != at; at = allocator.allocZeroed(5000, 8))
            {
                model.allocatedZeroedToSize(at, 5000, 8);
            }
            freeShuffled(allocator, model, model.liveBlocks(), way);
        }
    }

    /** Gives a block back, or a part of it, or the place it had. */
    private static void giveBack(
        final int way, final RegionAllocator allocator, final AllocatorModel model, final LiveBlock block)
    {
        final long at = block.address();
        final long size = block.size();
        switch (way)
        {
            case 0 -> allocator.deallocate(at, block.length(), 8);
            case 1 -> allocator.dealloc(at, size, 8);
            case 2 -> allocator.deallocateBatch(size, 8, new long[]{ at }, 0, 1);
            case 3 -> allocator.shrink(at, size, 8, 0, 8);
            case 4 -> model.resized(block, allocator.shrink(at, size, 8, 1, 8), 1, 1, 8);
            case 5 -> model.resized(block, allocator.realloc(at, size, 8, 1), 1, 1, 8);
            case 6 -> model.resized(block, allocator.shrink(at, size, 8, size, 1024), size, size, 1024);
            case 7 -> model.resized(block, allocator.grow(at, size, 8, 2 * size, 8), size, 2 * size, 8);
            case 8 -> model.resized(block, allocator.realloc(at, size, 8, 2 * size), size, 2 * size, 8);
            default ->
            {
                if (allocator.tryResize(at, size, 8, 1))
                {
                    model.resized(block, at, 1, 1, 8);
                }
            }
        }
        if (way < 4)
        {
            model.freed(block);
        }
    }

    @Test
    default void a13ShouldZeroWhereUsedAndUnusedMemoryMeet()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (long size = 100; size < defaultRegionSize() / 4; size = size * 3 / 2)
        {
            free(allocator, model, model.allocated(allocator.allocate(size, 8), size, 8));
            final long more = size + size / 3;
            free(allocator, model, model.allocatedZeroed(allocator.allocateZeroed(more, 8), more, 8));
            allocator.trim();
        }
    }

    @Test
    default void a13ShouldZeroEveryBlockOfADirtyRegion()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> all = ContractSubject.exhaust(allocator, model);
        freeShuffled(allocator, model, all, 14);
        for (int i = 0; i < 100_000; i++)
        {
            final long size = SIZES[i % SIZES.length];
            try
            {
                model.allocatedZeroed(allocator.allocateZeroed(size, 8), size, 8);
            }
            catch (final AllocError full)
            {
                break;
            }
        }
        freeShuffled(allocator, model, model.liveBlocks(), 15);
    }

    @Test
    default void a13ShouldZeroWhatAViewDirtiedBeforeAnyBlockWasThere()
    {
        final RegionAllocator allocator = open();
        final Region region = allocator.region();
        for (long at = 0; at < region.capacity(); at += VIEW)
        {
            final ByteBuffer view =
                region.byteBuffer(region.address() + at, Math.min(VIEW, region.capacity() - at));
            while (view.hasRemaining())
            {
                view.put((byte)-1);
            }
        }
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : new long[]{ 100, 5000, region.capacity() / 2 })
        {
            model.allocatedZeroed(allocator.allocateZeroed(size, 16), size, 16);
        }
        freeShuffled(allocator, model, model.liveBlocks(), 18);
    }

    @Test
    default void a16ShouldZeroFromThePassedSizeToTheUsableSize()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        freeShuffled(allocator, model, ContractSubject.exhaust(allocator, model), 16);
        for (final long size : SIZES)
        {
            for (final long newSize : new long[]{ size, size + 1, size + 15, size + 64, 2 * size, 5 * size + 7 })
            {
                for (final char fit : new char[]{ 'r', 'm', 'h' })
                {
                    growZeroed(allocator, model, size, newSize, fit, false);
                    growZeroed(allocator, model, size, newSize, fit, true);
                }
            }
        }
    }

    /** The model has the whole block dirty; so every byte that isn't zeroed shows. */
    private static void growZeroed(
        final RegionAllocator allocator,
        final AllocatorModel model,
        final long size,
        final long newSize,
        final char fit,
        final boolean hemmedIn)
    {
        final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
        final long passed = block.fitting(fit, newSize);
        final LiveBlock neighbour = hemmedIn ? model.allocated(allocator.allocate(size, 8), size, 8) : null;
        final long address = allocator.growZeroed(block.address(), passed, 8, newSize, 8);
        model.resizedZeroed(block, address, passed, newSize, 8);
        free(allocator, model, block);
        if (hemmedIn)
        {
            free(allocator, model, neighbour);
        }
    }

    @Test
    default void a16ShouldZeroAfterAShrinkInPlaceToo()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            final long less = (size + 1) / 2;
            model.resized(block, allocator.shrink(block.address(), size, 8, less, 8), less, less, 8);
            final long address = allocator.growZeroed(block.address(), less, 8, size, 8);
            model.resizedZeroed(block, address, less, size, 8);
            free(allocator, model, block);
        }
    }

    @Test
    default void g03ShouldZeroTheSizeThatWasAskedFor()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (int round = 0; round < 2; round++)
        {
            ContractSubject.exhaust(allocator, model);
            freeShuffled(allocator, model, model.liveBlocks(), 3);
            for (final long size : SIZES)
            {
                final long address = allocator.allocZeroed(size, 32);
                if (Allocator.NULL != address)
                {
                    model.allocatedZeroedToSize(address, size, 32);
                }
            }
            freeShuffled(allocator, model, model.liveBlocks(), 4);
        }
    }
}
