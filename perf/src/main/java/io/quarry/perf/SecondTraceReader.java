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

/**
 * Reads what follows the version byte of a trace of format version 2: events, and behind them the sums. What the format
 * can hold and a replay can't, such as a block of 4 GiB, is refused with the event and the limit.
 */
final class SecondTraceReader
{
    private static final int FILE_ALLOC = 0;
    private static final int FILE_REALLOC = 1;
    private static final int FILE_FREE = 2;
    private static final int FILE_END = 3;
    private static final int FILE_OP_MASK = 3;
    private static final int FILE_ZEROED = 1 << 2;
    private static final int FILE_ALIGNED = 1 << 3;
    private static final int FILE_UNUSED = 7 << 4;
    private static final int FILE_THREAD = 1 << 7;
    private static final int FILE_MAX_ALIGNMENT_SHIFT = 63;
    private static final int UNKNOWN = -1;

    private final TraceInput in;
    private final TraceBuilder builder;

    SecondTraceReader(final TraceInput in)
    {
        this.in = in;
        this.builder = new TraceBuilder(in);
    }

    Trace read(final String name) throws IOException, TraceError
    {
        in.nextEvent();
        for (int op = in.readByte(); FILE_END != op; op = in.readByte())
        {
            readEvent(op);
            in.nextEvent();
        }
        expect("events", builder.eventCount());
        expect("ids", builder.idCount());
        expect("threads", builder.threadCount());
        expect("peakLiveBytes", builder.peakLiveBytes());
        expect("peakLiveBlocks", builder.peakLiveBlocks());
        expect("endLiveBlocks", builder.liveBlocks());
        expect("endLiveBytes", builder.liveBytes());
        in.expectEnd();
        return builder.trace(name);
    }

    private void expect(final String field, final long found) throws IOException, TraceError
    {
        in.expect("end", field, in.readLong(), found);
    }

    private void readEvent(final int op) throws IOException, TraceError
    {
        final int kind = op & FILE_OP_MASK;
        if (FILE_END == kind)
        {
            throw in.inconsistent("op=0x" + Integer.toHexString(op) + " is no operation");
        }
        if (0 != (op & (FILE_FREE == kind ? FILE_UNUSED | FILE_ZEROED | FILE_ALIGNED : FILE_UNUSED)))
        {
            throw in.inconsistent("op=0x" + Integer.toHexString(op) + " has unknown bits");
        }
        if (0 != (op & FILE_THREAD))
        {
            builder.thread(in.readLong(), UNKNOWN);
        }
        else if (0 == builder.eventCount())
        {
            throw in.inconsistent("the first event names no thread");
        }
        switch (kind)
        {
            case FILE_ALLOC -> readAlloc(op);
            case FILE_REALLOC -> readRealloc(op);
            default -> builder.free(builder.live("FREE", in.readLong()));
        }
    }

    private void readAlloc(final int op) throws IOException, TraceError
    {
        final long size = in.readLong();
        final int shift = readAlignmentShift("ALLOC", op, Trace.DEFAULT_ALIGNMENT_SHIFT);
        builder.alloc(
            checked("ALLOC", size, shift), shift, 0 != (op & FILE_ALIGNED), 0 != (op & FILE_ZEROED));
    }

    private void readRealloc(final int op) throws IOException, TraceError
    {
        final int id = builder.live("REALLOC", in.readLong());
        final long newSize = in.readLong();
        final int shift = readAlignmentShift("REALLOC", op, builder.alignmentShift(id));
        final int size = checked("REALLOC", newSize, shift);
        // What C's realloc does goes the same way as in version 1; it gives no alignment above the default.
        final boolean plain = 0 == (op & (FILE_ZEROED | FILE_ALIGNED)) && shift <= Trace.DEFAULT_ALIGNMENT_SHIFT;
        if (plain && 0 != size && 0 != builder.size(id))
        {
            builder.realloc(id, size);
        }
        else
        {
            builder.resize(id, size, shift, 0 != (op & FILE_ZEROED));
        }
    }

    private int readAlignmentShift(final String op, final int bits, final int otherwise)
        throws IOException, TraceError
    {
        if (0 == (bits & FILE_ALIGNED))
        {
            return otherwise;
        }
        final int shift = in.readByte();
        if (shift > FILE_MAX_ALIGNMENT_SHIFT)
        {
            throw in.inconsistent(op + " with the alignment 2^" + shift + ", largest is 2^" +
                FILE_MAX_ALIGNMENT_SHIFT);
        }
        return shift;
    }

    /** A size that makes a layout, and that a replay can ask for. */
    private int checked(final String op, final long size, final int shift) throws TraceError
    {
        if (size > Long.MAX_VALUE - ((1L << shift) - 1))
        {
            throw in.inconsistent(op + " of " + size + " bytes with the alignment 2^" + shift + ": no layout");
        }
        if (size > Integer.MAX_VALUE || shift > Trace.MAX_ALIGNMENT_SHIFT)
        {
            throw in.error("too large for a replay " + in.place() + ": " + op + " of " + size +
                " bytes with the alignment 2^" + shift + "; a replay has at most " + Integer.MAX_VALUE +
                " bytes and 2^" + Trace.MAX_ALIGNMENT_SHIFT);
        }
        return (int)size;
    }
}
