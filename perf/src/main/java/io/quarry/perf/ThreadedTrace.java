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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A trace dealt out to threads: an event of the recorded thread t is the replayer thread's t mod N, and each event
 * knows the one that must be done before it, if another replayer thread has that.
 * <p>
 * Slots are others than the trace's. There a slot is used again at once, by whatever block comes next, and an ALLOC
 * would wait for a FREE that the program never waited for. Here a replayer thread uses again at once what itself freed;
 * what another one freed it takes only when that lies so far back that {@link #WINDOW} has it done. So those that wait
 * are REALLOCs and FREEs, for the event before of their block.
 */
final class ThreadedTrace
{
    /** Events that a replayer thread may be ahead of the slowest; about so many blocks more than the peak may live. */
    static final int WINDOW = 4096;

    private static final int NONE = -1;

    private final Trace trace;
    private final int threads;
    private final int[] events;
    private final int[] slotOf;
    private final List<Deque<FreedSlot>> freed = new ArrayList<>();
    private final List<TraceShare> shares = new ArrayList<>();
    private int slotCount;

    private record FreedSlot(int slot, int sequence)
    {
    }

    /**
     * Deals a trace out.
     *
     * @param recorded as it was read.
     * @param threads  that are to replay it.
     */
    ThreadedTrace(final Trace recorded, final int threads)
    {
        this.threads = threads;
        this.events = recorded.events().clone();
        this.slotOf = new int[recorded.slotCount()];
        for (int i = 0; i < threads; i++)
        {
            freed.add(new ArrayDeque<>());
        }
        for (int i = 0; i < events.length; i += Trace.INTS)
        {
            chooseSlot(i);
        }
        final int[] left = recorded.left().clone();
        for (int i = 0; i < left.length; i += Trace.INTS)
        {
            left[i + Trace.SLOT] = slotOf[left[i + Trace.SLOT]];
        }
        trace = new Trace(recorded.name(), events, left, slotCount, recorded.peakLiveBytes());
        deal();
    }

    /** The trace with the slots that the shares have. */
    Trace trace()
    {
        return trace;
    }

    int threads()
    {
        return threads;
    }

    /**
     * What a replayer thread does.
     *
     * @param thread from 0.
     * @return its events.
     */
    TraceShare share(final int thread)
    {
        return shares.get(thread);
    }

    private int threadOf(final int head)
    {
        return (head >>> Trace.THREAD_SHIFT) % threads;
    }

    private void chooseSlot(final int i)
    {
        final int thread = threadOf(events[i]);
        final int sequence = i / Trace.INTS;
        final int recorded = events[i + Trace.SLOT];
        switch (events[i] & Trace.OP_MASK)
        {
            case Trace.ALLOC, Trace.ALLOC_ZEROED, Trace.ALLOC_EMPTY -> slotOf[recorded] = takeSlot(thread, sequence);
            case Trace.FREE, Trace.FREE_EMPTY -> freed.get(thread).addLast(
                new FreedSlot(slotOf[recorded], sequence));
            default ->
            {
                // The block has a slot, and keeps it.
            }
        }
        events[i + Trace.SLOT] = slotOf[recorded];
    }

    /** One more slot only if all that are free were freed within the window: at most the peak of blocks and it. */
    private int takeSlot(final int thread, final int sequence)
    {
        final FreedSlot own = freed.get(thread).pollLast();
        if (null != own)
        {
            return own.slot;
        }
        for (final Deque<FreedSlot> others : freed)
        {
            final FreedSlot oldest = others.peekFirst();
            if (null != oldest && oldest.sequence < sequence - WINDOW)
            {
                return others.pollFirst().slot;
            }
        }
        return slotCount++;
    }

    private void deal()
    {
        final int[] counts = new int[threads];
        for (int i = 0; i < events.length; i += Trace.INTS)
        {
            counts[threadOf(events[i])]++;
        }
        final int[] lastSequence = new int[slotCount];
        final int[] lastThread = new int[slotCount];
        Arrays.fill(lastSequence, NONE);
        for (int i = 0; i < threads; i++)
        {
            shares.add(new TraceShare(counts[i]));
        }
        for (int i = 0; i < events.length; i += Trace.INTS)
        {
            final int thread = threadOf(events[i]);
            final int slot = events[i + Trace.SLOT];
            final boolean isAwaited = NONE != lastSequence[slot] && thread != lastThread[slot];
            shares.get(thread).add(
                events, i, isAwaited ? lastThread[slot] : thread, isAwaited ? lastSequence[slot] : NONE);
            lastSequence[slot] = i / Trace.INTS;
            lastThread[slot] = thread;
        }
        dealLeft(lastThread);
    }

    /** A block that is left live is freed by the thread that had it last. */
    private void dealLeft(final int[] lastThread)
    {
        final int[] left = trace.left();
        final int[] counts = new int[threads];
        for (int i = 0; i < left.length; i += Trace.INTS)
        {
            counts[lastThread[left[i + Trace.SLOT]]]++;
        }
        final int[][] dealt = new int[threads][];
        for (int i = 0; i < threads; i++)
        {
            dealt[i] = new int[counts[i] * Trace.INTS];
        }
        final int[] ends = new int[threads];
        for (int i = 0; i < left.length; i += Trace.INTS)
        {
            final int thread = lastThread[left[i + Trace.SLOT]];
            System.arraycopy(left, i, dealt[thread], ends[thread], Trace.INTS);
            ends[thread] += Trace.INTS;
        }
        for (int i = 0; i < threads; i++)
        {
            shares.get(i).left(dealt[i]);
        }
    }
}
