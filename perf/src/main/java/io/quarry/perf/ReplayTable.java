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
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Prints results: a column for each allocator, a row for each trace, time and footprint and garbage below each other.
 */
final class ReplayTable
{
    private static final int LEAST_WIDTH = 9;

    private final PrintWriter out;
    private final List<Subject> subjects;
    private final List<String> traces;
    private final List<ReplayResult> results;
    private final int traceWidth;

    ReplayTable(
        final PrintWriter out,
        final List<Subject> subjects,
        final List<String> traces,
        final List<ReplayResult> results)
    {
        this.out = out;
        this.subjects = subjects;
        this.traces = traces;
        this.results = results;
        this.traceWidth = 2 + traces.stream().mapToInt(String::length).reduce("footprint, peak held / live".length(),
            Math::max);
    }

    void print()
    {
        final StringBuilder header = new StringBuilder(pad("", traceWidth));
        for (final Subject subject : subjects)
        {
            header.append(right(subject.label(), width(subject)));
        }
        final String rule = "-".repeat(header.length());
        out.println(header);
        printSection(rule, "time, net ns an event", ReplayResult::netNs);
        printSection(rule, "footprint, peak held / live", ReplayResult::footprint);
        printSection(rule, "garbage, heap bytes an event", ReplayResult::garbageBytesPerEvent);
        out.println(rule);
        out.println("geometric mean of " + (1 == traces.size() ? "1 trace" : traces.size() + " traces"));
        printMean("time, net ns an event", ReplayResult::netNs);
        printMean("footprint, peak held / live", ReplayResult::footprint);
    }

    private void printSection(final String rule, final String title, final ToDoubleFunction<ReplayResult> figure)
    {
        out.println(rule);
        out.println(title);
        for (int i = 0; i < traces.size(); i++)
        {
            final StringBuilder row = new StringBuilder(pad("  " + traces.get(i), traceWidth));
            for (int j = 0; j < subjects.size(); j++)
            {
                final ReplayResult result = results.get(i * subjects.size() + j);
                row.append(right(null == result.failure() ? number(figure.applyAsDouble(result)) : "failed",
                    width(subjects.get(j))));
            }
            out.println(row);
        }
    }

    private void printMean(final String title, final ToDoubleFunction<ReplayResult> figure)
    {
        final StringBuilder row = new StringBuilder(pad("  " + title, traceWidth));
        for (final Subject subject : subjects)
        {
            final List<ReplayResult> column =
                results.stream().filter((result) -> subject == result.subject()).collect(Collectors.toList());
            row.append(right(number(GeometricMean.of(column, figure)), width(subject)));
        }
        out.println(row);
    }

    static String number(final double value)
    {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%.1f", value);
    }

    private static int width(final Subject subject)
    {
        return Math.max(LEAST_WIDTH, subject.label().length() + 2);
    }

    private static String right(final String text, final int width)
    {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String pad(final String text, final int width)
    {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
