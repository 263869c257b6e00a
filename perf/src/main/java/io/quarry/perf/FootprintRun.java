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
 * Finds what subjects hold over traces, one child JVM after another, and reports.
 */
final class FootprintRun
{
    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Subject> subjects;
    private final int points;
    private final StringBuilder csv = new StringBuilder("trace,events,live,allocator,held\n");
    private boolean hasFailed;

    /**
     * Makes a run.
     *
     * @param out    for the report.
     * @param err    for progress and failures.
     * @param wanted subjects; those that can't run here, or don't tell what they hold, are left out with a word.
     * @param points of each series.
     * @throws CommandError if nobody is left.
     */
    FootprintRun(final PrintWriter out, final PrintWriter err, final List<Subject> wanted, final int points)
    {
        this.out = out;
        this.err = err;
        this.points = points;
        this.subjects = new ArrayList<>();
        for (final Subject subject : Subject.available(wanted, err))
        {
            if (Subject.TERRACOTTA == subject ||
                subject.isMeasuredByResidentMemory() && !FootprintReplay.isAvailable())
            {
                err.println(subject.label() + " is left out: what it holds can't be told here");
            }
            else
            {
                subjects.add(subject);
            }
        }
        if (subjects.isEmpty())
        {
            throw new CommandError(CommandError.USAGE, "--allocator: nothing is left to be measured");
        }
    }

    List<Subject> subjects()
    {
        return subjects;
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
            final List<FootprintSeries> held = measure(trace);
            final FootprintSeries live = FootprintSeries.ofLive(trace, points);
            new FootprintTable(out, subjects).print(trace, live, held);
            appendCsv(trace, live, held);
        }
        out.println();
        final SubjectLegend legend = new SubjectLegend(out, subjects, settings(0));
        legend.printMachine();
        legend.paragraph("Each row is a part of the trace's events, and a figure the most in that part. Live are the " +
            "bytes that the program asked for. Held, where memory is never given back, is the most so far. Each " +
            "trace and allocator has a JVM of its own; what is resident is read at each new peak and at the end of " +
            "each part.");
        legend.printSubjects();
        out.flush();
        return hasFailed ? CommandError.DEVIATION : 0;
    }

    /**
     * Replays a trace through all subjects.
     *
     * @param trace to be replayed.
     * @return what each held; a failure is in it, and said.
     */
    List<FootprintSeries> measure(final Trace trace)
    {
        final List<FootprintSeries> held = new ArrayList<>();
        err.print(trace.name() + ", " + trace.eventCount() + " events:");
        for (final Subject subject : subjects)
        {
            err.print(" " + subject.label());
            err.flush();
            try (ReplayFork fork =
                ReplayFork.start(ReplayChild.FOOTPRINT, subject, trace, settings(Subject.regionSize(trace))))
            {
                held.add(FootprintSeries.of(fork.answer()));
            }
        }
        err.println();
        for (int i = 0; i < subjects.size(); i++)
        {
            if (null != held.get(i).failure())
            {
                hasFailed = true;
                err.println(
                    "FAILED " + trace.name() + " on " + subjects.get(i).label() + ": " + held.get(i).failure());
            }
        }
        err.flush();
        return held;
    }

    private ReplaySettings settings(final long regionSize)
    {
        return new ReplaySettings(regionSize, 0, points, points, 1);
    }

    private void appendCsv(final Trace trace, final FootprintSeries live, final List<FootprintSeries> held)
    {
        for (int i = 0; i < subjects.size(); i++)
        {
            for (int point = 0; point < held.get(i).points(); point++)
            {
                csv.append(trace.name()).append(',').append(live.events(point)).append(',').append(live.bytes(point))
                    .append(',').append(subjects.get(i).label()).append(',').append(held.get(i).bytes(point))
                    .append('\n');
            }
        }
    }

    /** All series of the run, a line for each point and allocator. */
    String csv()
    {
        return csv.toString();
    }
}
