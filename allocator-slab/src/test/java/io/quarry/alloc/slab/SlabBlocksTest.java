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
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.quarry.alloc.Allocator.NULL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SlabBlocksTest
{
    private static final int CLASS = SizeClasses.of(64, 1);
    private static final int UNIT = SlabSizing.UNIT;
    private static final int LINE = SlabSizing.LINE_UNITS * UNIT;
    private static final int CAPACITY = 16 * LINE;

    private final Region region = Region.allocate(CAPACITY);
    private final RegionAllocator upstream = new RunAllocator(region);

    @AfterEach
    void close()
    {
        upstream.verify();
        upstream.close();
        region.close();
    }

    @Test
    void shouldFillAnyHoleWhereOneThreadHasTheSlabs()
    {
        final SlabBlocks blocks = new SlabBlocks(upstream, false);
        upstream.allocate(UNIT, 1);
        final long address = blocks.take(CLASS, 0);
        assertEquals(region.address() + UNIT, address);
        assertEquals((long)SlabSizing.wantedUnits(CLASS, 0) * UNIT, blocks.length(address, 1));
    }

    @Test
    void shouldBeginAtCacheLinesOfTheirWordsWhereSeveralThreadsHaveSlabs()
    {
        final SlabBlocks blocks = new SlabBlocks(upstream, true);
        upstream.allocate(UNIT, 1);
        final long address = blocks.take(CLASS, 0);
        assertNotEquals(NULL, address);
        assertEquals(0, (address - region.address()) % LINE);
        assertEquals(0, blocks.length(address, 1) % LINE);
    }

    @Test
    void shouldTakeWhatThereIsWhereNoWholeLineIsFree()
    {
        final SlabBlocks blocks = new SlabBlocks(upstream, true);
        upstream.allocate(UNIT, 1);
        upstream.allocate(CAPACITY - LINE, 1);
        final long address = blocks.take(CLASS, 0);
        assertNotEquals(NULL, address);
        assertTrue(blocks.length(address, 1) < LINE);
        blocks.give(address, blocks.length(address, 1));
    }

    @Test
    void shouldSayWhetherThereIsRoomAndLeaveItThere()
    {
        final SlabBlocks blocks = new SlabBlocks(upstream, false);
        assertTrue(blocks.canTake(CLASS, 0));
        final long all = upstream.allocate(CAPACITY, 1);
        assertFalse(blocks.canTake(CLASS, 0));
        assertEquals(NULL, blocks.take(CLASS, 0));
        upstream.deallocate(all, CAPACITY, 1);
        assertEquals(0, upstream.stats().liveBlocks());
    }
}
