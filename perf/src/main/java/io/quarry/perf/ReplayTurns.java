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

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Who may go on. Each replayer thread shows the sequence of its next event; all its events before that are done.
 * <p>
 * No deadlock: of the threads that have events left take the one whose next has the least sequence. All events before
 * that are done, so it waits for none, and nobody is behind it.
 * <p>
 * What a thread wrote before its event is seen by whoever waited for that event: a position is written with release and
 * read with acquire.
 */
final class ReplayTurns
{
    /** Positions stand 128 bytes apart, as processors fetch lines of 64 bytes in pairs. */
    private static final int STRIDE_SHIFT = 5;

    /** Once ahead, a thread waits until it is so much less ahead: else it would ask again at its every event. */
    private static final int RESUME = ThreadedTrace.WINDOW / 2;

    private static final int SPINS = 200;

    private final int threads;
    private final AtomicIntegerArray positions;
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile boolean isStopped;

    /** Ends the replay of a thread because another one has failed. */
    static final class Stopped extends RuntimeException
    {
        private static final long serialVersionUID = 1L;

        Stopped()
        {
            super("another thread has failed", null, false, false);
        }
    }

    ReplayTurns(final int threads)
    {
        this.threads = threads;
        this.positions = new AtomicIntegerArray(threads + 2 << STRIDE_SHIFT);
    }

    /** Before a pass, when no thread replays. */
    void reset(final ThreadedTrace trace)
    {
        for (int i = 0; i < threads; i++)
        {
            positions.set(i + 1 << STRIDE_SHIFT, trace.share(i).order()[0]);
        }
        arrived.set(0);
    }

    /** Returns when all threads have called it. */
    void awaitAll()
    {
        arrived.incrementAndGet();
        for (int spins = 0; arrived.get() < threads; spins++)
        {
            pause(spins);
        }
    }

    /**
     * Says that a thread has come to its next event.
     *
     * @param thread   that calls.
     * @param sequence of its next event.
     */
    void moveTo(final int thread, final int sequence)
    {
        // Release: pairs with the acquire in position().
        positions.setRelease(thread + 1 << STRIDE_SHIFT, sequence);
    }

    /**
     * Waits until nobody is far behind.
     *
     * @param sequence of the event to be done.
     * @return the last sequence that may be done without asking again.
     */
    int awaitWindow(final int sequence)
    {
        int slowest = slowest();
        if (slowest < sequence - ThreadedTrace.WINDOW)
        {
            for (int spins = 0; slowest < sequence - RESUME; spins++)
            {
                pause(spins);
                slowest = slowest();
            }
        }
        return slowest > Integer.MAX_VALUE - ThreadedTrace.WINDOW ? slowest : slowest + ThreadedTrace.WINDOW;
    }

    /**
     * Waits for an event of another thread.
     *
     * @param thread   whose event it is.
     * @param sequence of the event.
     * @return the sequence that the thread has come to, larger than that of the event.
     */
    int awaitDone(final int thread, final int sequence)
    {
        int position = position(thread);
        for (int spins = 0; position <= sequence; spins++)
        {
            pause(spins);
            position = position(thread);
        }
        return position;
    }

    /** Has all threads stop at their next wait. */
    void stop()
    {
        isStopped = true;
    }

    private int position(final int thread)
    {
        return positions.getAcquire(thread + 1 << STRIDE_SHIFT);
    }

    private int slowest()
    {
        int slowest = TraceShare.ENDED;
        for (int i = 0; i < threads; i++)
        {
            slowest = Math.min(slowest, position(i));
        }
        return slowest;
    }

    private void pause(final int spins)
    {
        if (isStopped)
        {
            throw new Stopped();
        }
        if (spins < SPINS)
        {
            Thread.onSpinWait();
        }
        else
        {
            Thread.yield();
        }
    }
}
