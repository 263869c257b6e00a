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
 * A pass on one thread, each event of it a {@link ContentCheck}; what the trace leaves live is checked at the end.
 * <p>
 * The pass is also the one that the footprint is taken from, as it is the first on a fresh allocator.
 */
final class ContentReplay
{
    private final Trace trace;
    private final ReplayTarget target;
    private final ContentCheck check;

    ContentReplay(final Trace trace, final ReplayTarget target)
    {
        this.trace = trace;
        this.target = target;
        this.check = new ContentCheck(target, new long[trace.slotCount()], 0, 1);
    }

    /**
     * Replays the trace once and frees what it leaves.
     *
     * @throws ReplayFailure at the first byte that isn't what it must be, or if memory is exhausted.
     */
    void run()
    {
        replay(trace.events());
        ContentCheck.verify(target);
        replay(trace.left());
        ContentCheck.verifyEmpty(target);
    }

    private void replay(final int[] events)
    {
        int i = 0;
        try
        {
            for (; i < events.length; i += Trace.INTS)
            {
                check.replay(events, i, i / Trace.INTS);
            }
        }
        catch (final OutOfMemoryError | RuntimeException ex)
        {
            throw ReplayFailure.at(events, i, target, ex);
        }
    }
}
