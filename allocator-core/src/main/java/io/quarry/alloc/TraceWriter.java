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
package io.quarry.alloc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes a trace, format version 2, as {@code TRACES.md} lays down, and keeps the sums that stand at its end. Blocks
 * get their numbers here, in the order of their ALLOCs. Threads come with any small numbers of the caller's, and go
 * into the file with those of the order of their first events.
 * <p>
 * Threads: one.
 */
final class TraceWriter
{
    private static final byte[] HEADER = { 'M', 'T', 'R', 'C', 2 };
    private static final int ALLOC = 0;
    private static final int REALLOC = 1;
    private static final int FREE = 2;
    private static final int END = 3;
    private static final int ZEROED = 1 << 2;
    private static final int ALIGNED = 1 << 3;
    private static final int THREAD = 1 << 7;
    private static final int DEFAULT_ALIGNMENT_SHIFT = 4;

    private static final int BUFFER = 1 << 16;
    /** An op, an alignment and three numbers of ten bytes each, at most. */
    private static final int LONGEST_EVENT = 32;
    /** An op and seven numbers. */
    private static final int LONGEST_END = 71;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int length;

    private long events;
    private long ids;
    /** The caller's number of the thread of the last event. */
    private int thread = -1;
    private int threads;
    /** By the caller's number: one more than the file's, or 0. */
    private int[] numbers = new int[64];
    private long liveBytes;
    private long peakLiveBytes;
    private long liveBlocks;
    private long peakLiveBlocks;

    TraceWriter(final OutputStream out)
    {
        this.out = out;
        System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
        length = HEADER.length;
    }

    long events()
    {
        return events;
    }

    /**
     * Writes that a block was made.
     *
     * @return its number.
     */
    long alloc(final int caller, final long size, final int alignmentShift, final boolean zeroed) throws IOException
    {
        final boolean aligned = DEFAULT_ALIGNMENT_SHIFT != alignmentShift;
        begin(ALLOC | (zeroed ? ZEROED : 0) | (aligned ? ALIGNED : 0), caller);
        varint(size);
        if (aligned)
        {
            buffer[length++] = (byte)alignmentShift;
        }
        liveBlocks++;
        peakLiveBlocks = Math.max(peakLiveBlocks, liveBlocks);
        live(size);
        return ids++;
    }

    /** Writes that a block has another size, and another alignment where the shifts differ. */
    void realloc(
        final int caller,
        final long id,
        final long oldSize,
        final long newSize,
        final int oldAlignmentShift,
        final int newAlignmentShift,
        final boolean zeroed) throws IOException
    {
        final boolean aligned = oldAlignmentShift != newAlignmentShift;
        begin(REALLOC | (zeroed ? ZEROED : 0) | (aligned ? ALIGNED : 0), caller);
        varint(ids - id);
        varint(newSize);
        if (aligned)
        {
            buffer[length++] = (byte)newAlignmentShift;
        }
        live(newSize - oldSize);
    }

    /** Writes that a block was freed. */
    void free(final int caller, final long id, final long size) throws IOException
    {
        begin(FREE, caller);
        varint(ids - id);
        liveBlocks--;
        live(-size);
    }

    /** Writes the sums, behind which nothing comes, and hands on all there is. */
    void end() throws IOException
    {
        room(LONGEST_END);
        buffer[length++] = END;
        varint(events);
        varint(ids);
        varint(threads);
        varint(peakLiveBytes);
        varint(peakLiveBlocks);
        varint(liveBlocks);
        varint(liveBytes);
        flush();
    }

    /** Hands on all there is. */
    void flush() throws IOException
    {
        out.write(buffer, 0, length);
        length = 0;
        out.flush();
    }

    private void begin(final int op, final int caller) throws IOException
    {
        room(LONGEST_EVENT);
        events++;
        if (caller == thread)
        {
            buffer[length++] = (byte)op;
            return;
        }
        buffer[length++] = (byte)(op | THREAD);
        varint(number(caller));
        thread = caller;
    }

    private int number(final int caller)
    {
        if (caller >= numbers.length)
        {
            numbers = Arrays.copyOf(numbers, 2 * caller);
        }
        if (0 == numbers[caller])
        {
            numbers[caller] = ++threads;
        }
        return numbers[caller] - 1;
    }

    private void live(final long bytes)
    {
        liveBytes += bytes;
        peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
    }

    private void room(final int bytes) throws IOException
    {
        if (length + bytes > BUFFER)
        {
            out.write(buffer, 0, length);
            length = 0;
        }
    }

    private void varint(final long value)
    {
        long rest = value;
        while (0 != (rest & ~0x7FL))
        {
            buffer[length++] = (byte)(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte)rest;
    }
}
