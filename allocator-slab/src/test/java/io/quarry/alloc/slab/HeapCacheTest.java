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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a heap keeps of slabs that have no slot left. */
@Tag("checks-off")
class HeapCacheTest
{
    private static final int CLASS = SizeClasses.ofSize(64);
    private static final int LARGE_CLASS = SizeClasses.COUNT;
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

    @Test
    void shouldHandOutTheLowestSlotFirst()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final HeapCache cache = new HeapCache(slabs, new CacheBudget(1 << 20), ID);
            assertTrue(cache.refill(sizeClass));
            final int stride = SizeClasses.size(sizeClass) >>> SizeClasses.GRANULE_SHIFT;
            final int head = cache.owned(sizeClass, 0) << SlabUnit.GRANULES_SHIFT;
            assertEquals(ID, slabs.owner(cache.owned(sizeClass, 0)));
            for (int i = 0; i < cache.count(sizeClass); i++)
            {
                assertEquals(head + (cache.count(sizeClass) - 1 - i) * stride, cache.entry(sizeClass, i));
            }
            cache.releaseAll();
        }
    }

    @Test
    void shouldGiveTheBytesOfEmptySlabsBackAndLeaveTheOthersToNobody()
    {
        final CacheBudget budget = new CacheBudget(1 << 20);
        final HeapCache cache = new HeapCache(slabs, budget, ID);
        assertTrue(cache.refill(CLASS));
        final int used = cache.owned(CLASS, 0);
        slabs.take(cache.entries[cache.entries[CLASS]--]);
        assertTrue(cache.refill(LARGE_CLASS));
        final long empty = ownedBytes(cache, LARGE_CLASS);

        assertEquals(empty, cache.releaseAll());

        assertEquals(0, budget.used());
        assertEquals(0, cache.count(CLASS) + cache.count(LARGE_CLASS));
        assertEquals(0, cache.ownedCount(CLASS) + cache.ownedCount(LARGE_CLASS));
        assertEquals(1, slabs.slabs());
        assertEquals(0, slabs.owner(used));
        assertEquals(0, cache.releaseAll());
    }

    @Test
    void shouldKeepTheUpperHalfAndOneEmptySlab()
    {
        assumeTrue(Checks.ENABLED, "without checks what is in the magazine counts as taken, and no slab is empty");
        final CacheBudget budget = new CacheBudget(1 << 20);
        final HeapCache cache = new HeapCache(slabs, budget, ID);
        assertTrue(cache.refill(LARGE_CLASS));
        final int first = cache.owned(LARGE_CLASS, 0);
        final int[] granules = new int[64];
        int taken = 0;
        while (cache.ownedCount(LARGE_CLASS) < 3)
        {
            for (; cache.count(LARGE_CLASS) > 0; taken++)
            {
                granules[taken] = cache.entries[cache.entries[LARGE_CLASS]--];
                slabs.take(granules[taken]);
            }
            assertTrue(cache.refill(LARGE_CLASS));
        }
        // All that was taken comes back, as many as there is room for in the magazine.
        for (int i = 0; i < taken; i++)
        {
            slabs.untake(granules[i]);
        }
        final int before = cache.count(LARGE_CLASS);
        final int[] kept = new int[before];
        for (int i = 0; i < before; i++)
        {
            kept[i] = cache.entry(LARGE_CLASS, i);
        }

        cache.flushHalf(LARGE_CLASS);

        assertEquals(1, cache.ownedCount(LARGE_CLASS), "empty ones but one are gone");
        assertEquals(1, slabs.slabs());
        assertEquals(first, cache.owned(LARGE_CLASS, 0));
        assertEquals(ownedBytes(cache, LARGE_CLASS), budget.used());
        final int begin = first << SlabUnit.GRANULES_SHIFT;
        final int end = begin + (slabs.length(first) << SlabUnit.GRANULES_SHIFT);
        int at = 0;
        for (int i = Math.max(1, before >>> 1); i < before; i++)
        {
            if (kept[i] >= begin && kept[i] < end)
            {
                assertEquals(kept[i], cache.entry(LARGE_CLASS, at++));
            }
        }
        assertEquals(at, cache.count(LARGE_CLASS), "slots of slabs that are gone went with them");
    }

    @Test
    void shouldGiveUpItsFullSlabsBeforeOtherClasses()
    {
        // Slabs of a class that many have are longer.
        final HeapCache others = new HeapCache(slabs, new CacheBudget(1 << 20), ID + 1);
        final CacheBudget budget = new CacheBudget(20 << 10);
        final HeapCache cache = new HeapCache(slabs, budget, ID);
        assertTrue(cache.refill(LARGE_CLASS));
        final int first = cache.owned(LARGE_CLASS, 0);
        assertTrue(budget.used() <= 10 << 10, "used=" + budget.used());
        takeAll(cache, LARGE_CLASS);
        for (int i = 0; i < 40; i++)
        {
            assertTrue(others.refill(LARGE_CLASS));
            takeAll(others, LARGE_CLASS);
        }
        while (ID == slabs.owner(first) && cache.refill(LARGE_CLASS))
        {
            takeAll(cache, LARGE_CLASS);
        }
        assertEquals(0, slabs.owner(first), "a full slab should have gone for a new one");
        assertTrue(cache.ownedCount(LARGE_CLASS) > 0);
        assertEquals(ownedBytes(cache, LARGE_CLASS), budget.used());
    }

    @Test
    void shouldGiveUpClassesWithoutASlotAtHandFirst()
    {
        final HeapCache measured = new HeapCache(slabs, new CacheBudget(1 << 20), ID + 1);
        long bytes = 0;
        for (final int sizeClass : new int[]{ CLASS, LARGE_CLASS, CLASS + 1 })
        {
            assertTrue(measured.refill(sizeClass));
            bytes += ownedBytes(measured, sizeClass);
        }
        measured.releaseAll();
        final CacheBudget budget = new CacheBudget(bytes - 1);
        final HeapCache cache = new HeapCache(slabs, budget, ID);
        assertTrue(cache.refill(LARGE_CLASS));
        assertTrue(cache.refill(CLASS));
        final int atHand = cache.count(LARGE_CLASS);
        takeAll(cache, CLASS);

        assertTrue(cache.refill(CLASS + 1));

        assertEquals(0, cache.ownedCount(CLASS), "its magazine was empty");
        assertEquals(1, cache.ownedCount(LARGE_CLASS));
        assertEquals(atHand, cache.count(LARGE_CLASS));
        assertEquals(ownedBytes(cache, LARGE_CLASS) + ownedBytes(cache, CLASS + 1), budget.used());

        final CacheBudget smaller = new CacheBudget(bytes - ownedBytes(cache, LARGE_CLASS));
        final HeapCache second = new HeapCache(slabs, smaller, ID + 2);
        assertTrue(second.refill(CLASS + 2));
        assertTrue(second.refill(CLASS + 3));
        assertTrue(second.refill(CLASS + 4), "what has slots at hand goes when there is nothing else");
        assertTrue(second.ownedCount(CLASS + 2) + second.ownedCount(CLASS + 3) < 2);
    }

    @Test
    void shouldHaveNoSlotWithoutABudget()
    {
        final HeapCache cache = new HeapCache(slabs, new CacheBudget(0), ID);
        assertFalse(cache.refill(CLASS));
        assertEquals(0, cache.count(CLASS));
        assertEquals(0, cache.ownedCount(CLASS));
        final HeapCache other = new HeapCache(slabs, new CacheBudget(1 << 20), ID + 1);
        assertTrue(other.refill(CLASS), "the slab that was made for it is nobody's");
        assertEquals(1, slabs.slabs());
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
