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
 * No allocator: every block is at one fixed address, of several threads each block at one of the thread that made it.
 * What a pass costs here is the cost of the replay loop, its touches and its waiting included, and is taken off
 * everybody's time. Blocks are touched as {@link QuarryTarget} does it.
 */
final class LoopTarget extends ReplayTarget
{
    /** Threads' addresses are so far apart that few sizes bring the last byte of one to the first of another. */
    private static final int STRIDE = 1 << 16;

    private final Region region;
    private final long base;
    private final long fixed;
    private final ByteBuffer buffer;
    private final long[] addresses;
    private long last;

    LoopTarget(final Subject.Demand demand)
    {
        region = Region.allocate(Math.max(4096, demand.largestSize() + (demand.threads() - 1L) * STRIDE));
        base = region.address();
        fixed = base;
        buffer = region.buffer(base);
        addresses = new long[demand.slotCount()];
        RegionStack.touchAll(region);
    }

    private LoopTarget(final LoopTarget shared, final int thread)
    {
        region = shared.region;
        fixed = shared.fixed + (long)thread * STRIDE;
        buffer = shared.buffer;
        base = shared.base;
        addresses = shared.addresses;
    }

    @Override
    ReplayTarget ofThread(final int thread)
    {
        return new LoopTarget(this, thread);
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        addresses[slot] = fixed;
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        addresses[slot] = fixed;
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        last = addresses[slot];
        addresses[slot] = fixed;
    }

    @Override
    void resize(
        final int slot,
        final int oldSize,
        final int oldAlignment,
        final int newSize,
        final int newAlignment,
        final boolean zeroed)
    {
        realloc(slot, oldSize, newSize, newAlignment);
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        last = addresses[slot];
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
        return last;
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        throw new UnsupportedOperationException("blocks share one address");
    }

    @Override
    long footprint()
    {
        return 0;
    }

    @Override
    String freeMemory()
    {
        return "nothing to run out of";
    }

    @Override
    public void close()
    {
        region.close();
    }
}
