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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The memory under a {@link Region}: how it is had from the JDK, where it is, and how it is given back. One of two
 * ways, by the release that runs: {@link DirectMemory} before 22, {@link ArenaMemory} from 22 on. Either way the memory
 * lives at least as long as any buffer that {@link #view} made, and any cut from one, unless it is closed; and is given
 * back at last if nobody closes it.
 */
abstract sealed class RegionMemory permits DirectMemory, ArenaMemory
{
    /** The first release with arenas that close under the eyes of other threads, and without silent Unsafe. */
    private static final int FIRST_WITH_ARENAS = 22;

    /**
     * Whether closing leaves it to the caller that no other thread is touching the memory: true before 22. From 22 on
     * the JDK sees to it, and a late touch throws.
     */
    static final boolean UNGUARDED = Runtime.version().feature() < FIRST_WITH_ARENAS;

    /** Bytes: what a buffer can span before 22; from 22 on more than any system of today can map. */
    static final long MAX_SIZE = UNGUARDED ? Integer.MAX_VALUE : 1L << 46;

    /** Of a base that no other was asked for: the page of most systems. */
    private static final int MIN_ALIGNMENT = 4096;
    private static final int MAX_ALIGNMENT = 1 << 30;

    private final long address;
    private final long size;

    /**
     * @param address of the first byte.
     * @param size    bytes.
     */
    RegionMemory(final long address, final long size)
    {
        this.address = address;
        this.size = size;
    }

    /**
     * Has zeroed memory from the JDK.
     *
     * @param size      bytes, from 1 to {@link #MAX_SIZE}.
     * @param alignment of the first byte, a power of two; at least {@link #MIN_ALIGNMENT} is had.
     * @return the memory.
     * @throws IllegalArgumentException if size or alignment are out of range; before 22 also if they are together more
     *                                  than a buffer can span.
     * @throws OutOfMemoryError         if the JDK has no such memory.
     */
    static RegionMemory allocate(final long size, final long alignment)
    {
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1)
        {
            throw new IllegalArgumentException("alignment=" + alignment + ": not a power of two from 1 to " +
                MAX_ALIGNMENT + " (size=" + size + ")");
        }
        final long wanted = Math.max(alignment, MIN_ALIGNMENT);
        checkSize(size, "alignment=" + wanted);
        try
        {
            return aligned(size, (int)wanted);
        }
        catch (final OutOfMemoryError ex)
        {
            final OutOfMemoryError error = new OutOfMemoryError(
                "no memory for a region of size=" + size + " alignment=" + wanted + ": " + ex.getMessage());
            error.initCause(ex);
            throw error;
        }
    }

    /**
     * Has zeroed memory from the JDK, aligned as asked and no more.
     *
     * @param size      bytes, from 1 to {@link #MAX_SIZE}.
     * @param alignment of the first byte, a power of two up to {@link #MAX_ALIGNMENT}.
     * @return the memory.
     * @throws OutOfMemoryError if the JDK has no such memory.
     */
    static RegionMemory aligned(final long size, final int alignment)
    {
        return UNGUARDED ? DirectMemory.allocate((int)size, alignment) : ArenaMemory.allocate(size, alignment);
    }

    /**
     * Refuses a size that no region can have.
     *
     * @param size  bytes.
     * @param other what else was asked for, for the message.
     */
    static void checkSize(final long size, final String other)
    {
        if (size < 1 || size > MAX_SIZE)
        {
            throw new IllegalArgumentException("size=" + size + ": a region has 1 to " + MAX_SIZE + " bytes" +
                (UNGUARDED ? " before JDK 22" : "") + " (" + other + ")");
        }
    }

    /**
     * Maps the first bytes of a file, for reading and writing; a shorter one is extended.
     *
     * @param channel of the file, not needed afterwards.
     * @param size    bytes, from 1 to {@link #MAX_SIZE}.
     * @return the memory.
     * @throws IOException if the system refuses.
     */
    static RegionMemory map(final FileChannel channel, final long size) throws IOException
    {
        return UNGUARDED ? DirectMemory.map(channel, size) : ArenaMemory.map(channel, size);
    }

    /** Address of the first byte. */
    final long address()
    {
        return address;
    }

    /** Bytes. */
    final long size()
    {
        return size;
    }

    /**
     * Makes a buffer over a part. The first is to be made at once: memory of which no buffer was ever made is given
     * back by {@link #close} only.
     *
     * @param offset of its first byte.
     * @param length bytes.
     * @return a buffer in native byte order, which keeps all of the memory.
     */
    abstract ByteBuffer view(long offset, int length);

    /**
     * Gives the memory back at once. To be called once.
     *
     * @throws IllegalStateException if the JDK refuses, since the memory is being read or written by the operating
     *                               system; nothing has changed. Can only be from 22 on.
     */
    abstract void close();
}
