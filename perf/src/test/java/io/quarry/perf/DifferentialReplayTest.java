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

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * One thread drives the forms for any thread through what the forms for one thread are driven through: each serves
 * every event in a region of twice the trace's peak, keeps every byte, and verifies.
 */
@Timeout(300)
class DifferentialReplayTest
{
    static final List<String> TRACES = Traces.BUNDLED;

    /** Where a trace's blocks lie is a matter of luck; on the ten traces 0.84 to 1.04 of it. */
    private static final double MOST_MORE = 1.15;

    @ParameterizedTest
    @FieldSource("TRACES")
    void shouldAgreeOnTraceWithBuddyForOneThread(final String name) throws TraceError
    {
        assertAgree(name, Subject.BUDDY, Subject.CONCURRENT_BUDDY);
    }

    @ParameterizedTest
    @FieldSource("TRACES")
    void shouldAgreeOnTraceWithSlabForOneThread(final String name) throws TraceError
    {
        assertAgree(name, Subject.SLAB, Subject.CONCURRENT_SLAB);
    }

    private static void assertAgree(final String name, final Subject one, final Subject any) throws TraceError
    {
        final Trace trace = Traces.read(name);
        final long heldByOne = replay(trace, one);
        final long heldByAny = replay(trace, any);
        assertTrue(heldByAny <= MOST_MORE * heldByOne,
            name + ": " + any.label() + " holds " + heldByAny + " bytes, " + one.label() + " " + heldByOne);
    }

    /** Returns the bytes held at the most. */
    private static long replay(final Trace trace, final Subject subject) throws TraceError
    {
        try (ReplayTarget target = subject.open(trace, Subject.regionSize(trace)))
        {
            new ContentReplay(trace, target).run();
            return target.footprint();
        }
    }
}
