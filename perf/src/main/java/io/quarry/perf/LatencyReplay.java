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

import org.HdrHistogram.Histogram;

/**
 * The loop that times each call by itself, on the calling thread. What the clock adds is seen where the target is
 * {@link LoopTarget}. Blocks are written to as in {@link TraceReplay}, outside the time.
 */
final class LatencyReplay
{
    private final int[] events;
    private final int[] left;
    private final ReplayTarget target;
    private final Latencies latencies = new Latencies();
    private final Histogram allocations = latencies.of(Latencies.Call.ALLOCATE);
    private final Histogram zeroedAllocations = latencies.of(Latencies.Call.ALLOCATE_ZEROED);
    private final Histogram reallocations = latencies.of(Latencies.Call.REALLOCATE);
    private final Histogram frees = latencies.of(Latencies.Call.FREE);

    LatencyReplay(final Trace trace, final ReplayTarget target)
    {
        this.events = trace.events();
        this.left = trace.left();
        this.target = target;
    }

    Latencies latencies()
    {
        return latencies;
    }

    /** Replays the trace once, and frees what it left live: those frees count, too. */
    void pass()
    {
        replay(events);
        replay(left);
    }

    private void replay(final int[] events)
    {
        int i = 0;
        try
        {
            for (; i < events.length; i += Trace.INTS)
            {
                replayEvent(events, i);
            }
        }
        catch (final OutOfMemoryError | RuntimeException ex)
        {
            throw ReplayFailure.at(events, i, target, ex);
        }
    }

    private void replayEvent(final int[] events, final int i)
    {
        final int head = events[i];
        final int slot = events[i + Trace.SLOT];
        final int size = events[i + Trace.SIZE];
        final int alignment = 1 << (head >>> Trace.ALIGNMENT_SHIFT);
        final long start = System.nanoTime();
        switch (head & Trace.OP_MASK)
        {
            case Trace.ALLOC ->
            {
                target.alloc(slot, size, alignment);
                Latencies.record(allocations, System.nanoTime() - start);
                target.touch(slot, size, alignment);
            }
            case Trace.ALLOC_ZEROED ->
            {
                target.allocZeroed(slot, size, alignment);
                Latencies.record(zeroedAllocations, System.nanoTime() - start);
                target.touch(slot, size, alignment);
            }
            case Trace.REALLOC ->
            {
                target.realloc(slot, events[i + Trace.OLD_SIZE], size, alignment);
                Latencies.record(reallocations, System.nanoTime() - start);
                target.touch(slot, size, alignment);
            }
            case Trace.FREE ->
            {
                target.free(slot, size, alignment);
                Latencies.record(frees, System.nanoTime() - start);
            }
            default -> target.other(events, i);
        }
    }
}
