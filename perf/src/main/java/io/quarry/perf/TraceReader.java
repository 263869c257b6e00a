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
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads a trace file, format version 1 or 2, as {@code TRACES.md} lays down. Everything the format promises is checked,
 * so that a replay can rely on it: that each event names a live block, that bits without meaning are 0, and that the
 * sums of the header, or of the end, follow from the events.
 */
final class TraceReader
{
    private static final int MAGIC = 0x4D545243;

    private static final int FILE_ALLOC = 0;
    private static final int FILE_REALLOC = 1;
    private static final int FILE_FREE = 2;
    private static final int FILE_OP_MASK = 3;
    private static final int FILE_ZEROED = 1 << 2;
    private static final int FILE_ALIGNED = 1 << 3;
    private static final int FILE_UNUSED = 7 << 4;
    private static final int FILE_THREAD = 1 << 7;

    private static final int BUFFER = 1 << 16;

    private final TraceInput in;
    private final TraceBuilder builder;
    private int threadCount;

    private TraceReader(final TraceInput in)
    {
        this.in = in;
        this.builder = new TraceBuilder(in);
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
        final CountedStream counted = new CountedStream(bytes);
        final InputStream plain;
        try
        {
            plain = new BufferedInputStream(unzipped(counted), BUFFER);
        }
        catch (final EOFException ex)
        {
            throw new TraceError(file + ": not a trace: too short for a gzip stream, ends at byte " + counted.count);
        }
        catch (final ZipException ex)
        {
            throw new TraceError(file + ": not a trace: not a gzip stream (" + ex.getMessage() + ")");
        }
        catch (final IOException ex)
        {
            throw new TraceError(file + ": " + ex);
        }
        final TraceInput in = new TraceInput(file, plain);
        try
        {
            return read(name, in);
        }
        catch (final EOFException ex)
        {
            throw in.error("truncated " + in.place());
        }
        catch (final ZipException ex)
        {
            throw in.error("damaged gzip stream " + in.place() + ": " + ex.getMessage());
        }
        catch (final IOException ex)
        {
            throw in.error(ex.getMessage() + ", " + in.place());
        }
    }

    /** Takes gzip off, where there is any: a trace that is not compressed begins with its magic. */
    private static InputStream unzipped(final InputStream bytes) throws IOException
    {
        final PushbackInputStream in = new PushbackInputStream(bytes);
        final int first = in.read();
        if (first >= 0)
        {
            in.unread(first);
        }
        return MAGIC >>> 24 == first ? in : new GZIPInputStream(in, BUFFER);
    }

    private static Trace read(final String name, final TraceInput in) throws IOException, TraceError
    {
        final int magic = in.readByte() << 24 | in.readByte() << 16 | in.readByte() << 8 | in.readByte();
        if (MAGIC != magic)
        {
            throw in.error("not a trace: magic=0x" + Integer.toHexString(magic) + ", wanted 0x" +
                Integer.toHexString(MAGIC) + " (\"MTRC\")");
        }
        final int version = in.readByte();
        return switch (version)
        {
            case 1 -> new TraceReader(in).read(name);
            case 2 -> new SecondTraceReader(in).read(name);
            default -> throw in.error("trace format version=" + version + ", known are 1 and 2");
        };
    }

    private Trace read(final String name) throws IOException, TraceError
    {
        final int eventCount = in.readInt();
        final int ids = in.readInt();
        threadCount = in.readInt();
        final int headerPeakBytes = in.readInt();
        final int headerPeakBlocks = in.readInt();
        final int headerEndBlocks = in.readInt();
        final int headerEndBytes = in.readInt();
        if (threadCount > Trace.MAX_THREADS || eventCount > Integer.MAX_VALUE / Trace.INTS)
        {
            throw in.error("too large: events=" + eventCount + " threads=" + threadCount);
        }
        in.nextEvent();
        for (int i = 0; i < eventCount; i++)
        {
            readEvent(0 == i);
            in.nextEvent();
        }
        in.expect("header", "ids", ids, builder.idCount());
        in.expect("header", "threads", threadCount, builder.threadCount());
        in.expect("header", "peakLiveBytes", headerPeakBytes, builder.peakLiveBytes());
        in.expect("header", "peakLiveBlocks", headerPeakBlocks, builder.peakLiveBlocks());
        in.expect("header", "endLiveBlocks", headerEndBlocks, builder.liveBlocks());
        in.expect("header", "endLiveBytes", headerEndBytes, builder.liveBytes());
        in.expectEnd();
        return builder.trace(name);
    }

    private void readEvent(final boolean first) throws IOException, TraceError
    {
        final int op = in.readByte();
        if (0 != (op & FILE_THREAD))
        {
            builder.thread(in.readInt(), threadCount);
        }
        else if (first)
        {
            throw in.inconsistent("the first event names no thread");
        }
        final int extra = FILE_ALLOC == (op & FILE_OP_MASK) ? FILE_UNUSED : FILE_UNUSED | FILE_ZEROED | FILE_ALIGNED;
        if (0 != (op & extra))
        {
            throw in.inconsistent("op=0x" + Integer.toHexString(op) + " has unknown bits");
        }
        switch (op & FILE_OP_MASK)
        {
            case FILE_ALLOC -> readAlloc(op);
            case FILE_REALLOC -> readRealloc();
            case FILE_FREE -> builder.free(builder.live("FREE", in.readInt()));
            default -> throw in.inconsistent("op=0x" + Integer.toHexString(op) + " is no operation");
        }
    }

    private void readAlloc(final int op) throws IOException, TraceError
    {
        final int size = readSize("ALLOC");
        final boolean aligned = 0 != (op & FILE_ALIGNED);
        final int shift = aligned ? in.readByte() : Trace.DEFAULT_ALIGNMENT_SHIFT;
        if (shift > Trace.MAX_ALIGNMENT_SHIFT)
        {
            throw in.inconsistent("ALLOC with the alignment 2^" + shift + ", largest is 2^" +
                Trace.MAX_ALIGNMENT_SHIFT);
        }
        builder.alloc(size, shift, aligned, 0 != (op & FILE_ZEROED));
    }

    private void readRealloc() throws IOException, TraceError
    {
        final int id = builder.live("REALLOC", in.readInt());
        final int size = readSize("REALLOC");
        if (builder.isAligned(id))
        {
            throw in.inconsistent("REALLOC of block " + id + ", which has an alignment");
        }
        builder.realloc(id, size);
    }

    private int readSize(final String op) throws IOException, TraceError
    {
        final int size = in.readInt();
        if (0 == size)
        {
            throw in.inconsistent(op + " of 0 bytes");
        }
        return size;
    }

    /** Counts what was read, for the place where a file ends before there is anything else to tell it by. */
    private static final class CountedStream extends FilterInputStream
    {
        private long count;

        CountedStream(final InputStream in)
        {
            super(in);
        }

        @Override
        public int read() throws IOException
        {
            final int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(final byte[] bytes, final int from, final int most) throws IOException
        {
            final int read = super.read(bytes, from, most);
            count += Math.max(0, read);
            return read;
        }
    }
}
