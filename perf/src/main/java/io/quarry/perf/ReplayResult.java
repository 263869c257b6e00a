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
 * One cell of a report: a trace through an allocator.
 *
 * @param trace                name.
 * @param subject              the allocator.
 * @param netNs                nanoseconds an event, less the replay loop; NaN if there is none.
 * @param footprint            most bytes held over most bytes live; NaN if not known.
 * @param garbageBytesPerEvent heap bytes an event; NaN if there is none.
 * @param contentsChecked      whether a pass that checks contents went through.
 * @param passes               on the clock.
 * @param failure              why there are no figures, or null.
 */
record ReplayResult(
    String trace,
    Subject subject,
    double netNs,
    double footprint,
    double garbageBytesPerEvent,
    boolean contentsChecked,
    int passes,
    String failure)
{
    static ReplayResult of(final Trace trace, final Subject subject, final Figures figures, final Figures loop)
    {
        final boolean footprintKnown = figures.footprint() > 0 && trace.peakLiveBytes() > 0;
        return new ReplayResult(
            trace.name(),
            subject,
            figures.grossNs() - loop.grossNs(),
            footprintKnown ? (double)figures.footprint() / trace.peakLiveBytes() : Double.NaN,
            figures.garbageBytesPerEvent(),
            figures.contentsChecked(),
            figures.passes(),
            null == figures.failure() ? loop.failure() : figures.failure());
    }
}
