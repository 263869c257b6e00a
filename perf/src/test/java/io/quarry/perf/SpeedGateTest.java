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
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.HashMap;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Ratios that a change for the worse would break by a factor: of times from one run, each the least of many, so that a
 * busy machine takes from both. What is meant to be held by a tenth is in the tables of the README instead.
 */
@Timeout(300)
class SpeedGateTest
{
    private static final int ATTEMPTS = 3;
    /** Four times it, on a quiet machine. */
    private static final double MOST_OF_STACK = 8;
    /** Eight to twelve times it. */
    private static final double LEAST_OF_NETTY = 5;

    @Test
    void shouldTakeAPairOfSmallBlocksInTheTimeOfAFewPushesAndFarBelowNetty() throws RunnerException
    {
        String found = "";
        boolean isMet = false;
        for (int i = 0; i < ATTEMPTS && !isMet; i++)
        {
            final Map<String, Double> times = leastTimes();
            final double slab = times.get("slab");
            isMet = slab <= MOST_OF_STACK * times.get("stack") && times.get("nettyAdaptive") >= LEAST_OF_NETTY * slab;
            found = times.toString();
        }
        assertTrue(isMet, found);
    }

    /** Nanoseconds of a pair, by subject. */
    private static Map<String, Double> leastTimes() throws RunnerException
    {
        // Another benchmark may be running; the ratios bear that.
        System.setProperty("jmh.ignoreLock", "true");
        final Options options = new OptionsBuilder()
            .include("[.]PairBenchmark[.](slab|stack|nettyAdaptive)$")
            .jvmArgsPrepend(SubjectKind.NETTY.flags(Runtime.version().feature()).toArray(new String[0]))
            .forks(1)
            .warmupIterations(5).warmupTime(TimeValue.milliseconds(200))
            .measurementIterations(10).measurementTime(TimeValue.milliseconds(100))
            .verbosity(VerboseMode.SILENT)
            .build();
        final Map<String, Double> times = new HashMap<>();
        for (final RunResult result : new Runner(options).run())
        {
            times.put(result.getPrimaryResult().getLabel(), result.getPrimaryResult().getStatistics().getMin());
        }
        return times;
    }
}
