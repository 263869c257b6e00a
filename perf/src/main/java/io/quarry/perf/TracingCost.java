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

import com.sun.management.OperatingSystemMXBean;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.TracingAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
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
 * <em>caller</em> is the caller's processor time, in bursts that the ring takes, with a flush between them;
 * <em>all threads</em> that of the whole process, so with what is written; <em>no pause</em> the time on the wall when
 * there is nothing between the bursts: then the caller waits for the writing thread.
 */
final class TracingCost
{
    private static final int BLOCKS = 4096;
    private static final int BURST = 16 * 1024;
    private static final int BURSTS = 60;
    private static final int ROUNDS = 15;
    private static final int CALLER = 0;
    private static final int ALL = 1;
    private static final int WALL = 2;
    private static final int FIGURES = 3;
    private static final OperatingSystemMXBean PROCESS =
        (OperatingSystemMXBean)ManagementFactory.getOperatingSystemMXBean();

    private final Allocator allocator;
    private final TracingAllocator tracing;
    private final long[] addresses = new long[BLOCKS];
    private final int[] sizes = new int[BLOCKS];
    private final int[] picks = new int[BURST];
    private final int[] newSizes = new int[BURST];
    private final int bursts;

    /** Makes a subject; tracing is null or the allocator. */
    private TracingCost(final Allocator allocator, final TracingAllocator tracing, final int bursts)
    {
        this.bursts = bursts;
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
        print(System.out, ROUNDS, BURSTS);
    }

    /** Measures so many rounds of so many bursts for each subject, and half as many rounds before that. */
    static void print(final PrintStream out, final int rounds, final int bursts) throws IOException
    {
        final Path zipped = Files.createTempFile("quarry", ".trace.gz");
        final Path plain = Files.createTempFile("quarry", ".trace");
        try (RegionStack first = newSlab();
            RegionStack second = newSlab();
            RegionStack third = newSlab();
            TracingAllocator toPlain = TracingAllocator.recordTo(second.allocator(), plain);
            TracingAllocator toZipped = TracingAllocator.recordTo(third.allocator(), zipped))
        {
            final TracingCost[] subjects = {
                new TracingCost(first.allocator(), null, bursts),
                new TracingCost(toPlain, toPlain, bursts),
                new TracingCost(toZipped, toZipped, bursts)};
            final String[] names = { "bare", "recorded to a file", "recorded to a gzip file" };
            out.printf("ns a call, median of %d rounds of %,d calls%n", rounds, 2 * BURST * bursts);
            out.printf("%-26s %12s %12s %12s%n", "", "caller", "all threads", "no pause");
            final double[][] paused = measure(subjects, rounds, true);
            final double[][] steady = measure(subjects, rounds, false);
            for (int i = 0; i < subjects.length; i++)
            {
                out.printf(
                    "%-26s %12.1f %12.1f %12.1f%n", names[i], paused[i][CALLER], paused[i][ALL], steady[i][WALL]);
            }
        }
        finally
        {
            Files.delete(zipped);
            Files.delete(plain);
        }
    }

    private static RegionStack newSlab()
    {
        return new RegionStack(4 << 20, 1, RunAllocator::new, SlabAllocator::new);
    }

    /** In turns, so that what changes on the machine falls on all; the first third of the rounds is warm-up. */
    private static double[][] measure(final TracingCost[] subjects, final int rounds, final boolean paused)
    {
        final double[][][] times = new double[subjects.length][FIGURES][rounds];
        for (int round = -rounds / 2; round < rounds; round++)
        {
            for (int i = 0; i < subjects.length; i++)
            {
                final double[] figures = subjects[i].round(paused);
                for (int k = 0; k < FIGURES && round >= 0; k++)
                {
                    times[i][k][round] = figures[k];
                }
            }
        }
        return Arrays.stream(times)
            .map(figures -> Arrays.stream(figures).mapToDouble(TracingCost::median).toArray())
            .toArray(double[][]::new);
    }

    /** Ns a call: the caller's processor time, that of all threads, and the clock on the wall. */
    private double[] round(final boolean paused)
    {
        final double calls = 2.0 * BURST * bursts;
        final long allBefore = PROCESS.getProcessCpuTime();
        final long wallBefore = System.nanoTime();
        long caller = 0;
        for (int i = 0; i < bursts; i++)
        {
            final long before = ThreadMeter.cpuNs();
            burst();
            caller += ThreadMeter.cpuNs() - before;
            if (paused)
            {
                flush();
            }
        }
        flush();
        final long wall = System.nanoTime() - wallBefore;
        return new double[]{ caller / calls, (PROCESS.getProcessCpuTime() - allBefore) / calls, wall / calls };
    }

    private void flush()
    {
        if (null != tracing)
        {
            tracing.flush();
        }
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
