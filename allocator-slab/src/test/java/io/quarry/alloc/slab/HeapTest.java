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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.quarry.alloc.Allocator.NULL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a heap answers beyond the contract, and what it says of the allocator that it is a part of. */
class HeapTest
{
    private static final int REGION = 4 << 20;
    private static final int BUDGET = 1 << 20;
    private static final int SMALL = 64;
    private static final int LARGE = 100_000;

    private final Region region = Region.allocate(REGION);
    private final ConcurrentSlabAllocator allocator = ConcurrentSlabAllocatorTest.over(region, BUDGET, 8);
    private final Heap heap = allocator.heap();

    @AfterEach
    void close()
    {
        allocator.close();
        region.close();
    }

    @Test
    void shouldAnswerAsItsAllocatorDoes()
    {
        assertFalse(heap.isThreadSafe());
        assertTrue(allocator.isThreadSafe());
        assertEquals(BUDGET, allocator.cacheBudget());
        assertEquals(allocator.maxSize(), heap.maxSize());
        assertEquals(REGION, heap.maxSize());
        for (final long size : new long[]{ 1, 17, SMALL, 2048, 2049, LARGE })
        {
            final long good = heap.goodSize(size, 16);
            assertEquals(allocator.goodSize(size, 16), good);
            final long address = heap.allocate(size, 16);
            assertEquals(good, heap.usableSize(address, size, 16));
            assertEquals(allocator.stats(), heap.stats());
            assertEquals(1, heap.stats().liveBlocks());
            heap.deallocate(address, size, 16);
        }
        assertThrows(IllegalArgumentException.class, () -> heap.goodSize(SMALL, 3));
    }

    @Test
    void shouldSayHowMuchTheUpstreamGotByATrim()
    {
        final AllocatorStats whole = allocator.stats();
        heap.deallocate(heap.allocate(SMALL, 16), SMALL, 16);
        heap.deallocate(heap.allocate(1000, 16), 1000, 16);
        final long cached = whole.largestFreeRun() - allocator.stats().largestFreeRun();
        assertTrue(cached > 0, "cached=" + cached);
        assertEquals(cached, heap.trim());
        assertEquals(0, heap.trim());
        heap.deallocate(heap.allocate(SMALL, 16), SMALL, 16);
        assertTrue(allocator.trim() > 0);
        assertEquals(0, allocator.trim());
        assertEquals(whole.largestFreeRun(), allocator.stats().largestFreeRun());
    }

    @Test
    void shouldGiveUpItsCacheWhenItIsClosed()
    {
        heap.deallocate(heap.allocate(SMALL, 16), SMALL, 16);
        assertNotEquals(REGION, allocator.stats().largestFreeRun());
        heap.close();
        assertEquals(REGION, allocator.stats().largestFreeRun());
        assertThrows(IllegalStateException.class, heap::trim);
        assertThrows(IllegalStateException.class, () -> heap.diagnose(SMALL, 16));
        assertThrows(IllegalStateException.class, () -> heap.allocateZeroed(SMALL, 16));
        assertThrows(IllegalStateException.class, () -> heap.allocateZeroed(LARGE, 16));
        assertThrows(IllegalStateException.class, () -> heap.allocate(LARGE, 16));
    }

    @Test
    void shouldMoveASmallBlockWhenAClassOfHalfItsLengthWouldDo()
    {
        for (final long size : new long[]{ 513, 512 })
        {
            for (final boolean byHeap : new boolean[]{ true, false })
            {
                final long address = heap.allocate(1024, 16);
                heap.deallocate(heap.allocate(size, 16), size, 16);
                final long moved = byHeap ? heap.realloc(address, 1024, 16, size) :
                    allocator.shrink(address, 1024, 16, size, 16);
                assertEquals(512 == size, moved != address, "size=" + size + " byHeap=" + byHeap);
                heap.deallocate(moved, size, 16);
            }
        }
        final long large = heap.allocate(LARGE, 16);
        assertEquals(large, heap.shrink(large, LARGE, 16, 2049, 16));
        assertEquals(large, heap.shrink(large, 2049, 16, 2048, 16));
        assertTrue(heap.tryResize(large, 2048, 16, LARGE));
        final long moved = heap.shrink(large, LARGE, 16, 2048, 16);
        assertNotEquals(large, moved);
        heap.deallocate(moved, 2048, 16);
        heap.verify();
    }

    @Test
    void shouldSayThatARequestWouldFailWhenItWould()
    {
        assertTrue(heap.diagnose(SMALL, 16).wouldSucceed());
        assertTrue(heap.diagnose(LARGE, 16).wouldSucceed());
        final long last = heap.allocate(SMALL, 16);
        long taken = 0;
        for (long size = REGION; size >= 512;)
        {
            if (NULL == heap.alloc(size, 16))
            {
                size >>= 1;
            }
            else
            {
                taken += size;
            }
        }
        assertTrue(taken > REGION / 2);
        assertFalse(heap.diagnose(LARGE, 16).wouldSucceed());
        assertTrue(heap.diagnose(SMALL, 16).wouldSucceed(), "the slab has room, and the magazine");
        long smallest = 0;
        while (NULL != heap.alloc(SMALL, 16))
        {
            smallest++;
        }
        assertTrue(smallest > 0);
        assertFalse(heap.diagnose(SMALL, 16).wouldSucceed());
        heap.deallocate(last, SMALL, 16);
        assertTrue(heap.diagnose(SMALL, 16).wouldSucceed());
        heap.verify();
    }

    @Test
    void shouldSeeWhatIsBrokenBelow()
    {
        final long address = heap.allocate(SMALL, 16);
        heap.verify();
        heap.cache.entries[SizeClasses.ofSize(SMALL)]++;
        assertThrows(IllegalStateException.class, heap::verify);
        assertThrows(IllegalStateException.class, allocator::verify);
        heap.cache.entries[SizeClasses.ofSize(SMALL)]--;
        heap.deallocate(address, SMALL, 16);
        heap.verify();
    }
}
