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
package io.quarry.perf.demo;

import org.HdrHistogram.Histogram;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * How long messages took, those of the warm-up left out. One thread records; another prints when that one is done.
 */
final class DemoLatency
{
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 3;
    private static final double[] PERCENTILES = { 50, 90, 99, 99.9, 99.99 };
    private static final double NS_A_US = 1000;

    private final Histogram histogram = new Histogram(LONGEST_NS, DIGITS);
    private final long warmUp;
    private long recorded;

    /**
     * Makes an empty one.
     *
     * @param warmUp messages that don't count, the first.
     */
    DemoLatency(final long warmUp)
    {
        this.warmUp = warmUp;
        histogram.reset();
    }

    void record(final long sentNs)
    {
        if (recorded++ == warmUp)
        {
            // What came before was recorded too, so that the histogram's own classes are loaded by now.
            histogram.reset();
        }
        // The clocks of two processors may differ by some nanoseconds.
        histogram.recordValue(Math.max(0, Math.min(LONGEST_NS, System.nanoTime() - sentNs)));
    }

    long count()
    {
        return histogram.getTotalCount();
    }

    void print(final PrintWriter out, final String what)
    {
        out.printf("%s, us:%n ", what);
        for (final double percentile : PERCENTILES)
        {
            out.printf(" p%s %.1f  ", percentile == (long)percentile ? "" + (long)percentile : "" + percentile,
                histogram.getValueAtPercentile(percentile) / NS_A_US);
        }
        out.printf(" max %.1f  of %,d%n", histogram.getMaxValue() / NS_A_US, count());
    }
}
