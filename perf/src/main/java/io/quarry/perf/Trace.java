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

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A recorded allocation trace, decoded for replay: the events in sequence order, and block ids mapped to slots that are
 * used again, so that a replay's table of live blocks is no longer than the most blocks that live at once.
 */
final class Trace
{
    /*
     * An event is four ints.
     *
     *   +---------------+------------------+-----------+------------------+---------+
     *   | 31..14 thread | 13..9 log2 align.| 8 aligned | 7..3 log2 align. | 2..0 op |
     *   |               |           before |           |                  |         |
     *   +---------------+------------------+-----------+------------------+---------+
     *   | slot                                                                      |
     *   +---------------------------------------------------------------------------+
     *   | size: asked for, or what the block to free has                            |
     *   +---------------------------------------------------------------------------+
     *   | REALLOC, RESIZE: the size before; else 0                                  |
     *   +---------------------------------------------------------------------------+
     *
     * The alignment is the block's in every event, DEFAULT_ALIGNMENT where the program asked for none; "aligned" tells
     * these apart. The one before is that of a RESIZE; else 0. 1 << (head >>> ALIGNMENT_SHIFT) is the alignment, as
     * Java shifts an int by the low five bits.
     *
     * The first four ops are of blocks of one byte and more; REALLOC keeps the alignment. RESIZE is any other change.
     */
    static final int INTS = 4;
    static final int SLOT = 1;
    static final int SIZE = 2;
    static final int OLD_SIZE = 3;

    static final int ALLOC = 0;
    static final int ALLOC_ZEROED = 1;
    static final int REALLOC = 2;
    static final int FREE = 3;
    static final int RESIZE = 4;
    static final int RESIZE_ZEROED = 5;
    static final int ALLOC_EMPTY = 6;
    static final int FREE_EMPTY = 7;
    static final int OP_MASK = 7;

    static final int ALIGNMENT_SHIFT = 3;
    static final int SHIFT_MASK = 31;
    static final int MAX_ALIGNMENT_SHIFT = 30;
    static final int ALIGNED = 1 << 8;
    static final int OLD_ALIGNMENT_SHIFT = 9;
    static final int THREAD_SHIFT = 14;
    static final int MAX_THREADS = 1 << (Integer.SIZE - THREAD_SHIFT);

    /** What C gives a program that asks for no alignment. */
    static final int DEFAULT_ALIGNMENT_SHIFT = 4;

    private static final int CHUNK = 1 << 16;

    private final String name;
    private final int[] events;
    private final int[] left;
    private final int slotCount;
    private final int peakLiveBytes;
    private final int largestSize;
    private final int largestAlignment;

    /**
     * Makes a trace.
     *
     * @param name          for reports.
     * @param events        {@link #INTS} for each event.
     * @param left          a FREE for each block that the trace leaves live, in the same layout.
     * @param slotCount     one more than the highest slot.
     * @param peakLiveBytes the highest sum of the sizes of live blocks.
     */
    Trace(final String name, final int[] events, final int[] left, final int slotCount, final int peakLiveBytes)
    {
        this.name = name;
        this.events = events;
        this.left = left;
        this.slotCount = slotCount;
        this.peakLiveBytes = peakLiveBytes;

        int size = 0;
        int alignment = 1 << DEFAULT_ALIGNMENT_SHIFT;
        for (int i = 0; i < events.length; i += INTS)
        {
            size = Math.max(size, events[i + SIZE]);
            alignment = Math.max(alignment, alignment(events[i]));
        }
        largestSize = size;
        largestAlignment = alignment;
    }

    static int alignment(final int head)
    {
        return 1 << (head >>> ALIGNMENT_SHIFT);
    }

    static int oldAlignment(final int head)
    {
        return 1 << (head >>> OLD_ALIGNMENT_SHIFT);
    }

    String name()
    {
        return name;
    }

    /** Four ints an event; not to be changed. */
    int[] events()
    {
        return events;
    }

    /** The FREEs that the trace lacks: after them no block lives. */
    int[] left()
    {
        return left;
    }

    int eventCount()
    {
        return events.length / INTS;
    }

    int slotCount()
    {
        return slotCount;
    }

    int peakLiveBytes()
    {
        return peakLiveBytes;
    }

    int largestSize()
    {
        return largestSize;
    }

    int largestAlignment()
    {
        return largestAlignment;
    }

    /** Writes the decoded trace, for a JVM that is to replay it: decoding it there again would take longer. */
    void writeTo(final DataOutputStream out) throws IOException
    {
        out.writeUTF(name);
        out.writeInt(slotCount);
        out.writeInt(peakLiveBytes);
        writeInts(out, events);
        writeInts(out, left);
        out.flush();
    }

    /** Reads what {@link #writeTo} wrote. */
    static Trace readFrom(final DataInputStream in) throws IOException
    {
        final String name = in.readUTF();
        final int slotCount = in.readInt();
        final int peakLiveBytes = in.readInt();
        return new Trace(name, readInts(in), readInts(in), slotCount, peakLiveBytes);
    }

    private static void writeInts(final DataOutputStream out, final int[] values) throws IOException
    {
        out.writeInt(values.length);
        final ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Integer.BYTES);
        for (int from = 0; from < values.length; from += CHUNK)
        {
            final int count = Math.min(CHUNK, values.length - from);
            chunk.asIntBuffer().put(values, from, count);
            out.write(chunk.array(), 0, count * Integer.BYTES);
        }
    }

    private static int[] readInts(final DataInputStream in) throws IOException
    {
        final int[] values = new int[in.readInt()];
        final ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Integer.BYTES);
        for (int from = 0; from < values.length; from += CHUNK)
        {
            final int count = Math.min(CHUNK, values.length - from);
            in.readFully(chunk.array(), 0, count * Integer.BYTES);
            chunk.asIntBuffer().get(values, from, count);
        }
        return values;
    }
}
