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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Misuse;

import java.nio.ByteBuffer;

/**
 * A block that a soak holds, or none. Made once; what it stands for changes.
 * <p>
 * A block is full of its stamp, which no other block has: each 8 bytes near its start, 8 of each 64 farther on, and
 * every byte of its end. If two blocks overlap, or one is handed out before it is free, its owner finds the other's.
 */
final class SoakBlock
{
    /** Up to here every 8 bytes are stamped, beyond it 8 in 64. */
    private static final int DENSE = 256;
    private static final int STEP = 64;
    private static final int WORD = Long.BYTES;

    /** 2^64 over the golden ratio, odd: spreads the bits that differ into the byte that is taken. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final ByteBuffer buffer;
    private final long base;

    long address = Allocator.NULL;
    int size;
    int alignment;
    private long stamp;

    SoakBlock(final ByteBuffer buffer, final long base)
    {
        this.buffer = buffer;
        this.base = base;
    }

    boolean isNone()
    {
        return Allocator.NULL == address;
    }

    /** Takes a new block, and stamps it. */
    void take(final long newAddress, final int newSize, final int newAlignment, final long newStamp)
    {
        address = newAddress;
        size = newSize;
        alignment = newAlignment;
        stamp = newStamp;
        final int start = (int)(newAddress - base);
        if (0 != (newAddress & newAlignment - 1) || start < 0 || start > buffer.capacity() - newSize)
        {
            throw new SoakFault(this + ": not aligned, or not inside the region");
        }
        write(start);
    }

    /** Sees that every byte of a new block is zero. */
    void checkZero(final long newAddress, final int newSize)
    {
        final int start = (int)(newAddress - base);
        for (int i = 0; i < newSize; i++)
        {
            if (0 != buffer.get(start + i))
            {
                throw new SoakFault("zeroed block at " + Misuse.hex(newAddress) + " size=" + newSize + ": byte[" + i +
                    "]=" + buffer.get(start + i));
            }
        }
    }

    /** Takes the place and the size that a resize gave, having checked what had to come through; stamps it anew. */
    void resized(final long newAddress, final int newSize)
    {
        final int kept = Math.min(size, newSize);
        address = newAddress;
        final int start = (int)(newAddress - base);
        for (int at = 0; at + WORD <= kept; at = next(at))
        {
            checkWord(start, at);
        }
        take(newAddress, newSize, alignment, stamp);
    }

    /** Checks every stamp. */
    void check()
    {
        final int start = (int)(address - base);
        final int end = size & -WORD;
        for (int at = 0; at < end; at = next(at))
        {
            checkWord(start, at);
        }
        if (end > 0)
        {
            checkWord(start, end - WORD);
        }
        for (int at = end; at < size; at++)
        {
            if (buffer.get(start + at) != mark())
            {
                throw fault(at, buffer.get(start + at));
            }
        }
    }

    private void write(final int start)
    {
        final int end = size & -WORD;
        for (int at = 0; at < end; at = next(at))
        {
            buffer.putLong(start + at, stamp + at);
        }
        if (end > 0)
        {
            buffer.putLong(start + end - WORD, stamp + end - WORD);
        }
        for (int at = end; at < size; at++)
        {
            buffer.put(start + at, mark());
        }
    }

    private void checkWord(final int start, final int at)
    {
        if (buffer.getLong(start + at) != stamp + at)
        {
            throw fault(at, buffer.getLong(start + at));
        }
    }

    /** For bytes that make no word. */
    private byte mark()
    {
        return (byte)(stamp * SPREAD >>> Long.SIZE - Byte.SIZE);
    }

    private static int next(final int at)
    {
        return at < DENSE ? at + WORD : at + STEP;
    }

    private SoakFault fault(final int at, final long found)
    {
        return new SoakFault(this + ": at offset=" + at + " wanted stamp=" + Long.toHexString(stamp) + "+offset, got " +
            Long.toHexString(found));
    }

    @Override
    public String toString()
    {
        return "block at " + Misuse.hex(address) + " size=" + size + " alignment=" + alignment;
    }
}
