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

import java.util.BitSet;

/**
 * Checks the invariants of slabs and magazines, and counts what lives in them. For tests and reports: it walks all.
 */
final class SlabVerifier
{
    private final SlabTable table;
    private final Magazines magazines;
    private final BitSet inMagazine = new BitSet();

    SlabVerifier(final SlabTable table, final Magazines magazines)
    {
        this.table = table;
        this.magazines = magazines;
    }

    static AllocatorStats stats(final SlabTable table, final Magazines magazines, final AllocatorStats upstream)
    {
        long liveBlocks = 0;
        long liveBytes = 0;
        long freeBytes = 0;
        for (int unit = 0; unit < table.units(); unit++)
        {
            if (table.isHead(unit))
            {
                final int size = SizeClasses.size(table.classOf(unit));
                final int taken = table.takenCount(unit);
                liveBlocks += taken;
                liveBytes += (long)taken * size;
                freeBytes += (long)(table.slots(unit) - taken) * size;
            }
        }
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT && !SlabAllocator.CHECKS; sizeClass++)
        {
            final long cachedBytes = (long)magazines.count(sizeClass) * SizeClasses.size(sizeClass);
            liveBlocks -= magazines.count(sizeClass);
            liveBytes -= cachedBytes;
            freeBytes += cachedBytes;
        }
        return new AllocatorStats(
            upstream.allocatedBytes() - table.upstreamBytes() + liveBytes,
            upstream.liveBlocks() - table.slabs() + liveBlocks,
            upstream.freeBytes() + freeBytes,
            upstream.largestFreeRun(),
            upstream.highWaterBytes(),
            upstream.metadataBytes() + table.metadataBytes() + magazines.metadataBytes());
    }

    void verify()
    {
        verifyUnits();
        verifyMagazines();
        verifySlabs();
        verifyTrees();
    }

    private void verifyUnits()
    {
        int slabs = 0;
        int slabUnits = 0;
        final int[] population = new int[SizeClasses.COUNT + 1];
        for (int unit = 0; unit < table.units(); unit++)
        {
            if (table.isHead(unit))
            {
                slabs++;
                slabUnits += table.length(unit);
                population[table.classOf(unit)] += table.length(unit);
                for (int i = unit; i < unit + table.length(unit); i++)
                {
                    expect(i < table.units() && table.classOf(i) == table.classOf(unit) && table.headOf(i) == unit,
                        "T1 unit=%d of the slab at head=%d", i, unit);
                }
            }
            else if (0 != table.classOf(unit))
            {
                final int head = table.headOf(unit);
                expect(head >= 0 && table.isHead(head) && unit < head + table.length(head),
                    "T1 unit=%d has a class but no slab, head=%d", unit, head);
            }
            else
            {
                expect(0 == table.takenInUnit(unit), "T2 unit=%d is in no slab but has taken slots", unit);
            }
        }
        expect(slabs == table.slabs(), "slabs=%d, counted=%d", table.slabs(), slabs);
        expect(slabUnits == table.slabUnits(), "slabUnits=%d, counted=%d", table.slabUnits(), slabUnits);
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            expect(population[sizeClass] == table.population(sizeClass),
                "class=%d has population=%d, counted=%d",
                sizeClass, table.population(sizeClass), population[sizeClass]);
        }
    }

    private void verifyMagazines()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final int count = magazines.count(sizeClass);
            final int limit = Magazines.limit(sizeClass);
            expect(count >= 0 && count <= limit, "class=%d has a magazine of count=%d", sizeClass, count);
            for (int i = 0; i < count; i++)
            {
                final int granule = magazines.entry(sizeClass, i);
                final int unit = granule >>> SlabUnit.GRANULES_SHIFT;
                expect(unit >= 0 && unit < table.units() && table.classOf(unit) == sizeClass &&
                    table.isSlotStart(granule), "magazine of class=%d holds granule=%d, no slot of it",
                    sizeClass, granule);
                expect(!inMagazine.get(granule), "granule=%d is in the magazine of class=%d twice", granule, sizeClass);
                expect(SlabAllocator.CHECKS != table.isTaken(granule),
                    "granule=%d is live and in the magazine of class=%d", granule, sizeClass);
                inMagazine.set(granule);
            }
            final int kept = magazines.keptEmpty(sizeClass);
            expect(SlabTable.NONE == kept || kept >= 0 && kept < table.units() && table.isHead(kept) &&
                table.classOf(kept) == sizeClass, "class=%d kept unit=%d, which is no slab of it", sizeClass, kept);
        }
    }

    private void verifySlabs()
    {
        for (int head = 0; head < table.units(); head++)
        {
            if (!table.isHead(head))
            {
                continue;
            }
            final int stride = SizeClasses.size(table.classOf(head)) >>> SizeClasses.GRANULE_SHIFT;
            final int first = head << SlabUnit.GRANULES_SHIFT;
            int live = 0;
            int free = 0;
            int cached = 0;
            for (int slot = 0; slot < table.slots(head); slot++)
            {
                final int granule = first + slot * stride;
                final boolean inMagazine = this.inMagazine.get(granule);
                final boolean taken = table.isTaken(granule);
                cached += inMagazine ? 1 : 0;
                live += taken && !inMagazine ? 1 : 0;
                free += !taken && !inMagazine ? 1 : 0;
            }
            expect(table.takenCount(head) == live + (SlabAllocator.CHECKS ? 0 : cached),
                "T2 slab at head=%d has takenCount=%d, live=%d, cached=%d", head, table.takenCount(head), live, cached);
            expect(0 == free || table.isPartial(head), "T3 slab at head=%d has free=%d but isn't partial", head, free);
        }
    }

    private void verifyTrees()
    {
        for (int word = 0; word << 6 < table.units(); word++)
        {
            long classes = 0;
            for (int unit = word << 6; unit < Math.min(table.units(), word + 1 << 6); unit++)
            {
                if (table.isPartial(unit))
                {
                    expect(table.isHead(unit), "unit=%d is partial but no head", unit);
                    classes |= 1L << table.classOf(unit);
                }
            }
            for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
            {
                expect(table.bySlabWord(sizeClass).contains(word) == (0 != (classes & 1L << sizeClass)),
                    "T4 class=%d, word=%d: in the tree or partial, not both", sizeClass, word);
            }
        }
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            expect(table.bySlabWord(sizeClass).isConsistent(), "class=%d: a summary of its tree is wrong", sizeClass);
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
