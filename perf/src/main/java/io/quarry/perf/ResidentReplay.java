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

/**
 * A pass that finds how far a process grows: every page of every block is written, and resident memory is read at each
 * new peak of the live bytes, and now and then. It wants a JVM that doesn't grow by itself: interpreter only, its heap
 * fixed and touched. Linux only.
 */
final class ResidentReplay
{
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");
    /** Not all of the resident memory: that grows, too, when code of the JVM's libraries is run for the first time. */
    private static final String FIELD = "\nAnonymous:";
    private static final int PAGE = 4096;
    private static final int SAMPLES = 50;

    private final Trace trace;
    private final ReplayTarget target;
    private long liveBytes;
    private long sampledBytes;
    private long peak;

    ResidentReplay(final Trace trace, final ReplayTarget target)
    {
        this.trace = trace;
        this.target = target;
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
     * Replays the trace once and frees what it leaves.
     *
     * @return bytes by which resident memory was above that at the start, at most.
     */
    long run()
    {
        // One block before the first reading, for what an allocator sets up once.
        target.alloc(0, 1, 1);
        target.free(0, 1, 1);
        residentBytes();
        final long base = residentBytes();
        final int[] events = trace.events();
        final int step = Math.max(1, trace.eventCount() / SAMPLES);
        int i = 0;
        try
        {
            for (; i < events.length; i += Trace.INTS)
            {
                replayEvent(events, i);
                if (isPeak() || 0 == i / Trace.INTS % step)
                {
                    peak = Math.max(peak, residentBytes() - base);
                }
            }
        }
        catch (final OutOfMemoryError ex)
        {
            throw ReplayFailure.at(events, i, target, ex);
        }
        return peak;
    }

    /** A peak worth the reading: two percent above the last one that was read, or the trace's own. */
    private boolean isPeak()
    {
        if (liveBytes > sampledBytes + Math.max(4 * PAGE, sampledBytes / 50) ||
            liveBytes == trace.peakLiveBytes() && liveBytes > sampledBytes)
        {
            sampledBytes = liveBytes;
            return true;
        }
        return false;
    }

    private void replayEvent(final int[] events, final int i)
    {
        final int slot = events[i + Trace.SLOT];
        final int size = events[i + Trace.SIZE];
        final int alignment = Trace.alignment(events[i]);
        switch (events[i] & Trace.OP_MASK)
        {
            case Trace.ALLOC -> target.alloc(slot, size, alignment);
            case Trace.ALLOC_ZEROED -> target.allocZeroed(slot, size, alignment);
            case Trace.REALLOC -> target.realloc(slot, events[i + Trace.OLD_SIZE], size, alignment);
            case Trace.FREE, Trace.FREE_EMPTY ->
            {
                free(events[i], slot, size);
                return;
            }
            default -> target.other(events, i);
        }
        if (0 == size)
        {
            liveBytes -= events[i + Trace.OLD_SIZE];
            return;
        }
        liveBytes += size - events[i + Trace.OLD_SIZE];
        touchPages(slot, size, alignment);
    }

    private void free(final int head, final int slot, final int size)
    {
        if (Trace.FREE == (head & Trace.OP_MASK))
        {
            target.free(slot, size, Trace.alignment(head));
            liveBytes -= size;
        }
        else
        {
            target.freeEmpty(slot, Trace.alignment(head));
        }
    }

    private void touchPages(final int slot, final int size, final int alignment)
    {
        target.touch(slot, size, alignment);
        if (size > PAGE)
        {
            final ByteBuffer bytes = target.bytes(slot, size, alignment);
            for (int at = PAGE; at < size; at += PAGE)
            {
                bytes.put(at, (byte)1);
            }
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
