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

/**
 * Times single calls of traces through subjects, one child JVM after another, and reports.
 */
final class LatencyRun
{
    private static final int CLOCK_READINGS = 100_000;

    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Subject> subjects;
    private final ReplaySettings settings;
    /** What the clock took, trace by trace. */
    private final List<String> clocksNs = new ArrayList<>();
    private boolean hasFailed;

    /**
     * Makes a run.
     *
     * @param out      for the report.
     * @param err      for progress and failures.
     * @param wanted   subjects; those that can't run here are left out with a word.
     * @param settings of the measurement; a region of 0 bytes stands for what a trace calls for.
     */
    LatencyRun(final PrintWriter out, final PrintWriter err, final List<Subject> wanted, final ReplaySettings settings)
    {
        this.out = out;
        this.err = err;
        this.subjects = Subject.available(wanted, err);
        this.settings = settings;
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
        final SubjectLegend legend = new SubjectLegend(out, subjects, settings);
        out.println();
        legend.printMachine();
        legend.paragraph("Time: each call by itself, by the JVM's clock of nanoseconds, on one thread that replays " +
            settings.leastPasses() + (1 == settings.leastPasses() ? " pass" : " passes") + " after at least " +
            settings.warmUpMs() + " ms of warm-up; less what the clock takes, the median of the same loop with " +
            "nothing to call: " + String.join(", ", clocksNs) + " ns. It goes on in steps of " + clockStepNs() +
            " ns. The longest times are mostly the machine's: another process's turn, an interrupt. Each allocator " +
            "has a JVM of its own, started with " + String.join(" ", ReplayFork.commonFlags()) + ".");
        legend.printSubjects();
        out.flush();
        return hasFailed ? CommandError.DEVIATION : 0;
    }

    /**
     * Times the calls of a trace.
     *
     * @param trace to be replayed.
     * @return first those of the loop with nothing to call, then those of the subjects; failures are in them.
     */
    List<Latencies> measure(final Trace trace)
    {
        final ReplaySettings here =
            0 == settings.regionSize() ? settings.withRegionSize(Subject.regionSize(trace)) : settings;
        err.print(trace.name() + ", " + trace.eventCount() + " events:");
        final List<Latencies> latencies = new ArrayList<>();
        latencies.add(measure(Subject.LOOP, trace, here));
        for (final Subject subject : subjects)
        {
            err.print(" " + subject.label());
            err.flush();
            latencies.add(measure(subject, trace, here));
        }
        err.println();
        return latencies;
    }

    private void run(final Trace trace)
    {
        final List<Latencies> latencies = measure(trace);
        final Latencies clock = latencies.remove(0);
        if (null != clock.failure())
        {
            fail(trace, Subject.LOOP, clock);
            return;
        }
        final long clockNs = clock.medianNs();
        clocksNs.add(Long.toString(clockNs));
        new LatencyTable(out, clockNs).print(trace.name(), clock, subjects, latencies);
        out.flush();
        for (int i = 0; i < subjects.size(); i++)
        {
            if (null != latencies.get(i).failure())
            {
                fail(trace, subjects.get(i), latencies.get(i));
            }
        }
    }

    /** The least by which the clock was ever seen to go on. */
    private static long clockStepNs()
    {
        long least = Long.MAX_VALUE;
        long last = System.nanoTime();
        for (int i = 0; i < CLOCK_READINGS; i++)
        {
            final long now = System.nanoTime();
            if (now > last)
            {
                least = Math.min(least, now - last);
            }
            last = now;
        }
        return least;
    }

    private void fail(final Trace trace, final Subject subject, final Latencies latencies)
    {
        hasFailed = true;
        err.println("FAILED " + trace.name() + " on " + subject.label() + ": " + latencies.failure());
        err.flush();
    }

    private static Latencies measure(final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        try (ReplayFork fork = ReplayFork.start(ReplayChild.LATENCY, subject, trace, settings))
        {
            fork.awaitReady();
            return Latencies.of(fork.answer());
        }
    }
}
