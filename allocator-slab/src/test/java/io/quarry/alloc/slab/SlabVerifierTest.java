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
import io.quarry.alloc.buddy.RunAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Breaks each invariant on purpose: each is found, by its name.
 */
class SlabVerifierTest
{
    private static final int SIZE_CLASS = 4;

    private final Region region = Region.allocate(4 << 20);
    private final RunAllocator upstream = new RunAllocator(region);
    private final SlabTable table = new SlabTable(region.capacity());
    private final Magazines magazines = new Magazines(table, upstream);
    private int head;

    @BeforeEach
    void shouldBeWholeAtFirst()
    {
        assertTrue(magazines.refill(SIZE_CLASS));
        head = magazines.entry(SIZE_CLASS, 0) >>> SlabUnit.GRANULES_SHIFT;
        head = table.headOf(head);
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
        table.units[head + 1] = SlabUnit.of(SIZE_CLASS + 1, 1);
        expect("T1");
    }

    @Test
    void shouldFindAUnitThatNoSlabReaches()
    {
        table.units[table.units() - 1] = SlabUnit.of(SIZE_CLASS, 1);
        expect("T1");
    }

    @Test
    void shouldFindATakenSlotInNoSlab()
    {
        table.units[table.units() - 1] = 1;
        expect("T2");
    }

    @Test
    void shouldFindATakenBitInsideASlot()
    {
        table.units[head] |= 2;
        expect("T2");
    }

    @Test
    void shouldFindASlabWithFreeSlotsThatIsNotPartial()
    {
        magazines.entries[SIZE_CLASS] -= 1;
        final int granule = magazines.entry(SIZE_CLASS, magazines.count(SIZE_CLASS));
        table.units[granule >>> SlabUnit.GRANULES_SHIFT] &= ~SlabUnit.takenBit(granule);
        table.clearPartial(head);
        expect("T3");
    }

    @Test
    void shouldFindAWordThatTheTreeLost()
    {
        table.markPartial(head);
        table.bySlabWord(SIZE_CLASS).remove(head >>> 6);
        expect("T4");
    }

    @Test
    void shouldFindAWordThatTheTreeHasForNothing()
    {
        table.bySlabWord(SIZE_CLASS).add((table.units() >>> 6) - 1);
        expect("T4");
    }

    @Test
    void shouldFindASlotTwiceInAMagazine()
    {
        final int top = magazines.entries[SIZE_CLASS];
        magazines.entries[top] = magazines.entries[top - 1];
        expect("twice");
    }

    @Test
    void shouldFindASlotInTheMagazineOfAnotherClass()
    {
        magazines.entries[SIZE_CLASS + 1] += 1;
        magazines.entries[magazines.entries[SIZE_CLASS + 1]] = magazines.entry(SIZE_CLASS, 0);
        expect("no slot of it");
    }

    @Test
    void shouldFindASlotThatIsLiveAndInAMagazine()
    {
        final int granule = magazines.entry(SIZE_CLASS, 0);
        table.units[granule >>> SlabUnit.GRANULES_SHIFT] ^= SlabUnit.takenBit(granule);
        expect("live and in the magazine");
    }

    @Test
    void shouldFindAMagazineAboveItsLimit()
    {
        magazines.entries[SIZE_CLASS] += Magazines.limit(SIZE_CLASS);
        expect("count");
    }

    @Test
    void shouldFindAKeptSlabThatIsNone()
    {
        magazines.keepEmpty(SIZE_CLASS, table.units() - 1);
        expect("kept");
    }

    @Test
    void shouldFindWrongSums()
    {
        table.remove(head, 0);
        table.install(head, 2, SIZE_CLASS + 1, 0);
        table.units[head] = SlabUnit.of(SIZE_CLASS + 2, -2);
        table.units[head + 1] = SlabUnit.of(SIZE_CLASS + 2, 1);
        expect("population");
    }

    @Test
    void shouldFindASlabThatIsNotCounted()
    {
        table.units[table.units() - 1] = SlabUnit.of(SIZE_CLASS, -1);
        expect("slabs=1, counted=2");
    }

    @Test
    void shouldFindAUnitThatIsNotCounted()
    {
        final int length = table.length(head);
        table.units[head] = SlabUnit.of(SIZE_CLASS, -length - 1) | table.takenInUnit(head);
        table.units[head + length] = SlabUnit.of(SIZE_CLASS, length);
        expect("slabUnits=" + length + ", counted=" + (length + 1));
    }

    @Test
    void shouldFindAPartialUnitThatIsNoHead()
    {
        table.markPartial(head + 1);
        expect("unit=" + (head + 1) + " is partial but no head");
    }

    @Test
    void shouldFindATreeWithAWrongSummary()
    {
        final long[] words = table.bySlabWord(SIZE_CLASS).words;
        final int top = words.length - 1;
        words[top] ^= 1;
        expect("a summary of its tree is wrong");
        words[top] ^= 1;
        verify();
        words[top] ^= 1L << 63;
        expect("a summary of its tree is wrong");
    }

    private void expect(final String name)
    {
        final IllegalStateException found = assertThrows(IllegalStateException.class, this::verify);
        assertTrue(found.getMessage().contains(name), found.getMessage());
    }

    private void verify()
    {
        new SlabVerifier(table, magazines).verify();
    }
}
