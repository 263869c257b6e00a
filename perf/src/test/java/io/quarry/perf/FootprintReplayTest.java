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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Properties;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FootprintReplayTest
{
    private static final int EVENTS = 5_000;

    private final Trace trace = RandomTrace.of(3, EVENTS);

    @ParameterizedTest
    @EnumSource(names = { "SLAB", "BUDDY", "RUN", "CONCURRENT_SLAB" })
    void shouldPeakAtWhatAReplayTells(final Subject subject)
    {
        final long told;
        try (ReplayTarget target = subject.open(trace, 4 << 20))
        {
            new ContentReplay(trace, target).run();
            told = target.footprint();
        }

        final FootprintSeries held = new HighWaterReplay(trace, subject, 4 << 20, 10).run();

        assertEquals(told, held.peak());
        assertEquals(10, held.points());
        assertTrue(held.bytes(0) > 0);
        for (int point = 1; point < 10; point++)
        {
            assertTrue(held.bytes(point - 1) <= held.bytes(point), "point=" + point);
        }
        assertTrue(held.peak() >= trace.peakLiveBytes());
    }

    /** Whatever Netty gives back in between: what it holds now, not what it held at most. */
    @Test
    void shouldTellThatNettyGivesBack()
    {
        final int[] up = { Trace.ALLOC | 4 << Trace.ALIGNMENT_SHIFT, 0, 40 << 20, 0 };
        final int[] down = { Trace.FREE | 4 << Trace.ALIGNMENT_SHIFT, 0, 40 << 20, 0 };
        final int[] events = new int[2 * Trace.INTS];
        System.arraycopy(up, 0, events, 0, Trace.INTS);
        System.arraycopy(down, 0, events, Trace.INTS, Trace.INTS);
        final Trace large = new Trace("large", events, new int[0], 1, 40 << 20);

        try (ReplayTarget target = Subject.NETTY_POOLED.open(large, 0))
        {
            final FootprintSeries held = new FootprintReplay(large, target, false, 2).run();

            assertTrue(held.bytes(0) >= 40 << 20);
            assertTrue(held.bytes(1) < 40 << 20);
        }
    }

    @Test
    void shouldTellWhatLives()
    {
        final FootprintSeries live = FootprintSeries.ofLive(trace, 7);

        assertEquals(trace.peakLiveBytes(), live.peak());
        long now = 0;
        long most = 0;
        for (int i = 0; i < live.events(0) * Trace.INTS; i += Trace.INTS)
        {
            final boolean isFree = Trace.FREE == (trace.events()[i] & Trace.OP_MASK);
            now += isFree ? -trace.events()[i + Trace.SIZE] :
                trace.events()[i + Trace.SIZE] - trace.events()[i + Trace.OLD_SIZE];
            most = Math.max(most, now);
        }
        assertEquals(most, live.bytes(0));
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 7, 10, 100, 101 })
    void shouldDealEveryEventToOnePart(final int points)
    {
        final int events = 100;
        final FootprintSeries series = new FootprintSeries(events, points);
        int last = 0;
        for (int sequence = 0; sequence < events; sequence++)
        {
            series.note(sequence, sequence + 1);
            last += series.isLastOfPoint(sequence) ? 1 : 0;
        }

        assertEquals(Math.min(points, events), series.points());
        assertEquals(series.points(), last);
        for (int point = 0; point < series.points(); point++)
        {
            assertEquals(series.events(point), series.bytes(point));
        }
        assertEquals(events, series.events(series.points() - 1));
    }

    @Test
    void shouldComeThroughAPipeAsItWas()
    {
        final FootprintSeries sent = FootprintSeries.ofLive(trace, 5);

        final FootprintSeries received = FootprintSeries.of(sent.toProperties());

        for (int point = 0; point < 5; point++)
        {
            assertEquals(sent.bytes(point), received.bytes(point));
            assertEquals(sent.events(point), received.events(point));
        }
        assertEquals("why", FootprintSeries.of(FootprintSeries.failed("why").toProperties()).failure());
        assertNotNull(FootprintSeries.of(new Properties()).failure());
    }

    @Test
    void shouldMapAllThatLivesAtThePeak()
    {
        final RegionMap map = RegionMap.atPeak(trace, Subject.SLAB, ReportCharts.MAP_CELLS);

        double bytes = 0;
        for (int cell = 0; cell < map.cells(); cell++)
        {
            assertTrue(map.fill(cell) <= 1.000001, "cell=" + cell);
            bytes += map.fill(cell) * map.usedBytes() / map.cells();
        }
        assertEquals(trace.peakLiveBytes(), bytes, 1);
    }
}
