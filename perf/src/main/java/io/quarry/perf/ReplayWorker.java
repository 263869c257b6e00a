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

import java.util.Arrays;

/**
 * One replayer thread's part in a pass: its share of the events, each in its turn.
 */
final class ReplayWorker
{
    /** On either side of an array that one thread writes at many events, so that no other thread's is in its lines. */
    private static final int PADDING = 32;

    private final int thread;
    private final TraceShare share;
    private final ReplayTurns turns;
    private final ReplayTarget target;
    /** How far each other thread was when it was last asked: often far enough, so that its position is left alone. */
    private final int[] seen;
    /** The last sequence that may be done without a look at the slowest. */
    private int limit;

    private long startNs;
    private long endNs;
    private long garbageBytes;

    private Throwable failure;
    private int[] failedEvents;
    private int failedAt;
    private int failedSequence = TraceShare.ENDED;

    ReplayWorker(final int thread, final ThreadedTrace trace, final ReplayTurns turns, final ReplayTarget target)
    {
        this.thread = thread;
        this.share = trace.share(thread);
        this.turns = turns;
        this.target = target.ofThread(thread);
        this.seen = new int[trace.threads() + 2 * PADDING];
    }

    /** On the clock. */
    void pass()
    {
        begin();
        final long allocatedBefore = ThreadMeter.allocatedBytes();
        turns.awaitAll();
        startNs = System.nanoTime();
        replayShare();
        endNs = System.nanoTime();
        garbageBytes = ThreadMeter.allocatedBytes() - allocatedBefore;
    }

    /** Off the clock. */
    void pass(final EventAction action)
    {
        begin();
        turns.awaitAll();
        final int[] events = share.events();
        final int[] order = share.order();
        int i = 0;
        try
        {
            for (int at = 0; i < events.length; i += Trace.INTS, at += TraceShare.ORDER_INTS)
            {
                awaitTurn(order, at);
                action.replay(events, i, order[at]);
                turns.moveTo(thread, order[at + TraceShare.ORDER_INTS]);
            }
        }
        catch (final RuntimeException | Error ex)
        {
            fail(ex, events, i, share.sequence(i));
        }
    }

    /** Frees what the trace left live of this thread's, when all are through. */
    void freeLeft(final EventAction action)
    {
        final int[] left = share.left();
        int i = 0;
        try
        {
            for (; i < left.length; i += Trace.INTS)
            {
                action.replay(left, i, i / Trace.INTS);
            }
        }
        catch (final RuntimeException | Error ex)
        {
            fail(ex, left, i, i / Trace.INTS);
        }
    }

    void freeLeft()
    {
        freeLeft((events, i, sequence) -> TraceReplay.replayEvent(events, i, target));
    }

    long startNs()
    {
        return startNs;
    }

    long endNs()
    {
        return endNs;
    }

    long garbageBytes()
    {
        return garbageBytes;
    }

    boolean hasFailed()
    {
        return null != failure;
    }

    int failedSequence()
    {
        return failedSequence;
    }

    /** To be asked for when no thread calls the allocator, as it tells what was free. */
    ReplayFailure failure()
    {
        return ReplayFailure.at(failedEvents, failedAt, failedSequence, target, failure);
    }

    private void begin()
    {
        limit = 0;
        Arrays.fill(seen, 0);
    }

    private void replayShare()
    {
        final int[] events = share.events();
        final int[] order = share.order();
        int i = 0;
        try
        {
            for (int at = 0; i < events.length; i += Trace.INTS, at += TraceShare.ORDER_INTS)
            {
                awaitTurn(order, at);
                TraceReplay.replayEvent(events, i, target);
                turns.moveTo(thread, order[at + TraceShare.ORDER_INTS]);
            }
        }
        catch (final RuntimeException | Error ex)
        {
            fail(ex, events, i, share.sequence(i));
        }
    }

    private void awaitTurn(final int[] order, final int at)
    {
        final int sequence = order[at];
        if (sequence > limit)
        {
            limit = turns.awaitWindow(sequence);
        }
        final int awaitedThread = order[at + TraceShare.AWAITED_THREAD];
        final int awaited = order[at + TraceShare.AWAITED_SEQUENCE];
        if (seen[PADDING + awaitedThread] <= awaited)
        {
            seen[PADDING + awaitedThread] = turns.awaitDone(awaitedThread, awaited);
        }
    }

    private void fail(final Throwable cause, final int[] events, final int i, final int sequence)
    {
        turns.stop();
        if (!(cause instanceof ReplayTurns.Stopped))
        {
            failure = cause;
            failedEvents = events;
            failedAt = i;
            failedSequence = sequence;
        }
    }
}
