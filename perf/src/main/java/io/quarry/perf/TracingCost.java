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
import io.quarry.alloc.Region;
import io.quarry.alloc.TracingAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What does a recorder add to a call? The same calls on a bare slab allocator and on a recorded one, in turns in one
 * JVM: one of 4,096 live blocks of 16 to 512 bytes, random but the same each time, is freed and another allocated.
 * <pre>
 *     java -cp perf/target/quarry.jar io.quarry.perf.TracingCost
 * </pre>
 * In bursts that the ring takes, with a flush between them off the clock, it is the caller's own cost; without
 * a pause, what the writing thread can take as well.
 */
final class TracingCost
{
    private static final int BLOCKS = 4096;
    private static final int BURST = 16 * 1024;
    private static final int BURSTS = 60;
    private static final int ROUNDS = 15;

    private final Allocator allocator;
    private final TracingAllocator tracing;
    private final long[] addresses = new long[BLOCKS];
    private final int[] sizes = new int[BLOCKS];
    private final int[] picks = new int[BURST];
    private final int[] newSizes = new int[BURST];

    /** Makes a subject; tracing is null or the allocator. */
    private TracingCost(final Allocator allocator, final TracingAllocator tracing)
    {
        this.allocator = allocator;
        this.tracing = tracing;
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < BLOCKS; i++)
        {
            sizes[i] = 16 + random.nextInt(497);
            addresses[i] = allocator.allocate(sizes[i], 16);
        }
        for (int i = 0; i < BURST; i++)
        {
            picks[i] = random.nextInt(BLOCKS);
            newSizes[i] = 16 + random.nextInt(497);
        }
    }

    /**
     * Measures and prints.
     *
     * @param args none.
     * @throws IOException if the files can't be written.
     */
    public static void main(final String[] args) throws IOException
    {
        final PrintStream out = System.out;
        final Path zipped = Files.createTempFile("quarry", ".trace.gz");
        final Path plain = Files.createTempFile("quarry", ".trace");
        try (Region region = Region.allocate(4 << 20);
            Region second = Region.allocate(4 << 20);
            Region third = Region.allocate(4 << 20);
            TracingAllocator toPlain = TracingAllocator.recordTo(newSlab(second), plain);
            TracingAllocator toZipped = TracingAllocator.recordTo(newSlab(third), zipped))
        {
            final TracingCost[] subjects = {
                new TracingCost(newSlab(region), null),
                new TracingCost(toPlain, toPlain),
                new TracingCost(toZipped, toZipped)};
            final String[] names = { "bare", "recorded to a file", "recorded to a gzip file" };
            out.printf("ns a call, median of %d rounds of %,d calls%n", ROUNDS, 2 * BURST * BURSTS);
            out.printf("%-26s %10s %10s%n", "", "in bursts", "no pause");
            final double[] bursts = measure(subjects, true);
            final double[] steady = measure(subjects, false);
            for (int i = 0; i < subjects.length; i++)
            {
                out.printf("%-26s %10.1f %10.1f%n", names[i], bursts[i], steady[i]);
            }
        }
        finally
        {
            Files.delete(zipped);
            Files.delete(plain);
        }
    }

    private static SlabAllocator newSlab(final Region region)
    {
        return new SlabAllocator(new RunAllocator(region));
    }

    /** In turns, so that what changes on the machine falls on all; the first third of the rounds is warm-up. */
    private static double[] measure(final TracingCost[] subjects, final boolean bursts)
    {
        final double[][] times = new double[subjects.length][ROUNDS];
        for (int round = -ROUNDS / 2; round < ROUNDS; round++)
        {
            for (int i = 0; i < subjects.length; i++)
            {
                final double time = subjects[i].round(bursts);
                if (round >= 0)
                {
                    times[i][round] = time;
                }
            }
        }
        return Arrays.stream(times).mapToDouble(TracingCost::median).toArray();
    }

    private double round(final boolean bursts)
    {
        long total = 0;
        for (int i = 0; i < BURSTS; i++)
        {
            final long before = System.nanoTime();
            burst();
            total += System.nanoTime() - before;
            if (bursts && null != tracing)
            {
                tracing.flush();
            }
        }
        if (null != tracing)
        {
            tracing.flush();
        }
        return (double)total / (2L * BURST * BURSTS);
    }

    private void burst()
    {
        for (int i = 0; i < BURST; i++)
        {
            final int pick = picks[i];
            allocator.deallocate(addresses[pick], sizes[pick], 16);
            sizes[pick] = newSizes[i];
            addresses[pick] = allocator.allocate(sizes[pick], 16);
        }
    }

    private static double median(final double[] times)
    {
        Arrays.sort(times);
        return times[times.length / 2];
    }
}
