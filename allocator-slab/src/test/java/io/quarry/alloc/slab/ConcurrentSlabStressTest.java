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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.ConcurrentScript;
import io.quarry.alloc.testing.ThreadKind;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Threads of both kinds that allocate, resize, free and hand over at random, and die: each block is its owner's alone,
 * and when all is freed the region is whole. The long form is run with
 * {@code -Dquarry.test.stressOperations=1000000}.
 */
class ConcurrentSlabStressTest
{
    private static final int OPERATIONS = Integer.getInteger("quarry.test.stressOperations", 20_000);

    static List<ThreadKind> kinds()
    {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHoldWithTwoThreads(final ThreadKind kind)
    {
        run(kind, 2, 4L << 20, 1L << 20, 128, 14);
    }

    @Tag("checks-off")
    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHoldWithSixteenThreads(final ThreadKind kind)
    {
        run(kind, 16, 16L << 20, 1L << 20, 128, 14);
    }

    @Tag("checks-off")
    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHoldWithMoreThreadsThanHeaps(final ThreadKind kind)
    {
        run(kind, 8, 8L << 20, 1L << 20, 3, 14);
    }

    @Tag("checks-off")
    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHoldWithoutAnythingCached(final ThreadKind kind)
    {
        run(kind, 8, 8L << 20, 0, 128, 11);
    }

    @Tag("checks-off")
    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHoldInARegionThatIsOftenFull(final ThreadKind kind)
    {
        run(kind, 8, 1L << 18, 1L << 16, 128, 11);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHoldWithSmallBlocksOnly(final ThreadKind kind)
    {
        run(kind, 8, 2L << 20, 1L << 18, 128, 6);
    }

    @Test
    void shouldHoldWithDifferentSeeds()
    {
        for (int seed = 2; seed < 6; seed++)
        {
            run(ThreadKind.PLATFORM, 4, 2L << 20, 1L << 18, 128, 12, seed);
        }
    }

    private static void run(
        final ThreadKind kind, final int lanes, final long regionSize, final long budget, final int heaps,
        final int sizeBits)
    {
        run(kind, lanes, regionSize, budget, heaps, sizeBits, 1);
    }

    private static void run(
        final ThreadKind kind, final int lanes, final long regionSize, final long budget, final int heaps,
        final int sizeBits, final long seed)
    {
        try (Region region = Region.allocate(regionSize);
            RegionAllocator allocator = new ConcurrentSlabAllocator(
                new SynchronizedRegionAllocator(new RunAllocator(region)), budget, heaps))
        {
            final ConcurrentScript script = new ConcurrentScript(allocator, kind, seed).asking(sizeBits, 9)
                .holding(regionSize / lanes / 2);
            script.run(lanes, OPERATIONS);
            assertTrue(script.handedOver() > 0, "handedOver=0");
            allocator.verify();
            trimUntilWhole(allocator);
            allocator.verify();
            final AllocatorStats stats = allocator.stats();
            assertEquals(0, stats.liveBlocks());
            assertEquals(regionSize, stats.freeBytes());
            assertEquals(regionSize, stats.largestFreeRun(), "the region is not whole: " + stats);
        }
    }

    /** A thread is done a moment before it is dead, and its heap at hand. */
    private static void trimUntilWhole(final RegionAllocator allocator)
    {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (allocator.trim(); allocator.stats().largestFreeRun() < allocator.region().capacity(); allocator.trim())
        {
            if (System.nanoTime() - deadline > 0)
            {
                return;
            }
            Thread.yield();
        }
    }
}
