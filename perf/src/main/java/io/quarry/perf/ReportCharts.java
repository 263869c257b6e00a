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

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The pictures of a report. They have no legends of their own: the page tells the colours. What is Quarry's is thick or
 * full, and a peer's thin or hollow.
 */
final class ReportCharts
{
    /** Told apart by those, too, who don't tell red from green (Okabe and Ito, Color Universal Design, 2008). */
    private static final String[] COLORS = {
        "#d55e00", "#e69f00", "#cc79a7", "#0072b2", "#56b4e9", "#7f7f7f", "#009e73", "#000000", "#b8a900", "#7b3fa0" };

    private static final String LIVE = "#dcdcdc";
    private static final String ROW = "#e4e4e4";
    private static final int WIDTH = 520;
    private static final int HEIGHT = 280;
    private static final int WIDE = 1060;
    private static final double THICK = 2.5;
    private static final double THIN = 1.3;
    private static final int RADIUS = 5;
    /** From one name's line to the next, and how wide a letter is, about. */
    private static final int LINE = 15;
    private static final double LETTER = 6.8;
    private static final double MIB = 1 << 20;
    private static final int STEPS_PER_DECADE = 10;
    private static final int DECADES = 5;
    private static final int MAP_COLUMNS = 64;
    private static final int MAP_ROWS = 8;
    private static final int MAP_CELL = 8;
    private static final int MAP_SHADES = 10;

    /** Of a region map. */
    static final int MAP_CELLS = MAP_COLUMNS * MAP_ROWS;

    private final List<Subject> subjects;

    ReportCharts(final List<Subject> subjects)
    {
        this.subjects = subjects;
    }

    /** What stands for a subject in all pictures. */
    static String color(final int subject)
    {
        return COLORS[subject % COLORS.length];
    }

    /** A point in the picture of means. */
    private record Mean(int subject, double ns, double footprint)
    {
        boolean isKnown()
        {
            return ns > 0 && footprint > 0;
        }
    }

    /** Mean time against mean footprint: the nearer to the lower left corner, the better. */
    String tradeOff(final List<ReplayResult> results)
    {
        final List<Mean> means = IntStream.range(0, subjects.size()).mapToObj((i) -> mean(i, results))
            .filter(Mean::isKnown).sorted(Comparator.comparingDouble(Mean::footprint)).toList();
        if (means.isEmpty())
        {
            return "";
        }
        final double least = means.stream().mapToDouble(Mean::ns).min().orElseThrow();
        final double slowest = means.stream().mapToDouble(Mean::ns).max().orElseThrow();
        final double largest = means.get(means.size() - 1).footprint();
        final SvgPlot plot = SvgPlot.of(WIDE, HEIGHT + 60, "",
            new SvgPlot.Scale(least / 1.2, slowest * 1.4, true, "time, net ns an event", SvgPlot::plain),
            new SvgPlot.Scale(1, Math.max(1.2, largest + 0.05), false, "footprint, peak held / live", SvgPlot::plain));
        final List<Span> taken = new ArrayList<>();
        for (final Mean mean : means)
        {
            final double x = plot.across().at(mean.ns());
            taken.add(new Span(x - LINE, x + RADIUS, plot.up().at(mean.footprint())));
        }
        for (final Mean mean : means)
        {
            final Subject subject = subjects.get(mean.subject());
            final double x = plot.across().at(mean.ns());
            final double y = plot.up().at(mean.footprint());
            plot.canvas().dot(x, y, RADIUS + 2, color(mean.subject()), subject.isQuarry());
            final double from = x + RADIUS + 7;
            final String name =
                subject.label() + String.format(Locale.ROOT, " %.1f ns, %.2f", mean.ns(), mean.footprint());
            final Span span = free(taken, new Span(from, from + name.length() * LETTER, y), plot.up().start() - 4);
            plot.canvas().text(from, span.line() + 4, "start", subject.isQuarry() ? "title" : "label", name);
        }
        return plot.end();
    }

    /** What a dot or a name takes of a line. */
    private record Span(double from, double to, double line)
    {
        boolean meets(final Span other)
        {
            return from < other.to && other.from < to && Math.abs(line - other.line) < LINE;
        }
    }

    /** The line nearest to a name's own where it meets nothing, above the axis, so that neighbours can be read. */
    private static Span free(final List<Span> taken, final Span wanted, final double lowest)
    {
        Span span = wanted;
        for (int i = 1; span.line() > lowest || taken.stream().anyMatch(span::meets); i++)
        {
            final int lines = 0 == i % 2 ? i / 2 : -(i + 1) / 2;
            span = new Span(wanted.from(), wanted.to(), wanted.line() + lines * LINE);
        }
        taken.add(span);
        return span;
    }

    private Mean mean(final int subject, final List<ReplayResult> results)
    {
        final List<ReplayResult> column = column(subject, results);
        return new Mean(subject, GeometricMean.of(column, ReplayResult::netNs),
            GeometricMean.of(column, ReplayResult::footprint));
    }

    private List<ReplayResult> column(final int subject, final List<ReplayResult> results)
    {
        return results.stream().filter((result) -> subjects.get(subject) == result.subject()).toList();
    }

    /** Time by trace: a row for each, with a dot for each allocator. */
    String times(final List<String> traces, final List<ReplayResult> results)
    {
        final List<ReplayResult> known = results.stream().filter((result) -> result.netNs() > 0).toList();
        if (known.isEmpty())
        {
            return "";
        }
        final int rowHeight = 28;
        final int left = 130;
        final int height = traces.size() * rowHeight + 46;
        final SvgCanvas canvas = new SvgCanvas(WIDE, height);
        final SvgAxis axis = SvgAxis.logarithmic(
            Math.max(1, known.stream().mapToDouble(ReplayResult::netNs).min().orElseThrow()),
            known.stream().mapToDouble(ReplayResult::netNs).max().orElseThrow(), left, WIDE - 20);
        for (final double tick : axis.ticks())
        {
            canvas.line(axis.at(tick), 0, axis.at(tick), height - 40, ROW);
            canvas.text(axis.at(tick), height - 24, "middle", "tick", SvgPlot.plain(tick));
        }
        canvas.text((left + WIDE - 20) / 2.0, height - 6, "middle", "axis", "net ns an event, logarithmic");
        for (int i = 0; i < traces.size(); i++)
        {
            final double y = (i + 0.5) * rowHeight;
            canvas.line(left, y, WIDE - 20, y, ROW);
            canvas.text(left - 12, y + 4, "end", "label", traces.get(i));
            // Backwards: the first subject's dot is drawn last, over the others.
            for (int j = subjects.size() - 1; j >= 0; j--)
            {
                final double ns = results.get(i * subjects.size() + j).netNs();
                if (ns > 0)
                {
                    canvas.dot(axis.at(ns), y, RADIUS, color(j), subjects.get(j).isQuarry());
                }
            }
        }
        return canvas.end();
    }

    /** How long calls of a trace take, by percentile; the clock is taken off. */
    String percentiles(final String trace, final long clockNs, final List<Latencies> latencies)
    {
        final List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++)
        {
            if (null == latencies.get(i).failure())
            {
                curves.add(percentiles(i, latencies.get(i).all(), clockNs));
            }
        }
        if (curves.isEmpty())
        {
            return "";
        }
        final double longest = curves.stream().mapToDouble(Curve::largest).max().orElseThrow();
        final SvgPlot plot = SvgPlot.of(WIDTH, HEIGHT, trace,
            new SvgPlot.Scale(1, Math.pow(10, DECADES), true, "calls that take no longer", ReportCharts::percentileOf),
            new SvgPlot.Scale(1, longest, true, "ns", SvgPlot::plain));
        draw(plot, curves);
        return plot.end();
    }

    /** A subject's line. */
    private record Curve(int subject, double[] xs, double[] ys)
    {
        double largest()
        {
            return IntStream.range(0, ys.length).mapToDouble((i) -> ys[i]).max().orElse(1);
        }
    }

    private static Curve percentiles(final int subject, final Histogram all, final long clockNs)
    {
        final double[] xs = IntStream.rangeClosed(0, DECADES * STEPS_PER_DECADE)
            .mapToDouble((k) -> Math.pow(10, (double)k / STEPS_PER_DECADE))
            .filter((x) -> 1 == x || x <= all.getTotalCount()).toArray();
        final double[] ys = new double[xs.length];
        for (int i = 0; i < xs.length; i++)
        {
            ys[i] = Math.max(1, all.getValueAtPercentile(100 * (1 - 1 / xs[i])) - clockNs);
        }
        return new Curve(subject, xs, ys);
    }

    /** Backwards: the first subject's curve is drawn last, over the others. */
    private void draw(final SvgPlot plot, final List<Curve> curves)
    {
        for (int i = curves.size() - 1; i >= 0; i--)
        {
            final Curve curve = curves.get(i);
            plot.curve(curve.xs(), curve.ys(), color(curve.subject()),
                subjects.get(curve.subject()).isQuarry() ? THICK : THIN);
        }
    }

    /** One in x calls takes longer. */
    static String percentileOf(final double x)
    {
        if (x <= 1)
        {
            return "0 %";
        }
        final int decades = (int)Math.round(Math.log10(x));
        return String.format(Locale.ROOT, "%." + Math.max(0, decades - 2) + "f %%", 100 * (1 - 1 / x));
    }

    /** Memory over a trace. */
    String footprint(final String trace, final FootprintSeries live, final List<FootprintSeries> held)
    {
        final List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++)
        {
            if (null == held.get(i).failure() && held.get(i).peak() > 0)
            {
                curves.add(new Curve(i, events(held.get(i)), bytes(held.get(i))));
            }
        }
        final double most = Math.max(live.peak() / MIB, curves.stream().mapToDouble(Curve::largest).max().orElse(0));
        final double[] events = events(live);
        final SvgPlot plot = SvgPlot.of(WIDTH, HEIGHT, trace,
            new SvgPlot.Scale(0, events[events.length - 1], false, "events, thousands", SvgPlot::plain),
            new SvgPlot.Scale(0, most * 1.03, false, "MiB", SvgPlot::plain));
        plot.area(events, bytes(live), LIVE);
        draw(plot, curves);
        return plot.end();
    }

    private static double[] events(final FootprintSeries series)
    {
        return IntStream.range(0, series.points()).mapToDouble((i) -> series.events(i) / 1000.0).toArray();
    }

    private static double[] bytes(final FootprintSeries series)
    {
        return IntStream.range(0, series.points()).mapToDouble((i) -> series.bytes(i) / MIB).toArray();
    }

    /** How full the parts of a region are: low addresses first, row by row. */
    static String map(final String trace, final RegionMap map)
    {
        final int top = 20;
        final SvgCanvas canvas = new SvgCanvas(WIDTH, top + MAP_ROWS * MAP_CELL + 2);
        canvas.text(0, top - 7, "start", "title", trace);
        canvas.text(MAP_COLUMNS * MAP_CELL, top - 7, "end", "axis", String.format(Locale.ROOT,
            "%.2f MiB, of which %.0f %% live", map.usedBytes() / MIB, 100 * map.meanFill()));
        canvas.rectangle(0, top, MAP_COLUMNS * MAP_CELL, MAP_ROWS * MAP_CELL, LIVE);
        for (int i = 0; i < map.cells(); i++)
        {
            canvas.rectangle(i % MAP_COLUMNS * MAP_CELL, top + i / MAP_COLUMNS * MAP_CELL, MAP_CELL - 0.5,
                MAP_CELL - 0.5, shade(map.fill(i)));
        }
        return canvas.end();
    }

    /** From white to the first subject's colour. */
    private static String shade(final double fill)
    {
        final double share = (double)Math.round(MAP_SHADES * Math.min(1, fill)) / MAP_SHADES;
        final int full = Integer.parseInt(COLORS[0].substring(1), 16);
        int shade = 0;
        for (int shift = 16; shift >= 0; shift -= 8)
        {
            shade = shade << 8 | (int)Math.round(255 - share * (255 - (full >> shift & 255)));
        }
        return String.format("#%06x", shade);
    }
}
