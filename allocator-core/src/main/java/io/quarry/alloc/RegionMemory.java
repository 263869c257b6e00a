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

/**
 * The memory under a {@link Region}: how it is had from the JDK, where it is, and how it is given back. One of two
 * ways, by the release that runs: {@link DirectMemory} before 22, {@link ArenaMemory} from 22 on. Either way the memory
 * lives at least as long as any view of {@link #buffer}, unless it is closed, and is given back at last if nobody
 * closes it.
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

    private final ByteBuffer buffer;
    private final long address;

    /**
     * @param buffer  all of the memory, in any byte order.
     * @param address of the first byte.
     */
    RegionMemory(final ByteBuffer buffer, final long address)
    {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
        this.address = address;
    }

    /**
     * Has zeroed memory from the JDK.
     *
     * @param size      bytes, at least 1.
     * @param alignment of the first byte, a power of two.
     * @return the memory.
     * @throws IllegalArgumentException if it is more than a buffer can span.
     * @throws OutOfMemoryError         if the JDK has no such memory.
     */
    static RegionMemory allocate(final int size, final int alignment)
    {
        return UNGUARDED ? DirectMemory.allocate(size, alignment) : ArenaMemory.allocate(size, alignment);
    }

    /** All of the memory, in native byte order. */
    final ByteBuffer buffer()
    {
        return buffer;
    }

    /** Address of the first byte. */
    final long address()
    {
        return address;
    }

    /**
     * Gives the memory back at once. To be called once.
     *
     * @throws IllegalStateException if the JDK refuses, since the memory is being read or written by the operating
     *                               system; nothing has changed. Can only be from 22 on.
     */
    abstract void close();
}
