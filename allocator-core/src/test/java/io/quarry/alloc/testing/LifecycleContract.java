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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import static io.quarry.alloc.testing.ContractSubject.freeShuffled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * From claim to close.
 */
interface LifecycleContract extends ContractSubject
{
    @Test
    default void shouldRefuseCallsAfterClose()
    {
        final Region region = resources().close(newRegion(defaultRegionSize()));
        final RegionAllocator allocator = newAllocator(region);
        final long address = allocator.allocate(100, 8);
        allocator.close();
        allocator.close();
        final Class<IllegalStateException> refused = IllegalStateException.class;
        assertThrows(refused, () -> allocator.allocate(100, 8));
        assertThrows(refused, () -> allocator.allocateZeroed(100, 8));
        assertThrows(refused, () -> allocator.alloc(100, 8));
        assertThrows(refused, () -> allocator.allocZeroed(100, 8));
        assertThrows(refused, () -> allocator.allocUpTo(1, 100, 8));
        assertThrows(refused, () -> allocator.allocateBatch(100, 8, new long[2], 0, 2));
        assertThrows(refused, () -> allocator.diagnose(100, 8));
        assertThrows(refused, allocator::trim);
        assertSame(region, allocator.region());
        checkEmptyBlocks(allocator);
        if (Checks.ENABLED)
        {
            // All blocks are dead by now: to use one is misuse.
            assertThrows(refused, () -> allocator.deallocate(address, 100, 8));
            assertThrows(refused, () -> allocator.dealloc(address, 100, 8));
            assertThrows(refused, () -> allocator.deallocateBatch(100, 8, new long[]{ address }, 0, 1));
            assertThrows(refused, () -> allocator.grow(address, 100, 8, 200, 8));
            assertThrows(refused, () -> allocator.growZeroed(address, 100, 8, 200, 8));
            assertThrows(refused, () -> allocator.shrink(address, 100, 8, 50, 8));
            assertThrows(refused, () -> allocator.realloc(address, 100, 8, 200));
            assertThrows(refused, () -> allocator.tryResize(address, 100, 8, 50));
            assertThrows(refused, () -> allocator.usableSize(address, 100, 8));
        }
    }

    /** To have and to free one takes nothing that a closed allocator has not; to resize one may be refused. */
    private static void checkEmptyBlocks(final RegionAllocator allocator)
    {
        assertEquals(64, allocator.allocate(0, 64));
        assertEquals(64, allocator.allocateZeroed(0, 64));
        assertEquals(0, allocator.usableSize(64, 0, 64));
        allocator.deallocate(64, 0, 64);
        assertThrows(IllegalStateException.class, () -> allocator.grow(64, 0, 64, 8, 8));
    }

    @Test
    default void shouldLetAnotherAllocatorHaveTheRegionAfterClose()
    {
        final Region region = resources().close(newRegion(defaultRegionSize()));
        final RegionAllocator first = newAllocator(region);
        final AllocatorStats fresh = first.stats();
        final AllocatorModel firstModel = new AllocatorModel(first);
        ContractSubject.exhaust(first, firstModel);
        first.close();
        final RegionAllocator second = resources().close(resources().verify(newAllocator(region)));
        ScriptRunner.checkWhole(fresh, second.stats());
        final AllocatorModel model = new AllocatorModel(second);
        // What the first one left is not zero.
        for (long size = 10; size < 10_000; size *= 3)
        {
            model.allocatedZeroed(second.allocateZeroed(size, 8), size, 8);
        }
        first.close();
        assertThrows(IllegalStateException.class, () -> newAllocator(region));
        freeShuffled(second, model, model.liveBlocks(), 1);
        model.checkStats(second.stats());
    }

    @Test
    default void shouldRefuseARegionThatAnotherAllocatorHas()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(1000, 8), 1000, 8);
        assertThrows(IllegalStateException.class, () -> newAllocator(allocator.region()));
        model.check(block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldKeepLiveBlocksWhenTrimming()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (long i = 0; model.liveBytes() < defaultRegionSize() / 4; i++)
        {
            final long size = 1 + i * 7 % 700;
            model.allocated(allocator.allocate(size, 8), size, 8);
        }
        int freed = 0;
        for (final LiveBlock block : model.liveBlocks())
        {
            if (0 != freed++ % 3)
            {
                ContractSubject.free(allocator, model, block);
            }
        }
        assertTrue(allocator.trim() >= 0);
        allocator.verify();
        model.checkAll();
        model.checkStats(allocator.stats());
        freeShuffled(allocator, model, model.liveBlocks(), 2);
        allocator.trim();
        assertEquals(0, allocator.trim(), "bytes given back by a second trim");
        assertEquals(0, allocator.stats().allocatedBytes());
    }
}
