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

import io.quarry.alloc.testing.AllocatorSubject;
import io.quarry.alloc.testing.FirstFitAllocator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The lock under virtual threads. They are started by reflection, since class files are those of JDK 17.
 */
@Timeout(120)
class SynchronizedAllocatorVirtualThreadsTest
{
    private static final int THREADS = 1_000;
    private static final int OPERATIONS = 40;

    @BeforeEach
    void virtualThreadsExist()
    {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need JDK 21 or later");
    }

    /** One that waits for the lock gives its carrier up, so that others run, the holder's own among them. */
    @Test
    void shouldNotKeepTheCarrierOfAThreadThatWaits()
    {
        assertEquals(
            new ForkedJvm.Result(0, "done", ""),
            ForkedJvm.withClassesOf(SynchronizedAllocator.class, OneCarrier.class)
                .flags("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1")
                .run(OneCarrier.class));
    }

    /** Many meet in the lock, and whoever has it lets others run amid the call. */
    @Test
    void shouldLetOneThreadInAtATime() throws InterruptedException
    {
        try (Region region = Region.allocate(1 << 20); FirstFitAllocator base = FirstFitAllocator.over(region))
        {
            final Yielding yielding = new Yielding(base);
            final SynchronizedRegionAllocator allocator = new SynchronizedRegionAllocator(yielding);
            final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++)
            {
                final int id = i;
                threads.add(startVirtual(() ->
                {
                    try
                    {
                        churn(allocator, region, id);
                    }
                    catch (final RuntimeException | Error ex)
                    {
                        failures.add(ex);
                    }
                }));
            }
            for (final Thread thread : threads)
            {
                thread.join();
            }
            assertNull(failures.peek(), () -> failures.size() + " threads failed");
            assertEquals(2 * OPERATIONS * THREADS, yielding.calls.get());
            assertEquals(0, allocator.stats().liveBlocks());
            allocator.verify();
        }
    }

    private static void churn(final RegionAllocator allocator, final Region region, final int id)
    {
        final SplittableRandom random = new SplittableRandom(id);
        final long[] blocks = new long[1];
        for (int i = 0; i < OPERATIONS; i++)
        {
            final long size = 8 + random.nextInt(120);
            final long block = allocator.allocate(size, 8);
            region.buffer(block).putLong(region.bufferOffset(block), id);
            final long grown = allocator.grow(block, size, 8, 2 * size, 8);
            final long found = region.buffer(grown).getLong(region.bufferOffset(grown));
            if (id != found)
            {
                throw new IllegalStateException("id=" + id + " found=" + found);
            }
            blocks[0] = grown;
            allocator.deallocateBatch(2 * size, 8, blocks, 0, 1);
        }
    }

    static Thread startVirtual(final Runnable task)
    {
        try
        {
            return (Thread)Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        }
        catch (final NoSuchMethodException | IllegalAccessException | InvocationTargetException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** Finds that two threads are in it at once, and gives each other one its chance to be. */
    private static final class Yielding extends AllocatorSubject
    {
        final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();

        Yielding(final RegionAllocator target)
        {
            super(target, target, target);
        }

        @Override
        public long allocate(final long size, final long alignment)
        {
            enter();
            try
            {
                return super.allocate(size, alignment);
            }
            finally
            {
                inside.decrementAndGet();
            }
        }

        @Override
        public long grow(
            final long address, final long oldSize, final long oldAlignment,
            final long newSize, final long newAlignment)
        {
            enter();
            try
            {
                return super.grow(address, oldSize, oldAlignment, newSize, newAlignment);
            }
            finally
            {
                inside.decrementAndGet();
            }
        }

        private void enter()
        {
            calls.incrementAndGet();
            final int before = inside.getAndIncrement();
            if (0 == calls.get() % 16)
            {
                // Gives the carrier up; a yield alone may come back at once.
                LockSupport.parkNanos(1_000);
            }
            Thread.yield();
            if (0 != before || 1 != inside.get())
            {
                throw new IllegalStateException("threads inside at once: " + inside.get());
            }
        }
    }

    /** All virtual threads share one carrier thread, which any of them that kept it would keep from the others. */
    static final class OneCarrier
    {
        private static final int WAITING = 50;
        private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

        public static void main(final String[] args) throws InterruptedException
        {
            final Region region = Region.allocate(1 << 20);
            final SynchronizedRegionAllocator allocator =
                new SynchronizedRegionAllocator(FirstFitAllocator.over(region));
            final AtomicInteger served = new AtomicInteger();
            final AtomicInteger passedBy = new AtomicInteger();
            final List<Thread> threads = new ArrayList<>();
            allocator.lock().lock();
            for (int i = 0; i < WAITING; i++)
            {
                threads.add(startVirtual(() ->
                {
                    allocator.deallocate(allocator.allocate(64, 8), 64, 8);
                    served.incrementAndGet();
                }));
            }
            await(() -> WAITING == allocator.lock().getQueueLength(), "all to wait for the lock");
            startVirtual(passedBy::incrementAndGet);
            await(() -> 1 == passedBy.get(), "one that needs no lock");
            require(0 == served.get(), "served while the lock was held");
            allocator.lock().unlock();
            for (final Thread thread : threads)
            {
                thread.join(TimeUnit.NANOSECONDS.toMillis(LIMIT_NS));
            }
            require(WAITING == served.get(), "served=" + served);
            require(0 == allocator.stats().liveBlocks(), allocator.stats().toString());
            System.out.print("done");
        }

        private static void await(final BooleanSupplier condition, final String what)
            throws InterruptedException
        {
            final long start = System.nanoTime();
            while (!condition.getAsBoolean())
            {
                require(System.nanoTime() - start < LIMIT_NS, "waited in vain for " + what);
                Thread.sleep(1);
            }
        }

        private static void require(final boolean condition, final String what)
        {
            if (!condition)
            {
                System.err.println(what);
                Runtime.getRuntime().halt(1);
            }
        }
    }
}
