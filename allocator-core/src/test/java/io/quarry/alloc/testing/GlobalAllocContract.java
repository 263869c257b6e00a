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
import io.quarry.alloc.GlobalAlloc;
import io.quarry.alloc.Layout;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.List;

import static io.quarry.alloc.testing.ContractSubject.assertRefused;
import static io.quarry.alloc.testing.ContractSubject.free;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The lower contract: G1–G9; and the block of a size in a range.
 */
interface GlobalAllocContract extends ContractSubject
{
    @Test
    default void g01g02ShouldAllocateAndFreeWithTheSameLayout()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        // Else every block would begin where the region does, which meets any alignment.
        final LiveBlock keeper = model.allocated(allocator.alloc(1, 1), 1, 1);
        for (long size = 1; size < 70_000; size = size * 5 / 4 + 1)
        {
            for (long alignment = 1; alignment <= 4096; alignment <<= 3)
            {
                final LiveBlock block = model.allocated(allocator.alloc(size, alignment), size, alignment);
                model.check(block);
                allocator.dealloc(block.address(), size, alignment);
                model.freed(block);
            }
        }
        model.checkStats(allocator.stats());
        allocator.dealloc(keeper.address(), 1, 1);
        model.freed(keeper);
        model.checkStats(allocator.stats());
    }

    @Test
    default void g04ShouldFreeWithTheLayoutThatAReallocLeft()
    {
        final RegionAllocator allocator = open();
        for (final long newSize : new long[]{ 1, 99, 100, 101, 5000 })
        {
            final long address = allocator.realloc(allocator.alloc(100, 32), 100, 32, newSize);
            assertEquals(0, address & 31);
            assertTrue(allocator.usableSize(address, newSize, 32) >= newSize);
            allocator.dealloc(address, newSize, 32);
            assertEquals(0, allocator.stats().liveBlocks());
        }
    }

    @Test
    default void g06ShouldTakeABlockForLiveUntilItIsFreedOrMoved()
    {
        ContractSubject.assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final long first = allocator.alloc(64, 8);
        final long second = allocator.allocZeroed(64, 8);
        assertEquals(Allocator.NULL, allocator.realloc(first, 64, 8, 1L << 40));
        final long moved = allocator.realloc(first, 64, 8, 100_000);
        assertNotEquals(first, moved, "there is a block behind it");
        assertRefused(allocator, "moved, freed", () -> allocator.dealloc(first, 64, 8));
        assertRefused(allocator, "moved, moved again", () -> allocator.realloc(first, 64, 8, 128));
        assertEquals(2, allocator.stats().liveBlocks());
        allocator.dealloc(moved, 100_000, 8);
        allocator.dealloc(second, 64, 8);
        assertRefused(allocator, "freed, freed", () -> allocator.dealloc(second, 64, 8));
    }

    /** Rust may leave out what nobody uses; here each call is one block. */
    @Test
    default void g09ShouldDropNoCallWhoseBlockIsNotUsed()
    {
        final RegionAllocator allocator = open();
        for (int i = 1; i <= 100; i++)
        {
            allocator.alloc(64, 8);
            assertEquals(i, allocator.stats().liveBlocks());
        }
    }

    @Test
    default void g05ShouldKeepTheLesserOfBothSizesWhenReallocating()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : ResizeContract.SIZES)
        {
            for (final long newSize : ResizeContract.SIZES)
            {
                final LiveBlock block = model.allocated(allocator.alloc(size, 16), size, 16);
                final LiveBlock right = model.allocated(allocator.alloc(size, 16), size, 16);
                final long address = allocator.realloc(block.address(), size, 16, newSize);
                model.resized(block, address, Math.min(size, newSize), newSize, 16);
                model.check(block);
                allocator.dealloc(address, newSize, 16);
                model.freed(block);
                free(allocator, model, right);
            }
        }
        model.checkStats(allocator.stats());
    }

    @Test
    default void g05ShouldKeepTheBlockWhenReallocFails()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> blocks = ContractSubject.exhaust(allocator, model);
        final Object before = allocator.stats();
        final long capacity = allocator.region().capacity();
        for (final LiveBlock block : blocks)
        {
            for (final long newSize : new long[]{ capacity, capacity + 1, 1L << 32, Long.MAX_VALUE - 15 })
            {
                assertEquals(Allocator.NULL,
                    allocator.realloc(block.address(), block.size(), block.alignment(), newSize));
            }
        }
        assertEquals(before, allocator.stats());
        ContractSubject.freeShuffled(allocator, model, blocks, 5);
    }

    @Test
    default void g07g08ShouldReturnNullAndThrowNothing()
    {
        final RegionAllocator allocator = open();
        final GlobalAlloc global = allocator;
        assertEquals(Allocator.NULL, global.alloc(1L << 40, 1));
        assertEquals(Allocator.NULL, global.allocZeroed(Long.MAX_VALUE, 1));
        assertEquals(Allocator.NULL, global.alloc(1, 1L << 62));
        assertEquals(Allocator.NULL, global.alloc(new Layout(1L << 33, 16)));
        ContractSubject.exhaust(allocator, new AllocatorModel(allocator));
        assertEquals(Allocator.NULL, global.alloc(1, 1));
        assertEquals(Allocator.NULL, global.allocZeroed(1, 1));
        assertEquals(Allocator.NULL, global.allocZeroed(new Layout(1, 1)));
        assertEquals(Allocator.NULL, allocator.allocUpTo(1, 1, 1));
        assertEquals(Allocator.NULL, allocator.allocUpTo(1, 1000, 8));
    }

    @Test
    default void g01ShouldRefuseSizeZero()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.alloc(64, 8), 64, 8);
        final Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> allocator.alloc(0, 8));
        assertThrows(refused, () -> allocator.allocZeroed(0, 8));
        assertThrows(refused, () -> allocator.dealloc(8, 0, 8));
        assertThrows(refused, () -> allocator.realloc(8, 0, 8, 10));
        assertThrows(refused, () -> allocator.realloc(block.address(), 64, 8, 0));
        assertThrows(refused, () -> allocator.realloc(block.address(), 64, 8, -1));
        assertThrows(refused, () -> allocator.realloc(block.address(), 64, 8, Long.MAX_VALUE));
        model.check(block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldTakeLayoutsThroughTheLowerInterface()
    {
        final RegionAllocator allocator = open();
        final GlobalAlloc global = allocator;
        final Layout layout = new Layout(100, 16);
        final long first = global.alloc(layout);
        final long second = global.allocZeroed(layout);
        final long third = global.realloc(first, layout, 200);
        global.dealloc(third, new Layout(200, 16));
        global.dealloc(second, layout);
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    default void shouldShareBlocksBetweenBothContracts()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.alloc(100, 8), 100, 8);
        model.resized(block, allocator.grow(block.address(), 100, 8, 400, 16), 100, 400, 16);
        model.resized(block, allocator.realloc(block.address(), 400, 16, 50), 50, 50, 16);
        allocator.deallocate(block.address(), block.length(), 16);
        model.freed(block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldAllocateUpToASize()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final long whole = model.allocated(allocator.allocUpTo(1, 1000, 8), 1000, 8).address();
        assertNotEquals(Allocator.NULL, whole);
        final List<LiveBlock> blocks = ContractSubject.exhaust(allocator, model);
        final LiveBlock freed = blocks.stream()
            .max((a, b) -> Long.compare(a.length(), b.length())).orElseThrow();
        free(allocator, model, freed);
        allocator.trim();
        final long most = allocator.region().capacity();
        final long address = allocator.allocUpTo(freed.size(), most, freed.alignment());
        final LiveBlock upTo = model.allocated(address, freed.size(), freed.alignment());
        assertTrue(upTo.length() < most);
        model.check(upTo);
        allocator.deallocate(address, upTo.length(), upTo.alignment());
        model.freed(upTo);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldRefuseARangeOfSizesThatIsNone()
    {
        final RegionAllocator allocator = open();
        final Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> allocator.allocUpTo(0, 16, 8));
        assertThrows(refused, () -> allocator.allocUpTo(17, 16, 8));
        assertThrows(refused, () -> allocator.allocUpTo(-1, 16, 8));
        assertThrows(refused, () -> allocator.allocUpTo(0, 0, 8));
        assertThrows(refused, () -> allocator.allocUpTo(1, 16, 7));
        assertEquals(0, allocator.stats().liveBlocks());
    }
}
