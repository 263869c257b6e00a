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
package io.quarry.alloc;

import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;
import io.quarry.alloc.testing.WatchedAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * No byte of a block is left in the region once it is given up: every way to give bytes up, each looked for in the
 * whole region.
 */
class ClearingAllocatorTest
{
    private static final byte SECRET = 0x5A;
    private static final int CAPACITY = 1 << 16;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(CAPACITY));
    private final ClearingAllocator allocator =
        resources.close(resources.verify(new ClearingAllocator(FirstFitAllocator.over(region))));

    @Test
    void shouldClearABlockThatIsFreedToItsUsableSize()
    {
        final long block = secret(100);
        allocator.deallocate(block, 100, 8);
        assertSecrets(0);
        final long lower = secret(100);
        allocator.dealloc(lower, 100, 8);
        assertSecrets(0);
        final long emptied = secret(100);
        assertEquals(8, allocator.shrink(emptied, 100, 8, 0, 8));
        assertSecrets(0);
    }

    @Test
    void shouldClearEachBlockOfABatch()
    {
        final long[] batch = new long[5];
        assertEquals(5, allocator.allocateBatch(200, 8, batch, 0, 5));
        for (final long block : batch)
        {
            fill(block, allocator.usableSize(block, 200, 8));
        }
        assertEquals(5, allocator.deallocateBatch(200, 8, batch, 0, 5));
        assertSecrets(0);
    }

    @Test
    void shouldClearTheOldPlaceOfABlockThatGrows()
    {
        final long block = secret(128);
        final long wall = allocator.allocate(1, 1);
        final long moved = allocator.grow(block, 128, 8, 1000, 8);
        assertNotEquals(block, moved);
        assertSecrets(128);
        final long again = allocator.realloc(moved, 1000, 8, 30_000);
        assertNotEquals(wall, again);
        assertSecrets(128);
        final long zeroed = allocator.growZeroed(again, 30_000, 8, 30_001, 16);
        allocator.deallocate(zeroed, 30_001, 16);
        assertSecrets(0);
        allocator.deallocate(wall, 1, 1);
    }

    @Test
    void shouldClearTheTailOfABlockThatShrinksWhereItIs()
    {
        final long block = secret(1000);
        assertEquals(block, allocator.shrink(block, 1000, 8, 300, 8));
        assertSecrets(300);
        assertEquals(block, allocator.realloc(block, 300, 8, 200));
        assertSecrets(200);
        assertTrue(allocator.tryResize(block, 200, 8, 64));
        assertSecrets(64);
        allocator.deallocate(block, 64, 8);
        assertSecrets(0);
    }

    @Test
    void shouldClearTheTailThatStaysWithinTheUsableSize()
    {
        final long block = secret(64);
        assertEquals(block, allocator.shrink(block, 64, 8, 60, 8));
        assertEquals(64, allocator.usableSize(block, 60, 8));
        assertSecrets(60);
        allocator.deallocate(block, 60, 8);
    }

    @Test
    void shouldClearTheOldPlaceOfABlockThatShrinksToAnotherAlignment()
    {
        final long first = allocator.allocate(1, 1);
        final long block = secret(500);
        final long stricter = Long.lowestOneBit(block) << 1;
        final long moved = allocator.shrink(block, 500, 8, 100, stricter);
        assertNotEquals(block, moved);
        assertSecrets(100);
        allocator.deallocate(moved, 100, stricter);
        allocator.deallocate(first, 1, 1);
        assertSecrets(0);
    }

    @Test
    void shouldClearWhatLivesOnClose()
    {
        secret(100);
        secret(5000);
        allocator.close();
        assertSecrets(0);
        allocator.close();
        resources.forget(allocator);
        assertThrows(IllegalStateException.class, () -> allocator.allocate(1, 1));
    }

    @Test
    void shouldCloseTheTargetEvenIfItCannotBeCleared()
    {
        allocator.close();
        resources.forget(allocator);
        final WatchedAllocator watch = WatchedAllocator.over(FirstFitAllocator.over(region));
        final ClearingAllocator clearing = new ClearingAllocator(watch.regionAllocator());
        watch.refusing("stats", new IllegalStateException("lost"));
        assertEquals("lost", assertThrows(IllegalStateException.class, clearing::close).getMessage());
        clearing.close();
        // The region is free to be claimed by another.
        FirstFitAllocator.over(region).close();
    }

    @Test
    void shouldClearNothingWhenACallIsRefused()
    {
        final long block = secret(128);
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(block, 129, 8));
        assertThrows(IllegalArgumentException.class, () -> allocator.shrink(block, 200, 8, 10, 8));
        assertThrows(IllegalArgumentException.class, () -> allocator.tryResize(block, 200, 8, 10));
        assertThrows(AllocError.class, () -> allocator.grow(block, 128, 8, CAPACITY + 1, 8));
        assertSecrets(128);
        allocator.deallocate(block, 128, 8);
        // Dead by now, and maybe another's.
        final long other = secret(64);
        assertEquals(block, other);
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(block, 128, 8));
        assertSecrets(64);
        allocator.deallocate(other, 64, 8);
    }

    /** Blocks live, grow, shrink and die at random; what isn't in a live block is never left. */
    @Test
    void shouldLeaveNothingBehindInARandomLife()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] blocks = new long[20];
        final long[] sizes = new long[blocks.length];
        for (int i = 0; i < 3000; i++)
        {
            final int at = random.nextInt(blocks.length);
            final long size = 1 + random.nextLong(1500);
            if (0 == sizes[at])
            {
                blocks[at] = allocator.allocate(size, 4);
            }
            else if (random.nextBoolean())
            {
                allocator.deallocate(blocks[at], sizes[at], 4);
                sizes[at] = 0;
                continue;
            }
            else
            {
                blocks[at] = size < sizes[at] ? allocator.shrink(blocks[at], sizes[at], 4, size, 4) :
                    allocator.grow(blocks[at], sizes[at], 4, size, 4);
            }
            sizes[at] = size;
            fill(blocks[at], allocator.usableSize(blocks[at], size, 4));
            if (0 == i % 50)
            {
                freeAll(blocks, sizes, seed);
            }
        }
        freeAll(blocks, sizes, seed);
    }

    private void freeAll(final long[] blocks, final long[] sizes, final long seed)
    {
        for (int i = 0; i < blocks.length; i++)
        {
            if (0 != sizes[i])
            {
                allocator.deallocate(blocks[i], sizes[i], 4);
                sizes[i] = 0;
            }
        }
        assertEquals(0, secrets(), "seed=" + seed);
    }

    private long secret(final long size)
    {
        final long block = allocator.allocate(size, 8);
        fill(block, allocator.usableSize(block, size, 8));
        return block;
    }

    private void fill(final long block, final long length)
    {
        final ByteBuffer buffer = region.buffer(block);
        final int offset = region.bufferOffset(block);
        for (int i = 0; i < length; i++)
        {
            buffer.put(offset + i, SECRET);
        }
    }

    private void assertSecrets(final int wanted)
    {
        assertEquals(wanted, secrets(), "bytes of secrets in the region");
    }

    private int secrets()
    {
        final ByteBuffer buffer = region.buffer(region.address());
        int count = 0;
        for (int i = 0; i < CAPACITY; i++)
        {
            count += SECRET == buffer.get(i) ? 1 : 0;
        }
        return count;
    }
}
