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

import io.quarry.alloc.Region;

import java.nio.ByteBuffer;

/**
 * No allocator, but the least that one has to do: a number popped from a bare {@code int[]} for a block, and pushed for
 * a free. Sizes are not looked at, and blocks overlap. What it takes is a floor under every allocator on the Java heap.
 */
final class StackTarget extends ReplayTarget
{
    private static final int STRIDE_SHIFT = 6;

    private final Region region;
    private final long base;
    private final ByteBuffer buffer;
    private final long[] addresses;
    private final int[] numbers;
    private int count;

    StackTarget(final int slotCount, final int largestSize)
    {
        region = Region.allocate(((long)slotCount << STRIDE_SHIFT) + largestSize);
        base = region.address();
        buffer = region.buffer(base);
        addresses = new long[slotCount];
        numbers = new int[slotCount];
        while (count < slotCount)
        {
            numbers[count] = count++;
        }
        RegionStack.touchAll(region);
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        addresses[slot] = base + ((long)numbers[--count] << STRIDE_SHIFT);
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        alloc(slot, size, alignment);
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        free(slot, oldSize, alignment);
        alloc(slot, newSize, alignment);
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        numbers[count++] = (int)(addresses[slot] - base >>> STRIDE_SHIFT);
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final int first = (int)(addresses[slot] - base);
        buffer.put(first, (byte)1);
        buffer.put(first + size - 1, (byte)1);
    }

    @Override
    long address(final int slot, final int alignment)
    {
        return addresses[slot];
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        throw new UnsupportedOperationException("blocks overlap");
    }

    @Override
    long footprint()
    {
        return 0;
    }

    @Override
    long liveBlocks()
    {
        return numbers.length - count;
    }

    @Override
    String freeMemory()
    {
        return count + " numbers";
    }

    @Override
    public void close()
    {
        region.close();
    }
}
