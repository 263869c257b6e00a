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
 * How a replay is to be measured.
 *
 * @param regionSize  bytes of region for a Quarry allocator.
 * @param warmUpMs    the least time that passes are replayed before the clock starts: processor time of one thread, of
 *                    several that on the wall. Time and not passes: a
 *                    short trace would leave the JIT compiler at work.
 * @param leastPasses on the clock; their median counts.
 * @param mostPasses  on the clock: more than the least only until they have taken {@link #BUDGET_NS}.
 * @param threads     that replay.
 */
record ReplaySettings(long regionSize, int warmUpMs, int leastPasses, int mostPasses, int threads)
{
    static final int WARM_UP_MS = 100;

    /** Unless the user wants a number: odd, for a median that was measured; a slow subject gets by with the least. */
    static final int LEAST_PASSES = 3;
    static final int MOST_PASSES = 9;

    /** The time after which a subject that had the least passes gets no more. */
    static final long BUDGET_NS = 120_000_000L;

    /** More than anyone can wait for; their times are kept in an array. */
    static final int LIMIT_PASSES = 1_000_000;

    /** Of a replay. */
    static final int MOST_THREADS = 64;

    ReplaySettings withRegionSize(final long size)
    {
        return new ReplaySettings(size, warmUpMs, leastPasses, mostPasses, threads);
    }
}
