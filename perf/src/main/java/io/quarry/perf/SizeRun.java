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

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds the smallest region for each trace and allocator, and says what to make of it.
 */
final class SizeRun
{
    private static final int LABEL_WIDTH = 20;
    private static final int WIDTH = 16;
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /** What is recommended beyond the smallest: a fifth of it, as the next run of a program isn't the one recorded. */
    private static final double SPARE = 1.2;
    private static final double HARDLY_LARGER = 1.1;
    private static final long NONE = Long.MAX_VALUE;

    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Subject> subjects;
    private boolean hasFailed;

    SizeRun(final PrintWriter out, final PrintWriter err, final List<Subject> subjects)
    {
        this.out = out;
        this.err = err;
        this.subjects = subjects;
    }

    /**
     * Runs and reports.
     *
     * @param arguments traces, as {@link Traces#read} takes them.
     * @return exit status.
     * @throws TraceError if a trace is not in order; nothing has run then.
     */
    int run(final List<String> arguments) throws TraceError
    {
        final List<Trace> traces = new ArrayList<>();
        for (final String argument : arguments)
        {
            traces.add(Traces.read(argument));
        }
        for (final Trace trace : traces)
        {
            run(trace);
        }
        out.println();
        out.println("Bytes of the region; an allocator's own tables are on the Java heap beside it. One thread, the " +
            "order of the trace.");
        out.flush();
        return hasFailed ? CommandError.DEVIATION : 0;
    }

    private void run(final Trace trace)
    {
        out.printf(Locale.ROOT, "%n%s: peak of the live bytes %,d%n", trace.name(), trace.peakLiveBytes());
        out.println(" ".repeat(LABEL_WIDTH) + right("region") + right("of the peak"));
        final List<Long> sizes = new ArrayList<>();
        for (final Subject subject : subjects)
        {
            sizes.add(smallest(trace, subject));
        }
        recommend(trace, sizes);
        out.flush();
    }

    /** The first that is hardly larger than the smallest: they are listed in the order of what a call costs. */
    private void recommend(final Trace trace, final List<Long> sizes)
    {
        final long smallest = sizes.stream().mapToLong(Long::longValue).min().orElse(NONE);
        for (int i = 0; i < sizes.size() && NONE != smallest; i++)
        {
            if (sizes.get(i) <= HARDLY_LARGER * smallest)
            {
                final long bytes = roundedUp((long)(SPARE * sizes.get(i)));
                out.printf(Locale.ROOT, "Recommended: %s, with a fifth to spare:%n  %s%n", subjects.get(i).label(),
                    subjects.get(i).code("Region.allocate(" + constant(bytes) + alignment(trace) + ")"));
                return;
            }
        }
    }

    /** Prints it, too; NONE if no region serves. */
    private long smallest(final Trace trace, final Subject subject)
    {
        try
        {
            final long bytes = new RegionSearch(trace, subject, Subject.mostRegion(trace)).smallest();
            out.printf(Locale.ROOT, "  %-" + (LABEL_WIDTH - 2) + "s%," + WIDTH + "d%" + WIDTH + ".2f%n",
                subject.label(), bytes, (double)bytes / Math.max(1, trace.peakLiveBytes()));
            out.flush();
            return bytes;
        }
        catch (final ReplayFailure ex)
        {
            hasFailed = true;
            out.printf(Locale.ROOT, "  %-" + (LABEL_WIDTH - 2) + "s%" + WIDTH + "s%n", subject.label(), "none");
            out.flush();
            err.println("FAILED " + trace.name() + " on " + subject.label() + ": " + ex.getMessage());
            err.flush();
            return NONE;
        }
    }

    private static long roundedUp(final long bytes)
    {
        final long step = bytes >= MIB ? MIB : 64 * KIB;
        return (bytes + step - 1) / step * step;
    }

    private static String constant(final long bytes)
    {
        return 0 == bytes % MIB ? bytes / MIB + " << 20" : bytes / KIB + " << 10";
    }

    /** A region begins at a page; a trace may ask for blocks that are aligned to more. */
    private static String alignment(final Trace trace)
    {
        return trace.largestAlignment() > RegionSearch.PAGE ? ", " + trace.largestAlignment() : "";
    }

    private static String right(final String text)
    {
        return " ".repeat(Math.max(1, WIDTH - text.length())) + text;
    }
}
