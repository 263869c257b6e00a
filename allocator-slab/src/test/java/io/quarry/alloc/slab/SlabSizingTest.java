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

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SlabSizingTest
{
    @Test
    void shouldHoldASlotAndStayWithinTheLongestSlabForEveryClassAndPopulation()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            for (int population = 0; population < 1000; population++)
            {
                final int wanted = SlabSizing.wantedUnits(sizeClass, population);
                final int least = SlabSizing.leastUnits(sizeClass, wanted);
                final String which = "sizeClass=" + sizeClass + ", population=" + population;
                assertTrue(wanted >= 2 && wanted <= SlabSizing.MAX_UNITS, which);
                assertTrue(least >= 1 && least <= wanted, which);
                assertTrue(least * SlabSizing.UNIT >= SizeClasses.size(sizeClass), which);
            }
        }
    }

    @Test
    void shouldBeginSmallAndFollowThePopulation()
    {
        final int class16 = SizeClasses.of(16, 1);
        assertEquals(2, SlabSizing.wantedUnits(class16, 0));
        assertEquals(2, SlabSizing.wantedUnits(class16, 8));
        assertEquals(4, SlabSizing.wantedUnits(class16, 16));
        assertEquals(8, SlabSizing.wantedUnits(class16, 10_000));
        assertEquals(32, SlabSizing.wantedUnits(SizeClasses.of(2048, 1), 10_000));
    }

    @Test
    void shouldLeaveLittleTailInLargeSlabs()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final int bytes = SlabSizing.wantedUnits(sizeClass, 10_000) * SlabSizing.UNIT;
            assertTrue(bytes % SizeClasses.size(sizeClass) <= bytes / 25, "sizeClass=" + sizeClass);
        }
    }

    @Test
    void shouldFitTheTableOfPlaces()
    {
        assertTrue(SlabSizing.MAX_UNITS <= SlabUnit.MAX_LENGTH);
        assertEquals(Byte.MIN_VALUE, -SlabUnit.MAX_LENGTH);
    }

    @Test
    void shouldTakeAQuarterOfWhatIsWantedRoundedUpOrOneSlot()
    {
        final int class16 = SizeClasses.of(16, 1);
        assertEquals(1, SlabSizing.leastUnits(class16, 2));
        assertEquals(1, SlabSizing.leastUnits(class16, 4));
        assertEquals(2, SlabSizing.leastUnits(class16, 5));
        assertEquals(2, SlabSizing.leastUnits(class16, 8));
        assertEquals(4, SlabSizing.leastUnits(SizeClasses.of(2048, 1), 4));
        assertEquals(2, SlabSizing.leastUnits(SizeClasses.of(1024, 1), 2));
        assertEquals(2, SlabSizing.leastUnits(SizeClasses.of(528, 1), 2));
        assertEquals(1, SlabSizing.leastUnits(SizeClasses.of(512, 1), 2));
    }
}
