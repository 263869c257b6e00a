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
package io.quarry.alloc.buddy;

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.testing.ConcurrentScript;
import io.quarry.alloc.testing.StampedBlocks;
import io.quarry.alloc.testing.ThreadKind;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Many threads on one buddy. {@code -Dquarry.stress=N} makes the scripts N times as long.
 */
@Timeout(300)
class ConcurrentBuddyStressTest
{
    private static final int OPERATIONS = 40_000 * Integer.getInteger("quarry.stress", 1);
    private static final int MIB = 1 << 20;

    static Stream<Arguments> threads()
    {
        return ThreadKind.available().stream().flatMap(kind ->
            Stream.of(2, 3, 4, 8, 16).map(lanes -> Arguments.of(kind, lanes)));
    }

    @Tag("checks-off")
    @ParameterizedTest
    @MethodSource("threads")
    void shouldKeepBlocksApartAndBeOneRunAgain(final ThreadKind kind, final int lanes)
    {
        final long seed = System.nanoTime();
        for (final int unitSize : new int[]{ 64, 1024 })
        {
            try (Region region = Region.allocate(MIB + 12_345);
                ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, unitSize))
            {
                final ConcurrentScript script = new ConcurrentScript(buddy, kind, seed);
                script.run(lanes, OPERATIONS / lanes);
                assertTrue(script.handedOver() > 0, "handedOver=0");
                assertTrue(script.threads() >= lanes, "threads=" + script.threads());
                assertTrue(script.refusals() > 0, "refusals=0: the region was never full");
                assertOneRun(buddy, seed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void shouldKeepBlocksOfManyWordsApart(final ThreadKind kind, final int lanes)
    {
        final long seed = System.nanoTime();
        try (Region region = Region.allocate(3 * MIB);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 64))
        {
            final ConcurrentScript script = new ConcurrentScript(buddy, kind, seed).asking(18, 15);
            script.run(lanes, OPERATIONS / 4 / lanes);
            assertTrue(script.refusals() > 0, "refusals=0: the region was never full");
            assertOneRun(buddy, seed);
        }
    }

    private static void assertOneRun(final ConcurrentBuddyAllocator buddy, final long seed)
    {
        buddy.verify();
        final AllocatorStats stats = buddy.stats();
        assertEquals(0, stats.liveBlocks(), "seed=" + seed);
        assertEquals(buddy.maxSize(), stats.freeBytes(), "seed=" + seed);
        assertEquals(buddy.maxSize(), stats.largestFreeRun(), "seed=" + seed);
        final long all = buddy.allocate(buddy.maxSize(), 1);
        buddy.deallocate(all, buddy.maxSize(), 1);
        buddy.verify();
    }

    /** Each thread holds at most its share of the units, and the shares are all there is. */
    @Tag("checks-off")
    @ParameterizedTest
    @ValueSource(ints = { 3, 60, 64, 200, 1_000, 64 * 64 + 100 })
    void shouldNeverFailWhileAUnitIsFree(final int units) throws InterruptedException
    {
        try (Region region = Region.allocate(units * 64L);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 64))
        {
            final int lanes = Math.min(4, units);
            final StampedBlocks blocks = new StampedBlocks(buddy);
            final AtomicInteger failures = new AtomicInteger();
            run(lanes, lane ->
            {
                final int share = units / lanes + (lane < units % lanes ? 1 : 0);
                holdShare(blocks, 1 + lane, share, failures);
            });
            assertEquals(0, failures.get(), "requests that failed although there was a place");
            blocks.checkAtRest();
            assertOneRun(buddy, 0);
        }
    }

    /** The only free run is taken and given back by one thread, while another asks whether it is there. */
    @ParameterizedTest
    @ValueSource(ints = { 1, 3, 64, 100 })
    void shouldNeverFailWhileAnotherDiagnoses(final int run) throws InterruptedException
    {
        final long size = run * 64L;
        final int units = 64 * 64;
        try (Region region = Region.allocate(units * 64L);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 64))
        {
            final long taken = buddy.allocate((units - run) * 64L, 64);
            final AtomicBoolean isDone = new AtomicBoolean();
            final AtomicInteger yes = new AtomicInteger();
            final AtomicInteger failures = new AtomicInteger();
            run(2, lane ->
            {
                while (1 == lane && !isDone.get())
                {
                    yes.addAndGet(buddy.diagnose(size, 64).wouldSucceed() ? 1 : 0);
                }
                for (int i = 0; 0 == lane && (i < OPERATIONS || 0 == yes.get()); i++)
                {
                    final long address = buddy.alloc(size, 64);
                    if (0 != address)
                    {
                        buddy.dealloc(address, size, 64);
                    }
                    failures.addAndGet(0 == address ? 1 : 0);
                }
                isDone.set(true);
            });
            assertEquals(0, failures.get(), "requests that failed although the run was free");
            assertTrue(buddy.diagnose(size, 64).wouldSucceed());
            buddy.dealloc(taken, (units - run) * 64L, 64);
            assertOneRun(buddy, 0);
        }
    }

    private static void holdShare(
        final StampedBlocks blocks, final int owner, final int share, final AtomicInteger failures)
    {
        final SplittableRandom random = new SplittableRandom(owner);
        final List<StampedBlocks.Held> held = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++)
        {
            // Mostly full: only then is a place hard to find.
            if (held.size() < share && (held.isEmpty() || random.nextInt(8) > 0))
            {
                final StampedBlocks.Held block = blocks.allocate(owner, i, 64, 64);
                if (null == block)
                {
                    failures.incrementAndGet();
                }
                else
                {
                    held.add(block);
                }
            }
            else
            {
                blocks.free(held.remove(random.nextInt(held.size())));
            }
        }
        held.forEach(blocks::free);
    }

    @Test
    void shouldLetOneOfSeveralFreesWin() throws Exception
    {
        race((buddy, address) -> succeeds(() -> buddy.dealloc(address, 100, 1)));
    }

    @Test
    void shouldLetOneOfSeveralMovesWin() throws Exception
    {
        race((buddy, address) -> succeeds(() ->
            assertTrue(0 != buddy.realloc(address, 100, 1, 30_000))));
    }

    @Test
    void shouldLetOneOfSeveralDifferentCallsWin() throws Exception
    {
        final AtomicInteger calls = new AtomicInteger();
        race((buddy, address) -> switch (calls.getAndIncrement() % 3)
        {
            case 0 -> succeeds(() -> buddy.deallocate(address, 100, 1));
            case 1 -> succeeds(() -> buddy.grow(address, 100, 1, 30_000, 1));
            default -> succeeds(() -> buddy.shrink(address, 100, 1, 0, 1));
        });
    }

    private interface Call
    {
        /** Returns whether it had the block. */
        boolean call(ConcurrentBuddyAllocator buddy, long address);
    }

    /** Lets two threads at the same block, which can't grow where it is, over and over. */
    private static void race(final Call call) throws Exception
    {
        final int rounds = 20_000;
        final int lanes = 2;
        try (Region region = Region.allocate(MIB);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 64))
        {
            final long[] address = { 0 };
            final AtomicInteger winners = new AtomicInteger();
            final AtomicInteger ready = new AtomicInteger();
            final long before = buddy.alloc(64, 64);
            final long free = buddy.stats().freeBytes();
            final CyclicBarrier start = new CyclicBarrier(lanes, () ->
            {
                address[0] = buddy.alloc(100, 1);
                assertTrue(buddy.tryResize(address[0], 100, 1, 200));
                assertTrue(buddy.tryResize(address[0], 200, 1, 100));
                assertEquals(address[0] + 128, buddy.alloc(64, 64), "the block behind it");
            });
            final CyclicBarrier end = new CyclicBarrier(lanes, () ->
            {
                assertEquals(1, winners.getAndSet(0), "calls that had the block");
                freeAllBut(buddy, before);
                assertEquals(free, buddy.stats().freeBytes());
            });
            run(lanes, lane ->
            {
                for (int i = 0; i < rounds; i++)
                {
                    await(start);
                    spinUntil(ready, lanes * (i + 1));
                    if (call.call(buddy, address[0]))
                    {
                        winners.incrementAndGet();
                    }
                    await(end);
                }
            });
            buddy.dealloc(before, 64, 64);
            assertOneRun(buddy, 0);
        }
    }

    /** A barrier lets its threads go one after the other; here they go within a few nanoseconds. */
    private static void spinUntil(final AtomicInteger ready, final int count)
    {
        ready.incrementAndGet();
        for (int spins = 1; ready.get() < count; spins++)
        {
            if (0 == spins % 1_000)
            {
                Thread.yield();
            }
        }
    }

    private static void freeAllBut(final ConcurrentBuddyAllocator buddy, final long kept)
    {
        final long base = buddy.region().address();
        for (int unit = 0; unit < buddy.extents.counts.length; unit++)
        {
            if (0 != buddy.extents.get(unit) && base + 64L * unit != kept)
            {
                buddy.dealloc(base + 64L * unit, 1, 1);
            }
        }
    }

    private static boolean succeeds(final Runnable call)
    {
        try
        {
            call.run();
            return true;
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            return false;
        }
    }

    private static void await(final CyclicBarrier barrier)
    {
        try
        {
            barrier.await();
        }
        catch (final Exception ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** Where this fails the JVM may crash: the memory is given back while calls write to it. */
    @Test
    void shouldRefuseCallsThatComeTooLate() throws Exception
    {
        for (int round = 0; round < 10; round++)
        {
            final Region region = Region.allocate(33 * MIB);
            final ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 4096);
            final AtomicInteger begun = new AtomicInteger();
            final Thread closer = new Thread(() ->
            {
                while (begun.get() < 200)
                {
                    Thread.onSpinWait();
                }
                buddy.close();
                region.close();
            });
            closer.start();
            run(4, lane ->
            {
                final BooleanSupplier calls = () -> callAll(buddy, 100_000 + lane);
                boolean isOpen = true;
                while (isOpen)
                {
                    isOpen = calls.getAsBoolean();
                    begun.incrementAndGet();
                }
            });
            closer.join();
        }
    }

    /** False if the allocator was closed. */
    private static boolean callAll(final ConcurrentBuddyAllocator buddy, final long size)
    {
        try
        {
            final long address = buddy.allocateZeroed(size, 8);
            final long grown = buddy.grow(address, size, 8, 3 * size, 4096);
            final long other = buddy.allocate(size, 8);
            final long same = buddy.growZeroed(grown, 3 * size, 4096, 4 * size, 8);
            final long shrunk = buddy.shrink(same, 4 * size, 8, size, 65_536);
            buddy.deallocate(shrunk, size, 65_536);
            buddy.deallocate(other, size, 8);
            return true;
        }
        catch (final IllegalStateException ex)
        {
            assertEquals("ConcurrentBuddyAllocator is closed", ex.getMessage());
            return false;
        }
    }

    private interface Lane
    {
        void run(int number);
    }

    private static void run(final int lanes, final Lane lane) throws InterruptedException
    {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final List<Thread> threads = IntStream.range(0, lanes).mapToObj(number -> new Thread(() ->
        {
            try
            {
                lane.run(number);
            }
            catch (final Throwable ex)
            {
                // Those that wait for a thread that failed fail too.
                failure.accumulateAndGet(ex, (first, next) ->
                    null == first || first.getCause() instanceof BrokenBarrierException ? next : first);
            }
        })).toList();
        threads.forEach(Thread::start);
        for (final Thread thread : threads)
        {
            thread.join();
        }
        if (null != failure.get())
        {
            throw new AssertionError(failure.get());
        }
    }
}
