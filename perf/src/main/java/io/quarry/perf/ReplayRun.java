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

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays traces through subjects, one child JVM after another, and reports. The subjects of one trace follow each
 * other directly, so that what changes on the machine over minutes falls on all of them.
 */
final class ReplayRun
{
    /** Time of the replaying thread; what it waits for the compiler doesn't count. */
    static final int WARM_UP_MS = 250;

    static final int PASSES = 9;

    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Subject> subjects = new ArrayList<>();
    private final int warmUpMs;
    private final int passes;
    private final Long regionSize;

    /**
     * Makes a run.
     *
     * @param out        for the report.
     * @param err        for progress and failures.
     * @param wanted     subjects; those that can't run here are left out with a word.
     * @param warmUpMs   least time of warm-up for each subject and trace.
     * @param passes     on the clock.
     * @param regionSize bytes for each Quarry allocator, or null for what its trace calls for.
     */
    ReplayRun(
        final PrintWriter out,
        final PrintWriter err,
        final List<Subject> wanted,
        final int warmUpMs,
        final int passes,
        final Long regionSize)
    {
        this.out = out;
        this.err = err;
        this.warmUpMs = warmUpMs;
        this.passes = passes;
        this.regionSize = regionSize;
        for (final Subject subject : wanted)
        {
            if (null == subject.unavailable())
            {
                subjects.add(subject);
            }
            else
            {
                err.println(subject.label() + " is left out: " + subject.unavailable());
            }
        }
    }

    /**
     * Runs and reports.
     *
     * @param arguments traces, as {@link Traces#read} takes them.
     * @param json      file for the results, or null.
     * @return exit status.
     * @throws TraceError if a trace is not in order; nothing has run then.
     */
    int run(final List<String> arguments, final Path json) throws TraceError
    {
        for (final String argument : arguments)
        {
            if (!Traces.BUNDLED.contains(argument))
            {
                Traces.read(argument);
            }
        }
        final List<String> names = new ArrayList<>();
        final List<ReplayResult> results = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++)
        {
            final Trace trace = Traces.read(arguments.get(i));
            names.add(trace.name());
            err.print("[" + (i + 1) + "/" + arguments.size() + "] " + trace.name() + ", " + trace.eventCount() +
                " events:");
            replay(trace, results);
            err.println();
        }
        report(names, results);
        if (null != json)
        {
            write(json, results);
        }
        return results.stream().anyMatch((result) -> null != result.failure()) ? CommandError.DEVIATION : 0;
    }

    private void replay(final Trace trace, final List<ReplayResult> results)
    {
        final ReplaySettings settings =
            new ReplaySettings(null == regionSize ? Subject.regionSize(trace) : regionSize, warmUpMs, passes);
        err.print(" " + Subject.LOOP.label());
        err.flush();
        final Figures loop = ReplayFork.measure(Subject.LOOP, trace, settings);
        for (final Subject subject : subjects)
        {
            err.print(" " + subject.label());
            err.flush();
            results.add(ReplayResult.of(trace, subject, ReplayFork.measure(subject, trace, settings), loop));
        }
    }

    private void report(final List<String> names, final List<ReplayResult> results)
    {
        out.println();
        new ReplayTable(out, subjects, names, results).print();
        out.println();
        out.println(new ReplayMeaning(subjects, results).sentence());
        out.println();
        new ReplayLegend(out, subjects, warmUpMs, passes, regionSize).print();
        out.flush();
        for (final ReplayResult result : results)
        {
            if (null != result.failure())
            {
                err.println("FAILED " + result.trace() + " on " + result.subject().label() + ": " + result.failure());
            }
        }
        err.flush();
    }

    private static void write(final Path json, final List<ReplayResult> results)
    {
        try
        {
            Files.writeString(json, ReplayJson.of(results));
        }
        catch (final IOException ex)
        {
            throw new CommandError(CommandError.USAGE, json + ": can't be written: " + ex);
        }
    }
}
