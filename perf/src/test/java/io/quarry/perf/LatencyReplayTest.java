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

import java.util.Arrays;
import java.util.Properties;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LatencyReplayTest
{
    private static final long SLOW_NS = 3_000_000;
    private static final long SLOW_TOUCH_NS = 300_000_000;

    private final Trace trace = small();

    private static Trace small()
    {
        try
        {
            return Traces.read("sqlite-queries");
        }
        catch (final TraceError ex)
        {
            throw new AssertionError(ex);
        }
    }

    @Test
    void shouldCountEachCallOnceByItsKind()
    {
        final LatencyReplay replay = new LatencyReplay(trace, Subject.LOOP.open(trace, 0, 1));
        replay.pass();
        replay.latencies().reset();

        replay.pass();

        final long[] calls = new long[Trace.OP_MASK + 1];
        for (final int[] events : Arrays.asList(trace.events(), trace.left()))
        {
            for (int i = 0; i < events.length; i += Trace.INTS)
            {
                calls[events[i] & Trace.OP_MASK]++;
            }
        }
        final Latencies latencies = replay.latencies();
        assertEquals(calls[Trace.ALLOC], latencies.of(Latencies.Call.ALLOCATE).getTotalCount());
        assertEquals(calls[Trace.ALLOC_ZEROED], latencies.of(Latencies.Call.ALLOCATE_ZEROED).getTotalCount());
        assertEquals(calls[Trace.REALLOC], latencies.of(Latencies.Call.REALLOCATE).getTotalCount());
        assertEquals(calls[Trace.FREE], latencies.of(Latencies.Call.FREE).getTotalCount());
        assertTrue(calls[Trace.REALLOC] > 0);
    }

    @Test
    void shouldFindTheOneSlowCallAndNotWhatTheTouchesTake()
    {
        final TargetOfArray slow = new TargetOfArray(trace.slotCount())
        {
            private int calls;

            @Override
            void alloc(final int slot, final int size, final int alignment)
            {
                if (1_000 == ++calls)
                {
                    spin(SLOW_NS);
                }
            }

            @Override
            void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
            {
            }

            @Override
            void touch(final int slot, final int size, final int alignment)
            {
                if (2_000 == calls)
                {
                    spin(SLOW_TOUCH_NS);
                    calls++;
                }
            }
        };
        final LatencyReplay replay = new LatencyReplay(trace, slow);

        replay.pass();

        final long longest = replay.latencies().of(Latencies.Call.ALLOCATE).getMaxValue();
        assertTrue(longest >= SLOW_NS && longest < SLOW_TOUCH_NS, "longest=" + longest);
        assertTrue(replay.latencies().medianNs() < SLOW_NS);
    }

    @Test
    void shouldComeThroughAPipeAsTheyWere()
    {
        final Latencies sent = new Latencies();
        for (int ns = 1; ns <= 1_000; ns++)
        {
            Latencies.record(sent.of(Latencies.Call.FREE), ns);
        }

        final Latencies received = Latencies.of(sent.toProperties());

        assertNull(received.failure());
        assertEquals(sent.of(Latencies.Call.FREE), received.of(Latencies.Call.FREE));
        assertEquals(0, received.of(Latencies.Call.ALLOCATE).getTotalCount());
        assertEquals("why", Latencies.of(Latencies.failed("why").toProperties()).failure());
        final Properties cut = sent.toProperties();
        cut.setProperty(Latencies.Call.FREE.name(), cut.getProperty(Latencies.Call.FREE.name()).substring(8));
        assertNotNull(Latencies.of(cut).failure());
        cut.clear();
        assertNotNull(Latencies.of(cut).failure());
    }

    private static void spin(final long ns)
    {
        final long end = System.nanoTime() + ns;
        while (System.nanoTime() < end)
        {
            Thread.onSpinWait();
        }
    }
}
