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

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Prints the percentiles of one trace: a row for each kind of call and allocator.
 */
final class LatencyTable
{
    private static final double[] PERCENTILES = { 50, 90, 99, 99.9, 99.99, 100 };
    private static final String[] HEADS = { "calls", "p50", "p90", "p99", "p99.9", "p99.99", "max" };
    private static final int LABEL_WIDTH = 20;
    private static final int WIDTH = 12;

    private final PrintWriter out;
    private final long clockNs;

    /**
     * Makes a printer.
     *
     * @param out     where to.
     * @param clockNs to be taken off each time.
     */
    LatencyTable(final PrintWriter out, final long clockNs)
    {
        this.out = out;
        this.clockNs = clockNs;
    }

    void print(
        final String trace, final Latencies calls, final List<Subject> subjects, final List<Latencies> latencies)
    {
        final StringBuilder header = new StringBuilder(padded(trace));
        for (final String head : HEADS)
        {
            header.append(right(head));
        }
        out.println();
        out.println(header);
        for (final Latencies.Call call : Latencies.Call.values())
        {
            if (calls.of(call).getTotalCount() > 0)
            {
                print(call, subjects, latencies);
            }
        }
    }

    private void print(final Latencies.Call call, final List<Subject> subjects, final List<Latencies> latencies)
    {
        out.println("-".repeat(LABEL_WIDTH + HEADS.length * WIDTH));
        out.println(call.label() + ", ns");
        for (int i = 0; i < subjects.size(); i++)
        {
            final Latencies one = latencies.get(i);
            out.println(padded("  " + subjects.get(i).label()) +
                (null == one.failure() ? row(one.of(call)) : right("failed")));
        }
    }

    private String row(final Histogram histogram)
    {
        final StringBuilder row = new StringBuilder(right(number(histogram.getTotalCount())));
        for (final double percentile : PERCENTILES)
        {
            row.append(right(number(Math.max(0, histogram.getValueAtPercentile(percentile) - clockNs))));
        }
        return row.toString();
    }

    private static String number(final long value)
    {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String padded(final String text)
    {
        return text + " ".repeat(Math.max(0, LABEL_WIDTH - text.length()));
    }

    private static String right(final String text)
    {
        return " ".repeat(Math.max(1, WIDTH - text.length())) + text;
    }
}
