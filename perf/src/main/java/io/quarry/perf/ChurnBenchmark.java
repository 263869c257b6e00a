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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What does it cost to replace a random one of 8,192 live blocks, of the sizes that a program has asked for?
 * <pre>
 *   java -jar perf/target/quarry.jar bench ChurnBenchmark
 *   java -jar perf/target/quarry.jar bench ChurnBenchmark -p trace=redis-cache,zmq-marketdata
 * </pre>
 * Sizes and victims are drawn beforehand, from the same seed for every subject. New blocks are touched.
 */
public class ChurnBenchmark extends SubjectBenchmark
{
    private static final int LIVE = 8192;
    private static final int STEPS = 1 << 16;

    /**
     * Whose sizes: a trace that comes with the command, or a file.
     */
    @Param({ "fix-gateway", "python-json" })
    public String trace;

    private final int[] sizes = new int[LIVE];
    private final int[] victims = new int[STEPS];
    private final int[] newSizes = new int[STEPS];
    private int step;

    /**
     * Made by JMH.
     */
    public ChurnBenchmark()
    {
    }

    /**
     * Makes the allocator and the blocks.
     *
     * @throws TraceError if there is no such trace.
     */
    @Setup
    public void setUp() throws TraceError
    {
        final SplittableRandom random = new SplittableRandom(42);
        final int[] recorded = recordedSizes(Traces.read(trace));
        for (int i = 0; i < LIVE; i++)
        {
            sizes[i] = recorded[random.nextInt(recorded.length)];
        }
        int largest = 1;
        for (int i = 0; i < STEPS; i++)
        {
            victims[i] = random.nextInt(LIVE);
            newSizes[i] = recorded[random.nextInt(recorded.length)];
            largest = Math.max(largest, newSizes[i]);
        }
        open(LIVE, largest, ALIGNMENT, 2 * peakBytes() / MIB * MIB + 2 * MIB);
        for (int i = 0; i < LIVE; i++)
        {
            target.alloc(i, sizes[i], ALIGNMENT);
            target.touch(i, sizes[i], ALIGNMENT);
        }
    }

    /** As often as the program has asked for each; not the few above 64 KiB, whose luck would decide the score. */
    private static int[] recordedSizes(final Trace trace)
    {
        final int[] events = trace.events();
        final int[] sizes = new int[events.length / Trace.INTS];
        int count = 0;
        for (int i = 0; i < events.length; i += Trace.INTS)
        {
            final int op = events[i] & Trace.OP_MASK;
            if ((Trace.ALLOC == op || Trace.ALLOC_ZEROED == op) && events[i + Trace.SIZE] <= 1 << 16)
            {
                sizes[count++] = events[i + Trace.SIZE];
            }
        }
        return Arrays.copyOf(sizes, count);
    }

    /** The most that lives at once, in two rounds; a third is as the second. */
    private long peakBytes()
    {
        final int[] now = sizes.clone();
        long live = Arrays.stream(now).asLongStream().sum();
        long peak = live;
        for (int i = 0; i < 2 * STEPS; i++)
        {
            final int victim = victims[i % STEPS];
            live += newSizes[i % STEPS] - now[victim];
            now[victim] = newSizes[i % STEPS];
            peak = Math.max(peak, live);
        }
        return peak;
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
