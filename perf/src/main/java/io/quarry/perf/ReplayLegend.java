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
import java.util.IntSummaryStatistics;
import java.util.List;

/**
 * Says how the figures of a table were had: what they are of, and by what method.
 */
final class ReplayLegend
{
    private final SubjectLegend legend;
    private final ReplaySettings settings;
    private final List<ReplayResult> results;

    ReplayLegend(
        final PrintWriter out,
        final List<Subject> subjects,
        final ReplaySettings settings,
        final List<ReplayResult> results)
    {
        this.legend = new SubjectLegend(out, subjects, settings);
        this.settings = settings;
        this.results = results;
    }

    void print()
    {
        legend.printMachine();
        legend.paragraph((1 == settings.threads() ? "Time: processor time of the one thread that replays" :
            "Time: on the wall, from the first thread's start to the last one's end, " + settings.threads() +
            " threads, the events of recorded thread t on thread t mod " + settings.threads() +
            ", each after the event before of its block, and none over " + ThreadedTrace.WINDOW +
            " events ahead of the slowest thread") +
            ", median of " + passes() + " after at " +
            "least " + settings.warmUpMs() + " ms of warm-up, less that of the same loop" +
            (1 == settings.threads() ? " at a fixed address" : " and the same waits at fixed addresses") +
            ". An event is an " +
            "allocation, a reallocation or a free; the first and last byte of each block is written. Each trace and " +
            "allocator has a JVM of its own, started with " + String.join(" ", ReplayFork.commonFlags()) +
            " and a fixed heap. Before that, one pass fills every block and checks each byte; while one " +
            "is on the clock no other runs.");
        legend.printSubjects();
    }

    /** What was really run: a slow subject may have had fewer than another. */
    private String passes()
    {
        final IntSummaryStatistics run = results.stream().filter((result) -> null == result.failure())
            .mapToInt(ReplayResult::passes).summaryStatistics();
        if (0 == run.getCount())
        {
            return "no pass";
        }
        return run.getMin() == run.getMax() ? run.getMin() + (1 == run.getMin() ? " pass" : " passes") :
            run.getMin() + " to " + run.getMax() + " passes (no more than " + settings.leastPasses() + " once " +
            ReplaySettings.BUDGET_NS / 1_000_000 + " ms are over)";
    }
}
