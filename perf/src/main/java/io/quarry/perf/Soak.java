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
package io.quarry.perf;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.RegionAllocator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * An allocator in a region with room to spare, and those that call it: see {@link SoakCaller}.
 */
final class Soak implements AutoCloseable
{
    private static final int REGION = 64 << 20;
    private static final int PAGE = 4096;

    /** Of all callers; about half of them have a block. A power of two. */
    private static final int PLACES = 8192;
    private static final int MEETING_PLACES = 64;

    private final RegionStack stack;
    private final RegionAllocator allocator;
    private final AllocatorStats fresh;
    private final AtomicReferenceArray<SoakBlock> meeting = new AtomicReferenceArray<>(MEETING_PLACES);
    private final List<SoakCaller> callers = new ArrayList<>();

    /**
     * Makes the region, the allocator and the callers.
     *
     * @param subject of Quarry's.
     * @param threads that call at a time.
     * @param seed    of all that is random but the scheduler.
     */
    Soak(final Subject subject, final int threads, final long seed)
    {
        this(subject.openStack(REGION, PAGE), threads, seed);
    }

    /**
     * Makes the callers.
     *
     * @param stack   that is closed with this.
     * @param threads that call at a time.
     * @param seed    of all that is random but the scheduler.
     */
    Soak(final RegionStack stack, final int threads, final long seed)
    {
        this.stack = stack;
        allocator = stack.allocator();
        fresh = allocator.stats();
        final long base = stack.region().address();
        final ByteBuffer buffer = stack.region().buffer(base);
        for (int i = 0; i < MEETING_PLACES; i++)
        {
            meeting.set(i, new SoakBlock(buffer, base));
        }
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < threads; i++)
        {
            final SoakBlock[] places = new SoakBlock[Integer.highestOneBit(PLACES / threads)];
            for (int j = 0; j < places.length; j++)
            {
                places[j] = new SoakBlock(buffer, base);
            }
            callers.add(new SoakCaller(allocator, meeting, places, random.split(), i + 1));
        }
    }

    /**
     * Has the callers make calls, each in a new thread, so that the allocator meets blocks of threads that are gone.
     *
     * @param count of calls, of all together.
     * @return how many they were.
     */
    long call(final long count)
    {
        final long before = operations();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final List<Thread> threads = new ArrayList<>();
        for (final SoakCaller caller : callers)
        {
            final Thread thread = new Thread(() -> caller.call(count / callers.size()), "soak");
            thread.setUncaughtExceptionHandler((failed, ex) -> failure.compareAndSet(null, ex));
            thread.start();
            threads.add(thread);
        }
        for (final Thread thread : threads)
        {
            join(thread);
        }
        if (null != failure.get())
        {
            final Throwable thrown = failure.get();
            throw new SoakFault(thrown instanceof SoakFault ? thrown.getMessage() : thrown.toString(), thrown);
        }
        return operations() - before;
    }

    private static void join(final Thread thread)
    {
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            throw new SoakFault("interrupted", ex);
        }
    }

    long operations()
    {
        return callers.stream().mapToLong(SoakCaller::operations).sum();
    }

    AllocatorStats stats()
    {
        return allocator.stats();
    }

    /** Has the allocator verify itself, and compares what it counts. */
    void verify()
    {
        allocator.verify();
        long blocks = callers.stream().mapToLong(SoakCaller::liveBlocks).sum();
        for (int i = 0; i < MEETING_PLACES; i++)
        {
            blocks += meeting.get(i).isNone() ? 0 : 1;
        }
        if (blocks != stats().liveBlocks())
        {
            throw new SoakFault("wanted liveBlocks=" + blocks + ", got " + stats());
        }
    }

    /** Frees all, and sees that the region is one free run again. */
    void end()
    {
        callers.forEach(SoakCaller::freeAll);
        for (int i = 0; i < MEETING_PLACES; i++)
        {
            final SoakBlock block = meeting.get(i);
            if (!block.isNone())
            {
                block.check();
                allocator.dealloc(block.address, block.size, block.alignment);
                block.address = Allocator.NULL;
            }
        }
        allocator.trim();
        verify();
        final AllocatorStats stats = stats();
        if (0 != stats.allocatedBytes() || stats.freeBytes() != fresh.freeBytes() ||
            stats.largestFreeRun() != fresh.largestFreeRun())
        {
            throw new SoakFault("when all is freed: wanted all of " + fresh + ", got " + stats);
        }
    }

    @Override
    public void close()
    {
        stack.close();
    }
}
