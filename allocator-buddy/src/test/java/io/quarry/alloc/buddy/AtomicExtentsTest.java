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
package io.quarry.alloc.buddy;

import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Which block a call has, and with which words it is told that it has none. */
class AtomicExtentsTest
{
    private static final int UNIT = 64;
    private static final int UNITS = 32;
    private static final int START = 5;
    private static final int COUNT = 3;

    private final Region region = Region.allocate(UNIT * UNITS, UNIT);
    private final UnitGrid grid = new UnitGrid(region, UNIT);
    private final AtomicExtents extents = new AtomicExtents(grid, region);
    private final long block = grid.address(START);

    AtomicExtentsTest()
    {
        extents.begin(START, COUNT);
    }

    @AfterEach
    void close()
    {
        region.close();
    }

    @Test
    void shouldKnowABlockByItsFirstUnit()
    {
        assertEquals(COUNT, extents.checked(START, block, COUNT * UNIT, UNIT));
        assertEquals(COUNT, extents.checked(START, block, 1, 1));
        assertEquals(1, extents.blocks());
        assertEquals(COUNT, extents.usedUnits());
    }

    @Test
    void shouldSayWhatIsWrong()
    {
        refused(Misuse.tooLarge(block, COUNT * UNIT + 1, COUNT * UNIT), START, block, COUNT * UNIT + 1, 1);
        final long odd = 2L * Long.highestOneBit(block);
        refused(Misuse.misaligned(block, odd), START, block, UNIT, odd);
        for (int unit = 0; unit < UNITS; unit++)
        {
            final long address = grid.address(unit);
            if (START != unit)
            {
                refused(unit > START && unit < START + COUNT ? Misuse.interior(address) : Misuse.dead(address),
                    unit, address, UNIT, 1);
            }
            refused(Misuse.interior(address + 1), -1, address + 1, UNIT, 1);
        }
        refused(Misuse.foreign(region.address() - 1, region), -1, region.address() - 1, UNIT, 1);
        final long end = region.address() + region.capacity();
        refused(Misuse.foreign(end, region), -1, end, UNIT, 1);
    }

    @Test
    void shouldLetOneOfTwoEndABlock()
    {
        assertTrue(extents.swap(START, COUNT, 0));
        assertFalse(extents.swap(START, COUNT, 0));
        assertEquals(0, extents.blocks());
        refused(Misuse.dead(block), START, block, UNIT, 1);
    }

    private void refused(
        final RuntimeException expected, final int unit, final long address, final long size, final long alignment)
    {
        final RuntimeException actual =
            assertThrows(RuntimeException.class, () -> extents.checked(unit, address, size, alignment));
        assertEquals(expected.getMessage(), actual.getMessage());
        assertEquals(expected.getClass(), actual.getClass());
    }
}
