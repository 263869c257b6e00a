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

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a region as buffers. A buffer spans less than 2 GiB, so a larger region has several: windows that
 * overlap by half, so that from every byte on one of them reaches 1 GiB far, less 8 bytes.
 * <pre>
 *   offset     0        1 GiB      2 GiB      3 GiB
 *   region     +----------+----------+----------+
 *   window 0   [- - - - - - - - - - )
 *   window 1              [- - - - - - - - - - )
 *   window 2                         [- - - - - )
 * </pre>
 * Threads: any; what is written at one place by two is theirs to order. {@link #zero} and {@link #copy} make no
 * garbage. Spans are checked by the caller.
 */
final class RegionWindows
{
    /** Windows begin at multiples of 1 GiB. */
    static final int SHIFT = 30;

    /** Bytes: more the JDK doesn't wrap as a buffer, of memory of an arena. */
    static final int MAX_BUFFER = Integer.MAX_VALUE - 8;

    /** Of a region with one window: leads every offset to it. */
    private static final int SHIFT_OF_ONE = 62;

    private final RegionMemory memory;
    /** Null if the memory is no file's. */
    private final RegionFile file;
    private final int shift;
    private final long mask;
    private final int piece;
    /** What is handed out, so a user may have disturbed its limit. */
    private final ByteBuffer[] shared;
    /** For our own calls; from these views are cut. */
    private final ByteBuffer[] own;

    private RegionWindows(final RegionMemory memory, final RegionFile file, final int windowShift)
    {
        final int longest = (int)Math.min(MAX_BUFFER, (2L << windowShift) - 1);
        final boolean isOne = memory.size() <= longest;
        this.memory = memory;
        this.file = file;
        shift = isOne ? SHIFT_OF_ONE : windowShift;
        mask = (1L << shift) - 1;
        piece = (int)Math.min(RegionBytes.PIECE, 1L << shift);
        shared = new ByteBuffer[(int)((memory.size() - 1 >>> shift) + 1)];
        own = new ByteBuffer[shared.length];
        for (int i = 0; i < shared.length; i++)
        {
            final long offset = (long)i << shift;
            shared[i] = memory.view(offset, (int)Math.min(longest, memory.size() - offset));
            own[i] = duplicate(shared[i]);
        }
    }

    /**
     * Makes the windows of all of a memory.
     *
     * @param memory      that they are over; given back if this fails.
     * @param file        that is mapped there, or null.
     * @param windowShift log<sub>2</sub> of the distance of two windows, bytes; their length is twice that, less 1.
     * @return the windows.
     */
    static RegionWindows over(final RegionMemory memory, final RegionFile file, final int windowShift)
    {
        try
        {
            return new RegionWindows(memory, file, windowShift);
        }
        catch (final RuntimeException | Error ex)
        {
            memory.close();
            throw ex;
        }
    }

    /** Address of the first byte. */
    long address()
    {
        return memory.address();
    }

    /** Gives the memory back. */
    void close()
    {
        try
        {
            memory.close();
        }
        finally
        {
            // Or a cleaner could find every buffer to be garbage, and give the memory back beside us.
            Reference.reachabilityFence(this);
        }
    }

    /** Offset from which on the memory was zero at first. */
    long dirtyTo()
    {
        return null == file ? 0 : file.dirtyTo();
    }

    /** Whether reading a page has the system provide it for good. */
    boolean areTouchedByReading()
    {
        return null != file && file.isTouchedByReading();
    }

    /** What to say of the file, if there is one. */
    String origin()
    {
        return null == file ? "" : ", path=" + file.path();
    }

    /** Bytes in all. */
    long size()
    {
        return memory.size();
    }

    /** Whether one window shows all. */
    boolean isOne()
    {
        return 1 == shared.length;
    }

    /** The buffer for our own calls, if there is just one. */
    ByteBuffer only()
    {
        return own[0];
    }

    /** The one for our own calls that reaches farthest from a byte on. */
    ByteBuffer own(final long offset)
    {
        return own[(int)(offset >>> shift)];
    }

    /** The shared buffer that reaches farthest from a byte on. */
    ByteBuffer shared(final long offset)
    {
        return shared[(int)(offset >>> shift)];
    }

    /** Whether the memory is a file's, so that there may be none behind an address. */
    boolean isOfFile()
    {
        return null != file;
    }

    /** Whether a call that touches the memory must be followed by {@link #settleFaults}. */
    boolean needSettling()
    {
        return null != file && !RegionMemory.UNGUARDED;
    }

    /**
     * Throws what a touch of a file's memory led to. From JDK 22 on compiled code reports it when it next calls native
     * code, so here it calls some, of the cheapest there is.
     */
    void settleFaults()
    {
        if (needSettling())
        {
            Thread.holdsLock(this);
        }
    }

    /** What the JVM's error at an access means, if it is about a file's memory; else the error is thrown. */
    RuntimeException fault(final InternalError ex, final long offset, final long length)
    {
        if (null == file)
        {
            throw ex;
        }
        return file.fault("address=" + Misuse.hex(memory.address() + offset) + " length=" + length, ex);
    }

    /** What is left of an offset when the beginning of its window is taken off. */
    long mask()
    {
        return mask;
    }

    /** Makes a view of a span. */
    ByteBuffer view(final long offset, final int length)
    {
        final long start = offset & mask;
        // An empty span may lie at the end, where no window begins.
        final ByteBuffer window = own[(int)Math.min(offset >>> shift, own.length - 1)];
        return start + length <= window.capacity() && offset < memory.size() ?
            window.slice((int)start, length).order(ByteOrder.nativeOrder()) : memory.view(offset, length);
    }

    /** Writes zeros. */
    void zero(final long offset, final long length)
    {
        try
        {
            zeroPieces(offset, length);
            settleFaults();
        }
        catch (final InternalError ex)
        {
            throw fault(ex, offset, length);
        }
    }

    /** Copies as if through a third place. */
    void copy(final long from, final long to, final long length)
    {
        try
        {
            // An empty span may lie at the end, where no window begins.
            final int index = (int)Math.min(Math.min(from, to) >>> shift, own.length - 1);
            final long base = (long)index << shift;
            if (Math.max(from, to) - base + length <= own[index].capacity())
            {
                RegionBytes.copy(own[index], (int)(from - base), (int)(to - base), (int)length);
            }
            else
            {
                copyPieces(from, to, length);
            }
            settleFaults();
        }
        catch (final InternalError ex)
        {
            throw fault(ex, to, length);
        }
    }

    private void zeroPieces(final long offset, final long length)
    {
        long at = offset;
        long left = length;
        while (left > 0)
        {
            final ByteBuffer window = own[(int)(at >>> shift)];
            final int start = (int)(at & mask);
            final int step = (int)Math.min(left, window.capacity() - start);
            RegionBytes.zero(window, start, step);
            at += step;
            left -= step;
        }
    }

    /** Between windows. A piece is so short that it lies in one window wherever it begins. */
    private void copyPieces(final long from, final long to, final long length)
    {
        // From the side on which a piece written can't be one that is still to be read.
        final boolean upwards = to <= from;
        long left = length;
        while (left > 0)
        {
            final int step = (int)Math.min(left, piece);
            final long done = upwards ? length - left : left - step;
            final ByteBuffer source = own[(int)(from + done >>> shift)];
            final ByteBuffer target = own[(int)(to + done >>> shift)];
            target.put((int)(to + done & mask), source, (int)(from + done & mask), step);
            left -= step;
        }
    }

    private static ByteBuffer duplicate(final ByteBuffer buffer)
    {
        return buffer.duplicate().order(ByteOrder.nativeOrder());
    }
}
