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

import com.sun.management.ThreadMXBean;

import io.quarry.alloc.AllocError;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * No object is made after construction, whether a call succeeds or fails.
 */
interface GarbageContract extends ContractSubject
{
    /** Whether the allocator promises it. */
    boolean promisesNoGarbage();

    @Test
    default void shouldMakeNoGarbageWhenCallsSucceed()
    {
        final RegionAllocator allocator = open();
        assertNoGarbage(() -> churn(allocator));
    }

    @Test
    default void shouldMakeNoGarbageWhenCallsFail()
    {
        assumeFalse(Boolean.getBoolean("quarry.stackTraces"), "each failure has a trace");
        final RegionAllocator allocator = open();
        // What is larger than the largest block can't be had: only smaller blocks may have slots of their own left.
        final LiveBlock block = ContractSubject.exhaust(allocator, new AllocatorModel(allocator)).stream()
            .max((a, b) -> Long.compare(a.length(), b.length())).orElseThrow();
        assertNoGarbage(() -> fail(allocator, block));
    }

    @Test
    default void shouldMakeNoGarbageInBatches()
    {
        assumeFalse(Boolean.getBoolean("quarry.stackTraces"), "each failure has a trace");
        final RegionAllocator allocator = open();
        final long[] addresses = new long[200];
        // More than there is room for, so that the batch ends early.
        final long large = allocator.maxSize() / 100;
        assertNoGarbage(() -> batches(allocator, large, addresses));
    }

    private static void batches(final RegionAllocator allocator, final long large, final long[] addresses)
    {
        for (int i = 0; i < 300; i++)
        {
            final long size = 0 == i % 10 ? large : 1 + i * 37L % 2500;
            final int had = allocator.allocateBatch(size, 8, addresses, 0, addresses.length);
            if (had != allocator.deallocateBatch(size, 8, addresses, 0, addresses.length))
            {
                throw new AssertionError("had=" + had + ": fewer freed");
            }
        }
    }

    private void assertNoGarbage(final Runnable calls)
    {
        assumeTrue(promisesNoGarbage(), "no such promise");
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        // The first rounds load classes; a later one may meet an object that is not ours. One clean round shows it.
        for (int round = 0; round < 20 && least > 0; round++)
        {
            final long before = threads.getThreadAllocatedBytes(thread);
            calls.run();
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertEquals(0, least, "bytes of garbage");
    }

    private static void churn(final RegionAllocator allocator)
    {
        for (int i = 0; i < 3000; i++)
        {
            final long size = 1 + i * 37L % 9000;
            final long alignment = 1L << (i % 9);
            final long first = allocator.allocate(size, alignment);
            final long second = allocator.allocateZeroed(size / 2 + 1, 8);
            final long third = allocator.alloc(16 + i % 64, 8);
            final long grown = allocator.grow(first, size, alignment, 2 * size, alignment);
            final long zeroed = allocator.growZeroed(second, size / 2 + 1, 8, size + 1, 16);
            final long moved = allocator.realloc(third, 16 + i % 64, 8, 200);
            final long shrunk = allocator.shrink(grown, 2 * size, alignment, size / 3 + 1, alignment);
            final boolean resized = allocator.tryResize(shrunk, size / 3 + 1, alignment, size);
            allocator.usableSize(moved, 200, 8);
            allocator.deallocate(shrunk, resized ? size : size / 3 + 1, alignment);
            allocator.dealloc(zeroed, size + 1, 16);
            allocator.deallocate(moved, 200, 8);
            if (0 == i % 1000)
            {
                allocator.trim();
            }
        }
    }

    private static void fail(final RegionAllocator allocator, final LiveBlock block)
    {
        int failures = 0;
        for (int i = 0; i < 2000; i++)
        {
            failures += 0 == allocator.alloc(block.length + 1 + i, 8) ? 1 : 0;
            failures += 0 == allocator.allocZeroed(1L << 40, 8) ? 1 : 0;
            final long at = block.address;
            final long newSize = block.length + (1L << 20);
            failures += 0 == allocator.realloc(at, block.size, block.alignment, newSize) ? 1 : 0;
            failures += allocator.tryResize(at, block.size, block.alignment, newSize) ? 0 : 1;
            try
            {
                allocator.allocate(block.length + 1 + i, 16);
            }
            catch (final AllocError expected)
            {
                failures++;
            }
            try
            {
                allocator.growZeroed(at, block.size, block.alignment, newSize, block.alignment);
            }
            catch (final AllocError expected)
            {
                failures++;
            }
        }
        if (6 * 2000 != failures)
        {
            throw new AssertionError("failures=" + failures + ": wanted " + 6 * 2000);
        }
    }
}
