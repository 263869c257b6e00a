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

import org.lwjgl.system.MemoryUtil;

import java.nio.ByteBuffer;

/**
 * An allocator in C, called through LWJGL: a block is an address, touched through it.
 */
abstract class NativeTarget extends ReplayTarget
{
    /** What each of them gives without asking on a 64-bit system, to blocks of at least as many bytes. */
    static final int GIVEN_ALIGNMENT = 16;

    private final long[] addresses;

    NativeTarget(final int slotCount)
    {
        addresses = new long[slotCount];
    }

    /**
     * What to ask for: jemalloc and mimalloc align by less than 16 what is shorter.
     *
     * @param size      bytes.
     * @param alignment that they have to have, at most {@link #GIVEN_ALIGNMENT}.
     * @return bytes.
     */
    static int lengthened(final int size, final int alignment)
    {
        return Math.max(size, alignment);
    }

    final long addressOf(final int slot)
    {
        return addresses[slot];
    }

    final void put(final int slot, final long address)
    {
        if (MemoryUtil.NULL == address)
        {
            throw new OutOfMemoryError("no block");
        }
        addresses[slot] = address;
    }

    @Override
    final void touch(final int slot, final int size, final int alignment)
    {
        final long address = addresses[slot];
        MemoryUtil.memPutByte(address, (byte)1);
        MemoryUtil.memPutByte(address + size - 1, (byte)1);
    }

    @Override
    final long address(final int slot, final int alignment)
    {
        return addresses[slot];
    }

    @Override
    final ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        return MemoryUtil.memByteBuffer(addresses[slot], size);
    }

    /** Unknown to the caller: {@link FootprintReplay} asks the operating system. */
    @Override
    final long footprint()
    {
        return 0;
    }

    @Override
    final String freeMemory()
    {
        return "the C library doesn't say what was free";
    }

    @Override
    public final void close()
    {
        // The heap ends with the process.
    }
}
