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
package io.quarry.alloc;

import io.quarry.alloc.testing.AllocatorSubject;
import io.quarry.alloc.testing.FirstFitAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a call of the upper contract becomes in the lower one, S3 to S5; the defaults of the lower contract, G3 and G5;
 * adapters that forward every method, W1 and W2. Each target notes the calls that it gets.
 */
class ExactAllocatorTest
{
    private final SystemAllocator memory = new SystemAllocator(new SystemBudget(1 << 20), false);
    private final List<String> calls = new ArrayList<>();
    private final Whole whole = new Whole();
    private final AllocatorAdapter adapter = new AllocatorAdapter(whole);

    @AfterEach
    void nothingIsLeft()
    {
        assertEquals(0, memory.liveBlocks());
    }

    @Test
    void s04ShouldAllocateAndFree()
    {
        final long first = adapter.allocate(100, 8);
        assertCalls("alloc 100 8");
        final long second = adapter.allocateZeroed(50, 16);
        assertCalls("allocZeroed 50 16");
        adapter.deallocate(first, 100, 8);
        assertCalls("dealloc 100 8");
        adapter.deallocate(second, 50, 16);
        assertCalls("dealloc 50 16");
    }

    @Test
    void s04ShouldNotCallForSizeZero()
    {
        for (final long alignment : new long[]{ 1, 8, 4096, 1L << 40, Long.MIN_VALUE })
        {
            assertEquals(alignment, adapter.allocate(0, alignment));
            assertEquals(alignment, adapter.allocateZeroed(0, alignment));
            assertEquals(8, adapter.grow(alignment, 0, alignment, 0, 8));
            assertEquals(8, adapter.growZeroed(alignment, 0, alignment, 0, 8));
            assertEquals(8, adapter.shrink(alignment, 0, alignment, 0, 8));
            assertEquals(0, adapter.usableSize(alignment, 0, alignment));
            adapter.deallocate(alignment, 0, alignment);
        }
        assertCalls();
    }

    @Test
    void s04ShouldAllocateWhenGrowingFromZero()
    {
        final long first = adapter.grow(8, 0, 8, 100, 16);
        assertCalls("alloc 100 16");
        final long second = adapter.growZeroed(8, 0, 8, 100, 16);
        assertCalls("allocZeroed 100 16");
        assertEquals(64, adapter.shrink(first, 100, 16, 0, 64));
        assertCalls("dealloc 100 16");
        adapter.deallocate(second, 100, 16);
    }

    @Test
    void s04ShouldReallocateWithTheSameAlignment()
    {
        final long address = adapter.allocate(100, 8);
        fill(address, 100);
        calls.clear();
        final long grown = adapter.grow(address, 100, 8, 200, 8);
        assertCalls("realloc 100 8 200");
        fill(grown, 200);
        final long zeroed = adapter.growZeroed(grown, 200, 8, 300, 8);
        assertCalls("realloc 200 8 300");
        assertBytes(zeroed, 200, 300);
        final long shrunk = adapter.shrink(zeroed, 300, 8, 40, 8);
        assertCalls("realloc 300 8 40");
        assertBytes(shrunk, 40, 40);
        adapter.deallocate(shrunk, 40, 8);
    }

    @Test
    void s04s05ShouldMoveToAnotherAlignment()
    {
        final long address = adapter.allocate(100, 8);
        fill(address, 100);
        calls.clear();
        final long stricter = adapter.grow(address, 100, 8, 100, 64);
        assertCalls("alloc 100 64", "dealloc 100 8");
        final long looser = adapter.growZeroed(stricter, 100, 64, 300, 4);
        assertCalls("allocZeroed 300 4", "dealloc 100 64");
        assertBytes(looser, 100, 300);
        final long shrunk = adapter.shrink(looser, 300, 4, 50, 2);
        assertCalls("alloc 50 2", "dealloc 300 4");
        assertBytes(shrunk, 50, 50);
        adapter.deallocate(shrunk, 50, 2);
    }

    @Test
    void s03ShouldSayThatABlockHasItsSize()
    {
        final long address = adapter.allocate(100, 8);
        assertEquals(100, adapter.usableSize(address, 100, 8));
        assertEquals(100, adapter.goodSize(100, 8));
        assertTrue(adapter.tryResize(address, 100, 8, 100));
        assertEquals(false, adapter.tryResize(address, 100, 8, 99));
        adapter.deallocate(address, 100, 8);
        assertCalls("alloc 100 8", "dealloc 100 8");
    }

    @Test
    void shouldKeepTheBlockWhenThereIsNoOther()
    {
        final long address = adapter.allocate(600_000, 8);
        fill(address, 600_000);
        assertThrows(AllocError.class, () -> adapter.allocate(600_000, 8));
        assertThrows(AllocError.class, () -> adapter.grow(address, 600_000, 8, 700_000, 8));
        assertThrows(AllocError.class, () -> adapter.grow(address, 600_000, 8, 600_000, 16));
        assertThrows(AllocError.class, () -> adapter.growZeroed(address, 600_000, 8, 700_000, 16));
        assertThrows(AllocError.class, () -> adapter.shrink(address, 600_000, 8, 500_000, 4));
        assertBytes(address, 600_000, 600_000);
        adapter.deallocate(address, 600_000, 8);
    }

    @Test
    void shouldFreeTheNewBlockWhenTheOldOneProvesToBeNone()
    {
        final long address = adapter.allocate(100, 8);
        assertThrows(RuntimeException.class, () -> adapter.grow(4096, 100, 8, 200, 64));
        assertThrows(RuntimeException.class, () -> adapter.growZeroed(4096, 100, 8, 200, 64));
        assertThrows(RuntimeException.class, () -> adapter.shrink(4096, 100, 8, 50, 64));
        assertEquals(1, memory.liveBlocks());
        adapter.deallocate(address, 100, 8);
    }

    /** In one region the bytes at any address can be copied: that it is no block's shows when it is to be freed. */
    @Test
    void shouldFreeTheNewBlockWhenTheOldOneCantBeFreed()
    {
        try (Region region = Region.allocate(1 << 16); RegionAllocator base = FirstFitAllocator.over(region))
        {
            final Least least = new Least(base);
            final AllocatorAdapter upper = new AllocatorAdapter(least);
            final long filler = upper.allocate(1000, 8);
            final long at = filler + FirstFitAllocator.UNIT;
            assertThrows(RuntimeException.class, () -> upper.grow(at, 100, 8, 200, 64));
            assertThrows(RuntimeException.class, () -> upper.growZeroed(at, 100, 8, 200, 64));
            assertThrows(RuntimeException.class, () -> upper.shrink(at, 100, 8, 50, 64));
            assertThrows(RuntimeException.class, () -> least.realloc(at, 100, 8, 200));
            assertEquals(1, base.stats().liveBlocks());
            base.deallocate(filler, 1000, 8);
        }
    }

    @Test
    void shouldTellWhatItCanOfAPureGlobalAlloc()
    {
        assertEquals(Long.MAX_VALUE, adapter.maxSize());
        assertThrows(UnsupportedOperationException.class, () -> adapter.owns(8));
        assertTrue(adapter.diagnose(100, 8).wouldSucceed());
        assertEquals(Diagnosis.Reason.EXHAUSTED, adapter.diagnose(2 << 20, 8).reason());
        assertTrue(adapter.isThreadSafe());
        final long[] addresses = new long[3];
        assertEquals(1, adapter.allocateBatch(600_000, 8, addresses, 1, 2));
        assertEquals(List.of(0L, 0L), List.of(addresses[0], addresses[2]));
        assertEquals(1, adapter.deallocateBatch(600_000, 8, addresses, 0, 3));
    }

    @Test
    void g03ShouldZeroByDefault()
    {
        final GlobalAlloc least = new Least();
        final long dirty = least.alloc(100, 8);
        fill(dirty, 100);
        final long zeroed = least.allocZeroed(100, 8);
        assertBytes(zeroed, 0, 100);
        assertEquals(Allocator.NULL, least.allocZeroed(2 << 20, 8));
        least.dealloc(dirty, 100, 8);
        least.dealloc(zeroed, 100, 8);
    }

    @Test
    void g05ShouldReallocateByDefault()
    {
        final GlobalAlloc least = new Least();
        final long address = least.alloc(100, 64);
        fill(address, 100);
        calls.clear();
        final long grown = least.realloc(address, 100, 64, 200);
        assertCalls("alloc 200 64", "dealloc 100 64");
        assertBytes(grown, 100, 100);
        assertEquals(0, grown & 63);
        final long shrunk = least.realloc(grown, 200, 64, 50);
        assertBytes(shrunk, 50, 50);
        calls.clear();
        assertEquals(Allocator.NULL, least.realloc(shrunk, 50, 64, 2 << 20));
        assertCalls("alloc 2097152 64");
        assertBytes(shrunk, 50, 50);
        assertThrows(RuntimeException.class, () -> least.realloc(4096, 50, 64, 70));
        assertEquals(1, memory.liveBlocks());
        least.dealloc(shrunk, 50, 64);
    }

    /** W1: each method goes to the one of the same meaning, never to another that could do its work. */
    @Test
    void w01ShouldForwardEveryMethodToAnAllocator()
    {
        final Noting noting = new Noting();
        final GlobalAllocAdapter lower = new GlobalAllocAdapter(noting);
        final long first = lower.alloc(100, 8);
        final long second = lower.allocZeroed(100, 8);
        final long grown = lower.realloc(first, 100, 8, 200);
        final long shrunk = lower.realloc(grown, 200, 8, 50);
        final long same = lower.realloc(shrunk, 50, 8, 50);
        assertSame(memory.regionOf(same), lower.regionOf(same));
        lower.dealloc(same, 50, 8);
        lower.dealloc(second, 100, 8);
        assertCalls("allocate", "allocateZeroed", "grow", "shrink", "grow", "deallocate", "deallocate");
        assertTrue(lower.isThreadSafe());
    }

    /** W1: what the target answers as an {@link Allocator} is answered as it does, through both adapters. */
    @Test
    void w01ShouldForwardWhatIsAskedOfAnAllocator()
    {
        final AllocatorAdapter upper = new AllocatorAdapter(new GlobalAllocAdapter(memory));
        final long address = upper.allocate(100, 8);
        assertTrue(upper.owns(address));
        assertEquals(memory.maxSize(), upper.maxSize());
        assertEquals(memory.diagnose(10, 8), upper.diagnose(10, 8));
        assertSame(memory.regionOf(address), upper.regionOf(address));
        assertThrows(IllegalArgumentException.class, () -> upper.usableSize(address, 99, 8));
        assertThrows(IllegalArgumentException.class, () -> upper.tryResize(address, 99, 8, 99));
        assertSame(upper, upper.byRef());
        upper.deallocate(address, 100, 8);
    }

    /** An error says what the diagnosis does, whichever request it ends; a pure lower contract knows of neither. */
    @Test
    void e02ShouldFailForTheReasonThatIsDiagnosed()
    {
        final AllocatorAdapter knowing = new AllocatorAdapter(new GlobalAllocAdapter(memory));
        final AllocatorAdapter twice = new AllocatorAdapter(new GlobalAllocAdapter(knowing));
        final long filler = memory.allocate(600_000, 8);
        final long address = memory.allocate(100, 8);
        for (final ExactAllocator one : new ExactAllocator[]{ adapter, knowing, twice })
        {
            assertAgrees(one, address, 2 << 20, 8);
            assertAgrees(one, address, 600_000, 8);
            assertAgrees(one, address, 600_000, 16);
            assertAgrees(one, address, 200, 1L << 50);
        }
        assertEquals(Diagnosis.Reason.ALIGNMENT, knowing.diagnose(200, 1L << 50).reason());
        assertEquals(Diagnosis.Reason.EXHAUSTED, adapter.diagnose(200, 1L << 50).reason());
        calls.clear();
        memory.deallocate(address, 100, 8);
        memory.deallocate(filler, 600_000, 8);
    }

    private static void assertAgrees(
        final ExactAllocator allocator, final long address, final long size, final long alignment)
    {
        final boolean forEver = allocator.diagnose(size, alignment).reason().isForEver();
        assertFails(forEver, () -> allocator.allocate(size, alignment));
        assertFails(forEver, () -> allocator.allocateZeroed(size, alignment));
        assertFails(forEver, () -> allocator.grow(address, 100, 8, size, alignment));
        assertFails(forEver, () -> allocator.growZeroed(address, 100, 8, size, alignment));
        if (8 != alignment)
        {
            assertFails(allocator.diagnose(50, 1L << 50).reason().isForEver(),
                () -> allocator.shrink(address, 100, 8, 50, 1L << 50));
        }
    }

    private static void assertFails(final boolean forEver, final Executable request)
    {
        assertEquals(forEver, assertThrows(AllocError.class, request).isUnsupported());
    }

    /** W2: an adapter changes no size, so what one hands out fits the other. */
    @Test
    void w02ShouldExchangeBlocksWithTheTarget()
    {
        final GlobalAllocAdapter lower = new GlobalAllocAdapter(memory);
        final AllocatorAdapter upper = new AllocatorAdapter(lower);
        memory.dealloc(upper.allocate(100, 8), 100, 8);
        upper.deallocate(memory.alloc(100, 8), 100, 8);
        memory.deallocate(lower.alloc(100, 8), 100, 8);
        lower.dealloc(upper.grow(upper.allocate(100, 8), 100, 8, 200, 64), 200, 64);
    }

    @Test
    void g01g07g08ShouldReturnNullWhereTheTargetThrows()
    {
        final GlobalAllocAdapter lower = new GlobalAllocAdapter(memory);
        assertEquals(Allocator.NULL, lower.alloc(2 << 20, 8));
        assertEquals(Allocator.NULL, lower.allocZeroed(2 << 20, 8));
        assertEquals(Allocator.NULL, lower.alloc(8, 1L << 50));
        final long address = lower.alloc(100, 8);
        assertEquals(Allocator.NULL, lower.realloc(address, 100, 8, 2 << 20));
        assertThrows(IllegalArgumentException.class, () -> lower.alloc(0, 8));
        assertThrows(IllegalArgumentException.class, () -> lower.allocZeroed(0, 8));
        assertThrows(IllegalArgumentException.class, () -> lower.realloc(address, 100, 8, 0));
        assertThrows(IllegalArgumentException.class, () -> lower.dealloc(8, 0, 8));
        lower.dealloc(address, 100, 8);
        assertThrows(NullPointerException.class, () -> new GlobalAllocAdapter(null));
        assertThrows(NullPointerException.class, () -> new AllocatorAdapter(null));
    }

    private void assertCalls(final String... expected)
    {
        assertEquals(Arrays.asList(expected), calls);
        calls.clear();
    }

    private void fill(final long address, final int size)
    {
        for (int i = 0; i < size; i++)
        {
            memory.regionOf(address).buffer(address).put(memory.regionOf(address).bufferOffset(address + i), (byte)7);
        }
    }

    /** Filled up to one size, zero from there to the other. */
    private void assertBytes(final long address, final int filledTo, final int zeroTo)
    {
        final Region region = memory.regionOf(address);
        for (int i = 0; i < zeroTo; i++)
        {
            assertEquals(i < filledTo ? 7 : 0, region.buffer(address).get(region.bufferOffset(address + i)), "at " + i);
        }
    }

    /** What is handed out need not be zero, and what the JDK gives is. */
    private static long soil(final GlobalAlloc allocator, final long address, final long from, final long to)
    {
        if (Allocator.NULL != address)
        {
            final Region region = allocator.regionOf(address);
            for (long i = from; i < to; i++)
            {
                region.buffer(address).put(region.bufferOffset(address + i), (byte)0x55);
            }
        }
        return address;
    }

    /** The four methods that any allocator has. */
    private class Least implements GlobalAlloc
    {
        private final GlobalAlloc below;

        Least()
        {
            this(memory);
        }

        Least(final GlobalAlloc below)
        {
            this.below = below;
        }

        @Override
        public long alloc(final long size, final long alignment)
        {
            calls.add("alloc " + size + " " + alignment);
            return soil(below, below.alloc(size, alignment), 0, size);
        }

        @Override
        public void dealloc(final long address, final long size, final long alignment)
        {
            calls.add("dealloc " + size + " " + alignment);
            below.dealloc(address, size, alignment);
        }

        @Override
        public Region regionOf(final long address)
        {
            return below.regionOf(address);
        }

        @Override
        public boolean isThreadSafe()
        {
            return true;
        }
    }

    /** One that has its own of each. */
    private final class Whole extends Least
    {
        @Override
        public long allocZeroed(final long size, final long alignment)
        {
            calls.add("allocZeroed " + size + " " + alignment);
            return memory.allocZeroed(size, alignment);
        }

        @Override
        public long realloc(final long address, final long size, final long alignment, final long newSize)
        {
            calls.add("realloc " + size + " " + alignment + " " + newSize);
            return soil(memory, memory.realloc(address, size, alignment, newSize), size, newSize);
        }
    }

    /** An allocator that notes which method was called. */
    private final class Noting extends AllocatorSubject
    {
        Noting()
        {
            super(null, memory, memory);
        }

        @Override
        public long allocate(final long size, final long alignment)
        {
            calls.add("allocate");
            return super.allocate(size, alignment);
        }

        @Override
        public long allocateZeroed(final long size, final long alignment)
        {
            calls.add("allocateZeroed");
            return super.allocateZeroed(size, alignment);
        }

        @Override
        public void deallocate(final long address, final long size, final long alignment)
        {
            calls.add("deallocate");
            super.deallocate(address, size, alignment);
        }

        @Override
        public long grow(
            final long address, final long oldSize, final long oldAlignment,
            final long newSize, final long newAlignment)
        {
            calls.add("grow");
            return super.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }

        @Override
        public long shrink(
            final long address, final long oldSize, final long oldAlignment,
            final long newSize, final long newAlignment)
        {
            calls.add("shrink");
            return super.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
    }
}
