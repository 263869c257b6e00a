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
import java.io.StringWriter;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures all that a report shows, trace by trace, and writes it.
 */
final class ReportRun
{
    private static final int POINTS = 100;
    private static final int LATENCY_PASSES = 3;

    private final PrintWriter err;
    private final List<Subject> subjects;
    private final ReplaySettings settings;
    private final ReplayRun replay;
    private final LatencyRun latency;
    private final FootprintRun footprint;
    private final ReportCharts charts;
    private final List<String> traces = new ArrayList<>();
    private final List<ReplayResult> results = new ArrayList<>();
    private final List<String> percentiles = new ArrayList<>();
    private final List<String> footprints = new ArrayList<>();
    private final List<String> maps = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * Makes a run.
     *
     * @param err      for progress and failures.
     * @param wanted   subjects; those that can't run here are left out with a word.
     * @param settings of the measurement.
     */
    ReportRun(final PrintWriter err, final List<Subject> wanted, final ReplaySettings settings)
    {
        final PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
        this.err = err;
        this.settings = settings;
        this.footprint = new FootprintRun(nowhere, err, wanted, POINTS);
        this.subjects = footprint.subjects();
        this.replay = new ReplayRun(nowhere, err, subjects, settings);
        this.latency = new LatencyRun(nowhere, err, subjects,
            new ReplaySettings(0, settings.warmUpMs(), LATENCY_PASSES, LATENCY_PASSES, 1));
        this.charts = new ReportCharts(subjects);
    }

    boolean hasFailed()
    {
        return !failures.isEmpty();
    }

    /**
     * Measures.
     *
     * @param arguments traces, as {@link Traces#read} takes them.
     * @throws TraceError if a trace is not in order.
     */
    void measure(final List<String> arguments) throws TraceError
    {
        for (int i = 0; i < arguments.size(); i++)
        {
            final Trace trace = Traces.read(arguments.get(i));
            final String place = "[" + (i + 1) + "/" + arguments.size() + "] ";
            traces.add(trace.name());
            err.print(place + "time: ");
            results.addAll(replay.replay(trace));
            err.print(place + "single calls: ");
            addLatencies(trace);
            err.print(place + "footprint: ");
            addFootprints(trace);
        }
        for (final ReplayResult result : results)
        {
            if (null != result.failure())
            {
                fail(result.trace() + " on " + result.subject().label() + ": " + result.failure());
            }
        }
    }

    private void addLatencies(final Trace trace)
    {
        final List<Latencies> latencies = latency.measure(trace);
        final Latencies clock = latencies.remove(0);
        if (null == clock.failure())
        {
            percentiles.add(charts.percentiles(trace.name(), clock.medianNs(), latencies));
        }
        for (int i = 0; i < subjects.size(); i++)
        {
            if (null != latencies.get(i).failure())
            {
                fail(trace.name() + " on " + subjects.get(i).label() + ": " + latencies.get(i).failure());
            }
        }
    }

    private void addFootprints(final Trace trace)
    {
        final List<FootprintSeries> held = footprint.measure(trace);
        footprints.add(charts.footprint(trace.name(), FootprintSeries.ofLive(trace, POINTS), held));
        for (int i = 0; i < subjects.size(); i++)
        {
            if (null != held.get(i).failure())
            {
                failures.add(trace.name() + " on " + subjects.get(i).label() + ": " + held.get(i).failure());
            }
        }
        if (subjects.contains(Subject.SLAB) && null == held.get(subjects.indexOf(Subject.SLAB)).failure())
        {
            maps.add(ReportCharts.map(trace.name(), RegionMap.atPeak(trace, Subject.SLAB, ReportCharts.MAP_CELLS)));
        }
    }

    private void fail(final String failure)
    {
        failures.add(failure);
        err.println("FAILED " + failure);
        err.flush();
    }

    /**
     * Writes what was measured.
     *
     * @param command that the user gave.
     * @return a page of HTML.
     */
    String html(final String command)
    {
        final ReportPage page = new ReportPage("Quarry and its peers on recorded traces", subjects);
        page.paragraph("note", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now()) + ", " +
            System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + ", " +
            Runtime.getRuntime().availableProcessors() + " processors, " + command);
        page.paragraph("words", new ReplayMeaning(subjects, results).sentence());
        failures.forEach((failure) -> page.paragraph("note", "FAILED " + failure));
        page.heading("Time against memory");
        page.paragraph("note", "Geometric means of the traces below; the lower left corner is best. Full dots are " +
            "Quarry's, rings its peers'.");
        page.figure("mean time and mean footprint of each allocator", charts.tradeOff(results));
        page.heading("Time by trace");
        page.paragraph("note", "Nanoseconds an event, an allocation, a resize or a free, less the replay's own loop.");
        page.legend();
        page.figure("time of each allocator by trace", charts.times(traces, results));
        page.table(traces, results, ReplayResult::netNs);
        page.heading("Footprint by trace");
        page.paragraph("note", "Most bytes ever held, all metadata included, over most bytes live.");
        page.table(traces, results, ReplayResult::footprint);
        grid(page, "Single calls", "How long a call takes at each percentile, of all kinds of calls together, less " +
            "what the clock takes; below 1 ns is shown as 1. The longest are mostly the machine's.", percentiles, true);
        grid(page, "Memory over the trace", "Grey: bytes live. Lines: bytes held.", footprints, true);
        grid(page, "Where slab's blocks lie", "The region up to the highest byte ever used, when most bytes live: " +
            "low addresses at the top left, row by row; the darker, the fuller.", maps, false);
        page.heading("How it was measured");
        page.preformatted(legend());
        return page.html();
    }

    private static void grid(
        final ReportPage page,
        final String title,
        final String note,
        final List<String> pictures,
        final boolean hasLegend)
    {
        if (!pictures.isEmpty())
        {
            page.heading(title);
            page.paragraph("note", note);
            if (hasLegend)
            {
                page.legend();
            }
            page.openGrid();
            pictures.forEach((picture) -> page.figure(title, picture));
            page.closeGrid();
        }
    }

    private String legend()
    {
        final StringWriter text = new StringWriter();
        final PrintWriter out = new PrintWriter(text);
        new ReplayLegend(out, subjects, settings, results).print();
        out.flush();
        return text.toString();
    }
}
