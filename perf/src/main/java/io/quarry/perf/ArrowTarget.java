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

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.lwjgl.system.MemoryUtil;

import java.nio.ByteBuffer;

/**
 * Arrow's allocator over its Unsafe memory: a block is an {@link ArrowBuf}, closed to be freed. Arrow takes no
 * alignment and no wish for zeros: the replay asks for so much more that an aligned block fits, and clears. To resize
 * is to allocate, copy and free, as Arrow's own vectors do it.
 */
final class ArrowTarget extends ReplayTarget
{
    /** What a block has without asking; {@link ContentReplay} checks it. */
    private static final int GIVEN_ALIGNMENT = 16;

    private final RootAllocator allocator = new RootAllocator(Long.MAX_VALUE);
    private final ArrowBuf[] blocks;

    ArrowTarget(final int slotCount)
    {
        blocks = new ArrowBuf[slotCount];
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        blocks[slot] = allocator.buffer(alignment <= GIVEN_ALIGNMENT ? size : size + alignment - 1);
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        alloc(slot, size, alignment);
        blocks[slot].setZero(offset(slot, alignment), size);
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        final ArrowBuf old = blocks[slot];
        final int oldOffset = offset(slot, alignment);
        alloc(slot, newSize, alignment);
        blocks[slot].setBytes(offset(slot, alignment), old, oldOffset, Math.min(oldSize, newSize));
        old.close();
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        blocks[slot].close();
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final int offset = offset(slot, alignment);
        final ArrowBuf block = blocks[slot];
        block.setByte(offset, (byte)1);
        block.setByte(offset + size - 1, (byte)1);
    }

    private int offset(final int slot, final int alignment)
    {
        return alignment <= GIVEN_ALIGNMENT ? 0 : (int)(-blocks[slot].memoryAddress() & (alignment - 1));
    }

    @Override
    long address(final int slot, final int alignment)
    {
        return blocks[slot].memoryAddress() + offset(slot, alignment);
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        // Not by Arrow's own nioBuffer, which wants a flag of the JVM.
        return MemoryUtil.memByteBuffer(address(slot, alignment), size);
    }

    /** Arrow counts what it asks malloc for, not what that holds: {@link FootprintReplay} asks the operating system. */
    @Override
    long footprint()
    {
        return 0;
    }

    @Override
    String freeMemory()
    {
        return "Arrow held " + allocator.getAllocatedMemory() + " bytes";
    }

    /** Arrow tells bytes: where there are any, there is a block. */
    @Override
    long liveBlocks()
    {
        return Math.min(1, allocator.getAllocatedMemory());
    }

    @Override
    public void close()
    {
        // Arrow would throw for what lives, which ends with the process.
    }
}
