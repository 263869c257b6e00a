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
package io.quarry.alloc.testing;

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.ArenaAllocator;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * An {@link ArenaAllocator} over all of a region, as an allocator that the contract suite can be run on: what an arena
 * has no record of, the live blocks, is counted here, and when the last of them is freed the arena is reset, since
 * nothing else brings its memory back. Wrong calls go to the arena like right ones.
 */
final class ArenaSubject extends AllocatorSubject
{
    private final FirstFitAllocator below;
    private final ArenaAllocator arena;
    private final Map<Long, Long> live = new HashMap<>();
    /** Links that a block was put in since the last reset; a link is a live block of {@link #below}. */
    private final Set<Long> entered = new HashSet<>();
    private long allocatedBytes;
    private boolean closed;

    private ArenaSubject(final FirstFitAllocator below, final ArenaAllocator arena)
    {
        super(below, arena);
        this.below = below;
        this.arena = arena;
    }

    static ArenaSubject over(final Region region)
    {
        final FirstFitAllocator below = FirstFitAllocator.over(region);
        final long linkSize = Math.max(64, Math.min(1 << 16, region.capacity() / 16));
        return new ArenaSubject(below, new ArenaAllocator(below, linkSize, region.capacity()));
    }

    /** All of the region: what isn't handed out yet may be. */
    @Override
    public boolean owns(final long address)
    {
        return below.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return below.regionOf(address);
    }

    /** The least, since an arena can't tell afterwards how long a block is. */
    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        if (minSize < 1 || minSize > goodSize(size, alignment))
        {
            throw Misuse.minSize(minSize, size);
        }
        return alloc(minSize, alignment);
    }

    @Override
    public AllocatorStats stats()
    {
        final AllocatorStats upstream = below.stats();
        final long free = upstream.freeBytes() + arena.reservedBytes() - arena.usedBytes();
        return new AllocatorStats(allocatedBytes, live.size(), free, largestFreeRun(upstream),
            upstream.highWaterBytes(), 0);
    }

    /** From what the links are below, where blocks came to lie, and how much of all links is used. */
    private long largestFreeRun(final AllocatorStats upstream)
    {
        long reserved = 0;
        long filled = 0;
        long kept = 0;
        for (final Map.Entry<Long, Long> link : below.live.entrySet())
        {
            reserved += link.getValue();
            filled += entered.contains(link.getKey()) ? link.getValue() : 0;
            kept = Math.max(kept, entered.contains(link.getKey()) ? 0 : link.getValue());
        }
        final long room = filled - arena.usedBytes();
        final long elsewhere = Math.min(region().capacity() - reserved, upstream.largestFreeRun());
        return Math.max(room, Math.max(kept, elsewhere));
    }

    @Override
    public long trim()
    {
        return arena.trim();
    }

    @Override
    public void verify()
    {
        arena.verify();
        below.verify();
    }

    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            arena.close();
            below.close();
        }
    }

    @Override
    protected void added(final long address, final long size, final long alignment)
    {
        live.put(address, size);
        entered.add(below.live.floorKey(address));
        allocatedBytes += size;
    }

    @Override
    protected void removed(final long address, final long size)
    {
        forget(address);
        resetIfEmpty();
    }

    /** Not empty in between. */
    @Override
    protected void resized(
        final long address, final long oldSize, final long newAddress, final long newSize, final long newAlignment)
    {
        if (0 != oldSize)
        {
            forget(address);
        }
        if (0 != newSize)
        {
            added(newAddress, newSize, newAlignment);
        }
        resetIfEmpty();
    }

    private void forget(final long address)
    {
        final Long size = live.remove(address);
        allocatedBytes -= null == size ? 0 : size;
    }

    private void resetIfEmpty()
    {
        if (live.isEmpty())
        {
            arena.reset();
            entered.clear();
        }
    }
}
