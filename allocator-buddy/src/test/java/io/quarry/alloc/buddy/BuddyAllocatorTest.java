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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.WordVisits;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BuddyAllocatorTest
{
    private static final int MIB = 1 << 20;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception
    {
        for (int i = toClose.size() - 1; i >= 0; i--)
        {
            toClose.get(i).close();
        }
    }

    private Region region(final long size)
    {
        final Region region = Region.allocate(size);
        toClose.add(region);
        return region;
    }

    private BuddyAllocator buddy(final long size, final int unitSize)
    {
        final BuddyAllocator buddy = new BuddyAllocator(region(size), unitSize);
        toClose.add(buddy);
        return buddy;
    }

    @Test
    void shouldRefuseBadUnitSizesAndStayUnclaimed()
    {
        final Region region = region(MIB);
        for (final int unitSize : new int[]{0, -64, 1, 32, 63, 65, 96, 4097, Integer.MIN_VALUE})
        {
            final Exception ex =
                assertThrows(IllegalArgumentException.class, () -> new BuddyAllocator(region, unitSize));
            assertTrue(ex.getMessage().contains("unitSize=" + unitSize), ex.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> new BuddyAllocator(region, 2 * MIB));
        try (BuddyAllocator buddy = new BuddyAllocator(region))
        {
            assertEquals(BuddyAllocator.DEFAULT_UNIT_SIZE, buddy.unitSize());
            assertSame(region, buddy.region());
            assertFalse(buddy.isThreadSafe());
        }
    }

    @Test
    void shouldRoundUpToUnitsOnly()
    {
        final BuddyAllocator buddy = buddy(MIB, 64);
        for (int size = 1; size < 10_000; size += 97)
        {
            final long address = buddy.allocate(size, 1);
            assertEquals(size + 63L & -64, buddy.usableSize(address, size, 1));
            buddy.deallocate(address, size, 1);
        }
        buddy.verify();
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 65, 127, 63 * 64, 64 * 64, 65 * 64, 4095 * 64, 4097 * 64 + 1, 50_000 * 64, 70_001 * 64})
    void shouldServeTheWholeRegionAndBeWholeAgain(final long size)
    {
        final BuddyAllocator buddy = buddy(size, 64);
        assertEquals(size & -64, buddy.maxSize());
        for (int i = 0; i < 3; i++)
        {
            final long address = buddy.allocate(buddy.maxSize(), 64);
            assertEquals(buddy.region().address(), address);
            assertThrows(AllocError.class, () -> buddy.allocate(1, 1));
            buddy.deallocate(address, buddy.maxSize(), 64);
            final AllocatorStats stats = buddy.stats();
            assertEquals(buddy.maxSize(), stats.largestFreeRun());
            assertEquals(buddy.maxSize(), stats.freeBytes());
            assertEquals(0, stats.liveBlocks());
        }
        assertThrows(AllocError.class, () -> buddy.allocate(buddy.maxSize() + 1, 1));
        assertThrows(AllocError.class, () -> buddy.allocate(Long.MAX_VALUE, 1));
        assertEquals(BuddyAllocator.NULL, buddy.alloc(1L << 62, 1L << 62));
    }

    @Test
    void shouldServeEveryAlignmentThatTheRegionHolds()
    {
        for (final int unitSize : new int[]{64, 4096, 65_536})
        {
            final BuddyAllocator buddy = buddy(9 * MIB + 12_345, unitSize);
            for (long alignment = 1; alignment <= 4 * MIB; alignment <<= 1)
            {
                final long start = buddy.region().address() + Math.max(alignment, unitSize) - 1 &
                    -Math.max(alignment, unitSize);
                final long end = buddy.region().address() + buddy.region().capacity();
                final long size = (end - start) / unitSize * unitSize;
                final long address = buddy.allocate(size, alignment);
                assertEquals(start, address, "alignment=" + alignment + " unitSize=" + unitSize);
                buddy.deallocate(address, size, alignment);
                final long small = buddy.allocate(1, alignment);
                assertEquals(0, small % alignment);
                buddy.verify();
                buddy.deallocate(small, 1, alignment);
            }
            assertEquals(buddy.maxSize(), buddy.stats().largestFreeRun());
        }
    }

    @Test
    void shouldUseUnitsLargerThanTheBaseAlignment()
    {
        final BuddyAllocator buddy = buddy(5 * MIB, MIB);
        final long blocks = buddy.maxSize() / MIB;
        for (long i = 0; i < blocks; i++)
        {
            assertEquals(0, buddy.allocate(1, MIB) % MIB);
        }
        assertEquals(BuddyAllocator.NULL, buddy.alloc(1, 1));
        buddy.verify();
    }

    @Test
    void shouldRefuseWrongFreesAndResizesAndChangeNothing()
    {
        final BuddyAllocator buddy = buddy(MIB, 64);
        final long base = buddy.region().address();
        final long a = buddy.allocate(200, 64);
        final long b = buddy.allocate(64, 64);
        final long dead = buddy.allocate(64, 64);
        buddy.deallocate(dead, 64, 64);

        refuse(IllegalArgumentException.class, "not in the region", buddy, base - 64, 64, 64);
        refuse(IllegalArgumentException.class, "not in the region", buddy, base + MIB, 64, 64);
        refuse(IllegalArgumentException.class, "not in the region", buddy, a + (1L << 60), 64, 64);
        refuse(IllegalArgumentException.class, "inside a block", buddy, a + 1, 64, 1);
        refuse(IllegalArgumentException.class, "inside a block", buddy, a + 64, 64, 64);
        refuse(IllegalArgumentException.class, "inside a block", buddy, a + 192, 64, 64);
        refuse(IllegalArgumentException.class, "usableSize=256", buddy, a, 257, 64);
        refuse(IllegalArgumentException.class, "usableSize=64", buddy, b, 65, 64);
        refuse(IllegalArgumentException.class, "not a multiple", buddy, a, 200, 1L << 50);
        refuse(IllegalStateException.class, "not allocated", buddy, dead, 64, 64);
        refuse(IllegalStateException.class, "not allocated", buddy, dead + 64_000 / 64 * 64, 64, 64);

        buddy.deallocate(a, 256, 64);
        refuse(IllegalStateException.class, "not allocated", buddy, a, 200, 64);
        buddy.deallocate(b, 1, 64);
        assertEquals(0, buddy.stats().liveBlocks());
    }

    private static void refuse(
        final Class<? extends RuntimeException> type,
        final String message,
        final BuddyAllocator buddy,
        final long address,
        final long size,
        final long alignment)
    {
        final AllocatorStats before = buddy.stats();
        final Executable[] calls =
        {
            () -> buddy.deallocate(address, size, alignment),
            () -> buddy.dealloc(address, size, alignment),
            () -> buddy.grow(address, size, alignment, size + 1_000, alignment),
            () -> buddy.growZeroed(address, size, alignment, size + 1_000, alignment),
            () -> buddy.shrink(address, size, alignment, 1, alignment),
            () -> buddy.shrink(address, size, alignment, 0, alignment),
            () -> buddy.tryResize(address, size, alignment, size + 1),
            () -> buddy.realloc(address, size, alignment, size + 1),
            () -> buddy.usableSize(address, size, alignment),
        };
        for (final Executable call : calls)
        {
            final RuntimeException ex = assertThrows(type, call);
            assertTrue(ex.getMessage().contains(message), ex.getMessage());
        }
        assertEquals(before, buddy.stats());
        buddy.verify();
    }

    @Test
    void shouldGrowInPlaceAcrossWordsAndGiveTheTailBack()
    {
        final BuddyAllocator buddy = buddy(2 * MIB, 64);
        final long address = buddy.allocate(100, 64);
        final int last = 5_000 * 64 - 1;
        buddy.region().buffer(address).put(buddy.region().bufferOffset(address) + 99, (byte)42);
        assertTrue(buddy.tryResize(address, 100, 64, last));
        assertEquals(last + 1, buddy.usableSize(address, last, 64));
        buddy.verify();
        final long next = buddy.allocate(64, 64);
        assertEquals(address + last + 1, next);
        assertFalse(buddy.tryResize(address, last, 64, last + 2));
        assertFalse(buddy.tryResize(address, last, 64, 0));
        assertFalse(buddy.tryResize(address, last, 64, 1L << 61));
        assertEquals(last + 1, buddy.usableSize(address, last, 64));
        assertEquals(address, buddy.shrink(address, last, 64, 65, 32));
        assertEquals(128, buddy.usableSize(address, 65, 32));
        buddy.verify();
        final long moved = buddy.grow(address, 128, 32, MIB, 64);
        assertEquals(42, buddy.region().buffer(moved).get(buddy.region().bufferOffset(moved) + 99));
        buddy.deallocate(moved, MIB, 64);
        buddy.deallocate(next, 64, 64);
        assertEquals(2 * MIB, buddy.stats().largestFreeRun());
    }

    @Test
    void shouldGrowToTheRegionsEndAndNotBeyond()
    {
        final BuddyAllocator buddy = buddy(64 * 64, 64);
        final long low = buddy.allocate(10 * 64, 64);
        final long address = buddy.allocate(64, 64);
        assertFalse(buddy.tryResize(address, 64, 64, 54 * 64 + 1));
        assertFalse(buddy.tryResize(address, 64, 64, 64 * 64));
        assertEquals(64, buddy.usableSize(address, 64, 64));
        assertTrue(buddy.tryResize(address, 64, 64, 54 * 64));
        assertEquals(0, buddy.stats().freeBytes());
        assertTrue(buddy.tryResize(address, 64, 64, 54 * 64));
        buddy.deallocate(low, 10 * 64, 64);
        buddy.deallocate(address, 54 * 64, 64);
        buddy.verify();
    }

    @Test
    void shouldVerifyItsWords() throws ReflectiveOperationException
    {
        final BuddyAllocator buddy = buddy(64 * 64, 64);
        final Field words = BuddyAllocator.class.getDeclaredField("words");
        words.setAccessible(true);
        ((RadixWords)words.get(buddy)).levels[0].longest[0]++;
        assertThrows(IllegalStateException.class, buddy::verify);
        ((RadixWords)words.get(buddy)).levels[0].longest[0]--;
        buddy.verify();
    }

    @Test
    void shouldKeepBlockWhenGrowFails()
    {
        final BuddyAllocator buddy = buddy(64 * 64, 64);
        final long address = buddy.allocate(32 * 64, 64);
        final AllocatorStats before = buddy.stats();
        assertThrows(AllocError.class, () -> buddy.grow(address, 32 * 64, 64, 65 * 64, 64));
        assertEquals(BuddyAllocator.NULL, buddy.realloc(address, 32 * 64, 64, 65 * 64));
        assertEquals(before, buddy.stats());
        buddy.deallocate(address, 32 * 64, 64);
    }

    @Test
    void shouldZeroWhatWasUsedAndLeaveWhatWasNot()
    {
        final BuddyAllocator buddy = buddy(MIB, 64);
        final long used = buddy.allocate(640, 64);
        for (long at = used; at < used + 1_280; at++)
        {
            buddy.region().buffer(at).put(buddy.region().bufferOffset(at), (byte)-1);
        }
        buddy.deallocate(used, 640, 64);
        final long zeroed = buddy.allocateZeroed(1_250, 64);
        assertEquals(used, zeroed);
        for (long at = used; at < used + 1_280; at++)
        {
            // Nobody may write beyond a block: that byte shows that memory known to be zero isn't cleared once more.
            assertEquals(
                at < used + 640 ? 0 : -1, buddy.region().buffer(at).get(buddy.region().bufferOffset(at)), "at=" + at);
        }
        buddy.deallocate(zeroed, 1_250, 64);
        final long again = buddy.allocZeroed(1_250, 64);
        for (long at = again; at < again + 1_280; at++)
        {
            assertEquals(0, buddy.region().buffer(at).get(buddy.region().bufferOffset(at)), "at=" + at);
        }
        assertEquals(1_280, buddy.stats().highWaterBytes());
    }

    @Test
    void shouldTakeTheHoleAtHand()
    {
        final BuddyAllocator buddy = buddy(64 * 64 * 4, 64);
        final long[] blocks = new long[64];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = buddy.allocate(64, 64);
        }
        for (int i = 10; i < 15; i++)
        {
            buddy.deallocate(blocks[i], 64, 64);
        }
        assertEquals(blocks[10], buddy.allocUpTo(64, 640, 64));
        assertEquals(320, buddy.usableSize(blocks[10], 64, 64));
        buddy.deallocate(blocks[10], 64, 64);
        assertEquals(blocks[10], buddy.allocUpTo(320, 640, 64), "exactly the least");
        assertEquals(320, buddy.usableSize(blocks[10], 64, 64));
        assertEquals(blocks[63] + 64, buddy.allocUpTo(64, 640, 64));
        assertEquals(640, buddy.usableSize(blocks[63] + 64, 64, 64));
        assertThrows(IllegalArgumentException.class, () -> buddy.allocUpTo(0, 64, 64));
        assertThrows(IllegalArgumentException.class, () -> buddy.allocUpTo(65, 64, 64));
        assertThrows(IllegalArgumentException.class, () -> buddy.allocUpTo(1, 64, 3));
        assertEquals(BuddyAllocator.NULL, buddy.allocUpTo(buddy.maxSize(), buddy.maxSize(), 64));
    }

    @Test
    void shouldRefuseAllCallsOnceClosed()
    {
        final Region region = region(MIB);
        final BuddyAllocator buddy = new BuddyAllocator(region, 64);
        final long address = buddy.allocate(100, 64);
        buddy.close();
        buddy.close();
        final Executable[] calls =
        {
            () -> buddy.allocate(1, 1),
            () -> buddy.allocate(1L << 40, 1),
            () -> buddy.allocate(1, 1 << 20),
            () -> buddy.allocateZeroed(1, 1),
            () -> buddy.alloc(1, 1),
            () -> buddy.allocUpTo(1, 100, 1),
            () -> buddy.deallocate(address, 100, 64),
            () -> buddy.grow(address, 100, 64, 200, 64),
            () -> buddy.shrink(address, 100, 64, 10, 64),
            () -> buddy.tryResize(address, 100, 64, 10),
            () -> buddy.usableSize(address, 100, 64),
            buddy::trim,
            buddy::stats,
            buddy::verify,
        };
        for (final Executable call : calls)
        {
            final Exception ex = assertThrows(IllegalStateException.class, call);
            assertEquals("BuddyAllocator is closed", ex.getMessage());
        }
        try (BuddyAllocator next = new BuddyAllocator(region, 4096))
        {
            assertEquals(region.address(), next.allocate(MIB, 4096));
        }
    }

    @Test
    void shouldKeepToItsBoundsOnFourLevels()
    {
        final BuddyAllocator buddy = buddy(20 * MIB, 64);
        final int levels = buddy.words.levels.length;
        final int sum = 1 + levels * (levels - 1) / 2;
        assertEquals(4, levels);
        final SplittableRandom random = new SplittableRandom(4);
        final List<long[]> blocks = new ArrayList<>();
        for (int i = 0; i < 30_000; i++)
        {
            if (random.nextInt(10) < (i < 20_000 ? 6 : 3) || blocks.isEmpty())
            {
                final long size = 1 + random.nextInt(1 << 1 + random.nextInt(random.nextInt(50) == 0 ? 20 : 13));
                final boolean isFirstUseOfTheEnd = buddy.words.open < buddy.extents.length;
                WordVisits.take();
                final long address = buddy.alloc(size, 64);
                final long visits = WordVisits.take();
                if (address != BuddyAllocator.NULL)
                {
                    blocks.add(new long[]{address, size});
                    final long bound = (isFirstUseOfTheEnd ? 2 : 1) * (3 * levels + 2 * sum) + 2;
                    assertTrue(visits <= bound || size > 64 * 64, "allocate: visits=" + visits + " bound=" + bound);
                }
                continue;
            }
            final long[] block = blocks.remove(random.nextInt(blocks.size()));
            WordVisits.take();
            buddy.dealloc(block[0], block[1], 64);
            final long visits = WordVisits.take();
            assertTrue(visits <= 4 * levels + 4 * sum - 3, "deallocate: visits=" + visits);
        }
        buddy.verify();
    }

    @Test
    void shouldCountItsMetadata()
    {
        final BuddyAllocator buddy = buddy(16 * MIB, 4096);
        long bytes = 4L * buddy.extents.length;
        for (final RadixLevel level : buddy.words.levels)
        {
            bytes += 8L * level.words.length + level.longest.length + 8L * level.index.length +
                4L * level.positions.length;
        }
        assertEquals(bytes, buddy.stats().metadataBytes());
        assertEquals(0, buddy.trim());
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1024, 4096})
    void shouldKeepContentsAndBeWholeAgainAfterRandomCalls(final int unitSize)
    {
        final long seed = 77L * unitSize;
        final SplittableRandom random = new SplittableRandom(seed);
        final BuddyAllocator buddy = buddy(3 * MIB + 4_567, unitSize);
        final List<long[]> blocks = new ArrayList<>();
        for (int i = 0; i < 6_000; i++)
        {
            final int dice = random.nextInt(10);
            if (dice < 5)
            {
                final long size = 1 + random.nextInt(1 << 4 + random.nextInt(15));
                final long alignment = 1L << random.nextInt(random.nextInt(8) == 0 ? 20 : 9);
                final long address = buddy.alloc(size, alignment);
                if (address != BuddyAllocator.NULL)
                {
                    blocks.add(mark(buddy, new long[]{address, size, alignment, random.nextLong()}));
                }
            }
            else if (!blocks.isEmpty())
            {
                final long[] block = blocks.remove(random.nextInt(blocks.size()));
                checkMark(buddy, block, seed);
                if (dice < 9)
                {
                    buddy.deallocate(block[0], block[1], block[2]);
                }
                else
                {
                    final long newSize = 1 + random.nextInt(1 << 4 + random.nextInt(15));
                    final long moved = buddy.realloc(block[0], block[1], block[2], newSize);
                    block[0] = moved == BuddyAllocator.NULL ? block[0] : moved;
                    block[1] = moved == BuddyAllocator.NULL ? block[1] : newSize;
                    blocks.add(mark(buddy, block));
                }
            }
        }
        buddy.verify();
        assertEquals(blocks.size(), buddy.stats().liveBlocks());
        blocks.forEach(block -> buddy.dealloc(block[0], block[1], block[2]));
        buddy.verify();
        assertEquals(buddy.maxSize(), buddy.stats().largestFreeRun());
        assertEquals(buddy.maxSize(), buddy.stats().freeBytes());
    }

    private static long[] mark(final BuddyAllocator buddy, final long[] block)
    {
        assertEquals(0, block[0] & block[2] - 1);
        put(buddy, block[0], block[3]);
        put(buddy, block[0] + block[1] - 1, block[3] >> 8);
        return block;
    }

    private static void checkMark(final BuddyAllocator buddy, final long[] block, final long seed)
    {
        if (block[1] > 1)
        {
            assertEquals((byte)block[3], get(buddy, block[0]), "seed=" + seed);
        }
        assertEquals((byte)(block[3] >> 8), get(buddy, block[0] + block[1] - 1), "seed=" + seed);
    }

    private static void put(final BuddyAllocator buddy, final long address, final long value)
    {
        buddy.region().buffer(address).put(buddy.region().bufferOffset(address), (byte)value);
    }

    private static byte get(final BuddyAllocator buddy, final long address)
    {
        return buddy.region().buffer(address).get(buddy.region().bufferOffset(address));
    }
}
