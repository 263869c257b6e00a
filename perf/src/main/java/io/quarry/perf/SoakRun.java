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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Soaks one allocator after the other, and says after each tenth of the calls how it does.
 */
final class SoakRun
{
    /** Fewer would not fill the region before the first tenth is over. */
    static final long LEAST_OPERATIONS = 1_000_000;

    private static final int TENTHS = 10;
    private static final int KIB = 1 << 10;
    private static final String ROW = "%7s %16s %10s %10s %12s %12s%n";

    /**
     * How much larger the footprint may be after any later tenth than after the first: the highest byte ever used is
     * the largest of more and more random numbers, and in a short run the first tenth has not seen many.
     */
    private static final double SLACK = 1.1;
    private static final long SLACK_BYTES = 1 << 20;

    private final PrintWriter out;
    private final PrintWriter err;
    private final long operations;
    private final int threads;
    private final long seed;

    /**
     * Makes a run.
     *
     * @param out        for results.
     * @param err        for faults.
     * @param operations calls of each allocator.
     * @param threads    that call one for several.
     * @param seed       of all that is random.
     */
    SoakRun(
        final PrintWriter out, final PrintWriter err, final long operations, final int threads, final long seed)
    {
        this.out = out;
        this.err = err;
        this.operations = operations;
        this.threads = threads;
        this.seed = seed;
    }

    /**
     * Runs and reports.
     *
     * @param subjects of Quarry's.
     * @return exit status.
     */
    int run(final List<Subject> subjects)
    {
        out.println("Soak: " + count(operations) + " calls of each allocator, misuse checks " +
            (Checks.ENABLED ? "on" : "off") + ", seed=" + seed + ".");
        out.flush();
        boolean hasFailed = false;
        for (final Subject subject : subjects)
        {
            try
            {
                soak(subject);
            }
            catch (final SoakFault | IllegalArgumentException | IllegalStateException fault)
            {
                hasFailed = true;
                err.println("FAILED " + subject.label() + ": " + fault.getMessage());
                err.flush();
            }
        }
        return hasFailed ? CommandError.DEVIATION : 0;
    }

    private void soak(final Subject subject)
    {
        final int callers = subject.servesThreads() ? threads : 1;
        out.println();
        out.println(subject.label() + ", " + callers + (1 == callers ? " thread" : " threads"));
        try (Soak soak = new Soak(subject, callers, seed))
        {
            soak(soak);
        }
    }

    /**
     * Soaks one allocator.
     *
     * @param soak of it.
     * @throws SoakFault at the first content, count or footprint that isn't what it must be.
     */
    void soak(final Soak soak)
    {
        out.printf(Locale.ROOT, ROW, "tenth", "operations", "ns each", "blocks", "live KiB", "held KiB");
        out.flush();
        long first = 0;
        for (int tenth = 1; tenth <= TENTHS; tenth++)
        {
            final long start = System.nanoTime();
            final long done = soak.call(operations / TENTHS);
            final long elapsedNs = System.nanoTime() - start;
            soak.verify();
            final AllocatorStats stats = soak.stats();
            final long held = stats.highWaterBytes() + stats.metadataBytes();
            out.printf(Locale.ROOT, ROW, tenth, count(soak.operations()),
                String.format(Locale.ROOT, "%.1f", elapsedNs / (double)done), count(stats.liveBlocks()),
                count(stats.allocatedBytes() / KIB), count(held / KIB));
            out.flush();
            first = 1 == tenth ? held : first;
            if (held > first * SLACK + SLACK_BYTES)
            {
                throw new SoakFault("the footprint grows: after the first tenth held=" + first + ", after tenth " +
                    tenth + " held=" + held);
            }
        }
        soak.end();
        out.println("All contents as written, every verification passed; nothing left in the end.");
        out.flush();
    }

    private static String count(final long count)
    {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
