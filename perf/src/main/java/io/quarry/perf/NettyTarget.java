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

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Netty allocator, called as its users do: a block is a {@link ByteBuf}, resized by its capacity and touched through
 * its own methods. Netty takes no alignment and no wish for zeros: the replay asks for so much more that an aligned
 * block fits, and clears.
 */
final class NettyTarget extends ReplayTarget
{
    /** What a block has without asking; {@link ContentReplay} checks it. */
    private static final int GIVEN_ALIGNMENT = 16;

    private final ByteBufAllocator allocator;
    private final ByteBufAllocatorMetric metric;
    private final ByteBuf[] blocks;
    private final AtomicLong footprint = new AtomicLong();

    NettyTarget(final ByteBufAllocator allocator, final int slotCount)
    {
        this.allocator = allocator;
        this.metric = ((ByteBufAllocatorMetricProvider)allocator).metric();
        this.blocks = new ByteBuf[slotCount];
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        blocks[slot] = allocator.directBuffer(alignment <= GIVEN_ALIGNMENT ? size : size + alignment - 1);
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
        blocks[slot].capacity(newSize);
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        blocks[slot].release();
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final int offset = offset(slot, alignment);
        final ByteBuf block = blocks[slot];
        block.setByte(offset, 1);
        block.setByte(offset + size - 1, 1);
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
        return blocks[slot].nioBuffer(offset(slot, alignment), size);
    }

    @Override
    void sampleFootprint()
    {
        footprint.accumulateAndGet(metric.usedDirectMemory(), Math::max);
    }

    @Override
    long heldBytes()
    {
        return metric.usedDirectMemory();
    }

    @Override
    long footprint()
    {
        return footprint.get();
    }

    @Override
    String freeMemory()
    {
        return "Netty held " + metric.usedDirectMemory() + " bytes";
    }

    @Override
    public void close()
    {
        // Netty's allocators have no end; the JVM's does.
    }
}
