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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * A pass that finds how much memory is held, at each new peak of the live bytes and now and then. An allocator that
 * knows is asked. For any other, every page of every block is written, and the process's resident memory is read, less
 * that at the start; this wants a JVM that doesn't grow by itself: interpreter only, its heap fixed and touched. Linux
 * only.
 */
final class FootprintReplay
{
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");
    /** Not all of the resident memory: that grows, too, when code of the JVM's libraries is run for the first time. */
    private static final String FIELD = "\nAnonymous:";
    private static final int PAGE = 4096;

    /** As many as a report of the peak alone asks for. */
    static final int FEW_POINTS = 50;

    private final Trace trace;
    private final ReplayTarget target;
    private final boolean isOfProcess;
    /** After which events memory is read. */
    private final BitSet samples = new BitSet();
    private final FootprintSeries series;
    private long base;

    /**
     * Makes a pass.
     *
     * @param trace       to be replayed.
     * @param target      that is fresh.
     * @param isOfProcess whether the process's memory is read, and not what the target says.
     * @param points      of the series.
     */
    FootprintReplay(final Trace trace, final ReplayTarget target, final boolean isOfProcess, final int points)
    {
        this.trace = trace;
        this.target = target;
        this.isOfProcess = isOfProcess;
        this.series = new FootprintSeries(trace.eventCount(), points);
        chooseSamples();
    }

    /** Whether this system tells a process's resident memory. */
    static boolean isAvailable()
    {
        try
        {
            return Files.readString(ROLLUP, StandardCharsets.US_ASCII).contains(FIELD);
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    /**
     * Replays the trace once, on this thread.
     *
     * @return what was held.
     */
    FootprintSeries run()
    {
        prime();
        base = heldBytes();
        final int[] events = trace.events();
        int i = 0;
        try
        {
            for (; i < events.length; i += Trace.INTS)
            {
                replayEvent(events, i, i / Trace.INTS);
            }
        }
        catch (final OutOfMemoryError ex)
        {
            throw ReplayFailure.at(events, i, target, ex);
        }
        return series;
    }

    /**
     * The same with several threads.
     *
     * @param replay of this trace on this target.
     * @return what was held.
     */
    FootprintSeries run(final ThreadedReplay replay)
    {
        replay.onEachThread((thread) -> prime());
        base = heldBytes();
        replay.pass((thread) -> this::replayEvent);
        return series;
    }

    /** One block before the first reading, for what an allocator sets up once, and what a thread's stack takes. */
    private synchronized void prime()
    {
        if (isOfProcess && trace.slotCount() > 0)
        {
            target.alloc(0, 1, 1);
            target.free(0, 1, 1);
        }
        heldBytes();
    }

    /** Peaks worth the reading, two percent above the last one that is read, and the trace's own; and last events. */
    private void chooseSamples()
    {
        final int[] events = trace.events();
        long live = 0;
        long sampled = 0;
        for (int i = 0; i < events.length; i += Trace.INTS)
        {
            final boolean isFree = Trace.FREE == (events[i] & Trace.OP_MASK);
            live += isFree ? -events[i + Trace.SIZE] : events[i + Trace.SIZE] - events[i + Trace.OLD_SIZE];
            final boolean isPeak = live > sampled + Math.max(4 * PAGE, sampled / 50) ||
                live == trace.peakLiveBytes() && live > sampled;
            sampled = isPeak ? live : sampled;
            samples.set(i / Trace.INTS, isPeak || series.isLastOfPoint(i / Trace.INTS));
        }
    }

    private void replayEvent(final int[] events, final int i, final int sequence)
    {
        TraceReplay.replayEvent(events, i, target);
        final int op = events[i] & Trace.OP_MASK;
        if (isOfProcess && Trace.FREE != op && Trace.FREE_EMPTY != op && events[i + Trace.SIZE] > PAGE)
        {
            touchPages(events[i + Trace.SLOT], events[i + Trace.SIZE], Trace.alignment(events[i]));
        }
        if (samples.get(sequence))
        {
            sample(sequence);
        }
    }

    private synchronized void sample(final int sequence)
    {
        series.note(sequence, heldBytes() - (isOfProcess ? base : 0));
    }

    private long heldBytes()
    {
        return isOfProcess ? residentBytes() : target.heldBytes();
    }

    private void touchPages(final int slot, final int size, final int alignment)
    {
        final ByteBuffer bytes = target.bytes(slot, size, alignment);
        for (int at = PAGE; at < size; at += PAGE)
        {
            bytes.put(at, (byte)1);
        }
    }

    private static long residentBytes()
    {
        try
        {
            final String text = Files.readString(ROLLUP, StandardCharsets.US_ASCII);
            final int from = text.indexOf(FIELD) + FIELD.length();
            final int to = text.indexOf("kB", from);
            return Long.parseLong(text.substring(from, to).trim()) * 1024;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
