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
import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.WordVisits;
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
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RunAllocatorTest
{
    private static final long UNIT = 512;
    private static final long ALIGNMENT = 16;

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 4095, 50_000, 70_001})
    void shouldAgreeWithModelAndBeWholeAgain(final int units)
    {
        for (int round = 0; round < 4; round++)
        {
            new RunModel(units, 512, System.nanoTime() + round).run(4_000);
        }
    }

    @Test
    void shouldAgreeWithModelWithSmallAndLargeUnits()
    {
        new RunModel(3_000, 64, System.nanoTime()).run(5_000);
        new RunModel(100, 16_384, System.nanoTime()).run(5_000);
    }

    @Test
    void shouldUseRunsLongerThanTheShortForm()
    {
        final RunAllocator allocator = make(40_000);
        final long a = allocator.allocate(20_000 * UNIT, ALIGNMENT);
        final long b = allocator.allocate(UNIT, ALIGNMENT);
        assertEquals(20_000 * UNIT, allocator.usableSize(a, 1, ALIGNMENT));
        allocator.deallocate(a, 1, ALIGNMENT);
        allocator.verify();
        final long c = allocator.allocate(9_000 * UNIT, ALIGNMENT);
        assertEquals(a, c);
        assertTrue(allocator.tryResize(c, UNIT, ALIGNMENT, 16_384 * UNIT));
        assertTrue(allocator.tryResize(c, UNIT, ALIGNMENT, 8_192 * UNIT));
        allocator.verify();
        assertTrue(allocator.tryResize(c, UNIT, ALIGNMENT, 1));
        allocator.verify();
        allocator.deallocate(b, UNIT, ALIGNMENT);
        allocator.deallocate(c, 1, ALIGNMENT);
        assertWhole(allocator);
    }

    @Test
    void shouldPreferTheFreeRunThatFitsBest()
    {
        final RunAllocator allocator = make(1_000);
        final long[] blocks = new long[8];
        final int[] lengths = {20, 1, 9, 1, 6, 1, 6, 1};
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = allocator.allocate(lengths[i] * UNIT, ALIGNMENT);
        }
        for (int i = 0; i < blocks.length; i += 2)
        {
            allocator.deallocate(blocks[i], lengths[i] * UNIT, ALIGNMENT);
        }
        allocator.trim();
        assertEquals(blocks[4], allocator.allocate(5 * UNIT + 1, ALIGNMENT));
        assertEquals(blocks[6], allocator.allocate(5 * UNIT, ALIGNMENT));
        assertEquals(blocks[2], allocator.allocate(8 * UNIT, ALIGNMENT));
        assertEquals(blocks[0], allocator.allocate(10 * UNIT, ALIGNMENT));
        allocator.verify();
    }

    @Test
    void shouldGrowIntoTheRightNeighbourAndGiveTheTailBack()
    {
        final RunAllocator allocator = make(64);
        final long a = allocator.allocate(4 * UNIT, ALIGNMENT);
        final long b = allocator.allocate(4 * UNIT, ALIGNMENT);
        final long c = allocator.allocate(4 * UNIT, ALIGNMENT);
        assertFalse(allocator.tryResize(a, 4 * UNIT, ALIGNMENT, 5 * UNIT));
        allocator.deallocate(b, 4 * UNIT, ALIGNMENT);
        assertFalse(allocator.tryResize(a, 4 * UNIT, ALIGNMENT, 9 * UNIT));
        assertEquals(a, allocator.grow(a, 4 * UNIT, ALIGNMENT, 8 * UNIT, ALIGNMENT));
        assertEquals(a, allocator.shrink(a, 8 * UNIT, ALIGNMENT, 3 * UNIT, ALIGNMENT));
        assertEquals(b - UNIT, allocator.allocate(5 * UNIT, ALIGNMENT));
        assertEquals(c, allocator.grow(c, 4 * UNIT, ALIGNMENT, 56 * UNIT, ALIGNMENT));
        assertFalse(allocator.tryResize(c, 56 * UNIT, ALIGNMENT, 57 * UNIT));
        allocator.verify();
        assertEquals(64 * UNIT, allocator.stats().allocatedBytes());
    }

    @Test
    void shouldTakeShorterHoleRatherThanUntouchedMemory()
    {
        final RunAllocator allocator = make(100);
        final long a = allocator.allocate(8 * UNIT, ALIGNMENT);
        final long b = allocator.allocate(UNIT, ALIGNMENT);
        final long c = allocator.allocate(6 * UNIT, ALIGNMENT);
        allocator.allocate(UNIT, ALIGNMENT);
        allocator.deallocate(a, 8 * UNIT, ALIGNMENT);
        allocator.deallocate(c, 6 * UNIT, ALIGNMENT);
        assertEquals(c, allocator.allocUpTo(2 * UNIT, 5 * UNIT, ALIGNMENT));
        assertEquals(a, allocator.allocUpTo(2 * UNIT, 10 * UNIT, ALIGNMENT));
        assertEquals(8 * UNIT, allocator.usableSize(a, 2 * UNIT, ALIGNMENT));
        final long d = allocator.allocUpTo(2 * UNIT, 200 * UNIT, ALIGNMENT);
        assertEquals(84 * UNIT, allocator.usableSize(d, 2 * UNIT, ALIGNMENT));
        assertEquals(Allocator.NULL, allocator.allocUpTo(2 * UNIT, 10 * UNIT, ALIGNMENT));
        assertNotEquals(Allocator.NULL, allocator.allocUpTo(UNIT, 10 * UNIT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.allocUpTo(2, 1, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.allocUpTo(0, 1, ALIGNMENT));
        allocator.deallocate(b, UNIT, ALIGNMENT);
        allocator.verify();
    }

    @Test
    void shouldRefuseMisuseAtOnceAndChangeNothing()
    {
        final RunAllocator allocator = make(64);
        final long a = allocator.allocate(4 * UNIT, ALIGNMENT);
        final long b = allocator.allocate(4 * UNIT, ALIGNMENT);
        final long c = allocator.allocate(4 * UNIT, ALIGNMENT);
        final long d = allocator.allocate(4 * UNIT, ALIGNMENT);
        allocator.deallocate(b, 4 * UNIT, ALIGNMENT);
        allocator.deallocate(c, 4 * UNIT, ALIGNMENT);
        final AllocatorStats before = allocator.stats();
        assertThrows(IllegalStateException.class, () -> allocator.deallocate(b, UNIT, ALIGNMENT));
        assertThrows(IllegalStateException.class, () -> allocator.deallocate(c, UNIT, ALIGNMENT));
        assertThrows(IllegalStateException.class, () -> allocator.deallocate(d + 4 * UNIT, UNIT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(a + UNIT, UNIT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(a + 16, UNIT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(a, 4 * UNIT + 1, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(a - UNIT, UNIT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(a + 64 * UNIT, UNIT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> allocator.tryResize(a, 5 * UNIT, ALIGNMENT, UNIT));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(d, UNIT, 1 << 20));
        assertEquals(before, allocator.stats());
        allocator.verify();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 64, 100, 5_000})
    void shouldTakeAllThereIsWhenMoreIsWanted(final int units)
    {
        final RunAllocator allocator = make(units);
        for (long size = units * UNIT + 1; size > 0 && size < Long.MAX_VALUE - ALIGNMENT; size = size * 3 + 1)
        {
            final long a = allocator.allocUpTo(1, size, ALIGNMENT);
            assertEquals(units * UNIT, allocator.usableSize(a, 1, ALIGNMENT));
            assertEquals(Allocator.NULL, allocator.allocUpTo(1, size, ALIGNMENT));
            allocator.deallocate(a, 1, ALIGNMENT);
        }
        allocator.verify();
    }

    @Test
    void shouldZeroOnlyWhatMayBeDirty()
    {
        final Region region = Region.allocate(64 * UNIT);
        final RunAllocator allocator = new RunAllocator(region);
        final long a = allocator.allocate(8 * UNIT, ALIGNMENT);
        for (int i = 0; i < 8 * UNIT; i++)
        {
            region.buffer(a).put(region.bufferOffset(a) + i, (byte)-1);
        }
        allocator.deallocate(a, 8 * UNIT, ALIGNMENT);
        final long b = allocator.allocateZeroed(12 * UNIT - 7, ALIGNMENT);
        assertEquals(a, b);
        for (int i = 0; i < 12 * UNIT; i++)
        {
            assertEquals(0, region.buffer(b).get(region.bufferOffset(b) + i));
        }
    }

    @Test
    void shouldServeEveryAlignmentThatAFreshRegionHolds()
    {
        final Region region = Region.allocate(4 << 20);
        for (long alignment = 1; alignment <= 2 << 20; alignment <<= 1)
        {
            final RunAllocator allocator = new RunAllocator(region);
            final long address = allocator.allocate(3 * UNIT, alignment);
            assertEquals(0, address & alignment - 1);
            allocator.verify();
            assertEquals(address + 3 * UNIT - region.address(), allocator.stats().highWaterBytes());
            allocator.deallocate(address, 3 * UNIT, alignment);
            allocator.verify();
            allocator.close();
        }
    }

    @Test
    void shouldFailWithoutChange()
    {
        final RunAllocator allocator = make(64);
        allocator.allocate(30 * UNIT, ALIGNMENT);
        final AllocatorStats before = allocator.stats();
        assertEquals(Allocator.NULL, allocator.alloc(35 * UNIT, ALIGNMENT));
        assertEquals(Allocator.NULL, allocator.alloc(Long.MAX_VALUE - 15, ALIGNMENT));
        assertEquals(Allocator.NULL, allocator.alloc(1, 1L << 62));
        assertTrue(assertThrows(AllocError.class, () -> allocator.allocate(65 * UNIT, ALIGNMENT)).isUnsupported());
        assertFalse(assertThrows(AllocError.class, () -> allocator.allocate(64 * UNIT, ALIGNMENT)).isUnsupported());
        assertEquals(before, allocator.stats());
        allocator.verify();
    }

    @Test
    void shouldRefuseCallsWhenClosed()
    {
        final RunAllocator allocator = make(64);
        final long a = allocator.allocate(UNIT, ALIGNMENT);
        allocator.close();
        allocator.close();
        assertThrows(IllegalStateException.class, () -> allocator.allocate(UNIT, ALIGNMENT));
        assertThrows(IllegalStateException.class, () -> allocator.allocateZeroed(UNIT, ALIGNMENT));
        assertThrows(IllegalStateException.class, () -> allocator.allocUpTo(1, UNIT, ALIGNMENT));
        assertThrows(IllegalStateException.class, () -> allocator.deallocate(a, UNIT, ALIGNMENT));
        assertThrows(IllegalStateException.class, () -> allocator.tryResize(a, UNIT, ALIGNMENT, 1));
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    @Test
    void shouldSayWhyItRefuses()
    {
        final RunAllocator allocator = make(64);
        final long a = allocator.allocate(4 * UNIT, ALIGNMENT);
        final long odd = a + UNIT;
        final long above = a + 4 * UNIT;
        final long last = a + 63 * UNIT;
        final long notAligned = 1L << 62;

        assertSays("size=2049", () -> allocator.deallocate(a, 4 * UNIT + 1, ALIGNMENT));
        assertSays("2048", () -> allocator.deallocate(a, 4 * UNIT + 1, ALIGNMENT));
        assertSays("alignment=" + notAligned, () -> allocator.deallocate(a, UNIT, notAligned));
        assertSays("inside", () -> allocator.deallocate(odd, UNIT, ALIGNMENT));
        assertSays("not allocated", () -> allocator.deallocate(above, UNIT, ALIGNMENT));
        assertSays("not allocated", () -> allocator.deallocate(last, UNIT, ALIGNMENT));
        allocator.close();
        assertSays("closed", () -> allocator.deallocate(a, UNIT, ALIGNMENT));
    }

    @Test
    void shouldAllocateAllItsUnitsInOneBlock()
    {
        final RunAllocator allocator = make(64);
        for (int round = 0; round < 3; round++)
        {
            final long all = allocator.alloc(64 * UNIT, ALIGNMENT);
            assertEquals(allocator.region().address(), all);
            assertEquals(Allocator.NULL, allocator.alloc(1, ALIGNMENT));
            assertFalse(allocator.tryResize(all, 64 * UNIT, ALIGNMENT, 64 * UNIT + 1));
            allocator.dealloc(all, 64 * UNIT, ALIGNMENT);
        }
        final long most = allocator.allocUpTo(64 * UNIT, 64 * UNIT, ALIGNMENT);
        assertEquals(64 * UNIT, allocator.usableSize(most, 1, ALIGNMENT));
        allocator.dealloc(most, 1, ALIGNMENT);
        assertWhole(allocator);
    }

    @Test
    void shouldTakeTheLeastWhereAnAlignedBlockOfTheWantedSizeHasNoPlace()
    {
        final RunAllocator allocator = make(64);
        final long unitsOfAlignment = 8;
        final long alignment = unitsOfAlignment * UNIT;
        final long most = allocator.allocUpTo(UNIT, 24 * UNIT, alignment);
        assertEquals(24 * UNIT, allocator.usableSize(most, UNIT, alignment));
        final long least = allocator.allocUpTo(2 * UNIT, 60 * UNIT, alignment);
        assertEquals(2 * UNIT, allocator.usableSize(least, UNIT, alignment));
        assertEquals(0, least % alignment);
        assertEquals(Allocator.NULL, allocator.allocUpTo(60 * UNIT, 61 * UNIT, alignment));
        allocator.deallocate(most, UNIT, alignment);
        allocator.deallocate(least, UNIT, alignment);
        assertWhole(allocator);
    }

    @Test
    void shouldServeRegionOfOneUnit()
    {
        final RunAllocator allocator = make(1);
        allocator.deallocate(allocator.allocate(UNIT, ALIGNMENT), UNIT, ALIGNMENT);
        assertWhole(allocator);
    }

    @Test
    void shouldVerifyItsRuns() throws ReflectiveOperationException
    {
        final RunAllocator allocator = make(64);
        final long a = allocator.allocate(UNIT, ALIGNMENT);
        allocator.verify();
        final Field space = RunAllocator.class.getDeclaredField("space");
        space.setAccessible(true);
        ((RunSpace)space.get(allocator)).free(0);
        ((RunSpace)space.get(allocator)).close();

        assertThrows(IllegalStateException.class, allocator::verify, () -> "block " + a + " is gone");
        allocator.close();
        allocator.verify();
    }

    @Test
    void shouldRefuseUnitsThatCanNotBe()
    {
        final Region region = Region.allocate(4096);
        assertThrows(IllegalArgumentException.class, () -> new RunAllocator(region, 32));
        assertThrows(IllegalArgumentException.class, () -> new RunAllocator(region, 513));
        assertThrows(IllegalArgumentException.class, () -> new RunAllocator(region, 1 << 30));
    }

    private static RunAllocator make(final int units)
    {
        return new RunAllocator(Region.allocate(units * UNIT));
    }

    private static void assertSays(final String what, final Executable call)
    {
        final String message = assertThrows(RuntimeException.class, call).getMessage();
        assertTrue(message.contains(what), message);
    }

    private static void assertWhole(final RunAllocator allocator)
    {
        allocator.verify();
        final AllocatorStats stats = allocator.stats();
        assertEquals(0, stats.allocatedBytes());
        assertEquals(0, stats.liveBlocks());
        assertEquals(stats.freeBytes(), stats.largestFreeRun());
    }

    /** Random calls beside a boolean for every unit. */
    private static final class RunModel
    {
        private final long seed;
        private final SplittableRandom random;
        private final Region region;
        private final RunAllocator allocator;
        private final int unitSize;
        private final boolean[] taken;
        private final List<long[]> blocks = new ArrayList<>();

        RunModel(final int units, final int unitSize, final long seed)
        {
            this.seed = seed;
            this.unitSize = unitSize;
            random = new SplittableRandom(seed);
            region = Region.allocate((long)units * unitSize + random.nextInt(unitSize), Math.max(4096, unitSize));
            allocator = new RunAllocator(region, unitSize);
            taken = new boolean[units];
        }

        void run(final int calls)
        {
            System.out.println("RunModel units=" + taken.length + " seed=" + seed);
            WordVisits.take();
            for (int i = 0; i < calls; i++)
            {
                step();
                final long visits = WordVisits.take();
                assertTrue(visits <= allocator.maxWordVisits(), () -> "visits=" + visits);
                if (i % 256 == 0)
                {
                    compare();
                }
            }
            compare();
            while (!blocks.isEmpty())
            {
                free();
            }
            assertWhole(allocator);
        }

        private void step()
        {
            switch (random.nextInt(8))
            {
                case 0, 1, 2 -> take();
                case 3 -> takeUpTo();
                case 4, 5 -> free();
                case 6 -> tryResize();
                default -> grow();
            }
        }

        private void take()
        {
            final long size = randomSize();
            final long alignment = randomAlignment();
            final long address = allocator.alloc(size, alignment);
            if (Allocator.NULL == address)
            {
                assertTrue(alignment > unitSize || longestGap() < unitsFor(size), "failed with a gap that fits");
                return;
            }
            add(address, size, alignment);
            assertEquals(unitsFor(size) * unitSize, allocator.usableSize(address, size, alignment));
        }

        private void takeUpTo()
        {
            final long size = randomSize();
            final long least = 1 + random.nextLong(size);
            final long address = allocator.allocUpTo(least, size, ALIGNMENT);
            if (Allocator.NULL == address)
            {
                assertTrue(longestGap() < unitsFor(least), "failed with a gap that fits");
                return;
            }
            final long length = allocator.usableSize(address, least, ALIGNMENT);
            assertTrue(length <= unitsFor(size) * unitSize);
            add(address, length, ALIGNMENT);
        }

        private void add(final long address, final long size, final long alignment)
        {
            assertEquals(0, address & alignment - 1);
            mark(address, unitsFor(size), true);
            blocks.add(new long[]{address, size, alignment});
        }

        private void free()
        {
            if (!blocks.isEmpty())
            {
                final long[] block = removeRandom();
                allocator.deallocate(block[0], block[1], block[2]);
                mark(block[0], unitsFor(block[1]), false);
            }
        }

        private void tryResize()
        {
            if (!blocks.isEmpty())
            {
                final long[] block = blocks.get(random.nextInt(blocks.size()));
                final long newSize = randomSize();
                final boolean fits = gapFits(block, newSize);
                assertEquals(fits, allocator.tryResize(block[0], block[1], block[2], newSize));
                if (fits)
                {
                    mark(block[0], unitsFor(block[1]), false);
                    mark(block[0], unitsFor(newSize), true);
                    block[1] = newSize;
                }
            }
        }

        private void grow()
        {
            if (!blocks.isEmpty())
            {
                final long[] block = removeRandom();
                final long newSize = block[1] + randomSize();
                final long address = allocator.realloc(block[0], block[1], block[2], newSize);
                if (Allocator.NULL == address)
                {
                    blocks.add(block);
                }
                else
                {
                    mark(block[0], unitsFor(block[1]), false);
                    add(address, newSize, block[2]);
                }
            }
        }

        private void compare()
        {
            allocator.verify();
            WordVisits.take();
            int count = 0;
            for (final boolean unit : taken)
            {
                count += unit ? 1 : 0;
            }
            final AllocatorStats stats = allocator.stats();
            assertEquals((long)count * unitSize, stats.allocatedBytes());
            assertEquals(blocks.size(), stats.liveBlocks());
            assertEquals((long)(taken.length - count) * unitSize, stats.freeBytes());
            assertEquals((long)longestGap() * unitSize, stats.largestFreeRun());
            WordVisits.take();
        }

        private void mark(final long address, final int units, final boolean to)
        {
            final int first = (int)((address - region.address()) / unitSize);
            for (int i = first; i < first + units; i++)
            {
                assertNotEquals(to, taken[i], "unit=" + i);
                taken[i] = to;
            }
        }

        private boolean gapFits(final long[] block, final long newSize)
        {
            final int first = (int)((block[0] - region.address()) / unitSize);
            final int end = first + unitsFor(newSize);
            if (end > taken.length)
            {
                return false;
            }
            for (int i = first + unitsFor(block[1]); i < end; i++)
            {
                if (taken[i])
                {
                    return false;
                }
            }
            return true;
        }

        private int longestGap()
        {
            int longest = 0;
            int gap = 0;
            for (final boolean unit : taken)
            {
                gap = unit ? 0 : gap + 1;
                longest = Math.max(longest, gap);
            }
            return longest;
        }

        private long[] removeRandom()
        {
            final int index = random.nextInt(blocks.size());
            final long[] last = blocks.remove(blocks.size() - 1);
            return index == blocks.size() ? last : blocks.set(index, last);
        }

        private long randomSize()
        {
            final long most = Math.max(2, (long)taken.length * unitSize >>> random.nextInt(20));
            return 1 + random.nextLong(most);
        }

        private long randomAlignment()
        {
            return 0 == random.nextInt(4) ? 1L << random.nextInt(16) : ALIGNMENT;
        }

        private int unitsFor(final long size)
        {
            return (int)((size + unitSize - 1) / unitSize);
        }
    }
}
