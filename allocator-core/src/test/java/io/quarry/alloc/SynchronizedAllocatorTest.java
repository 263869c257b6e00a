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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class SynchronizedAllocatorTest
{
    private static final int THREADS = 4;
    private static final int OPERATIONS = 5_000;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 20));
    private final SynchronizedRegionAllocator allocator = resources.close(resources.verify(
        new SynchronizedRegionAllocator(FirstFitAllocator.over(region))));

    @Test
    void shouldKeepBlocksOfManyThreadsApart() throws Exception
    {
        final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try
        {
            final List<Future<?>> results = new ArrayList<>();
            for (int i = 1; i <= THREADS; i++)
            {
                final int id = i;
                results.add(threads.submit(() -> churn(id)));
            }
            for (final Future<?> result : results)
            {
                result.get();
            }
        }
        finally
        {
            threads.shutdownNow();
        }
        assertEquals(0, allocator.stats().liveBlocks());
    }

    private void churn(final int id)
    {
        final SplittableRandom random = new SplittableRandom(id);
        final long[] blocks = new long[16];
        for (int i = 0; i < OPERATIONS; i++)
        {
            final int slot = random.nextInt(blocks.length);
            if (Allocator.NULL == blocks[slot])
            {
                blocks[slot] = allocator.allocate(64, 8);
                region.buffer(blocks[slot]).putLong(region.bufferOffset(blocks[slot]), id * 1000L + slot);
            }
            else
            {
                final long at = allocator.grow(blocks[slot], 64, 8, 200, 8);
                assertEquals(id * 1000L + slot, region.buffer(at).getLong(region.bufferOffset(at)));
                allocator.deallocate(at, 200, 8);
                blocks[slot] = Allocator.NULL;
            }
        }
        allocator.deallocateBatch(64, 8, blocks, 0, blocks.length);
    }

    @Test
    void shouldMakeEveryCallWaitForTheLock() throws Exception
    {
        final List<Runnable> calls = new ArrayList<>(callsThatAsk(allocator.allocate(100, 8)));
        calls.addAll(callsThatChange(new long[4]));
        calls.add(allocator::close);
        resources.forget(allocator);
        for (final Runnable call : calls)
        {
            final Thread thread = new Thread(call);
            allocator.lock().lock();
            try
            {
                thread.start();
                while (!allocator.lock().hasQueuedThread(thread))
                {
                    assertTrue(thread.isAlive(), "the call went past the lock");
                    Thread.onSpinWait();
                }
            }
            finally
            {
                allocator.lock().unlock();
            }
            thread.join();
        }
    }

    private List<Runnable> callsThatAsk(final long block)
    {
        return List.of(
            () -> allocator.usableSize(block, 100, 8), () -> allocator.owns(block), () -> allocator.regionOf(block),
            () -> allocator.diagnose(100, 8), () -> allocator.goodSize(100, 8), allocator::maxSize, allocator::verify,
            allocator::stats);
    }

    /** Each on a block of its own, so that none is refused. */
    private List<Runnable> callsThatChange(final long[] batch)
    {
        final long[] blocks = new long[7];
        allocator.allocateBatch(100, 8, blocks, 0, blocks.length);
        return List.of(
            () -> allocator.allocate(100, 8), () -> allocator.allocateZeroed(100, 8),
            () -> allocator.deallocate(blocks[0], 100, 8), () -> allocator.grow(blocks[1], 100, 8, 200, 8),
            () -> allocator.growZeroed(blocks[2], 100, 8, 200, 8), () -> allocator.shrink(blocks[3], 100, 8, 50, 8),
            () -> allocator.tryResize(blocks[4], 100, 8, 100), () -> allocator.allocateBatch(100, 8, batch, 0, 4),
            () -> allocator.deallocateBatch(100, 8, batch, 0, 4), () -> allocator.alloc(100, 8),
            () -> allocator.allocZeroed(100, 8), () -> allocator.dealloc(blocks[5], 100, 8),
            () -> allocator.realloc(blocks[6], 100, 8, 200), () -> allocator.allocUpTo(50, 100, 8), allocator::trim);
    }

    @Test
    void shouldLetTheLockGoWhenACallFails()
    {
        for (int i = 0; i < 3; i++)
        {
            try
            {
                allocator.allocate(1 << 21, 8);
            }
            catch (final AllocError expected)
            {
                assertEquals(0, allocator.lock().getHoldCount());
            }
        }
        assertTrue(allocator.isThreadSafe());
        assertSame(region, allocator.region());
        assertSame(allocator, allocator.byRef());
    }
}
