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
 * The events of one replayer thread, in their order.
 */
final class TraceShare
{
    /*
     * Beside the four ints of an event, which are those of a Trace, three of its order.
     *
     *   +----------------------------------------------------------------------------+
     *   | sequence: which event of the whole trace it is                             |
     *   +----------------------------------------------------------------------------+
     *   | awaited thread: who has the event before of this slot; itself if none      |
     *   +----------------------------------------------------------------------------+
     *   | awaited sequence: of that event; -1 where nothing is to be waited for      |
     *   +----------------------------------------------------------------------------+
     *
     * Behind the last event stands the sequence ENDED, so that each event has a next one.
     */
    static final int ORDER_INTS = 3;
    static final int AWAITED_THREAD = 1;
    static final int AWAITED_SEQUENCE = 2;

    /** A sequence that no event has, as there are fewer. */
    static final int ENDED = Integer.MAX_VALUE;

    private final int[] events;
    private final int[] order;
    private int[] left = {};
    private int added;

    /**
     * Makes a share.
     *
     * @param eventCount of the events that will be added.
     */
    TraceShare(final int eventCount)
    {
        events = new int[eventCount * Trace.INTS];
        order = new int[(eventCount + 1) * ORDER_INTS];
        order[eventCount * ORDER_INTS] = ENDED;
    }

    void add(final int[] from, final int i, final int awaitedThread, final int awaitedSequence)
    {
        System.arraycopy(from, i, events, added * Trace.INTS, Trace.INTS);
        final int at = added * ORDER_INTS;
        order[at] = i / Trace.INTS;
        order[at + AWAITED_THREAD] = awaitedThread;
        order[at + AWAITED_SEQUENCE] = awaitedSequence;
        added++;
    }

    void left(final int[] frees)
    {
        left = frees;
    }

    /** As {@link Trace#events()}. */
    int[] events()
    {
        return events;
    }

    /** {@link #ORDER_INTS} an event, and the end. */
    int[] order()
    {
        return order;
    }

    /** As {@link Trace#left()}, of the blocks that this thread had last. */
    int[] left()
    {
        return left;
    }

    /** The sequence of an event, by the index of its first int in {@link #events()}. */
    int sequence(final int i)
    {
        return order[i / Trace.INTS * ORDER_INTS];
    }
}
