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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is the concurrent form's own, by one thread: that takes the steps of two, where their order matters.
 */
class ConcurrentBuddyAllocatorTest
{
    private static final int MIB = 1 << 20;

    private final Region region = Region.allocate(2 * MIB);
    private final ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 64);

    @AfterEach
    void close()
    {
        buddy.close();
        region.close();
    }

    @Test
    void shouldRefuseBadUnitSizesAndStayUnclaimed()
    {
        try (Region other = Region.allocate(MIB))
        {
            for (final int unitSize : new int[]{ 0, -64, 1, 32, 63, 65, 96, 4097, Integer.MIN_VALUE, 2 * MIB })
            {
                final Exception ex = assertThrows(
                    IllegalArgumentException.class, () -> new ConcurrentBuddyAllocator(other, unitSize));
                assertTrue(ex.getMessage().contains("unitSize=" + unitSize), ex.getMessage());
            }
            try (ConcurrentBuddyAllocator one = new ConcurrentBuddyAllocator(other))
            {
                assertEquals(BuddyAllocator.DEFAULT_UNIT_SIZE, one.unitSize());
                assertSame(other, one.region());
                assertTrue(one.isThreadSafe());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 64, 65, 127, 63 * 64, 64 * 64, 65 * 64, 4095 * 64, 4097 * 64 + 1, 50_000 * 64, 70_001 * 64 })
    void shouldServeTheWholeRegionAndBeWholeAgain(final long size)
    {
        try (Region other = Region.allocate(size); RegionAllocator one = new ConcurrentBuddyAllocator(other))
        {
            assertEquals(size & -64, one.maxSize());
            for (int i = 0; i < 3; i++)
            {
                final long address = one.allocate(one.maxSize(), 64);
                assertEquals(other.address(), address);
                assertEquals(0, one.alloc(1, 1));
                one.deallocate(address, one.maxSize(), 64);
                final AllocatorStats stats = one.stats();
                assertEquals(one.maxSize(), stats.largestFreeRun());
                assertEquals(one.maxSize(), stats.freeBytes());
                assertEquals(0, stats.liveBlocks());
                one.verify();
            }
        }
    }

    @Test
    void shouldLetTheFirstOfTwoChangesOfABlockWin()
    {
        final AtomicExtents extents = buddy.extents;
        final long address = buddy.allocate(5 * 64, 64);
        final int unit = (int)(address - region.address() >>> 6);
        assertFalse(extents.swap(unit, 4, 0));
        assertTrue(extents.swap(unit, 5, 3));
        assertFalse(extents.swap(unit, 5, 0));
        assertEquals(3, extents.get(unit));
        assertTrue(extents.swap(unit, 3, 5));
        buddy.deallocate(address, 1, 1);
        assertFalse(extents.swap(unit, 5, 0));
    }

    /** A thread has looked a block up; before it resizes it, another frees it. */
    @Test
    void shouldRefuseAResizeThatComesTooLate()
    {
        final long address = buddy.allocate(640, 64);
        final long length = buddy.blockLength(address, 640, 64);
        buddy.deallocate(address, 640, 64);
        final AllocatorStats before = buddy.stats();
        for (final long newSize : new long[]{ 64, 639 - 64, 641, 100_000 })
        {
            final Exception ex =
                assertThrows(IllegalStateException.class, () -> buddy.resizeBlock(address, length, newSize));
            assertTrue(ex.getMessage().contains("not allocated"), ex.getMessage());
            assertEquals(before, buddy.stats());
            buddy.verify();
        }
    }

    @Test
    void shouldGrowInPlaceAcrossWordsAndGiveTheTailBack()
    {
        final long address = buddy.allocate(100, 64);
        final int last = 5_000 * 64 - 1;
        assertTrue(buddy.tryResize(address, 100, 64, last));
        assertEquals(last + 1, buddy.usableSize(address, last, 64));
        buddy.verify();
        final long next = buddy.allocate(64, 64);
        assertFalse(buddy.tryResize(address, last, 64, 2 * MIB));
        assertFalse(buddy.tryResize(address, last, 64, 1L << 61));
        assertEquals(address, buddy.shrink(address, 100, 64, 65, 32));
        assertEquals(128, buddy.usableSize(address, 65, 32));
        buddy.verify();
        buddy.deallocate(address, 65, 32);
        buddy.deallocate(next, 64, 64);
        assertEquals(2 * MIB, buddy.stats().largestFreeRun());
    }

    @Test
    void shouldZeroWhatWasUsedAndLeaveWhatWasNot()
    {
        final long used = buddy.allocate(640, 64);
        region.buffer(used).put(region.bufferOffset(used) + 639, (byte)-1);
        region.buffer(used).put(region.bufferOffset(used) + 700, (byte)-1);
        buddy.deallocate(used, 640, 64);
        final long zeroed = buddy.allocateZeroed(1_250, 64);
        assertEquals(used, zeroed);
        assertEquals(0, region.buffer(used).get(region.bufferOffset(used) + 639));
        // Nobody may write beyond a block: that byte shows that memory known to be zero isn't cleared once more.
        assertEquals(-1, region.buffer(used).get(region.bufferOffset(used) + 700));
        buddy.deallocate(zeroed, 1, 1);
    }

    @Test
    void shouldCountItsMetadata()
    {
        assertEquals(buddy.words.metadataBytes() + 4L * buddy.extents.counts.length, buddy.stats().metadataBytes());
        assertTrue(buddy.stats().metadataBytes() < region.capacity() * 7 / 100 + 64 * 128 + 256);
        assertEquals(0, buddy.trim());
    }
}
