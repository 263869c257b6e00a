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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What does one allocator that several threads share cost each of them, with blocks that are the thread's own: a random
 * one of 64 live ones replaced, of 16 to 1,024 bytes?
 * <pre>
 *   java -jar perf/target/quarry.jar bench ContentionBenchmark
 *   java -jar perf/target/quarry.jar bench ContentionBenchmark -t 1
 * </pre>
 * By the ratios to one thread, how each scales; {@code loop} is the floor. New blocks are touched.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Threads(2)
@Fork(value = 3, jvmArgsAppend = {
    "-Djmh.executor=CUSTOM", "-Djmh.executor.class=io.quarry.perf.BenchmarkThreads" })
public class ContentionBenchmark
{
    private static final int ALIGNMENT = 16;
    private static final int LIVE = 64;
    /** Slots from one thread's first to the next one's: no two share a cache line of the array. */
    private static final int SLOTS = 2 * LIVE;
    private static final int MOST_THREADS = 64;
    private static final int MOST_SIZE = 1024;
    private static final int STEPS = 1 << 12;
    private static final long REGION_SIZE = 64 << 20;

    /**
     * Who is asked: those that several threads may call.
     */
    @Param({ "loop", "concurrent-slab", "concurrent-buddy", "netty-adaptive", "netty-pooled", "malloc", "jemalloc",
        "mimalloc", "rpmalloc", "direct-buffer", "arena", "arrow" })
    public String subject;

    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger threadsThatFreed = new AtomicInteger();
    private ReplayTarget target;

    /**
     * Made by JMH.
     */
    public ContentionBenchmark()
    {
    }

    /**
     * Makes the allocator.
     */
    @Setup
    public void setUp()
    {
        target = SubjectBenchmark.subject(subject).open(
            new Subject.Demand(MOST_THREADS * SLOTS, MOST_SIZE, ALIGNMENT, REGION_SIZE, MOST_THREADS));
    }

    /**
     * Checks the allocator, once all threads have freed what was theirs: JMH has the first that did so come here.
     *
     * @throws InterruptedException if the wait for them is interrupted.
     */
    @TearDown
    public void tearDown() throws InterruptedException
    {
        while (threadsThatFreed.get() < threads.get())
        {
            Thread.sleep(1);
        }
        target.verify();
        if (0 != target.liveBlocks())
        {
            throw new IllegalStateException("wanted liveBlocks=0, got liveBlocks=" + target.liveBlocks());
        }
        target.close();
    }

    /**
     * A thread and its blocks.
     */
    @State(Scope.Thread)
    public static class Blocks
    {
        private final int[] sizes = new int[LIVE];
        private final int[] victims = new int[STEPS];
        private final int[] newSizes = new int[STEPS];
        private ReplayTarget target;
        private int first;
        private int step;

        /**
         * Made by JMH.
         */
        public Blocks()
        {
        }

        /**
         * Allocates the blocks.
         *
         * @param benchmark that has the allocator.
         */
        @Setup(Level.Trial)
        public void allocate(final ContentionBenchmark benchmark)
        {
            final int thread = benchmark.threads.getAndIncrement();
            if (thread >= MOST_THREADS)
            {
                throw new IllegalStateException("wanted threads<=" + MOST_THREADS);
            }
            final SplittableRandom random = new SplittableRandom(thread);
            target = benchmark.target.ofThread(thread);
            target.enterThread();
            first = thread * SLOTS;
            for (int i = 0; i < STEPS; i++)
            {
                victims[i] = random.nextInt(LIVE);
                newSizes[i] = ALIGNMENT + random.nextInt(MOST_SIZE - ALIGNMENT + 1);
            }
            for (int i = 0; i < LIVE; i++)
            {
                sizes[i] = newSizes[i];
                target.alloc(first + i, sizes[i], ALIGNMENT);
            }
        }

        /**
         * Frees them.
         *
         * @param benchmark that has the allocator.
         */
        @TearDown(Level.Trial)
        public void free(final ContentionBenchmark benchmark)
        {
            try
            {
                for (int i = 0; i < LIVE; i++)
                {
                    target.free(first + i, sizes[i], ALIGNMENT);
                }
            }
            finally
            {
                benchmark.threadsThatFreed.getAndIncrement();
            }
        }
    }

    /**
     * One freed, another allocated and touched.
     *
     * @param blocks of the thread.
     */
    @Benchmark
    public void replace(final Blocks blocks)
    {
        final int i = blocks.step++ & STEPS - 1;
        final int victim = blocks.victims[i];
        final int slot = blocks.first + victim;
        final int size = blocks.newSizes[i];
        blocks.target.free(slot, blocks.sizes[victim], ALIGNMENT);
        blocks.sizes[victim] = size;
        blocks.target.alloc(slot, size, ALIGNMENT);
        blocks.target.touch(slot, size, ALIGNMENT);
    }
}
