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
import java.util.function.ToLongFunction;

/**
 * Prints footprints over a trace: a row for each part of it, a column for each allocator.
 */
final class FootprintTable
{
    private static final int LABEL_WIDTH = 20;
    private static final int LEAST_WIDTH = 15;
    private static final String LIVE = "live";

    private final PrintWriter out;
    private final List<Subject> subjects;

    FootprintTable(final PrintWriter out, final List<Subject> subjects)
    {
        this.out = out;
        this.subjects = subjects;
    }

    void print(final Trace trace, final FootprintSeries live, final List<FootprintSeries> held)
    {
        final StringBuilder header = new StringBuilder(padded(trace.name())).append(right(LIVE, LIVE));
        subjects.forEach((subject) -> header.append(right(subject.label(), subject.label())));
        final String rule = "-".repeat(header.length());
        out.println();
        out.println(header);
        out.println(rule);
        out.println("bytes held, after so many events");
        for (int point = 0; point < live.points(); point++)
        {
            final int at = point;
            print(String.format(Locale.ROOT, "  %,d", live.events(point)), live, held, (series) -> series.bytes(at));
        }
        out.println(rule);
        print("peak", live, held, FootprintSeries::peak);
        final StringBuilder ratios = new StringBuilder(padded("peak held / live")).append(right("", LIVE));
        for (int i = 0; i < subjects.size(); i++)
        {
            final FootprintSeries series = held.get(i);
            ratios.append(right(null != series.failure() || 0 == live.peak() ? "-" :
                ReplayTable.number((double)series.peak() / live.peak()), subjects.get(i).label()));
        }
        out.println(ratios);
    }

    private void print(
        final String label,
        final FootprintSeries live,
        final List<FootprintSeries> held,
        final ToLongFunction<FootprintSeries> figure)
    {
        final StringBuilder row =
            new StringBuilder(padded(label)).append(right(number(figure.applyAsLong(live)), LIVE));
        for (int i = 0; i < subjects.size(); i++)
        {
            final FootprintSeries series = held.get(i);
            row.append(right(
                null == series.failure() ? number(figure.applyAsLong(series)) : "failed", subjects.get(i).label()));
        }
        out.println(row);
    }

    private static String number(final long value)
    {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String padded(final String text)
    {
        return text + " ".repeat(Math.max(0, LABEL_WIDTH - text.length()));
    }

    private static String right(final String text, final String column)
    {
        return " ".repeat(Math.max(1, Math.max(LEAST_WIDTH, column.length() + 2) - text.length())) + text;
    }
}
