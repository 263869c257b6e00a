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

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RegionSearchTest
{
    private static final long MOST = 1 << 30;

    @ParameterizedTest
    @EnumSource(value = Subject.class, names = { "SLAB", "BUDDY", "RUN" })
    void shouldFindARegionThatServesNextToOneThatDoesNot(final Subject subject) throws TraceError
    {
        final Trace trace = Traces.read("perl-text");

        final long smallest = new RegionSearch(trace, subject, MOST).smallest();

        replay(trace, subject, smallest);
        final long step = Math.max(RegionSearch.PAGE, smallest / 128);
        final long less = (smallest - step) / RegionSearch.PAGE * RegionSearch.PAGE;
        assertTrue(less > 0);
        assertThrows(ReplayFailure.class, () -> replay(trace, subject, less));
    }

    @Test
    void shouldSayWhyNoRegionServes() throws TraceError
    {
        final Trace trace = Traces.read("perl-text");
        final long tooLittle = trace.peakLiveBytes() / 2;

        final String message = assertThrows(ReplayFailure.class,
            () -> new RegionSearch(trace, Subject.SLAB, tooLittle).smallest()).getMessage();

        assertTrue(message.startsWith("memory exhausted: asked for "), message);
    }

    private static void replay(final Trace trace, final Subject subject, final long size)
    {
        try (ReplayTarget target = subject.open(trace, size))
        {
            final TraceReplay replay = new TraceReplay(trace, target);
            replay.pass();
            replay.freeLeft();
        }
    }
}
