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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One allocation that has an owner and an end: what {@code Box<[u8]>} is to Rust. It frees its memory when it is
 * closed, and tells the buffers that were made of it, so that a use after that is refused instead of reading what is
 * somebody else's by then. Choose it for blocks that live long or pass through many hands; where millions of small ones
 * come and go use the allocator itself, since a {@code Block} is an object.
 * <pre>{@code
 *   try (Block block = Block.allocateZeroed(allocator, 4096, 64))
 *   {
 *       channel.read(block.buffer());
 *       block.grow(8192);
 *   }
 * }</pre>
 * <p>
 * <b>Views.</b> {@link #buffer()} is the block's one {@link ByteBuffer}; {@code AgronaBuffers.newBuffer(block)} makes
 * Agrona buffers, which follow the block when it moves. When the block is closed all of these are emptied: each use of
 * one throws {@link IndexOutOfBoundsException} (a relative one {@link java.nio.BufferUnderflowException} or
 * {@link java.nio.BufferOverflowException}), as long as bounds are checked. Slices and duplicates of them, a limit that
 * is set by hand after that, and buffers that others wrapped around the address are not known here.
 * <p>
 * <b>Threads.</b> One at a time, whatever the allocator.
 * <p>
 * <b>Cost.</b> This object; the {@code ByteBuffer} when it is first asked for, and again after a resize; a few words
 * for each Agrona buffer. Nothing else makes garbage. A block that is lost and not closed stays allocated.
 */
public final class Block implements AutoCloseable
{
    private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(0);

    private final Allocator allocator;
    private final long alignment;
    private long address;
    private long size;
    /** Over the block as it is, or null until it is asked for. */
    private ByteBuffer buffer;
    /** Null until there is one. */
    private List<View> views;

    /**
     * Something made of a block that must know where it is. A type of ours, so that this class names none of Agrona's.
     */
    interface View
    {
        /** The block was at an address and had a size; now it is as {@code block} says, or is gone if that is null. */
        void moved(Block block, long oldAddress, long oldSize);

        /** Whether this is the view of a buffer. */
        boolean isOf(Object wanted);
    }

    private Block(final Allocator allocator, final long address, final long size, final long alignment)
    {
        this.allocator = allocator;
        this.address = address;
        this.size = size;
        this.alignment = alignment;
    }

    /**
     * Allocates a block of unspecified content.
     *
     * @param allocator that it comes from; its {@link Allocator#regionOf} must work.
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return the block, to be closed.
     * @throws AllocError               if no such block is free.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout.
     */
    public static Block allocate(final Allocator allocator, final long size, final long alignment)
    {
        return new Block(allocator, allocator.allocate(size, alignment), size, alignment);
    }

    /**
     * Allocates a block of zeros.
     *
     * @param allocator that it comes from; its {@link Allocator#regionOf} must work.
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return the block, to be closed.
     * @throws AllocError               if no such block is free.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout.
     */
    public static Block allocateZeroed(final Allocator allocator, final long size, final long alignment)
    {
        return new Block(allocator, allocator.allocateZeroed(size, alignment), size, alignment);
    }

    /**
     * Where the block is, until it is resized.
     *
     * @return the address of the first byte; the alignment if the block is empty.
     * @throws IllegalStateException if the block is closed.
     */
    public long address()
    {
        checkOpen();
        return address;
    }

    /**
     * The size that was last asked for.
     *
     * @return bytes.
     * @throws IllegalStateException if the block is closed.
     */
    public long size()
    {
        checkOpen();
        return size;
    }

    /**
     * What the block's address is a multiple of, now and after every resize.
     *
     * @return bytes.
     */
    public long alignment()
    {
        return alignment;
    }

    /**
     * Whether the block has been closed.
     *
     * @return true from {@link #close()} on.
     */
    public boolean isClosed()
    {
        return Allocator.NULL == address;
    }

    /**
     * The region that holds the block.
     *
     * @return the region.
     * @throws IllegalArgumentException if the block is empty: it is nowhere.
     * @throws IllegalStateException    if the block is closed.
     */
    public Region region()
    {
        checkOpen();
        if (0 == size)
        {
            throw new IllegalArgumentException("size=0: an empty block is in no region");
        }
        return allocator.regionOf(address);
    }

    /**
     * The one buffer over all of the block, for channels and other users of NIO. Its position, limit and byte order are
     * the caller's, at first 0, the size, and native. It is the same object until the block is resized; then the old
     * one is empty, and this gives a new one.
     *
     * @return the buffer.
     * @throws IllegalArgumentException if the block is larger than a buffer can be.
     * @throws IllegalStateException    if the block is closed.
     */
    public ByteBuffer buffer()
    {
        checkOpen();
        if (null == buffer)
        {
            // Never the shared one: what it is emptied or filled by must concern nobody else.
            buffer = 0 == size ? EMPTY.duplicate() : allocator.regionOf(address).byteBuffer(address, size);
        }
        return buffer;
    }

    /**
     * Makes the block larger, in place where possible; what is added has unspecified content.
     *
     * @param newSize bytes, at least the size.
     * @throws AllocError               if no such block is free; this one and its views are as they were.
     * @throws IllegalArgumentException if the size is less, or makes no valid layout.
     * @throws IllegalStateException    if the block is closed.
     */
    public void grow(final long newSize)
    {
        checkOpen();
        moved(allocator.grow(address, size, alignment, newSize, alignment), newSize);
    }

    /**
     * Makes the block larger, in place where possible; what is added is zero.
     *
     * @param newSize bytes, at least the size.
     * @throws AllocError               if no such block is free; this one and its views are as they were.
     * @throws IllegalArgumentException if the size is less, or makes no valid layout.
     * @throws IllegalStateException    if the block is closed.
     */
    public void growZeroed(final long newSize)
    {
        checkOpen();
        moved(allocator.growZeroed(address, size, alignment, newSize, alignment), newSize);
    }

    /**
     * Makes the block smaller.
     *
     * @param newSize bytes, at most the size.
     * @throws IllegalArgumentException if the size is more.
     * @throws IllegalStateException    if the block is closed.
     */
    public void shrink(final long newSize)
    {
        checkOpen();
        moved(allocator.shrink(address, size, alignment, newSize, alignment), newSize);
    }

    /**
     * Resizes the block if it can stay where it is.
     *
     * @param newSize bytes.
     * @return whether it now has that size; if false nothing has changed.
     * @throws IllegalArgumentException if the size makes no valid layout.
     * @throws IllegalStateException    if the block is closed.
     */
    public boolean tryResize(final long newSize)
    {
        checkOpen();
        final boolean resized = allocator.tryResize(address, size, alignment, newSize);
        if (resized)
        {
            moved(address, newSize);
        }
        return resized;
    }

    /**
     * Empties the views and frees the memory. A second call does nothing.
     *
     * @throws IllegalStateException if the allocator was closed before: the memory is gone already.
     */
    @Override
    public void close()
    {
        if (Allocator.NULL != address)
        {
            final long at = address;
            address = Allocator.NULL;
            emptyBuffer();
            if (null != views)
            {
                for (int i = 0; i < views.size(); i++)
                {
                    views.get(i).moved(null, at, size);
                }
                views = null;
            }
            allocator.deallocate(at, size, alignment);
        }
    }

    /**
     * The place and the size, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return isClosed() ? "Block[closed]" :
            "Block[address=" + Misuse.hex(address) + ", size=" + size + ", alignment=" + alignment + "]";
    }

    /** Has a view told of every move, and of the end. */
    void attach(final View view)
    {
        if (null == views)
        {
            views = new ArrayList<>(2);
        }
        views.add(Objects.requireNonNull(view));
    }

    /** Whether a buffer is told already. */
    boolean isAttached(final Object wanted)
    {
        for (int i = 0; null != views && i < views.size(); i++)
        {
            if (views.get(i).isOf(wanted))
            {
                return true;
            }
        }
        return false;
    }

    private void moved(final long newAddress, final long newSize)
    {
        if (newAddress == address && newSize == size)
        {
            return;
        }
        final long oldAddress = address;
        final long oldSize = size;
        address = newAddress;
        size = newSize;
        emptyBuffer();
        for (int i = 0; null != views && i < views.size(); i++)
        {
            views.get(i).moved(this, oldAddress, oldSize);
        }
    }

    /** A buffer can't be told another address, but with limit 0 it lets nobody through. */
    private void emptyBuffer()
    {
        if (null != buffer)
        {
            buffer.limit(0);
            buffer = null;
        }
    }

    private void checkOpen()
    {
        if (Allocator.NULL == address)
        {
            throw new IllegalStateException("the block is closed");
        }
    }
}
