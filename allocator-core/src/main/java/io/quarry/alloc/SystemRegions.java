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

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All memory that the system allocator has from the JDK, by address.
 */
final class SystemRegions
{
    /** What the C library aligns to by itself. */
    private static final long MIN_ALIGNMENT = 16;
    private static final long MAX_ALIGNMENT = 1 << 30;

    private final SystemBudget budget;
    private final ConcurrentSkipListMap<Long, SystemRegion> byAddress = new ConcurrentSkipListMap<>();

    SystemRegions(final SystemBudget budget)
    {
        this.budget = budget;
    }

    /**
     * The region of an address, or null.
     */
    SystemRegion find(final long address)
    {
        final Map.Entry<Long, SystemRegion> below = byAddress.floorEntry(address);
        return null != below && below.getValue().contains(address) ? below.getValue() : null;
    }

    Collection<SystemRegion> all()
    {
        return byAddress.values();
    }

    /**
     * A region for one block of exactly that size.
     *
     * @return the region, all zeros, or null if the budget, or the JDK, has none.
     */
    SoleRegion openSole(final long size, final long alignment)
    {
        final long charge = chargeOf(size, alignment);
        if (charge < 0 || !budget.take(charge))
        {
            return null;
        }
        final Region region = open(size, alignment, charge);
        return null == region ? null : add(new SoleRegion(region, charge, alignment));
    }

    /**
     * A region to share.
     *
     * @return the region, all zeros, or null if the budget, or the JDK, has none.
     */
    SharedRegion openShared(final long size)
    {
        final long charge = chargeOf(size, SharedRegion.MAX_ALIGNMENT);
        if (!budget.take(charge))
        {
            return null;
        }
        final Region region = open(size, SharedRegion.MAX_ALIGNMENT, charge);
        return null == region ? null : add(new SharedRegion(region, charge));
    }

    /** Gives the memory of a region back in which nothing lives. */
    void close(final SystemRegion region)
    {
        // First: from the moment it is closed on the JDK may have the same address for another.
        byAddress.remove(region.region().address());
        region.close();
        budget.give(region.charge());
    }

    /**
     * What a region takes from the budget.
     *
     * @return bytes, with those that alignment may cost, or -1 if no such region can be had at all.
     */
    static long chargeOf(final long size, final long alignment)
    {
        final long slack = Math.max(alignment, MIN_ALIGNMENT);
        if (alignment < 1 || alignment > MAX_ALIGNMENT ||
            size > Integer.MAX_VALUE - (RegionMemory.UNGUARDED ? slack : 0))
        {
            return -1;
        }
        return size + slack;
    }

    /** The largest size that can be had with a budget. */
    static long maxSize(final long budget)
    {
        final long most = Integer.MAX_VALUE - (RegionMemory.UNGUARDED ? MIN_ALIGNMENT : 0);
        return Math.max(0, Math.min(most, budget - MIN_ALIGNMENT));
    }

    private Region open(final long size, final long alignment, final long charge)
    {
        Region region = null;
        try
        {
            region = Region.over(RegionMemory.aligned(size, (int)Math.max(alignment, MIN_ALIGNMENT)));
        }
        catch (final OutOfMemoryError ex)
        {
            // Whatever the budget says, the system has no more, or others took it: null tells.
            return null;
        }
        finally
        {
            if (null == region)
            {
                budget.give(charge);
            }
        }
        return region;
    }

    private <T extends SystemRegion> T add(final T region)
    {
        byAddress.put(region.region().address(), region);
        return region;
    }
}
