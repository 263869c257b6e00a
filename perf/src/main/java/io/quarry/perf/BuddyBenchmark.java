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

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.BuddyAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What does a buddy for any thread cost, beside the one for one thread, and that one behind a lock?
 * <pre>
 *   java -jar perf/target/quarry.jar bench BuddyBenchmark
 *   java -jar perf/target/quarry.jar bench BuddyBenchmark -p buddy=concurrent,locked -t 2
 * </pre>
 * A pair: one page allocated and freed, {@code pair}; or one block freed and another allocated, of {@link #LIVE} that
 * live and are of 1 to 16 pages, {@code churn}. The region is half full of blocks of mixed lengths that stay. With
 * several threads all share one allocator, but for {@code single}, which is for one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class BuddyBenchmark
{
    private static final int PAGE = 4096;
    private static final int REGION_SIZE = 256 << 20;
    private static final int LIVE = 512;
    private static final int MOST_PAGES = 16;

    /**
     * Which buddy.
     */
    @Param({ "single", "concurrent", "locked" })
    public String buddy;

    private Region region;
    private RegionAllocator allocator;

    /**
     * Made by JMH.
     */
    public BuddyBenchmark()
    {
    }

    /**
     * Makes the allocator and the blocks that stay.
     */
    @Setup
    public void setUp()
    {
        region = Region.allocate(REGION_SIZE);
        allocator = switch (buddy)
        {
            case "single" -> new BuddyAllocator(region, PAGE);
            case "concurrent" -> new ConcurrentBuddyAllocator(region, PAGE);
            default -> new SynchronizedRegionAllocator(new BuddyAllocator(region, PAGE));
        };
        final SplittableRandom random = new SplittableRandom(42);
        while (allocator.stats().freeBytes() > REGION_SIZE / 4)
        {
            for (int i = 0; i < 100; i++)
            {
                final long size = (1L + random.nextInt(MOST_PAGES)) * PAGE;
                final long address = allocator.allocate(size, PAGE);
                if (0 == random.nextInt(3))
                {
                    allocator.deallocate(address, size, PAGE);
                }
            }
        }
    }

    /**
     * Checks the allocator.
     */
    @TearDown
    public void tearDown()
    {
        allocator.verify();
        allocator.close();
        region.close();
    }

    /**
     * The blocks of one thread.
     */
    @State(Scope.Thread)
    public static class Blocks
    {
        private final SplittableRandom random = new SplittableRandom(7);
        private final long[] addresses = new long[LIVE];
        private final long[] sizes = new long[LIVE];

        /**
         * Made by JMH.
         */
        public Blocks()
        {
        }

        /**
         * Allocates them.
         *
         * @param benchmark that has the allocator.
         */
        @Setup
        public void allocate(final BuddyBenchmark benchmark)
        {
            for (int i = 0; i < LIVE; i++)
            {
                sizes[i] = (1L + random.nextInt(MOST_PAGES)) * PAGE;
                addresses[i] = benchmark.allocator.allocate(sizes[i], PAGE);
            }
        }

        /**
         * Frees them.
         *
         * @param benchmark that has the allocator.
         */
        @TearDown(Level.Trial)
        public void free(final BuddyBenchmark benchmark)
        {
            for (int i = 0; i < LIVE; i++)
            {
                benchmark.allocator.deallocate(addresses[i], sizes[i], PAGE);
            }
        }
    }

    /**
     * One page.
     *
     * @return its address.
     */
    @Benchmark
    public long pair()
    {
        final long address = allocator.alloc(PAGE, PAGE);
        allocator.dealloc(address, PAGE, PAGE);
        return address;
    }

    /**
     * A random block of those that live is replaced.
     *
     * @param blocks of the thread.
     * @return the address of the new one.
     */
    @Benchmark
    public long churn(final Blocks blocks)
    {
        final int dice = blocks.random.nextInt(LIVE * MOST_PAGES);
        final int i = dice / MOST_PAGES;
        allocator.dealloc(blocks.addresses[i], blocks.sizes[i], PAGE);
        blocks.sizes[i] = (1L + dice % MOST_PAGES) * PAGE;
        blocks.addresses[i] = allocator.alloc(blocks.sizes[i], PAGE);
        return blocks.addresses[i];
    }
}
