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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a run allocator does with the runs that it keeps for quick reuse.
 */
class ParkedRunsTest
{
    private static final long UNIT = 512;
    private static final long ALIGNMENT = 16;
    private static final int UNITS = 400;

    private final Region region = Region.allocate(UNITS * UNIT);
    private final RunAllocator allocator = new RunAllocator(region);

    @AfterEach
    void close()
    {
        allocator.verify();
        allocator.close();
        region.close();
    }

    @Test
    void shouldReuseTheRunFreedLastOfALength()
    {
        final long low = take(5);
        take(1);
        final long high = take(5);
        take(1);
        free(low, 5);
        free(high, 5);
        assertEquals(high, take(5));
        assertEquals(low, take(5));
    }

    @Test
    void shouldKeepRunsToThirtyTwoUnits()
    {
        assertTrue(reusesTheRunFreedLast(ParkedRuns.MAX_UNITS));
        assertFalse(reusesTheRunFreedLast(ParkedRuns.MAX_UNITS + 1));
    }

    @Test
    void shouldKnowTheUnitsThatItHolds()
    {
        final ParkedRuns parked = new ParkedRuns();
        parked.put(100, 5);

        assertFalse(parked.holds(99));
        assertTrue(parked.holds(100));
        assertTrue(parked.holds(104));
        assertFalse(parked.holds(105));
        assertEquals(5, parked.units());
        assertEquals(100, parked.take(5));
        assertFalse(parked.holds(100));
        assertEquals(0, parked.units());
    }

    @Test
    void shouldKeepRunsOfDifferentLengthsApart()
    {
        final long[] blocks = new long[ParkedRuns.PLACES + 1];
        for (int length = 1; length < blocks.length; length++)
        {
            blocks[length] = take(length);
        }
        take(1);
        for (int length = 1; length < blocks.length; length++)
        {
            free(blocks[length], length);
            allocator.verify();
        }
        for (int length = blocks.length - 1; length >= 1; length--)
        {
            assertEquals(blocks[length], take(length));
            allocator.verify();
        }
    }

    @Test
    void shouldDriveOutTheRunInTheSamePlace()
    {
        final long one = take(3);
        final long other = take(3 + ParkedRuns.PLACES);
        take(1);
        free(one, 3);
        free(other, 3 + ParkedRuns.PLACES);
        assertEquals(other, take(3 + ParkedRuns.PLACES));
        free(other, 3 + ParkedRuns.PLACES);
        assertEquals(one, take(6 + ParkedRuns.PLACES));
    }

    @Test
    void shouldCountParkedRunsAsFree()
    {
        final long block = take(7);
        take(1);
        free(block, 7);
        assertEquals(UNIT, allocator.stats().allocatedBytes());
        assertEquals(1, allocator.stats().liveBlocks());
        assertEquals((UNITS - 1) * UNIT, allocator.stats().freeBytes());
        assertEquals((UNITS - 8) * UNIT, allocator.stats().largestFreeRun());
    }

    @Test
    void shouldJoinThemBeforeARequestFails()
    {
        final long[] blocks = new long[UNITS / 20];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = take(20);
        }
        for (final long block : blocks)
        {
            assertEquals(Allocator.NULL, allocator.alloc(20 * UNIT, ALIGNMENT));
            free(block, 20);
            assertEquals(block, take(20));
        }
        for (int i = 1; i < 4; i++)
        {
            assertTrue(allocator.tryResize(blocks[i], 20 * UNIT, ALIGNMENT, (20 - i) * UNIT));
            free(blocks[i], 20 - i);
        }
        assertEquals(blocks[1], take(60));
    }

    @Test
    void shouldServeAlignedRequestFromThemWhereNothingElseIsLeft()
    {
        final long alignment = 8 * UNIT;
        final long pad = take((int)(-region.address() / UNIT & 7) + 4);
        final long first = take(4);
        final long second = take(4);
        final long rest = take((int)(allocator.stats().freeBytes() / UNIT));
        free(first, 4);
        free(second, 4);

        assertEquals(second, allocator.alloc(4 * UNIT, alignment), "in the run that both have become");
        assertEquals(first, take(4));
        assertEquals(Allocator.NULL, allocator.alloc(1, ALIGNMENT));
        assertNotEquals(pad, rest);
    }

    @Test
    void shouldJoinThemBeforeMemoryAboveEveryBlockIsTaken()
    {
        final long first = take(4);
        final long second = take(5);
        take(1);
        free(first, 4);
        free(second, 5);
        assertEquals(first, take(9));
        assertEquals(10 * UNIT, allocator.stats().highWaterBytes());
    }

    @Test
    void shouldJoinThemBeforeAnAlignedRequestFails()
    {
        final long first = take(100);
        final long[] blocks = new long[(UNITS - 100) / 10];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = take(10);
        }
        for (int i = 0; i < 8; i++)
        {
            assertTrue(allocator.tryResize(blocks[i], 10 * UNIT, ALIGNMENT, (10 - i % 2) * UNIT));
            free(blocks[i], 10 - i % 2);
        }
        final long aligned = allocator.alloc(16 * UNIT, 32 * UNIT);
        assertNotEquals(Allocator.NULL, aligned);
        free(aligned, 16);
        free(first, 100);
    }

    @Test
    void shouldGrowInPlaceOverThem()
    {
        final long block = take(4);
        final long right = take(3);
        final long beyond = take(2);
        take(1);
        free(right, 3);
        free(beyond, 2);
        assertFalse(allocator.tryResize(block, 4 * UNIT, ALIGNMENT, 10 * UNIT));
        assertTrue(allocator.tryResize(block, 4 * UNIT, ALIGNMENT, 9 * UNIT));
    }

    @Test
    void shouldGrowInPlaceWhereAParkedRunFollowsAFreeOne()
    {
        final long block = take(4);
        final long right = take(40);
        final long beyond = take(2);
        take(1);
        free(right, 40);
        free(beyond, 2);
        assertTrue(allocator.tryResize(block, 4 * UNIT, ALIGNMENT, 46 * UNIT));
    }

    @Test
    void shouldCallABlockInAParkedRunDead()
    {
        final long block = take(4);
        take(1);
        free(block, 4);
        assertThrows(IllegalStateException.class, () -> free(block, 4));
        assertThrows(IllegalStateException.class, () -> free(block + UNIT, 1));
        assertEquals(0, allocator.trim());
        assertThrows(IllegalStateException.class, () -> free(block, 4));
    }

    /** And not the lowest, which the bins would give. */
    private boolean reusesTheRunFreedLast(final int length)
    {
        final long low = take(length);
        take(1);
        final long high = take(length);
        take(1);
        free(low, length);
        free(high, length);
        return high == take(length);
    }

    private long take(final int units)
    {
        return allocator.allocate(units * UNIT, ALIGNMENT);
    }

    private void free(final long address, final int units)
    {
        allocator.deallocate(address, units * UNIT, ALIGNMENT);
    }
}
