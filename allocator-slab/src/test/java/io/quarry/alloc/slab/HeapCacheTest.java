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
package io.quarry.alloc.slab;

import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a heap keeps of slabs that have no slot left. */
@Tag("checks-off")
class HeapCacheTest
{
    private static final int CLASS = SizeClasses.ofSize(64);
    private static final int ID = 1;

    private final Region region = Region.allocate(4 << 20);
    private final SynchronizedRegionAllocator upstream =
        new SynchronizedRegionAllocator(new RunAllocator(region));
    private final SharedSlabs slabs = new SharedSlabs(upstream);

    @AfterEach
    void close()
    {
        upstream.close();
        region.close();
    }

    @Test
    void shouldKeepFullSlabsWhileThereIsRoomForAnother()
    {
        final CacheBudget budget = new CacheBudget(1 << 20);
        final HeapCache cache = new HeapCache(slabs, budget, ID);
        for (int i = 0; i < 200; i++)
        {
            assertTrue(cache.refill(CLASS));
            takeAll(cache, CLASS);
            assertTrue(cache.ownedCount(CLASS) <= 32, "owned=" + cache.ownedCount(CLASS));
            assertEquals(ownedBytes(cache, CLASS), budget.used());
        }
        assertTrue(cache.ownedCount(CLASS) >= 31, "owned=" + cache.ownedCount(CLASS));
    }

    @Test
    void shouldKeepHalfTheBudgetFreeOfFullSlabs()
    {
        final CacheBudget budget = new CacheBudget(64 << 10);
        final HeapCache cache = new HeapCache(slabs, budget, ID);
        for (int i = 0; i < 400; i++)
        {
            final int sizeClass = 1 + i % SizeClasses.COUNT;
            assertTrue(cache.refill(sizeClass));
            takeAll(cache, sizeClass);
            assertTrue(budget.used() <= budget.limit(), "used=" + budget.used());
        }
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            assertTrue(cache.refill(sizeClass));
            takeAll(cache, sizeClass);
        }
        assertTrue(new HeapCache(slabs, budget, ID + 1).refill(CLASS), "another heap should get a slab");
    }

    @Test
    void shouldFindWhatOthersFreedInAFullSlab()
    {
        final HeapCache cache = new HeapCache(slabs, new CacheBudget(1 << 20), ID);
        for (int i = 0; i < 20; i++)
        {
            assertTrue(cache.refill(CLASS));
            takeAll(cache, CLASS);
        }
        assertTrue(cache.refill(CLASS));
        takeAll(cache, CLASS);
        int full = 0;
        while (!cache.isFull(CLASS, full))
        {
            full++;
        }
        final int granule = cache.owned(CLASS, full) << SlabUnit.GRANULES_SHIFT;
        final int slabCount = slabs.slabs();
        assertEquals(0, slabs.free(granule >>> SlabUnit.GRANULES_SHIFT, (int)SlabUnit.takenBit(granule)));
        boolean isFound = false;
        for (int i = 0; i < 3 && !isFound; i++)
        {
            assertTrue(cache.refill(CLASS));
            for (int j = 0; j < cache.count(CLASS); j++)
            {
                isFound |= granule == cache.entry(CLASS, j);
            }
            takeAll(cache, CLASS);
        }
        assertTrue(isFound, "the slot that came back");
        assertTrue(slabs.slabs() <= slabCount + 1, "a slab was made though a slot was free");
    }

    @Test
    void shouldNotTakeAFlushedSlabForFull()
    {
        final HeapCache cache = new HeapCache(slabs, new CacheBudget(1 << 20), ID);
        for (int i = 0; i < 4; i++)
        {
            assertTrue(cache.refill(CLASS));
            takeAll(cache, CLASS);
        }
        assertTrue(cache.refill(CLASS));
        cache.flushHalf(CLASS);
        for (int i = 0; i < cache.ownedCount(CLASS); i++)
        {
            assertFalse(cache.isFull(CLASS, i));
        }
    }

    /** What a thread does that allocates all there is. */
    private void takeAll(final HeapCache cache, final int sizeClass)
    {
        while (cache.count(sizeClass) > 0)
        {
            final int granule = cache.entries[cache.entries[sizeClass]--];
            if (Checks.ENABLED)
            {
                slabs.take(granule);
            }
        }
    }

    private long ownedBytes(final HeapCache cache, final int sizeClass)
    {
        long bytes = 0;
        for (int i = 0; i < cache.ownedCount(sizeClass); i++)
        {
            bytes += (long)slabs.length(cache.owned(sizeClass, i)) << SlabSizing.UNIT_SHIFT;
        }
        return bytes;
    }
}
