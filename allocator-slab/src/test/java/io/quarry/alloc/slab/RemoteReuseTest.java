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
package io.quarry.alloc.slab;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.ClearingAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Memory that comes back through other threads shows no old bytes: freed by another thread than the owner, left in the
 * heap of a thread that has ended, adopted by the next. And none are left in it, if it is to be cleared.
 */
class RemoteReuseTest
{
    private static final int CAPACITY = 1 << 20;
    private static final byte SECRET = 0x5A;
    private static final long[] SIZES = { 1, 16, 48, 100, 512, 2048, 5000 };
    private static final int BLOCKS = 40;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(CAPACITY));
    private final ConcurrentSlabAllocator slabs =
        new ConcurrentSlabAllocator(new SynchronizedRegionAllocator(new RunAllocator(region)));

    @Test
    void shouldZeroWhatOtherThreadsGaveBack() throws InterruptedException
    {
        final RegionAllocator allocator = resources.close(resources.verify(slabs));
        for (int round = 0; round < 3; round++)
        {
            passOn(allocator);
            onThread(() -> takeZeroed(allocator));
            takeZeroed(allocator);
        }
    }

    @Test
    void shouldClearWhatOtherThreadsGiveBack() throws InterruptedException
    {
        final RegionAllocator allocator = resources.close(resources.verify(new ClearingAllocator(slabs)));
        for (int round = 0; round < 3; round++)
        {
            passOn(allocator);
            assertEquals(0, count(region.address(), CAPACITY, SECRET));
        }
    }

    /** Of half the blocks each, made by a thread that then ends: freed by itself, and by this one. */
    private void passOn(final RegionAllocator allocator) throws InterruptedException
    {
        final List<long[]> passed = new ArrayList<>();
        onThread(() ->
        {
            final List<long[]> own = new ArrayList<>();
            for (int i = 0; i < BLOCKS; i++)
            {
                for (final long size : SIZES)
                {
                    (0 == i % 2 ? own : passed).add(new long[]{ secret(allocator, size), size });
                }
            }
            free(allocator, own);
        });
        assertTrue(count(region.address(), CAPACITY, SECRET) > 0);
        free(allocator, passed);
    }

    private long secret(final Allocator allocator, final long size)
    {
        final long block = allocator.allocate(size, 8);
        final long length = allocator.usableSize(block, size, 8);
        for (long i = 0; i < length; i++)
        {
            region.buffer(block).put(region.bufferOffset(block + i), SECRET);
        }
        return block;
    }

    private void takeZeroed(final Allocator allocator)
    {
        final List<long[]> taken = new ArrayList<>();
        for (int i = 0; i < 2 * BLOCKS; i++)
        {
            for (final long size : SIZES)
            {
                final long block = allocator.allocateZeroed(size, 8);
                final long length = allocator.usableSize(block, size, 8);
                assertEquals(length, count(block, length, (byte)0), () -> "size=" + size);
                taken.add(new long[]{ block, size });
            }
        }
        // Old bytes for whoever comes next.
        taken.forEach(block -> region.buffer(block[0]).put(region.bufferOffset(block[0]), SECRET));
        free(allocator, taken);
    }

    private static void free(final Allocator allocator, final List<long[]> blocks)
    {
        blocks.forEach(block -> allocator.deallocate(block[0], block[1], 8));
    }

    private long count(final long from, final long length, final byte value)
    {
        long count = 0;
        for (long at = from; at < from + length; at++)
        {
            count += value == region.buffer(at).get(region.bufferOffset(at)) ? 1 : 0;
        }
        return count;
    }

    private static void onThread(final Runnable work) throws InterruptedException
    {
        final Throwable[] thrown = new Throwable[1];
        final Thread thread = new Thread(work);
        thread.setUncaughtExceptionHandler((any, ex) -> thrown[0] = ex);
        thread.start();
        thread.join();
        if (null != thrown[0])
        {
            throw new AssertionError(thrown[0]);
        }
    }
}
