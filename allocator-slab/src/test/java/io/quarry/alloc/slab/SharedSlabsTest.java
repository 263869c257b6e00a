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
import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What one finds who comes late: the slab has changed since he looked. */
class SharedSlabsTest
{
    private static final int CLASS = SizeClasses.ofSize(64);
    private static final int OWNER = 1;

    private final Region region = Region.allocate(1 << 20);
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
    void shouldNotClaimASlabThatIsOfAnotherClassByNow()
    {
        final int head = slabs.make(CLASS, OWNER);
        slabs.takeLowest(head);
        slabs.release(head);
        assertFalse(slabs.tryClaim(head, CLASS + 1, OWNER));
        assertEquals(SharedSlabs.NOBODY, slabs.owner(head));
        assertTrue(slabs.hints().isUp(head, CLASS), "a slab with room and without a hint");
        assertEquals(head, slabs.claim(CLASS, OWNER));
    }

    @Test
    void shouldLetFullSlabsGoWhoseHintsCameLate()
    {
        final CacheBudget budget = new CacheBudget(1 << 20);
        final HeapCache cache = new HeapCache(slabs, budget, OWNER);
        for (int i = 0; i < 20; i++)
        {
            final int head = slabs.make(SizeClasses.COUNT, SharedSlabs.HAND);
            while (slabs.takeLowest(head) >= 0)
            {
                assertTrue(slabs.slots(head) > 0);
            }
            slabs.release(head);
            slabs.hints().up(head, SizeClasses.COUNT);
        }
        assertTrue(cache.refill(SizeClasses.COUNT));
        assertEquals(1, cache.ownedCount(SizeClasses.COUNT));
        assertTrue(cache.count(SizeClasses.COUNT) > 0);
        final int head = cache.owned(SizeClasses.COUNT, 0);
        assertEquals(OWNER, slabs.owner(head));
        assertEquals((long)slabs.length(head) << SlabSizing.UNIT_SHIFT, budget.used());
    }

    @Test
    void shouldFindASecondFreeWhoseSlabIsGone()
    {
        assumeTrue(Checks.ENABLED);
        final int head = slabs.make(CLASS, OWNER);
        final int granule = slabs.takeLowest(head);
        final int unit = granule >>> SlabUnit.GRANULES_SHIFT;
        final int bit = (int)SlabUnit.takenBit(granule);
        slabs.release(head);
        assertEquals(0, slabs.free(unit, bit));
        assertEquals(0, slabs.slabs());
        assertEquals(bit, slabs.free(unit, bit));
        assertEquals(0, slabs.remote[unit], "the next slab there would begin with a free slot too many");
    }

    @Test
    void shouldFindASecondFreeOfASlotThatItsOwnerHasBack()
    {
        assumeTrue(Checks.ENABLED);
        final int head = slabs.make(CLASS, OWNER);
        slabs.takeLowest(head);
        final int twice = slabs.takeLowest(head);
        slabs.untake(twice);
        final int unit = twice >>> SlabUnit.GRANULES_SHIFT;
        final int bit = (int)SlabUnit.takenBit(twice);
        assertEquals(bit, slabs.free(unit, bit));
        assertEquals(0, slabs.remote[unit]);
    }

    @Test
    void shouldKeepAsManySlotsThatWereFreedTwiceAsFit()
    {
        assumeTrue(Checks.ENABLED);
        final CombinedFrees combined = new CombinedFrees(slabs);
        final Set<Integer> told = new HashSet<>();
        for (int unit = 0; unit < 3; unit++)
        {
            final int head = slabs.make(CLASS, OWNER);
            final int kept = slabs.takeLowest(head);
            for (int i = 0; i < 7; i++)
            {
                final int granule = slabs.takeLowest(head);
                assertEquals(kept >>> SlabUnit.GRANULES_SHIFT, granule >>> SlabUnit.GRANULES_SHIFT);
                combined.add(granule);
                slabs.free(granule >>> SlabUnit.GRANULES_SHIFT, (int)SlabUnit.takenBit(granule));
                told.add(granule);
            }
            combined.land();
        }
        for (int i = 0; i < CombinedFrees.MOST; i++)
        {
            assertTrue(told.remove(combined.takeFreedTwice()), "told of a block that wasn't freed twice, or again");
        }
        assertEquals(SharedSlabs.NONE, combined.takeFreedTwice());
    }
}
