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

import java.util.Arrays;

/**
 * The regions that small blocks share, on releases that give memory back by arena: to close a shared arena makes every
 * thread stop for a moment, which is too dear for one small block.
 * <p>
 * A new one is as large as an eighth of those there are, between {@link #MIN_SIZE} and {@link #MAX_SIZE}, so that their
 * number stays small. One that is empty is closed, but for the last such: a program that takes and frees one block
 * again and again would open and close an arena each time.
 * <p>
 * Threads: requests look at the present array without a lock; its changes are made under the monitor of this object.
 * A region's monitor may be taken inside it, not the other way round.
 */
final class SharedRegions
{
    static final long MIN_SIZE = 1 << 20;
    static final long MAX_SIZE = 16 << 20;

    /** A larger block has a region of its own: no block wastes more than a quarter of a shared one. */
    static final long MAX_BLOCK = MIN_SIZE / 4;

    private static final int GROWTH_SHIFT = 3;
    private static final SharedRegion[] NONE = {};

    private final SystemRegions regions;
    private volatile SharedRegion[] present = NONE;

    SharedRegions(final SystemRegions regions)
    {
        this.regions = regions;
    }

    /**
     * Takes a block.
     *
     * @param size      bytes, from 1 to {@link #MAX_BLOCK}.
     * @param alignment at most {@link SharedRegion#MAX_ALIGNMENT}.
     * @param zeroed    whether its bytes are to be zero.
     * @return the address or {@link Allocator#NULL}.
     */
    long take(final long size, final long alignment, final boolean zeroed)
    {
        final long address = takeFrom(present, size, alignment, zeroed);
        return Allocator.NULL != address ? address : takeFromNew(size, alignment, zeroed);
    }

    /** Closes a region if it is empty and another is too. */
    void emptied(final SharedRegion region)
    {
        synchronized (this)
        {
            if (!isAnotherEmpty(region) || !remove(region))
            {
                return;
            }
        }
        regions.close(region);
    }

    /**
     * Closes every empty region.
     *
     * @return bytes given back to the budget.
     */
    long trim()
    {
        long given = 0;
        for (final SharedRegion region : present)
        {
            if (remove(region))
            {
                regions.close(region);
                given += region.charge();
            }
        }
        return given;
    }

    private static long takeFrom(
        final SharedRegion[] shared, final long size, final long alignment, final boolean zeroed)
    {
        long address = Allocator.NULL;
        for (int i = 0; i < shared.length && Allocator.NULL == address; i++)
        {
            address = shared[i].take(size, alignment, zeroed);
        }
        return address;
    }

    private synchronized long takeFromNew(final long size, final long alignment, final boolean zeroed)
    {
        final SharedRegion[] shared = present;
        final long address = takeFrom(shared, size, alignment, zeroed);
        if (Allocator.NULL != address)
        {
            return address;
        }
        final SharedRegion added = open(shared);
        if (null == added)
        {
            return Allocator.NULL;
        }
        // Before others see it, or it could be full, or gone as empty, by the time we ask.
        final long first = added.take(size, alignment, zeroed);
        final SharedRegion[] more = Arrays.copyOf(shared, shared.length + 1);
        more[shared.length] = added;
        present = more;
        return first;
    }

    private SharedRegion open(final SharedRegion[] shared)
    {
        long total = 0;
        for (final SharedRegion region : shared)
        {
            total += region.region().capacity();
        }
        final long wanted = Math.max(MIN_SIZE, Math.min(MAX_SIZE, Long.highestOneBit(total >> GROWTH_SHIFT)));
        final SharedRegion region = regions.openShared(wanted);
        return null == region && wanted > MIN_SIZE ? regions.openShared(MIN_SIZE) : region;
    }

    private boolean isAnotherEmpty(final SharedRegion region)
    {
        for (final SharedRegion other : present)
        {
            if (other != region && other.isEmpty())
            {
                return true;
            }
        }
        return false;
    }

    private synchronized boolean remove(final SharedRegion region)
    {
        if (!region.retire())
        {
            return false;
        }
        present = Arrays.stream(present).filter(other -> other != region).toArray(SharedRegion[]::new);
        return true;
    }
}
