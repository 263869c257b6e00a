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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

import org.agrona.AbstractMutableDirectBuffer;
import org.agrona.DirectBuffer;

/**
 * An Agrona buffer that grows as it is written to, on a block of an {@link Allocator}: Rust's {@code Vec<u8>}, and what
 * {@link org.agrona.ExpandableDirectByteBuffer} would be if it gave its memory back.
 * <p>
 * It stands wherever that class does: the same calls with the same results and exceptions, new bytes zero. Choose it
 * for buffers that grow often or are many: each growth there leaves a direct buffer behind for the garbage collector.
 * Where the length is known, an {@link org.agrona.concurrent.UnsafeBuffer} over a block from {@link AgronaBuffers} is
 * enough. What can't be had is {@code wrap}: it throws {@link UnsupportedOperationException}, as there.
 * <pre>{@code
 *   try (ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator))
 *   {
 *       int length = buffer.putStringAscii(0, "text");
 *       length += buffer.putLongAscii(length, 42);      // grows when it must
 *       channel.write(buffer.byteBuffer().position(0).limit(length));
 *   }
 * }</pre>
 * <p>
 * <b>Growth.</b> A write past the end asks the allocator for twice the capacity, or for what the write needs if that is
 * more, and takes the whole block it gets as its capacity ({@link Allocator#usableSize}, at least the good size); if
 * there is no block of twice the capacity, for what the write needs alone. The block grows in place where the allocator
 * can do that; else its bytes are copied once, and the old block is free before the write goes on. So n bytes written
 * one after the other cost at most about n bytes copied. A write that gets no memory throws {@link AllocError}, and one
 * past {@link #MAX_BUFFER_LENGTH} an {@link IndexOutOfBoundsException}; neither has changed anything. A read past the
 * capacity never grows the buffer: it throws {@link IndexOutOfBoundsException}.
 * <p>
 * <b>Other views.</b> The address changes when the block moves. A buffer that wraps this one, or the
 * {@link #byteBuffer()} of before, then sees memory that is someone else's, as after {@link #close()}: wrap again after
 * a write that may have grown.
 * <p>
 * <b>Life.</b> {@link #close()} frees the block. After that writes throw {@link IllegalStateException} and reads
 * {@link IndexOutOfBoundsException} (not with {@code -Dagrona.disable.bounds.checks=true}, with which nothing is looked
 * at). A buffer that is lost instead of closed keeps its block from others for good.
 * <p>
 * <b>Threads.</b> One at a time, whatever the allocator allows.
 * <p>
 * <b>Cost.</b> Beside the block one small object. No call but {@link #byteBuffer()}, which makes a view after a growth,
 * makes garbage where the class of Agrona's makes none. It needs Agrona's JVM flag, as {@link AgronaBuffers} says.
 */
@SuppressWarnings("exports")
public final class ExpandableBlockBuffer extends AbstractMutableDirectBuffer implements AutoCloseable
{
    /**
     * The largest capacity that there can be: as Agrona has it.
     */
    public static final int MAX_BUFFER_LENGTH = Integer.MAX_VALUE - 8;

    /**
     * The capacity to begin with, where none is asked for: as Agrona has it.
     */
    public static final int INITIAL_CAPACITY = 128;

    /** What {@link org.agrona.concurrent.AtomicBuffer#verifyAlignment()} of a buffer that wraps this one asks for. */
    private static final long ALIGNMENT = Long.BYTES;

    /** A capacity in which nothing lies, not even a span of 0 bytes, so that one test finds every access refused. */
    private static final int CLOSED = -1;

    /*
     * Invariant while open: (capacity, ALIGNMENT) fits the block at addressOffset, in the sense of Allocator, so every
     * byte that the inherited calls let through their test against capacity is the block's. Those calls read the two
     * fields after ensureCapacity, which is why it may move the block.
     */

    private final Allocator allocator;
    /** What byteBuffer() gave out for the block as it is; null until asked for. */
    private ByteBuffer view;

    /**
     * Makes a buffer on {@link Global}, with a capacity of {@link #INITIAL_CAPACITY}.
     *
     * @throws AllocError                    if there is no memory for it.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public ExpandableBlockBuffer()
    {
        this(Global.INSTANCE, INITIAL_CAPACITY);
    }

    /**
     * Makes a buffer on {@link Global}.
     *
     * @param initialCapacity bytes, from 0 to {@link #MAX_BUFFER_LENGTH}: just as many it has, all zero.
     * @throws AllocError                    if there is no memory for it.
     * @throws IllegalArgumentException      if the capacity is out of range.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public ExpandableBlockBuffer(final int initialCapacity)
    {
        this(Global.INSTANCE, initialCapacity);
    }

    /**
     * Makes a buffer with a capacity of {@link #INITIAL_CAPACITY}.
     *
     * @param allocator to take the block from.
     * @throws AllocError                    if it has none.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public ExpandableBlockBuffer(final Allocator allocator)
    {
        this(allocator, INITIAL_CAPACITY);
    }

    /**
     * Makes a buffer.
     *
     * @param allocator       to take the block from.
     * @param initialCapacity bytes, from 0 to {@link #MAX_BUFFER_LENGTH}: just as many it has, all zero.
     * @throws AllocError                    if the allocator has no such block.
     * @throws IllegalArgumentException      if the capacity is out of range.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public ExpandableBlockBuffer(final Allocator allocator, final int initialCapacity)
    {
        AgronaBuffers.Access.check();
        if (initialCapacity < 0 || initialCapacity > MAX_BUFFER_LENGTH)
        {
            throw new IllegalArgumentException("initialCapacity=" + initialCapacity + ": not in 0.." +
                MAX_BUFFER_LENGTH);
        }
        this.allocator = Objects.requireNonNull(allocator, "allocator");
        addressOffset = allocator.allocateZeroed(initialCapacity, ALIGNMENT);
        capacity = initialCapacity;
    }

    /**
     * The length of what can be read.
     *
     * @return bytes; 0 when closed.
     */
    @Override
    public int capacity()
    {
        return Math.max(capacity, 0);
    }

    /**
     * True: a write past the end makes the buffer larger.
     *
     * @return true.
     */
    @Override
    public boolean isExpandable()
    {
        return true;
    }

    /**
     * Grows the buffer, if it must, to hold bytes up to a limit.
     *
     * @param limit end of the bytes, exclusive.
     * @throws AllocError                if there is no memory for it; nothing has changed.
     * @throws IndexOutOfBoundsException if that is negative or above {@link #MAX_BUFFER_LENGTH}.
     * @throws IllegalStateException     if the buffer is closed.
     */
    @Override
    public void checkLimit(final int limit)
    {
        ensureCapacity(limit, 0);
    }

    /**
     * The bytes as a {@link ByteBuffer}: the same one until the block changes, for the caller's own use of position and
     * limit. Big endian at first, as are all of the JDK's. It must not be used after a growth, a trim or
     * {@link #close()}.
     *
     * @return the buffer; its index 0 is index 0 here, its capacity the same.
     * @throws IllegalStateException if the buffer is closed.
     */
    @Override
    public ByteBuffer byteBuffer()
    {
        final ByteBuffer present = view;
        return null == present ? newView() : present;
    }

    /**
     * Index 0 here is index 0 of {@link #byteBuffer()}.
     *
     * @return 0.
     */
    @Override
    public int wrapAdjustment()
    {
        return 0;
    }

    /**
     * Gives the bytes from a size on back to the allocator. Should they be written to again, they are zero before.
     *
     * @param size bytes to keep, from 0 to the capacity; the new capacity.
     * @throws AllocError               if the allocator is one, as {@link Global} may be, that must move the block for
     *                                  it, and can't; nothing has changed.
     * @throws IllegalArgumentException if the size is out of range; nothing has changed.
     * @throws IllegalStateException    if the buffer is closed.
     */
    public void trimToSize(final int size)
    {
        checkOpen();
        if (size < 0 || size > capacity)
        {
            throw new IllegalArgumentException("size=" + size + ": not in 0..capacity=" + capacity);
        }
        addressOffset = allocator.shrink(addressOffset, capacity, ALIGNMENT, size, ALIGNMENT);
        capacity = size;
        view = null;
    }

    /**
     * Frees the block. A second call does nothing.
     *
     * @throws IllegalStateException if the allocator is closed already; this buffer is closed nevertheless.
     */
    @Override
    public void close()
    {
        if (CLOSED != capacity)
        {
            final long block = addressOffset;
            final long size = capacity;
            addressOffset = Allocator.NULL;
            capacity = CLOSED;
            view = null;
            allocator.deallocate(block, size, ALIGNMENT);
        }
    }

    /**
     * Copies bytes in. Those of the own {@link #byteBuffer()} come through also if the block moves.
     *
     * @param index     of the first byte written.
     * @param srcBuffer to read from; its position is not looked at.
     * @param srcIndex  of the first byte read.
     * @param length    bytes.
     */
    @Override
    public void putBytes(final int index, final ByteBuffer srcBuffer, final int srcIndex, final int length)
    {
        if (null != srcBuffer && srcBuffer == view)
        {
            final int readable = capacity;
            ensureCapacity(index, length);
            Objects.checkFromIndexSize(srcIndex, length, readable);
            putBytes(index, this, srcIndex, length);
        }
        else
        {
            super.putBytes(index, srcBuffer, srcIndex, length);
        }
    }

    /**
     * Compares the bytes, as all of Agrona's buffers do.
     *
     * @param that another buffer.
     * @return below 0, 0 or above 0.
     * @throws IllegalStateException if this buffer is closed.
     */
    @Override
    public int compareTo(final DirectBuffer that)
    {
        checkOpen();
        return super.compareTo(that);
    }

    @Override
    public void wrap(final byte[] buffer)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final byte[] buffer, final int offset, final int length)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final ByteBuffer buffer)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final ByteBuffer buffer, final int offset, final int length)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final DirectBuffer buffer)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final DirectBuffer buffer, final int offset, final int length)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final long address, final int length)
    {
        throw new UnsupportedOperationException();
    }

    /**
     * Address and capacity, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "ExpandableBlockBuffer{" +
            (CLOSED == capacity ? "closed" : "address=" + Misuse.hex(addressOffset) + ", capacity=" + capacity) + '}';
    }

    /**
     * Grows the block if bytes lie past its end. All writes come here first.
     *
     * @param index  of the first byte to be written.
     * @param length bytes to be written.
     */
    @Override
    protected void ensureCapacity(final int index, final int length)
    {
        if ((index | length) < 0 || index > capacity - length)
        {
            expand(index, length);
        }
    }

    private void expand(final int index, final int length)
    {
        checkOpen();
        if (index < 0 || length < 0)
        {
            throw new IndexOutOfBoundsException("negative value: index=" + index + " length=" + length);
        }
        final long needed = index + (long)length;
        if (needed > MAX_BUFFER_LENGTH)
        {
            throw new IndexOutOfBoundsException("index=" + index + " length=" + length + " maxCapacity=" +
                MAX_BUFFER_LENGTH);
        }
        final long doubled = Math.min(2L * capacity, MAX_BUFFER_LENGTH);
        if (doubled <= needed || !growTo(doubled))
        {
            take(allocator.growZeroed(addressOffset, capacity, ALIGNMENT, needed, ALIGNMENT), needed);
        }
    }

    /** Whether there was memory for more than is needed. */
    private boolean growTo(final long size)
    {
        try
        {
            take(allocator.growZeroed(addressOffset, capacity, ALIGNMENT, size, ALIGNMENT), size);
            return true;
        }
        catch (final AllocError ex)
        {
            return false;
        }
    }

    /** The old block is gone by now, so the new one is ours whatever comes. */
    private void take(final long block, final long size)
    {
        addressOffset = block;
        capacity = (int)size;
        view = null;
        capacity = (int)Math.min(allocator.usableSize(block, size, ALIGNMENT), MAX_BUFFER_LENGTH);
    }

    private ByteBuffer newView()
    {
        checkOpen();
        // An empty block is in no region.
        view = 0 == capacity ? ByteBuffer.allocateDirect(0) :
            allocator.regionOf(addressOffset).byteBuffer(addressOffset, capacity).order(ByteOrder.BIG_ENDIAN);
        return view;
    }

    private void checkOpen()
    {
        if (CLOSED == capacity)
        {
            throw Misuse.closed(this);
        }
    }
}
