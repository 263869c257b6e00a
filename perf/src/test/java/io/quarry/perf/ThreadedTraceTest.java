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

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ThreadedTraceTest
{
    private static final int NONE = -1;

    /** The shares are those of the traces' README, in tenths of a percent of the FREEs. */
    @ParameterizedTest
    @CsvSource({
        "fix-gateway, 119", "zmq-marketdata, 397", "kafka-client, 372", "redis-cache, 44", "rocksdb-mixed, 27",
        "gcc-cc1plus, 0", "python-json, 0", "sqlite-queries, 0", "perl-text, 0", "ffmpeg-x264, 149"})
    void shouldAwaitOtherThreadsForTheRecordedShareOfFrees(final String name, final int share) throws TraceError
    {
        final Trace recorded = Traces.read(name);
        final ThreadedTrace dealt = new ThreadedTrace(recorded, ReplaySettings.MOST_THREADS);

        long frees = 0;
        long awaited = 0;
        for (int thread = 0; thread < dealt.threads(); thread++)
        {
            final int[] events = dealt.share(thread).events();
            final int[] order = dealt.share(thread).order();
            for (int i = 0; i < events.length / Trace.INTS; i++)
            {
                if (Trace.FREE == (events[i * Trace.INTS] & Trace.OP_MASK))
                {
                    frees++;
                    awaited += order[i * TraceShare.ORDER_INTS + TraceShare.AWAITED_SEQUENCE] >= 0 ? 1 : 0;
                }
            }
        }

        assertEquals(share, Math.round(1000.0 * awaited / frees), name);
    }

    @ParameterizedTest
    @CsvSource({"zmq-marketdata, 2", "kafka-client, 4", "ffmpeg-x264, 3", "sqlite-queries, 4", "rocksdb-mixed, 64"})
    void shouldDealEveryEventOnceAndInOrder(final String name, final int threads) throws TraceError
    {
        final Trace recorded = Traces.read(name);
        final ThreadedTrace dealt = new ThreadedTrace(recorded, threads);

        final int[] next = new int[threads];
        for (int i = 0; i < recorded.events().length; i += Trace.INTS)
        {
            final int thread = (recorded.events()[i] >>> Trace.THREAD_SHIFT) % threads;
            final TraceShare share = dealt.share(thread);
            final int at = next[thread];
            assertEquals(i / Trace.INTS, share.sequence(at));
            for (int field = 0; field < Trace.INTS; field++)
            {
                final int wanted = Trace.SLOT == field ? dealt.trace().events()[i + field] :
                    recorded.events()[i + field];
                assertEquals(wanted, share.events()[at + field]);
            }
            next[thread] += Trace.INTS;
        }
        for (int thread = 0; thread < threads; thread++)
        {
            assertEquals(next[thread], dealt.share(thread).events().length);
            assertEquals(TraceShare.ENDED, dealt.share(thread).sequence(next[thread]));
        }
    }

    @ParameterizedTest
    @CsvSource({"zmq-marketdata, 2", "kafka-client, 4", "ffmpeg-x264, 3", "redis-cache, 2", "rocksdb-mixed, 64"})
    void shouldAwaitWhatAnotherThreadDidToTheBlockAndNothingElse(final String name, final int threads)
        throws TraceError
    {
        final Trace recorded = Traces.read(name);
        final ThreadedTrace dealt = new ThreadedTrace(recorded, threads);

        final int[] slotOf = new int[recorded.slotCount()];
        final int[] lastOf = new int[recorded.slotCount()];
        Arrays.fill(lastOf, NONE);
        final boolean[] live = new boolean[dealt.trace().slotCount()];
        final int[] next = new int[threads];
        final int[] freedAt = new int[dealt.trace().slotCount()];
        final int[] freedBy = new int[dealt.trace().slotCount()];
        Arrays.fill(freedAt, NONE);
        for (int i = 0; i < recorded.events().length; i += Trace.INTS)
        {
            final int head = recorded.events()[i];
            final int thread = thread(head, threads);
            final int block = recorded.events()[i + Trace.SLOT];
            final int slot = dealt.trace().events()[i + Trace.SLOT];
            final int at = next[thread]++ * TraceShare.ORDER_INTS;
            final int awaitedThread = dealt.share(thread).order()[at + TraceShare.AWAITED_THREAD];
            final int awaited = dealt.share(thread).order()[at + TraceShare.AWAITED_SEQUENCE];
            final int op = head & Trace.OP_MASK;
            if (Trace.ALLOC == op || Trace.ALLOC_ZEROED == op)
            {
                assertTrue(!live[slot], "two blocks in a slot");
                final boolean isOthers = NONE != freedAt[slot] && thread != freedBy[slot];
                assertEquals(isOthers ? freedAt[slot] : NONE, awaited);
                assertTrue(awaited < i / Trace.INTS - ThreadedTrace.WINDOW || !isOthers, "an ALLOC would wait");
                live[slot] = true;
                slotOf[block] = slot;
            }
            else
            {
                assertEquals(slotOf[block], slot);
                final int last = lastOf[block];
                final int lastThread = thread(recorded.events()[last * Trace.INTS], threads);
                assertEquals(lastThread == thread ? NONE : last, awaited);
                assertTrue(NONE == awaited || lastThread == awaitedThread);
                if (Trace.FREE == op)
                {
                    live[slot] = false;
                    freedAt[slot] = i / Trace.INTS;
                    freedBy[slot] = thread;
                }
            }
            lastOf[block] = i / Trace.INTS;
        }
        assertTrue(dealt.trace().slotCount() <= recorded.slotCount() + ThreadedTrace.WINDOW);
    }

    private static int thread(final int head, final int threads)
    {
        return (head >>> Trace.THREAD_SHIFT) % threads;
    }
}
