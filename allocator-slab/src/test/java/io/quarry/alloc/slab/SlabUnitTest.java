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
import static org.junit.jupiter.api.Assertions.assertNotEquals;

class SlabUnitTest
{
    @Test
    void shouldKeepEveryClassAndPlaceBesideEveryTakenBit()
    {
        for (int sizeClass = 0; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            for (int place = -SlabUnit.MAX_LENGTH; place < SlabUnit.MAX_LENGTH; place++)
            {
                final long free = SlabUnit.of(sizeClass, place);
                assertEquals(0, free & SlabUnit.TAKEN);
                for (final long word : new long[]{ free, free | SlabUnit.TAKEN })
                {
                    assertEquals(sizeClass, SlabUnit.sizeClass(word));
                    assertEquals(place, SlabUnit.place(word));
                }
            }
        }
    }

    @Test
    void shouldGiveEachGranuleOfAUnitABitOfItsOwn()
    {
        final int first = 7 << SlabUnit.GRANULES_SHIFT;
        long all = 0;
        for (int granule = first; granule < first + SlabUnit.GRANULES; granule++)
        {
            assertEquals(0, all & SlabUnit.takenBit(granule));
            all |= SlabUnit.takenBit(granule);
        }
        assertEquals(SlabUnit.TAKEN, all);
    }

    @Test
    void shouldChangeTheOwnerAndNothingElse()
    {
        for (final int owner : new int[]{ 0, 1, 255, 256, SlabUnit.MAX_OWNER - 1, SlabUnit.MAX_OWNER })
        {
            for (final int sizeClass : new int[]{ 1, SizeClasses.COUNT })
            {
                for (final int place : new int[]{ -SlabUnit.MAX_LENGTH, -1, 0, SlabUnit.MAX_LENGTH - 1 })
                {
                    final long word = SlabUnit.of(sizeClass, place) | 0x5555_5555L;
                    final long owned = SlabUnit.withOwner(SlabUnit.withOwner(word, 0x1234), owner);
                    assertEquals(owner, SlabUnit.owner(owned));
                    assertEquals(sizeClass, SlabUnit.sizeClass(owned));
                    assertEquals(place, SlabUnit.place(owned));
                    assertEquals(0x5555_5555L, owned & SlabUnit.TAKEN);
                    assertEquals(SlabUnit.tag(sizeClass, owner), SlabUnit.tag(owned));
                    assertEquals(word, SlabUnit.withOwner(owned, 0));
                }
            }
        }
        assertNotEquals(SlabUnit.tag(1, 2), SlabUnit.tag(2, 1));
    }

    @Test
    void shouldFindTheLowestGranuleOfAMask()
    {
        final int unit = 7;
        for (int i = 0; i < SlabUnit.GRANULES; i++)
        {
            final int granule = SlabUnit.granule(unit, -1 << i);
            assertEquals(unit * SlabUnit.GRANULES + i, granule);
            assertEquals(1L << i, SlabUnit.takenBit(granule));
        }
    }
}
