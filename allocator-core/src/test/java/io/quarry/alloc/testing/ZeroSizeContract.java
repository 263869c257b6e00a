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

import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Blocks without bytes: A9, S4. They take no memory, so they can be had when there is none.
 */
interface ZeroSizeContract extends ContractSubject
{
    @Test
    default void a09ShouldGiveTheAlignmentForSizeZero()
    {
        final RegionAllocator allocator = open();
        final Object before = allocator.stats();
        for (int bits = 0; bits < Long.SIZE; bits++)
        {
            final long alignment = 1L << bits;
            assertEquals(alignment, allocator.allocate(0, alignment));
            assertEquals(alignment, allocator.allocateZeroed(0, alignment));
            assertEquals(0, allocator.usableSize(alignment, 0, alignment));
            if (Long.compareUnsigned(alignment - allocator.region().address(), allocator.region().capacity()) >= 0)
            {
                assertFalse(allocator.owns(alignment));
            }
            allocator.deallocate(alignment, 0, alignment);
            allocator.deallocate(alignment, 0, alignment);
        }
        assertEquals(before, allocator.stats());
    }

    @Test
    default void a09ShouldResizeFromAndToSizeZero()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (int bits = 0; bits < Long.SIZE; bits++)
        {
            final long alignment = 1L << bits;
            assertEquals(64, allocator.grow(alignment, 0, alignment, 0, 64));
            assertEquals(64, allocator.growZeroed(alignment, 0, alignment, 0, 64));
            assertEquals(64, allocator.shrink(alignment, 0, alignment, 0, 64));
            final LiveBlock grown = model.allocated(allocator.grow(alignment, 0, alignment, 100, 64), 100, 64);
            final LiveBlock zeroed =
                model.allocatedZeroed(allocator.growZeroed(alignment, 0, alignment, 3000, 64), 3000, 64);
            assertEquals(alignment, allocator.shrink(grown.address(), grown.length(), 64, 0, alignment));
            model.freed(grown);
            assertEquals(alignment, allocator.shrink(zeroed.address(), 3000, 64, 0, alignment));
            model.freed(zeroed);
        }
        model.checkStats(allocator.stats());
    }

    @Test
    default void a09ShouldServeSizeZeroWhenExhausted()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = ContractSubject.exhaust(allocator, model).get(0);
        assertEquals(16, allocator.allocate(0, 16));
        assertEquals(16, allocator.allocateZeroed(0, 16));
        assertEquals(1L << 63, allocator.grow(16, 0, 16, 0, 1L << 63));
        assertEquals(8, allocator.shrink(block.address(), block.size(), block.alignment(), 0, 8));
        model.freed(block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldTryResizeEmptyBlocksToEmptyOnly()
    {
        final RegionAllocator allocator = open();
        assertTrue(allocator.tryResize(16, 0, 16, 0));
        assertFalse(allocator.tryResize(16, 0, 16, 1));
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(100, 16), 100, 16);
        assertFalse(allocator.tryResize(block.address(), 100, 16, 0));
        model.check(block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldRefuseSizeZeroWithTheAddressOfABlock()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(100, 16), 100, 16);
        for (final long address : new long[]{ block.address(), 0, 8, 32, allocator.region().address() })
        {
            final Class<IllegalArgumentException> refused = IllegalArgumentException.class;
            assertThrows(refused, () -> allocator.deallocate(address, 0, 16));
            assertThrows(refused, () -> allocator.grow(address, 0, 16, 10, 16));
            assertThrows(refused, () -> allocator.growZeroed(address, 0, 16, 10, 16));
            assertThrows(refused, () -> allocator.shrink(address, 0, 16, 0, 16));
            assertThrows(refused, () -> allocator.tryResize(address, 0, 16, 10));
            assertThrows(refused, () -> allocator.usableSize(address, 0, 16));
            assertThrows(refused, () -> allocator.dealloc(address, 0, 16));
            assertThrows(refused, () -> allocator.realloc(address, 0, 16, 10));
        }
        model.check(block);
        model.checkStats(allocator.stats());
    }
}
