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
import org.openjdk.jmh.annotations.Setup;

import java.util.SplittableRandom;

/**
 * What does a page layer cost: a random one of 64 live blocks of 4 KiB to 4 MiB, each power of two as often, replaced?
 * <pre>
 *   java -jar perf/target/quarry.jar bench PageBenchmark
 *   java -jar perf/target/quarry.jar bench PageBenchmark -p subject=buddy,concurrent-buddy,run,netty-pooled,jemalloc
 * </pre>
 * {@code buddy}, {@code concurrent-buddy} and {@code run} have units of 64 B here, as in a replay;
 * {@link BuddyBenchmark} has units of a page. New blocks are touched at both ends.
 */
public class PageBenchmark extends SubjectBenchmark
{
    private static final int LIVE = 64;
    private static final int LEAST_SHIFT = 12;
    private static final int SHIFTS = 11;
    private static final int STEPS = 1 << 14;
    private static final int MOST_SIZE = 1 << LEAST_SHIFT + SHIFTS - 1;

    private final int[] sizes = new int[LIVE];
    private final int[] victims = new int[STEPS];
    private final int[] newSizes = new int[STEPS];
    private int step;

    /**
     * Made by JMH.
     */
    public PageBenchmark()
    {
    }

    /**
     * Makes the allocator and the blocks.
     */
    @Setup
    public void setUp()
    {
        final SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < STEPS; i++)
        {
            victims[i] = random.nextInt(LIVE);
            newSizes[i] = 1 << LEAST_SHIFT + random.nextInt(SHIFTS);
        }
        // About 48 MiB live; the rest is room for the worst mix.
        open(LIVE, MOST_SIZE, ALIGNMENT, 192 * MIB);
        for (int i = 0; i < LIVE; i++)
        {
            sizes[i] = 1 << LEAST_SHIFT;
            target.alloc(i, sizes[i], ALIGNMENT);
        }
    }

    @Override
    void freeAll()
    {
        for (int i = 0; i < LIVE; i++)
        {
            target.free(i, sizes[i], ALIGNMENT);
        }
    }

    /**
     * One freed, another allocated and touched.
     */
    @Benchmark
    public void replace()
    {
        final int i = step++ & STEPS - 1;
        final int victim = victims[i];
        target.free(victim, sizes[victim], ALIGNMENT);
        final int size = newSizes[i];
        sizes[victim] = size;
        target.alloc(victim, size, ALIGNMENT);
        target.touch(victim, size, ALIGNMENT);
    }
}
