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

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads a trace file, format version 1: a gzip stream of a header and events, as the README beside the bundled traces
 * lays down. Everything the format promises is checked, so that a replay can rely on it: that each event names a live
 * block, that bits without meaning are 0, and that the header's sums follow from the events.
 */
final class TraceReader
{
    private static final int MAGIC = 0x4D545243;
    private static final int VERSION = 1;

    private static final int FILE_ALLOC = 0;
    private static final int FILE_REALLOC = 1;
    private static final int FILE_FREE = 2;
    private static final int FILE_OP_MASK = 3;
    private static final int FILE_ZEROED = 1 << 2;
    private static final int FILE_ALIGNED = 1 << 3;
    private static final int FILE_UNUSED = 7 << 4;
    private static final int FILE_THREAD = 1 << 7;
    private static final int MAX_ALIGNMENT_SHIFT = 30;

    private static final int FREED = -1;
    private static final int BUFFER = 1 << 16;

    private final String file;
    private final InputStream in;

    private int threadCount;
    private int threadsSeen;
    private int thread;

    /** Events so far; in messages the place of the event that is being read, counted from 0. */
    private int eventIndex = FREED;
    private int[] events = new int[0];
    private int eventLength;

    /** By block id; slotOf is FREED for a block that lives no more. */
    private int[] slotOf = new int[1024];
    private int[] sizeOf = new int[1024];
    private int[] headOf = new int[1024];
    private int idCount;

    private int[] freeSlots = new int[1024];
    private int freeSlotCount;
    private int slotCount;

    private long liveBytes;
    private long peakLiveBytes;
    private int liveBlocks;
    private int peakLiveBlocks;

    private TraceReader(final String file, final InputStream in)
    {
        this.file = file;
        this.in = in;
    }

    /**
     * Reads a trace.
     *
     * @param name  for reports.
     * @param file  for messages.
     * @param bytes of the file; not closed.
     * @return the trace, checked.
     * @throws TraceError if it isn't a trace, is cut short or damaged, or contradicts itself.
     */
    static Trace read(final String name, final String file, final InputStream bytes) throws TraceError
    {
        final InputStream plain;
        try
        {
            plain = new BufferedInputStream(new GZIPInputStream(bytes, BUFFER), BUFFER);
        }
        catch (final EOFException ex)
        {
            throw new TraceError(file + ": not a trace: too short for a gzip stream");
        }
        catch (final ZipException ex)
        {
            throw new TraceError(file + ": not a trace: not a gzip stream (" + ex.getMessage() + ")");
        }
        catch (final IOException ex)
        {
            throw new TraceError(file + ": " + ex);
        }
        final TraceReader reader = new TraceReader(file, plain);
        try
        {
            return reader.read(name);
        }
        catch (final EOFException ex)
        {
            throw new TraceError(file + ": truncated " + reader.place());
        }
        catch (final ZipException ex)
        {
            throw new TraceError(file + ": damaged gzip stream " + reader.place() + ": " + ex.getMessage());
        }
        catch (final IOException ex)
        {
            throw new TraceError(file + ": " + ex.getMessage() + ", " + reader.place());
        }
    }

    private Trace read(final String name) throws IOException, TraceError
    {
        readMagic();
        final int eventCount = readVarint();
        final int ids = readVarint();
        threadCount = readVarint();
        final int headerPeakBytes = readVarint();
        final int headerPeakBlocks = readVarint();
        final int headerEndBlocks = readVarint();
        final int headerEndBytes = readVarint();
        if (threadCount > Trace.MAX_THREADS || eventCount > Integer.MAX_VALUE / Trace.INTS)
        {
            throw new TraceError(file + ": too large: events=" + eventCount + " threads=" + threadCount);
        }
        for (eventIndex = 0; eventIndex < eventCount; eventIndex++)
        {
            readEvent();
        }
        expect("ids", ids, idCount);
        expect("threads", threadCount, threadsSeen);
        expect("peakLiveBytes", headerPeakBytes, peakLiveBytes);
        expect("peakLiveBlocks", headerPeakBlocks, peakLiveBlocks);
        expect("endLiveBlocks", headerEndBlocks, liveBlocks);
        expect("endLiveBytes", headerEndBytes, liveBytes);
        if (-1 != in.read())
        {
            throw new TraceError(file + ": inconsistent after the last event, event " + (eventCount - 1) +
                ": more bytes follow");
        }
        return new Trace(name, Arrays.copyOf(events, eventLength), left(), slotCount, headerPeakBytes);
    }

    private void readMagic() throws IOException, TraceError
    {
        final int magic = readByte() << 24 | readByte() << 16 | readByte() << 8 | readByte();
        if (MAGIC != magic)
        {
            throw new TraceError(file + ": not a trace: magic=0x" + Integer.toHexString(magic) + ", wanted 0x" +
                Integer.toHexString(MAGIC) + " (\"MTRC\")");
        }
        final int version = readByte();
        if (VERSION != version)
        {
            throw new TraceError(file + ": trace format version=" + version + ", known is " + VERSION);
        }
    }

    private void readEvent() throws IOException, TraceError
    {
        final int op = readByte();
        if (0 != (op & FILE_THREAD))
        {
            readThread();
        }
        else if (0 == eventIndex)
        {
            throw inconsistent("the first event names no thread");
        }
        final int extra = FILE_ALLOC == (op & FILE_OP_MASK) ? FILE_UNUSED : FILE_UNUSED | FILE_ZEROED | FILE_ALIGNED;
        if (0 != (op & extra))
        {
            throw inconsistent("op=0x" + Integer.toHexString(op) + " has unknown bits");
        }
        switch (op & FILE_OP_MASK)
        {
            case FILE_ALLOC -> readAlloc(op);
            case FILE_REALLOC -> readRealloc();
            case FILE_FREE -> readFree();
            default -> throw inconsistent("op=0x" + Integer.toHexString(op) + " is no operation");
        }
        peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
        peakLiveBlocks = Math.max(peakLiveBlocks, liveBlocks);
    }

    private void readThread() throws IOException, TraceError
    {
        thread = readVarint();
        if (thread > threadsSeen || thread >= threadCount)
        {
            throw inconsistent("thread=" + thread + ", of " + threadCount + " of which " + threadsSeen +
                " were seen, and the next to appear is " + threadsSeen);
        }
        threadsSeen = Math.max(threadsSeen, thread + 1);
    }

    private void readAlloc(final int op) throws IOException, TraceError
    {
        final int size = readSize("ALLOC");
        final boolean aligned = 0 != (op & FILE_ALIGNED);
        final int shift = aligned ? readByte() : Trace.DEFAULT_ALIGNMENT_SHIFT;
        if (shift > MAX_ALIGNMENT_SHIFT)
        {
            throw inconsistent("ALLOC with the alignment 2^" + shift + ", largest is 2^" + MAX_ALIGNMENT_SHIFT);
        }
        if (idCount == slotOf.length)
        {
            slotOf = grown(slotOf);
            sizeOf = grown(sizeOf);
            headOf = grown(headOf);
        }
        final int id = idCount++;
        final int head = shift << Trace.ALIGNMENT_SHIFT | (aligned ? Trace.ALIGNED : 0);
        slotOf[id] = 0 == freeSlotCount ? slotCount++ : freeSlots[--freeSlotCount];
        sizeOf[id] = size;
        headOf[id] = head;
        liveBytes += size;
        liveBlocks++;
        append(0 == (op & FILE_ZEROED) ? Trace.ALLOC : Trace.ALLOC_ZEROED, head, slotOf[id], size, 0);
    }

    private void readRealloc() throws IOException, TraceError
    {
        final int id = readId("REALLOC");
        final int size = readSize("REALLOC");
        if (0 != (headOf[id] & Trace.ALIGNED))
        {
            throw inconsistent("REALLOC of block " + id + ", which has an alignment");
        }
        append(Trace.REALLOC, headOf[id], slotOf[id], size, sizeOf[id]);
        liveBytes += size - sizeOf[id];
        sizeOf[id] = size;
    }

    private void readFree() throws IOException, TraceError
    {
        final int id = readId("FREE");
        append(Trace.FREE, headOf[id], slotOf[id], sizeOf[id], 0);
        if (freeSlotCount == freeSlots.length)
        {
            freeSlots = grown(freeSlots);
        }
        freeSlots[freeSlotCount++] = slotOf[id];
        slotOf[id] = FREED;
        liveBytes -= sizeOf[id];
        liveBlocks--;
    }

    private int readSize(final String op) throws IOException, TraceError
    {
        final int size = readVarint();
        if (0 == size)
        {
            throw inconsistent(op + " of 0 bytes");
        }
        return size;
    }

    private int readId(final String op) throws IOException, TraceError
    {
        final int back = readVarint();
        if (back < 1 || back > idCount)
        {
            throw inconsistent(op + " of the block " + back + " back, of " + idCount);
        }
        final int id = idCount - back;
        if (FREED == slotOf[id])
        {
            throw inconsistent(op + " of block " + id + ", freed already");
        }
        return id;
    }

    private void append(final int op, final int head, final int slot, final int size, final int oldSize)
    {
        if (eventLength == events.length)
        {
            // Not sized by the header, which may be wrong: a damaged one must not ask for 8 GiB.
            events = Arrays.copyOf(events, Math.max(1 << 16, (int)Math.min(eventLength * 2L, Integer.MAX_VALUE - 15)));
        }
        events[eventLength] = op | head | thread << Trace.THREAD_SHIFT;
        events[eventLength + Trace.SLOT] = slot;
        events[eventLength + Trace.SIZE] = size;
        events[eventLength + Trace.OLD_SIZE] = oldSize;
        eventLength += Trace.INTS;
    }

    private int[] left()
    {
        final int[] left = new int[liveBlocks * Trace.INTS];
        int at = 0;
        for (int id = 0; id < idCount; id++)
        {
            if (FREED != slotOf[id])
            {
                left[at] = Trace.FREE | headOf[id];
                left[at + Trace.SLOT] = slotOf[id];
                left[at + Trace.SIZE] = sizeOf[id];
                at += Trace.INTS;
            }
        }
        return left;
    }

    private int readByte() throws IOException
    {
        final int value = in.read();
        if (value < 0)
        {
            throw new EOFException();
        }
        return value;
    }

    private int readVarint() throws IOException, TraceError
    {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            final int next = readByte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80 && value <= Integer.MAX_VALUE)
            {
                return (int)value;
            }
        }
        throw inconsistent("a number above " + Integer.MAX_VALUE);
    }

    private void expect(final String field, final long header, final long events) throws TraceError
    {
        if (header != events)
        {
            throw new TraceError(file + ": inconsistent at the end, after event " + (eventIndex - 1) +
                ": the header has " + field + "=" + header + ", the events give " + events);
        }
    }

    private TraceError inconsistent(final String what)
    {
        return new TraceError(file + ": inconsistent " + place() + ": " + what);
    }

    private String place()
    {
        return eventIndex < 0 ? "in the header" : "at event " + eventIndex;
    }

    private static int[] grown(final int[] values)
    {
        return Arrays.copyOf(values, values.length * 2);
    }
}
