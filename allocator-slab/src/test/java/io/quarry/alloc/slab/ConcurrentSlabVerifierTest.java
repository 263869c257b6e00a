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

import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each invariant of slabs of several threads, broken: the verifier must say which. */
class ConcurrentSlabVerifierTest
{
    private static final int SIZE_CLASS = 4;

    private final Region region = Region.allocate(1 << 20);
    private final SynchronizedRegionAllocator upstream = new SynchronizedRegionAllocator(new RunAllocator(region));
    private final HeapBacking backing = new HeapBacking(this, upstream, 1 << 16);
    private final HeapTable heaps = new HeapTable(backing, 4, 2);
    private final SharedSlabs slabs = backing.slabs;
    private Heap heap;
    private int head;
    /** Of a slab of the same class that nobody owns, with one slot taken. */
    private int shared;

    @BeforeEach
    void shouldBeWholeAtFirst()
    {
        backing.serve(heaps);
        heap = heaps.enter();
        assertTrue(heap.cache.refill(SIZE_CLASS));
        head = heap.cache.owned(SIZE_CLASS, 0);
        shared = slabs.make(SIZE_CLASS, SharedSlabs.HAND);
        slabs.takeLowest(shared);
        slabs.release(shared);
        assertNotEquals(head, shared);
        verify();
    }

    @AfterEach
    void close()
    {
        upstream.close();
        region.close();
    }

    @Test
    void shouldFindAUnitOfAnotherClass()
    {
        slabs.units[head + 1] = SlabUnit.withOwner(SlabUnit.of(SIZE_CLASS + 1, 1), heap.id);
        expect("T1 unit=" + (head + 1) + " of the slab at head=" + head);
    }

    @Test
    void shouldFindAUnitThatNoSlabReaches()
    {
        slabs.units[slabs.units() - 1] = SlabUnit.of(SIZE_CLASS, 1);
        expect("T1 unit=" + (slabs.units() - 1) + " has a class but no slab");
    }

    @Test
    void shouldFindATakenSlotInNoSlab()
    {
        slabs.units[slabs.units() - 1] = 1;
        expect("T2 unit=" + (slabs.units() - 1) + " is in no slab");
    }

    @Test
    void shouldFindATakenBitInsideASlot()
    {
        slabs.units[head] |= 2;
        expect("T2 slab at head=" + head);
    }

    @Test
    void shouldFindAUnitOfAnotherOwner()
    {
        slabs.units[head + 1] = SlabUnit.withOwner(slabs.units[head + 1], heap.id + 1);
        expect("U1 unit=" + (head + 1) + " has owner=" + (heap.id + 1));
    }

    @Test
    void shouldFindASlabThatWasNeverLetGo()
    {
        for (int unit = shared; unit < shared + slabs.length(shared); unit++)
        {
            slabs.units[unit] = SlabUnit.withOwner(slabs.units[unit], SharedSlabs.HAND);
        }
        expect("U1 slab at head=" + shared + " was never let go");
    }

    @Test
    void shouldFindAFreedSlotThatWasNotTaken()
    {
        slabs.remote[shared + 1] = 1;
        expect("U2 unit=" + (shared + 1));
    }

    @Test
    void shouldFindASlabThatIsNotCounted()
    {
        final int place = slabs.units() - 1;
        slabs.units[place] = SlabUnit.of(SIZE_CLASS, -1);
        expect("slabs=2, counted=3");
    }

    @Test
    void shouldFindAWrongPopulation()
    {
        for (int unit = shared; unit < shared + slabs.length(shared); unit++)
        {
            slabs.units[unit] = SlabUnit.of(SIZE_CLASS + 1, unit == shared ? -slabs.length(shared) : unit - shared);
        }
        expect("class=" + SIZE_CLASS + " has population=");
    }

    @Test
    void shouldFindAFreeSlabThatIsNobodys()
    {
        slabs.units[shared] &= ~SlabUnit.TAKEN;
        expect("U3 slab at head=" + shared + " is free and nobody's");
    }

    @Test
    void shouldFindASlabWithRoomThatHasNoHint()
    {
        slabs.hints().down(shared);
        expect("U3 slab at head=" + shared + " has room=");
    }

    @Test
    void shouldFindASlabThatItsOwnerDoesNotList()
    {
        for (int unit = shared; unit < shared + slabs.length(shared); unit++)
        {
            slabs.units[unit] = SlabUnit.withOwner(slabs.units[unit], heap.id);
        }
        expect("H1 slab at head=" + shared + " has owner=" + heap.id);
    }

    @Test
    void shouldFindAListedSlabOfAnotherOwner()
    {
        for (int unit = head; unit < head + slabs.length(head); unit++)
        {
            slabs.units[unit] = SlabUnit.withOwner(slabs.units[unit], SharedSlabs.NOBODY);
        }
        expect("H1 heap=" + heap.id + " lists head=" + head);
    }

    @Test
    void shouldFindASlotInTheMagazineOfAnotherClass()
    {
        heap.entries[SIZE_CLASS + 1] += 1;
        heap.entries[heap.entries[SIZE_CLASS + 1]] = heap.cache.entry(SIZE_CLASS, 0);
        expect("H2 heap=" + heap.id + " has granule=" + heap.cache.entry(SIZE_CLASS, 0));
    }

    @Test
    void shouldFindASlotOfASlabThatTheHeapDoesNotOwn()
    {
        heap.entries[heap.entries[SIZE_CLASS]] = shared << SlabUnit.GRANULES_SHIFT;
        expect("H2 heap=" + heap.id + " has granule=" + (shared << SlabUnit.GRANULES_SHIFT));
    }

    @Test
    void shouldFindASlotTwiceInAMagazine()
    {
        final int top = heap.entries[SIZE_CLASS];
        heap.entries[top] = heap.entries[top - 1];
        expect("H2 granule=" + heap.entries[top] + " is in a magazine twice");
    }

    @Test
    void shouldFindASlotThatIsLiveAndInAMagazine()
    {
        final int granule = heap.cache.entry(SIZE_CLASS, 0);
        slabs.units[granule >>> SlabUnit.GRANULES_SHIFT] ^= SlabUnit.takenBit(granule);
        expect("H2 granule=" + granule + " is live and in a magazine");
    }

    @Test
    void shouldFindAFreeSlotInASlabThatPassesForFull()
    {
        while (!heap.cache.isFull(SIZE_CLASS, 0))
        {
            heap.allocate(SizeClasses.size(SIZE_CLASS), 1);
        }
        heap.flush();
        verify();
        slabs.untake(head << SlabUnit.GRANULES_SHIFT);
        expect("H4 heap=" + heap.id + " has head=" + head + " as full");
    }

    @Test
    void shouldFindSlabsThatTheBudgetDoesNotCount()
    {
        backing.budget.give(1);
        expect("budget has used=");
    }

    @Test
    void shouldFindABudgetOverdrawn()
    {
        final long limit = backing.budget.limit();
        backing.budget.give(limit);
        for (int sizeClass = SIZE_CLASS + 1; backing.budget.used() <= 0; sizeClass++)
        {
            assertTrue(heap.cache.refill(sizeClass));
        }
        backing.budget.give(-limit);
        expect("limit=");
    }

    private void expect(final String message)
    {
        final IllegalStateException found = assertThrows(IllegalStateException.class, this::verify);
        assertTrue(found.getMessage().contains(message), found.getMessage());
    }

    private void verify()
    {
        new ConcurrentSlabVerifier(backing, heaps).verify();
    }
}
