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
package io.quarry.alloc.testing;

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.Layout;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

import static io.quarry.alloc.testing.ContractSubject.assertFails;
import static io.quarry.alloc.testing.ContractSubject.free;
import static io.quarry.alloc.testing.ContractSubject.freeShuffled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Allocating and freeing: A1, A4–A7, A10, A12, A14, A18, A21.
 */
interface AllocationContract extends ContractSubject
{
    /** Sizes at which rounding, unit counts and integer widths go wrong: none can be had that exceeds the region. */
    long[] IMPOSSIBLE_SIZES = {
        1L << 31, (1L << 31) + 16, (1L << 32) - 1, 1L << 32, (1L << 32) + 1, (1L << 32) + 16, (1L << 33) + 64,
        (1L << 40) + 4096, 1L << 61, (1L << 62) - 1, 1L << 62, (1L << 62) + 1, Long.MAX_VALUE - 8191,
        Long.MAX_VALUE - 4096, Long.MAX_VALUE - 4095, Long.MAX_VALUE - 64, Long.MAX_VALUE - 16, Long.MAX_VALUE - 15,
        Long.MAX_VALUE - 1, Long.MAX_VALUE };

    /** Whether any thread may call the allocator. */
    boolean wantsThreadSafe();

    @Test
    default void a04a05ShouldReturnAlignedBlocksOfAtLeastTheSize()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (long alignment = 1; alignment <= 4096; alignment <<= 1)
        {
            for (int bits = 0; bits < 15; bits++)
            {
                for (long size = Math.max(1, (1L << bits) - 1); size <= (1L << bits) + 1; size++)
                {
                    free(allocator, model, model.allocated(allocator.allocate(size, alignment), size, alignment));
                }
            }
        }
        model.checkStats(allocator.stats());
    }

    @Test
    default void a05ShouldKeepLiveBlocksApart()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final SplittableRandom random = new SplittableRandom(5);
        while (model.liveBytes() < defaultRegionSize() / 4)
        {
            final long size = 1 + random.nextLong(1L << (1 + random.nextInt(13)));
            final long alignment = 1L << random.nextInt(8);
            model.allocated(allocator.allocate(size, alignment), size, alignment);
        }
        model.checkAll();
        model.checkStats(allocator.stats());
        freeShuffled(allocator, model, model.liveBlocks(), 5);
        model.checkStats(allocator.stats());
    }

    @Test
    default void a05ShouldServeEverySizeUpToAFewKibibytes()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (long size = 1; size <= 5000; size++)
        {
            final LiveBlock first = model.allocated(allocator.allocate(size, 1), size, 1);
            final LiveBlock second = model.allocated(allocator.allocate(size, 16), size, 16);
            free(allocator, model, first);
            free(allocator, model, second);
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    @Test
    default void a05ShouldServeEveryAlignmentThatTheRegionCanHold()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final Region region = allocator.region();
        for (long alignment = 1; alignment > 0; alignment <<= 1)
        {
            final long a = alignment;
            final long padding = -region.address() & (alignment - 1);
            final boolean fits = padding <= region.capacity() - 8192;
            if (fits && alignment <= largestAlignment())
            {
                free(allocator, model, model.allocated(allocator.allocate(1, alignment), 1, alignment));
                free(allocator, model, model.allocated(allocator.allocateZeroed(4096, alignment), 4096, alignment));
            }
            else if (padding >= region.capacity())
            {
                assertTrue(assertFails(() -> allocator.allocate(1, a)).isUnsupported());
                assertEquals(Allocator.NULL, allocator.alloc(1, a));
            }
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    @Test
    default void a12ShouldFailForSizesThatNoRegionHolds()
    {
        final RegionAllocator allocator = open();
        final Object before = allocator.stats();
        final long capacity = allocator.region().capacity();
        for (final long size : LongStream.of(IMPOSSIBLE_SIZES).filter(size -> size > capacity).toArray())
        {
            for (long alignment = 1; alignment <= 8192; alignment <<= 1)
            {
                final long a = alignment;
                final long s = Math.min(size, Long.MAX_VALUE - (a - 1));
                final String what = "size=" + s + " alignment=" + a;
                assertTrue(assertFails(() -> allocator.allocate(s, a)).isUnsupported(), what);
                assertTrue(assertFails(() -> allocator.allocateZeroed(s, a)).isUnsupported(), what);
                assertEquals(Allocator.NULL, allocator.alloc(s, a), what);
                assertEquals(Allocator.NULL, allocator.allocZeroed(s, a), what);
            }
        }
        assertTrue(assertFails(() -> allocator.allocate(capacity + 1, 1)).isUnsupported());
        assertEquals(before, allocator.stats());
    }

    @Test
    default void a06ShouldLeaveABlockAloneWhileOthersComeAndGo()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock first = model.allocated(allocator.allocate(777, 8), 777, 8);
        final SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 2000; i++)
        {
            final long size = 1 + random.nextLong(4000);
            free(allocator, model, model.allocated(allocator.allocate(size, 8), size, 8));
        }
        model.check(first);
    }

    @Test
    default void a14ShouldTakeBackEverySizeThatFits()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : new long[]{ 1, 17, 63, 100, 1000, 5000 })
        {
            final long length = allocator.usableSize(allocator.allocate(size, 8), size, 8);
            for (long passed = size; passed <= length; passed++)
            {
                final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
                final long fitting = Math.min(passed, block.length());
                allocator.deallocate(block.address(), fitting, 8);
                model.freed(block);
            }
        }
    }

    @Test
    default void a18ShouldFreeThroughAReferenceWhatTheOriginalAllocated()
    {
        final RegionAllocator allocator = open();
        final Allocator reference = allocator.byRef();
        final long first = allocator.allocate(100, 8);
        final long second = reference.allocate(100, 8);
        final long grown = reference.grow(first, 100, 8, 3000, 8);
        reference.deallocate(grown, 3000, 8);
        allocator.deallocate(second, 100, 8);
        assertEquals(0, allocator.stats().liveBlocks());
        assertEquals(allocator.isThreadSafe(), reference.isThreadSafe());
    }

    @Test
    default void a21ShouldTakeLayoutsThroughTheInterface()
    {
        final RegionAllocator regionAllocator = open();
        final Allocator allocator = regionAllocator;
        final Layout small = new Layout(24, 8);
        final Layout large = new Layout(4000, 64);
        final long address = allocator.allocate(small);
        final long zeroed = allocator.allocateZeroed(large);
        final long grown = allocator.grow(address, small, large);
        assertEquals(0, grown & 63);
        final long shrunk = allocator.shrink(grown, large, small);
        final long again = allocator.growZeroed(shrunk, small, large);
        allocator.deallocate(again, large);
        allocator.deallocate(zeroed, large);
        assertEquals(0, regionAllocator.stats().liveBlocks());
    }

    @Test
    default void a10ShouldSayWhetherAnyThreadMayCall()
    {
        assertEquals(wantsThreadSafe(), open().isThreadSafe());
    }

    @Test
    default void shouldOwnItsRegionAndNothingElse()
    {
        final RegionAllocator allocator = open();
        final Region region = allocator.region();
        final long address = allocator.allocate(100, 8);
        assertTrue(allocator.owns(address));
        assertTrue(allocator.owns(address + 99));
        assertSame(region, allocator.regionOf(address));
        for (final long foreign : new long[]{
            Allocator.NULL, 1, region.address() - 1, region.address() + region.capacity(), Long.MIN_VALUE, -1 })
        {
            assertFalse(allocator.owns(foreign), "address=" + foreign);
            assertThrows(IllegalArgumentException.class, () -> allocator.regionOf(foreign));
        }
    }

    @Test
    default void shouldRefuseWhatIsNoLayout()
    {
        final RegionAllocator allocator = open();
        final long address = allocator.allocate(64, 8);
        final long[][] invalid = {
            { 1, 0 }, { 1, 3 }, { 1, -1 }, { 1, 24 }, { -1, 1 }, { Long.MIN_VALUE, 8 }, { Long.MAX_VALUE, 2 },
            { Long.MAX_VALUE - 4094, 4096 }, { 1, Long.MIN_VALUE }, { (1L << 62) + 1, 1L << 62 } };
        for (final long[] layout : invalid)
        {
            final long size = layout[0];
            final long alignment = layout[1];
            final Class<IllegalArgumentException> refused = IllegalArgumentException.class;
            assertThrows(refused, () -> allocator.allocate(size, alignment));
            assertThrows(refused, () -> allocator.allocateZeroed(size, alignment));
            assertThrows(refused, () -> allocator.alloc(size, alignment));
            assertThrows(refused, () -> allocator.allocZeroed(size, alignment));
            assertThrows(refused, () -> allocator.deallocate(address, size, alignment));
            assertThrows(refused, () -> allocator.dealloc(address, size, alignment));
            assertThrows(refused, () -> allocator.grow(address, 64, 8, size, alignment));
            assertThrows(refused, () -> allocator.growZeroed(address, 64, 8, size, alignment));
            assertThrows(refused, () -> allocator.shrink(address, 64, 8, size, alignment));
            assertThrows(refused, () -> allocator.tryResize(address, size, alignment, 64));
            assertThrows(refused, () -> allocator.usableSize(address, size, alignment));
            assertThrows(refused, () -> allocator.realloc(address, size, alignment, 64));
            assertThrows(refused, () -> allocator.allocUpTo(1, size, alignment));
            assertThrows(refused, () -> allocator.goodSize(size, alignment));
            assertThrows(refused, () -> allocator.diagnose(size, alignment));
            assertThrows(refused, () -> allocator.allocateBatch(size, alignment, new long[1], 0, 1));
            assertThrows(refused, () -> allocator.deallocateBatch(size, alignment, new long[]{ address }, 0, 1));
        }
        allocator.deallocate(address, 64, 8);
    }

    @Test
    default void e02ShouldTellTheErrorsApartOnlyOnRequest()
    {
        final RegionAllocator allocator = open();
        final AllocError unsupported = assertFails(() -> allocator.allocate(1L << 62, 1));
        ContractSubject.exhaust(allocator, new AllocatorModel(allocator));
        final AllocError exhausted = assertFails(() -> allocator.allocate(1, 1));
        assertTrue(unsupported.isUnsupported());
        assertFalse(exhausted.isUnsupported());
        assertEquals(unsupported, exhausted);
        assertEquals(unsupported.hashCode(), exhausted.hashCode());
        if (!Boolean.getBoolean("quarry.stackTraces"))
        {
            assertSame(AllocError.exhausted(), exhausted);
            assertSame(AllocError.unsupported(), unsupported);
            assertEquals(0, exhausted.getStackTrace().length);
        }
    }
}
