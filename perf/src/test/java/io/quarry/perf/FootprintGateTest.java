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
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The footprint of real programs, and of mixes that none of them has, may not grow unnoticed: at most a fiftieth above
 * what it was when the limit was set. Addresses don't depend on time, so the figure is the same on every machine.
 */
@Timeout(300)
class FootprintGateTest
{
    private static final double SLACK = 1.02;

    @ParameterizedTest
    @CsvSource({ "fix-gateway, SLAB, 1.12", "python-json, SLAB, 1.20", "sqlite-queries, SLAB, 1.10",
        "fix-gateway, CONCURRENT_SLAB, 1.16", "python-json, CONCURRENT_SLAB, 1.20",
        "sqlite-queries, CONCURRENT_SLAB, 1.18",
        "mix-log-normal, SLAB, 1.21", "mix-frames, SLAB, 1.07", "mix-frames-header, SLAB, 1.16",
        "mix-phases, SLAB, 1.96",
        "mix-log-normal, CONCURRENT_SLAB, 1.26", "mix-frames, CONCURRENT_SLAB, 1.08",
        "mix-frames-header, CONCURRENT_SLAB, 1.17" })
    void shouldHoldNoMoreThanItDid(final String name, final Subject subject, final double figure) throws TraceError
    {
        final Trace trace = Traces.read(name);
        try (ReplayTarget target = subject.open(trace, Subject.regionSize(trace)))
        {
            new ContentReplay(trace, target).run();
            final double held = (double)target.footprint() / trace.peakLiveBytes();
            assertTrue(held <= SLACK * figure,
                name + ": " + subject.label() + " held / live = " + held + ", was " + figure);
        }
    }
}
