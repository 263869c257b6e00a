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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;

import java.util.BitSet;

/**
 * Checks the invariants of shared slabs and of the heaps over them, and counts what lives in them. It walks all, and is
 * exact only while no thread is in a call.
 */
final class ConcurrentSlabVerifier
{
    private static final boolean CHECKS = Checks.ENABLED;

    private final HeapBacking backing;
    private final SharedSlabs slabs;
    private final HeapTable heaps;
    private final CacheBudget budget;
    private final BitSet inMagazine = new BitSet();
    private final BitSet listed = new BitSet();

    ConcurrentSlabVerifier(final HeapBacking backing, final HeapTable heaps)
    {
        this.backing = backing;
        this.heaps = heaps;
        slabs = backing.slabs;
        budget = backing.budget;
    }

    AllocatorStats stats(final AllocatorStats upstream)
    {
        walkHeaps();
        long liveBlocks = 0;
        long liveBytes = 0;
        long freeBytes = 0;
        for (int unit = 0; unit < slabs.units(); unit++)
        {
            // Read once, as the slab can go meanwhile.
            final long word = slabs.units[unit];
            if (0 != SlabUnit.sizeClass(word) && SlabUnit.place(word) < 0)
            {
                final int size = SizeClasses.size(SlabUnit.sizeClass(word));
                final int slots = (-SlabUnit.place(word) << SlabSizing.UNIT_SHIFT) / size;
                final int live = live(unit, slots, size >>> SizeClasses.GRANULE_SHIFT);
                liveBlocks += live;
                liveBytes += (long)live * size;
                freeBytes += (long)(slots - live) * size;
            }
        }
        return new AllocatorStats(
            Math.max(0, upstream.allocatedBytes() - slabs.upstreamBytes()) + liveBytes,
            Math.max(0, upstream.liveBlocks() - slabs.slabs()) + liveBlocks,
            upstream.freeBytes() + freeBytes,
            upstream.largestFreeRun(),
            upstream.highWaterBytes(),
            upstream.metadataBytes() + metadataBytes());
    }

    void verify()
    {
        verifyUnits();
        long owned = 0;
        for (int id = 1; id <= heaps.ids(); id++)
        {
            final Heap heap = heaps.heap(id);
            if (null != heap)
            {
                expect(heap.id == id, "heap=%d is listed as %d", heap.id, id);
                owned += verifyHeap(heap);
            }
        }
        expect(owned == budget.used(), "budget has used=%d, the heaps own %d bytes of slabs", budget.used(), owned);
        expect(owned <= budget.limit(), "the heaps own %d bytes of slabs, limit=%d", owned, budget.limit());
        verifySlabs();
    }

    private void walkHeaps()
    {
        for (int id = 1; id <= heaps.ids(); id++)
        {
            final Heap heap = heaps.heap(id);
            for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT && null != heap; sizeClass++)
            {
                for (int i = 0; i < heap.cache.count(sizeClass); i++)
                {
                    inMagazine.set(heap.cache.entry(sizeClass, i));
                }
            }
        }
    }

    private boolean isCombined(final int granule)
    {
        for (int id = 1; id <= heaps.ids(); id++)
        {
            if (null != heaps.heap(id) && heaps.heap(id).combined.contains(granule))
            {
                return true;
            }
        }
        return false;
    }

    /** Slots of a slab that users have. */
    private int live(final int head, final int slots, final int stride)
    {
        final int first = head << SlabUnit.GRANULES_SHIFT;
        int live = 0;
        for (int granule = first; granule < first + slots * stride; granule += stride)
        {
            final boolean isFree = !slabs.isTaken(granule) || slabs.wasFreed(granule) || isCombined(granule) ||
                inMagazine.get(granule);
            live += isFree ? 0 : 1;
        }
        return live;
    }

    private long metadataBytes()
    {
        long bytes = backing.metadataBytes();
        for (int id = 1; id <= heaps.ids(); id++)
        {
            final Heap heap = heaps.heap(id);
            bytes += null == heap ? 0 : heap.cache.metadataBytes() + heap.combined.metadataBytes();
        }
        return bytes;
    }

    private void verifyUnits()
    {
        int count = 0;
        final int[] population = new int[SizeClasses.COUNT + 1];
        for (int unit = 0; unit < slabs.units(); unit++)
        {
            if (slabs.isHead(unit))
            {
                count++;
                population[slabs.classOf(unit)] += slabs.length(unit);
                for (int i = unit; i < unit + slabs.length(unit); i++)
                {
                    expect(i < slabs.units() && slabs.classOf(i) == slabs.classOf(unit) && slabs.headOf(i) == unit,
                        "T1 unit=%d of the slab at head=%d", i, unit);
                    expect(slabs.owner(i) == slabs.owner(unit), "U1 unit=%d has owner=%d, its head=%d has owner=%d",
                        i, slabs.owner(i), unit, slabs.owner(unit));
                }
                expect(SharedSlabs.HAND != slabs.owner(unit), "U1 slab at head=%d was never let go", unit);
            }
            else if (0 != slabs.classOf(unit))
            {
                final int head = slabs.headOf(unit);
                expect(head >= 0 && slabs.isHead(head) && unit < head + slabs.length(head),
                    "T1 unit=%d has a class but no slab, head=%d", unit, head);
            }
            else
            {
                expect(0 == slabs.units[unit], "T2 unit=%d is in no slab but has word=%d", unit, slabs.units[unit]);
            }
            expect(0 == (slabs.remote[unit] & ~slabs.takenInUnit(unit)), "U2 unit=%d has remote=%x, taken=%x",
                unit, slabs.remote[unit], slabs.takenInUnit(unit));
        }
        expect(count == slabs.slabs(), "slabs=%d, counted=%d", slabs.slabs(), count);
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            expect(population[sizeClass] == slabs.population(sizeClass),
                "class=%d has population=%d, counted=%d",
                sizeClass, slabs.population(sizeClass), population[sizeClass]);
        }
    }

    private long verifyHeap(final Heap heap)
    {
        long owned = 0;
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            for (int i = 0; i < heap.cache.ownedCount(sizeClass); i++)
            {
                final int head = heap.cache.owned(sizeClass, i);
                expect(slabs.isHead(head) && slabs.classOf(head) == sizeClass && slabs.owner(head) == heap.id,
                    "H1 heap=%d lists head=%d, which is no slab of its class=%d", heap.id, head, sizeClass);
                expect(!listed.get(head), "H1 head=%d is listed twice", head);
                listed.set(head);
                owned += (long)slabs.length(head) << SlabSizing.UNIT_SHIFT;
            }
            for (int i = 0; i < heap.cache.count(sizeClass); i++)
            {
                final int granule = heap.cache.entry(sizeClass, i);
                final int unit = granule >>> SlabUnit.GRANULES_SHIFT;
                expect(unit >= 0 && unit < slabs.units() && slabs.classOf(unit) == sizeClass &&
                    slabs.owner(unit) == heap.id && slabs.isSlotStart(granule),
                    "H2 heap=%d has granule=%d in its magazine of class=%d", heap.id, granule, sizeClass);
                expect(!inMagazine.get(granule), "H2 granule=%d is in a magazine twice", granule);
                expect(CHECKS != slabs.isTaken(granule), "H2 granule=%d is live and in a magazine", granule);
                inMagazine.set(granule);
            }
            verifyFull(heap, sizeClass);
        }
        return owned;
    }

    private void verifyFull(final Heap heap, final int sizeClass)
    {
        final int stride = SizeClasses.size(sizeClass) >>> SizeClasses.GRANULE_SHIFT;
        for (int i = 0; i < heap.cache.ownedCount(sizeClass); i++)
        {
            final int head = heap.cache.owned(sizeClass, i);
            final int first = head << SlabUnit.GRANULES_SHIFT;
            for (int slot = 0; slot < slabs.slots(head) && heap.cache.isFull(sizeClass, i); slot++)
            {
                final int granule = first + slot * stride;
                expect(slabs.isTaken(granule) || inMagazine.get(granule),
                    "H4 heap=%d has head=%d as full, but granule=%d is free", heap.id, head, granule);
            }
        }
    }

    private void verifySlabs()
    {
        for (int head = 0; head < slabs.units(); head++)
        {
            if (!slabs.isHead(head))
            {
                continue;
            }
            final int stride = SizeClasses.size(slabs.classOf(head)) >>> SizeClasses.GRANULE_SHIFT;
            int room = 0;
            int taken = 0;
            for (int slot = 0; slot < slabs.slots(head); slot++)
            {
                final int granule = (head << SlabUnit.GRANULES_SHIFT) + slot * stride;
                taken += slabs.isTaken(granule) ? 1 : 0;
                room += !slabs.isTaken(granule) || slabs.wasFreed(granule) ? 1 : 0;
            }
            expect(taken == slabs.takenCount(head), "T2 slab at head=%d has takenCount=%d, %d of them slots",
                head, slabs.takenCount(head), taken);
            if (SharedSlabs.NOBODY != slabs.owner(head))
            {
                expect(listed.get(head), "H1 slab at head=%d has owner=%d, who doesn't list it",
                    head, slabs.owner(head));
                continue;
            }
            expect(room < slabs.slots(head), "U3 slab at head=%d is free and nobody's", head);
            expect(0 == room || slabs.hints().isUp(head, slabs.classOf(head)),
                "U3 slab at head=%d has room=%d but no hint", head, room);
        }
    }

    private static void expect(final boolean holds, final String message, final Object... values)
    {
        if (!holds)
        {
            throw new IllegalStateException(String.format(message, values));
        }
    }
}
