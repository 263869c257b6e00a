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
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.List;

import static io.quarry.alloc.testing.ContractSubject.assertFails;
import static io.quarry.alloc.testing.ContractSubject.exhaust;
import static io.quarry.alloc.testing.ContractSubject.free;
import static io.quarry.alloc.testing.ContractSubject.freeShuffled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A region that is full, and one that is empty again: A11, A12, E3.
 */
interface ExhaustionContract extends ContractSubject
{
    @Test
    default void e03ShouldFailWithoutHarmWhenExhausted()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> blocks = exhaust(allocator, model);
        final long[] sizes = { 1, 16, 100, 4096, 100_000 };
        for (final long size : sizes)
        {
            // What is kept for blocks of one size may be left when no block of another is.
            for (long address = allocator.alloc(size, 8); Allocator.NULL != address;
                address = allocator.alloc(size, 8))
            {
                blocks.add(model.allocated(address, size, 8));
            }
        }
        final Object before = allocator.stats();
        for (final long size : sizes)
        {
            assertFalse(assertFails(() -> allocator.allocate(size, 8)).isUnsupported());
            assertFalse(assertFails(() -> allocator.allocateZeroed(size, 8)).isUnsupported());
            assertEquals(Allocator.NULL, allocator.alloc(size, 8));
            assertEquals(Allocator.NULL, allocator.allocZeroed(size, 8));
        }
        assertEquals(before, allocator.stats());
        model.checkStats(allocator.stats());
        freeShuffled(allocator, model, blocks, 11);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldHandOutMostOfTheRegionBeforeItFails()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final long free = allocator.stats().freeBytes();
        exhaust(allocator, model);
        assertTrue(model.liveBytes() >= free / 2, "liveBytes=" + model.liveBytes() + " freeBytes at first=" + free);
        freeShuffled(allocator, model, model.liveBlocks(), 1);
    }

    @Test
    default void shouldServeAgainWhatWasFreed()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> blocks = exhaust(allocator, model);
        for (int i = 0; i < blocks.size(); i++)
        {
            final LiveBlock block = blocks.get(i);
            final long size = block.size();
            free(allocator, model, block);
            final long address = allocator.alloc(size, block.alignment());
            assertNotEquals(Allocator.NULL, address, "size=" + size + " was just freed");
            blocks.set(i, model.allocated(address, size, block.alignment()));
        }
        freeShuffled(allocator, model, blocks, 12);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldBeWholeAgainWhenAllIsFreed()
    {
        final RegionAllocator allocator = open();
        final AllocatorStats fresh = allocator.stats();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (int round = 0; round < 4; round++)
        {
            freeShuffled(allocator, model, exhaust(allocator, model), round);
            allocator.trim();
            ScriptRunner.checkWhole(fresh, allocator.stats());
            allocator.verify();
        }
        final long size = largest(allocator);
        final LiveBlock most = model.allocated(allocator.allocate(size, 1), size, 1);
        assertTrue(most.length() >= fresh.freeBytes() / 2, "length=" + most.length() + " of " + fresh.freeBytes());
        free(allocator, model, most);
    }

    /** The largest size that can be had now, found by halving. */
    private static long largest(final RegionAllocator allocator)
    {
        long had = 0;
        long step = Long.highestOneBit(allocator.region().capacity());
        while (step > 0)
        {
            final long address = had + step > 0 ? allocator.alloc(had + step, 1) : Allocator.NULL;
            if (Allocator.NULL != address)
            {
                had += step;
                allocator.dealloc(address, had, 1);
            }
            step /= 2;
        }
        return had;
    }

    @Test
    default void shouldWorkOnRegionsOfAnySize()
    {
        for (final long regionSize : new long[]{
            4096, 8192, 3 * 4096, 1 << 16, (1 << 16) + 4096, (1 << 17) - 4096, 100_000, (1 << 20) + 3 * 4096,
            (1 << 20) - 64, 1_234_567, (1 << 22) + 1 })
        {
            final RegionAllocator allocator = open(regionSize);
            final AllocatorStats fresh = allocator.stats();
            final AllocatorModel model = new AllocatorModel(allocator);
            final List<LiveBlock> blocks = exhaust(allocator, model);
            assertFalse(blocks.isEmpty(), "regionSize=" + regionSize + ": no block at all");
            assertTrue(model.liveBytes() <= regionSize);
            model.checkAll();
            model.checkStats(allocator.stats());
            freeShuffled(allocator, model, blocks, regionSize);
            allocator.trim();
            ScriptRunner.checkWhole(fresh, allocator.stats());
        }
    }

    @Test
    default void shouldCountWhatItHandsOut()
    {
        final RegionAllocator allocator = open();
        final AllocatorStats fresh = allocator.stats();
        assertEquals(0, fresh.allocatedBytes());
        assertEquals(0, fresh.liveBlocks());
        assertTrue(fresh.freeBytes() > 0 && fresh.freeBytes() <= allocator.region().capacity());
        assertTrue(fresh.metadataBytes() >= 0);
        final AllocatorModel model = new AllocatorModel(allocator);
        for (long size = 1; size < 50_000; size = size * 3 / 2 + 1)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 16), size, 16);
            model.checkStats(allocator.stats());
            final long end = block.address() + block.length() - allocator.region().address();
            assertTrue(allocator.stats().highWaterBytes() >= end, "highWaterBytes below " + end);
        }
        final long highWater = allocator.stats().highWaterBytes();
        freeShuffled(allocator, model, model.liveBlocks(), 19);
        assertEquals(highWater, allocator.stats().highWaterBytes());
        assertTrue(highWater <= allocator.region().capacity());
    }
}
