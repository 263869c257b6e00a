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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Replays traces through subjects, one child JVM after another, and reports. The subjects of one trace follow each
 * other directly, so that what changes on the machine over minutes falls on all of them.
 */
final class ReplayRun
{
    /** Children that are off the clock at once: two a processor, so that none idles; more would only take memory. */
    private static final int CHILDREN = Math.min(4, 2 * Runtime.getRuntime().availableProcessors());

    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Subject> subjects;
    private final ReplaySettings settings;

    /**
     * Makes a run.
     *
     * @param out        for the report.
     * @param err        for progress and failures.
     * @param wanted     subjects; those that can't run here are left out with a word.
     * @param settings of the measurement; a region of 0 bytes stands for what a trace calls for.
     */
    ReplayRun(
        final PrintWriter out,
        final PrintWriter err,
        final List<Subject> wanted,
        final ReplaySettings settings)
    {
        this.out = out;
        this.err = err;
        this.settings = settings;
        this.subjects = Subject.available(wanted, err);
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
            err.print("[" + (i + 1) + "/" + arguments.size() + "] ");
            results.addAll(replay(trace));
        }
        report(names, results);
        OutputFile.write(json, null == json ? null : ReplayJson.of(results, settings.threads()));
        return results.stream().anyMatch((result) -> null != result.failure()) ? CommandError.DEVIATION : 0;
    }

    /**
     * Replays a trace through all subjects.
     *
     * @param trace to be replayed.
     * @return a result for each; a failure is in it.
     */
    List<ReplayResult> replay(final Trace trace)
    {
        err.print(trace.name() + ", " + trace.eventCount() + " events:");
        final ReplaySettings here =
            0 == settings.regionSize() ? settings.withRegionSize(Subject.regionSize(trace)) : settings;
        final List<Subject> all = new ArrayList<>(subjects);
        all.add(0, Subject.LOOP);
        final List<Figures> figures = new ArrayList<>();
        for (int i = 0; i < all.size(); i += CHILDREN)
        {
            figures.addAll(measure(all.subList(i, Math.min(i + CHILDREN, all.size())), trace, here));
        }
        final List<ReplayResult> results = new ArrayList<>();
        for (int i = 1; i < all.size(); i++)
        {
            results.add(ReplayResult.of(trace, all.get(i), figures.get(i), figures.get(0)));
        }
        err.println();
        return results;
    }

    /** All at once off the clock, and then one after the other on it. */
    private List<Figures> measure(final List<Subject> group, final Trace trace, final ReplaySettings here)
    {
        final List<ReplayFork> timed = new ArrayList<>();
        final List<ReplayFork> resident = new ArrayList<>();
        try
        {
            for (final Subject subject : group)
            {
                err.print(" " + subject.label());
                err.flush();
                timed.add(ReplayFork.start(ReplayChild.TIME, subject, trace, here));
                resident.add(subject.isMeasuredByResidentMemory() && FootprintReplay.isAvailable() ?
                    ReplayFork.start(ReplayChild.RESIDENT, subject, trace, here) : null);
            }
            timed.forEach(ReplayFork::awaitReady);
            final List<Figures> grown = new ArrayList<>();
            resident.forEach((fork) -> grown.add(null == fork ? null : fork.finish()));
            final List<Figures> figures = new ArrayList<>();
            for (int i = 0; i < group.size(); i++)
            {
                figures.add(together(timed.get(i).finish(), grown.get(i)));
            }
            return figures;
        }
        finally
        {
            timed.forEach(ReplayFork::close);
            resident.stream().filter(Objects::nonNull).forEach(ReplayFork::close);
        }
    }

    private static Figures together(final Figures timed, final Figures resident)
    {
        if (null == resident || null != timed.failure())
        {
            return timed;
        }
        return null != resident.failure() ? resident : timed.withFootprint(resident.footprint());
    }

    private void report(final List<String> names, final List<ReplayResult> results)
    {
        out.println();
        new ReplayTable(out, subjects, names, results).print();
        out.println();
        out.println(new ReplayMeaning(subjects, results).sentence());
        out.println();
        new ReplayLegend(out, subjects, settings, results).print();
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
}
