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

/**
 * Finds what an allocator of Quarry's holds after each part of a trace. To ask it joins free runs that it keeps apart,
 * which changes what it does afterwards, so each answer has a replay and an allocator of its own, up to that event. As
 * the highest byte ever used only rises, there is nothing to look for between two answers that are the same.
 */
final class HighWaterReplay
{
    private final Trace trace;
    private final Subject subject;
    private final long regionSize;
    private final FootprintSeries series;

    HighWaterReplay(final Trace trace, final Subject subject, final long regionSize, final int points)
    {
        this.trace = trace;
        this.subject = subject;
        this.regionSize = regionSize;
        this.series = new FootprintSeries(trace.eventCount(), points);
    }

    /**
     * Replays the trace, on this thread.
     *
     * @return what was held.
     */
    FootprintSeries run()
    {
        final int last = series.points() - 1;
        final long first = note(0);
        if (last > 0)
        {
            between(0, first, last, note(last));
        }
        return series;
    }

    private void between(final int low, final long heldAtLow, final int high, final long heldAtHigh)
    {
        final int middle = (low + high) / 2;
        if (middle == low)
        {
            return;
        }
        if (heldAtLow == heldAtHigh)
        {
            for (int point = low + 1; point < high; point++)
            {
                series.note(series.events(point) - 1, heldAtLow);
            }
            return;
        }
        final long held = note(middle);
        between(low, heldAtLow, middle, held);
        between(middle, held, high, heldAtHigh);
    }

    private long note(final int point)
    {
        final int eventCount = series.events(point);
        final long held = heldAfter(eventCount);
        if (eventCount > 0)
        {
            series.note(eventCount - 1, held);
        }
        return held;
    }

    private long heldAfter(final int eventCount)
    {
        final int[] events = trace.events();
        try (ReplayTarget target = subject.open(trace, regionSize))
        {
            int i = 0;
            try
            {
                for (; i < eventCount * Trace.INTS; i += Trace.INTS)
                {
                    TraceReplay.replayEvent(events, i, target);
                }
            }
            catch (final OutOfMemoryError ex)
            {
                throw ReplayFailure.at(events, i, target, ex);
            }
            return target.footprint();
        }
    }
}
