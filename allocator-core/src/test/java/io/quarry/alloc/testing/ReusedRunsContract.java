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
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each way in which an allocator of runs comes to use memory again, taken on purpose: no byte that was there before is
 * seen in what was to be zero.
 */
public abstract class ReusedRunsContract
{
    private static final int CAPACITY = 1 << 16;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private Region region;
    private RegionAllocator allocator;
    private OldBytes old;

    /**
     * Makes the allocator under test.
     *
     * @param region that it claims.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region);

    @BeforeEach
    final void open()
    {
        region = resources.close(Region.allocate(CAPACITY));
        allocator = resources.close(create(region));
        old = new OldBytes(allocator, region);
    }

    /** Every byte that can be had, so that all that follows is used memory. */
    private void dirtyAll()
    {
        final long size = 4096;
        final long[] blocks = new long[CAPACITY / (int)size];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = old.dirty(size);
        }
        for (final long block : blocks)
        {
            old.free(block, size);
        }
    }

    @Test
    final void shouldZeroTheSameRun()
    {
        final long block = old.dirty(3000);
        old.free(block, 3000);
        assertEquals(block, old.assertZeroOverOld(allocator.allocateZeroed(3000, 16), 0, 3000));
    }

    @Test
    final void shouldZeroTheSameRunForTheLowerContract()
    {
        final long block = old.dirty(3000);
        old.free(block, 3000);
        assertEquals(block, old.assertZeroOverOld(allocator.allocZeroed(3000, 16), 0, 3000));
    }

    @Test
    final void shouldZeroARunMadeOfSeveral()
    {
        dirtyAll();
        old.assertZeroOverOld(allocator.allocateZeroed(CAPACITY / 2, 16), 0, CAPACITY / 2);
    }

    @Test
    final void shouldZeroAPartOfALongerRun()
    {
        dirtyAll();
        for (final long size : new long[]{ 1, 100, 512, 700, 5000 })
        {
            old.assertZeroOverOld(allocator.allocateZeroed(size, 16), 0, size);
        }
    }

    @Test
    final void shouldZeroAnAlignedRun()
    {
        dirtyAll();
        old.assertZeroOverOld(allocator.allocateZeroed(100, 8192), 0, 100);
    }

    @Test
    final void shouldZeroWhatGrowsInPlaceOverAFreedNeighbour()
    {
        final long block = old.dirty(4096);
        final long neighbour = old.dirty(4096);
        assertEquals(block + 4096, neighbour);
        old.free(neighbour, 4096);
        assertEquals(block, allocator.growZeroed(block, 4096, 16, 8192, 16), "grew elsewhere");
        old.assertZeroOverOld(block, 4096, 8192);
    }

    @Test
    final void shouldZeroWhatGrowsElsewhere()
    {
        dirtyAll();
        final long block = old.dirty(4096);
        old.dirty(4096);
        final long grown = allocator.growZeroed(block, 4096, 16, 9000, 16);
        assertTrue(block != grown, "grew in place");
        old.assertZeroOverOld(grown, 4096, 9000);
    }

    @Test
    final void shouldZeroTheTailThatAShrinkGaveBack()
    {
        final long block = old.dirty(8192);
        assertEquals(block, allocator.shrink(block, 8192, 16, 3000, 16));
        assertEquals(block, allocator.growZeroed(block, 3000, 16, 8192, 16));
        old.assertZeroOverOld(block, 3000, 8192);
    }

    @Test
    final void shouldZeroTheTailThatAnotherBlockGets()
    {
        final long block = old.dirty(8192);
        assertEquals(block, allocator.shrink(block, 8192, 16, 1024, 16));
        old.assertZeroOverOld(allocator.allocateZeroed(3000, 16), 0, 3000);
    }

    @Test
    final void shouldZeroTheBytesThatABlockHasTooMany()
    {
        final long block = old.dirty(1);
        assertEquals(block, allocator.growZeroed(block, 1, 16, 40, 16));
        old.assertZeroOverOld(block, 1, 40);
    }

    @Test
    final void shouldZeroUsedAndUnusedMemoryInOneBlock()
    {
        old.free(old.dirty(4096), 4096);
        final AllocatorStats stats = allocator.stats();
        assertTrue(stats.highWaterBytes() < 16_384, "highWaterBytes=" + stats.highWaterBytes());
        old.assertZero(allocator.allocateZeroed(16_384, 16), 0, 16_384);
    }

    @Test
    final void shouldZeroAfterTrim()
    {
        final long block = old.dirty(2000);
        old.free(block, 2000);
        allocator.trim();
        old.assertZeroOverOld(allocator.allocateZeroed(2000, 16), 0, 2000);
    }

    @Test
    final void shouldZeroWhatTheAllocatorBeforeHadUsed()
    {
        dirtyAll();
        final long left = old.dirty(5000);
        allocator.close();
        allocator = resources.close(create(region));
        final OldBytes next = new OldBytes(allocator, region);
        assertEquals(left, next.assertZero(allocator.allocateZeroed(5000, 16), 0, 5000));
        next.assertZero(allocator.allocateZeroed(20_000, 16), 0, 20_000);
    }
}
