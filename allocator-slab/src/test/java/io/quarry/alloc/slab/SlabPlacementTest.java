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
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.AllocatorSubject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static io.quarry.alloc.Allocator.NULL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Which slot a request gets, when a block moves, what is given up for a request that would fail, and the end.
 */
class SlabPlacementTest
{
    private static final int CAPACITY = 1 << 20;

    /** No more than a first slab has. */
    private static final int SLOTS = 3;

    private final Region region = Region.allocate(CAPACITY);
    private final SlabAllocator slab = new SlabAllocator(new RunAllocator(region));

    @AfterEach
    void close()
    {
        slab.close();
        region.close();
    }

    @Test
    void shouldHandOutTheLowestSlotsFirst()
    {
        for (final long size : new long[]{ 16, 64, 100, 1000 })
        {
            final int length = SizeClasses.size(SizeClasses.of(size, 1));
            final long first = slab.allocate(size, 1);
            for (int i = 1; i < SLOTS; i++)
            {
                assertEquals(first + (long)i * length, slab.allocate(size, 1), "size=" + size + " i=" + i);
            }
        }
        slab.verify();
    }

    @Test
    void shouldKeepASmallBlockUntilAClassOfHalfItsLengthWouldDo()
    {
        final long address = slab.allocate(1024, 16);
        // So that there is a slot to move to without a new slab.
        slab.deallocate(slab.allocate(528, 16), 528, 16);
        slab.deallocate(slab.allocate(512, 16), 512, 16);
        assertEquals(address, slab.realloc(address, 1024, 16, 513));
        assertEquals(address, slab.grow(address, 513, 16, 513, 16));
        assertEquals(address, slab.realloc(address, 513, 16, 1024));
        final long moved = slab.realloc(address, 1024, 16, 512);
        assertNotEquals(address, moved);
        assertEquals(512, slab.usableSize(moved, 512, 16));
        slab.deallocate(moved, 512, 16);
        slab.verify();
    }

    @Test
    void shouldKeepALargeBlockUntilItIsSmallAndHalfAsLong()
    {
        final long size = 64 << 10;
        final long address = slab.allocate(size, 16);
        assertEquals(address, slab.realloc(address, size, 16, SizeClasses.MAX_SIZE + 1));
        // Small, but not by so much.
        assertEquals(address, slab.realloc(address, SizeClasses.MAX_SIZE + 1, 16, SizeClasses.MAX_SIZE));
        assertEquals(address, slab.realloc(address, SizeClasses.MAX_SIZE, 16, size));
        final long moved = slab.realloc(address, size, 16, SizeClasses.MAX_SIZE);
        assertNotEquals(address, moved);
        assertEquals(SizeClasses.MAX_SIZE, slab.usableSize(moved, SizeClasses.MAX_SIZE, 16));
        slab.deallocate(moved, SizeClasses.MAX_SIZE, 16);
        slab.verify();
    }

    @Test
    void shouldGiveUpCachesForALargeRequest()
    {
        final long most = fillAndFree();
        assertTrue(slab.diagnose(most, 1).wouldSucceed());
        fillAndFree();
        final long address = slab.allocate(most, 1);
        slab.deallocate(address, most, 1);
        fillAndFree();
        region.buffer(region.address()).put(CAPACITY / 2, (byte)1);
        final long zeroed = slab.allocateZeroed(most, 1);
        final int start = (int)(zeroed - region.address());
        for (int i = 0; i < most; i++)
        {
            assertEquals(0, region.buffer(region.address()).get(start + i));
        }
        slab.deallocate(zeroed, most, 1);
        slab.verify();
    }

    @Test
    void shouldGiveUpCachesOfOtherClassesForASmallRequest()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final long size = SizeClasses.size(sizeClass);
            fillAndFree();
            assertTrue(slab.diagnose(size, 1).wouldSucceed(), "size=" + size);
            fillAndFree();
            slab.deallocate(slab.allocate(size, 1), size, 1);
        }
        slab.verify();
    }

    /** Leaves slots of two classes cached, each in a slab, so that no run is left; returns what one could have. */
    private long fillAndFree()
    {
        slab.trim();
        final AllocatorStats whole = slab.stats();
        final List<long[]> blocks = new ArrayList<>();
        for (final long size : new long[]{ 64, 48 })
        {
            for (int i = 0; i < 200; i++)
            {
                blocks.add(new long[]{ slab.allocate(size, 1), size });
            }
        }
        for (long size = CAPACITY; size > SizeClasses.MAX_SIZE; size = size / 3 * 2)
        {
            for (long at = slab.alloc(size, 1); NULL != at; at = slab.alloc(size, 1))
            {
                blocks.add(new long[]{ at, size });
            }
        }
        for (final long[] block : blocks)
        {
            slab.deallocate(block[0], block[1], 1);
        }
        assertEquals(0, slab.stats().liveBlocks());
        // Something is cached, or the test would show nothing.
        assertTrue(slab.stats().largestFreeRun() < whole.largestFreeRun());
        return whole.largestFreeRun();
    }

    @Test
    void shouldRefuseAnAddressBehindTheLastWholeUnit()
    {
        try (Region odd = Region.allocate(CAPACITY + 64);
            SlabAllocator above = new SlabAllocator(new RunAllocator(odd)))
        {
            final long tail = odd.address() + CAPACITY;
            assertThrows(IllegalStateException.class, () -> above.deallocate(tail, 16, 16));
            assertThrows(IllegalStateException.class, () -> above.usableSize(tail, 16, 16));
            above.verify();
        }
    }

    @Test
    void shouldServeNoClassOnceClosedAndSayWhoIsClosed()
    {
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final long size = SizeClasses.size(sizeClass);
            slab.deallocate(slab.allocate(size, 1), size, 1);
        }
        final long live = slab.allocate(64, 16);
        slab.close();
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            final long size = SizeClasses.size(sizeClass);
            refused(() -> slab.alloc(size, 1));
            refused(() -> slab.allocZeroed(size, 1));
            refused(() -> slab.diagnose(size, 1));
            refused(() -> slab.allocateBatch(size, 1, new long[8], 0, 8));
        }
        refused(() -> slab.deallocate(live, 64, 16));
        refused(() -> slab.usableSize(live, 64, 16));
        refused(() -> slab.alloc(100_000, 1));
        refused(() -> slab.allocZeroed(100_000, 1));
        refused(() -> slab.diagnose(100_000, 1));
        refused(slab::trim);
    }

    private static void refused(final Runnable call)
    {
        assertEquals("SlabAllocator is closed", assertThrows(IllegalStateException.class, call::run).getMessage());
    }

    @Test
    void shouldVerifyItselfAndItsUpstream()
    {
        final IllegalStateException broken = new IllegalStateException("broken on purpose");
        final RegionAllocator runs = new RunAllocator(Region.allocate(CAPACITY));
        final boolean[] isBroken = new boolean[1];
        final AllocatorSubject watched = new AllocatorSubject(runs, runs, runs)
        {
            @Override
            public void verify()
            {
                if (isBroken[0])
                {
                    throw broken;
                }
                super.verify();
            }
        };
        final SlabAllocator above = new SlabAllocator(watched);
        final long address = above.allocate(64, 16);
        above.verify();
        isBroken[0] = true;
        assertSame(broken, assertThrows(IllegalStateException.class, above::verify));
        isBroken[0] = false;
        final int unit = (int)(address - runs.region().address() >>> SlabSizing.UNIT_SHIFT);
        above.table.units[unit + 1] = SlabUnit.of(1, 1);
        assertTrue(assertThrows(IllegalStateException.class, above::verify).getMessage().contains("T1"));
    }
}
