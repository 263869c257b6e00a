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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Checks;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Who is told that a block was freed by two threads, when the first of them had combined its free, and what becomes of
 * the call that finds it.
 */
class FreedTwiceTest
{
    private final Region region = Region.allocate(1 << 20);
    private final ConcurrentSlabAllocator allocator = ConcurrentSlabAllocatorTest.over(region, 1 << 18, 8);
    private long kept;
    private long twice;

    @BeforeEach
    void allocate()
    {
        assumeTrue(Checks.ENABLED);
        kept = allocator.allocate(64, 8);
        twice = allocator.allocate(64, 8);
    }

    @AfterEach
    void close()
    {
        allocator.close();
        region.close();
    }

    @Test
    void shouldFreeTheBlockWhoseFreeFindsAnEarlierOneDoneTwice() throws InterruptedException
    {
        final long other = allocator.allocate(512, 8);
        combineAndThen(heap ->
        {
            heap.deallocate(other, 512, 8);
            assertTrue(heap.combined.contains(granuleOf(other)), "the free that made room for itself is lost");
            assertRefused(heap::flush);
            heap.flush();
        });
        assertLeft(1);
    }

    @Test
    void shouldFreeTheOtherBlocksThatWereCombinedWithIt() throws InterruptedException
    {
        final long neighbour = allocator.allocate(64, 8);
        assertEquals(granuleOf(twice) >>> SlabUnit.GRANULES_SHIFT, granuleOf(neighbour) >>> SlabUnit.GRANULES_SHIFT);
        combineAndThen(heap ->
        {
            heap.deallocate(neighbour, 64, 8);
            assertRefused(heap::flush);
        });
        assertLeft(1);
    }

    @Test
    void shouldTellTheThreadAtItsNextRefillWithNothingTaken() throws InterruptedException
    {
        combineAndThen(heap ->
        {
            assertRefused(() -> heap.allocate(1024, 8));
            assertLeft(1);
            heap.deallocate(heap.allocate(1024, 8), 1024, 8);
        });
        assertLeft(1);
    }

    @Test
    void shouldLeaveABlockAsItIsWhoseMoveFindsIt() throws InterruptedException
    {
        final long[] block = new long[1];
        inThread(() -> block[0] = allocator.allocate(100, 8));
        combineAndThen(heap ->
        {
            assertRefused(() -> heap.grow(block[0], 100, 8, 1024, 8));
            assertEquals(112, heap.usableSize(block[0], 100, 8));
            heap.deallocate(heap.grow(block[0], 100, 8, 1024, 8), 1024, 8);
        });
        assertLeft(1);
    }

    @Test
    void shouldCloseAHeapThatFindsIt() throws InterruptedException
    {
        combineAndThen(heap ->
        {
            assertRefused(heap::close);
            assertTrue(heap.isClosed());
            assertNotSame(heap, allocator.heap());
        });
        assertLeft(1);
    }

    @Test
    void shouldTrimAHeapThatFindsIt() throws InterruptedException
    {
        inThread(() -> allocator.deallocate(allocator.allocate(1024, 8), 1024, 8));
        combineAndThen(heap ->
        {
            assertTrue(heap.cache.ownedCount(SizeClasses.ofSize(1024)) > 0, "it was to take over a slab");
            assertRefused(heap::trim);
            assertEquals(0, heap.cache.ownedCount(SizeClasses.ofSize(1024)));
        });
        assertLeft(1);
    }

    @Test
    void shouldNotTellAnotherThreadThatAsksForBlocks() throws InterruptedException
    {
        combineAndThen(heap -> assertTrue(heap.combined.contains(granuleOf(twice))));
        // Until nothing is left, and so with the heaps of dead threads dissolved.
        assertThrows(AllocError.class, () ->
        {
            while (true)
            {
                allocator.allocate(2048, 8);
            }
        });
        assertRefused(allocator::trim);
        allocator.trim();
        allocator.verify();
    }

    @Test
    void shouldNotTellTheThreadThatTakesTheHeapOver() throws InterruptedException
    {
        final Heap[] dead = new Heap[1];
        combineAndThen(heap -> dead[0] = heap);
        inThread(() ->
        {
            assertEquals(dead[0], allocator.heap());
            dead[0].deallocate(dead[0].allocate(1024, 8), 1024, 8);
            dead[0].flush();
        });
        assertRefused(allocator::trim);
        assertLeft(1);
    }

    @Test
    void shouldTellOfEachBlockOnce() throws InterruptedException
    {
        final long[] all = { twice, allocator.allocate(64, 8), allocator.allocate(64, 8) };
        combineAndThen(all, heap -> assertNamedOnce(all, heap::flush));
        assertLeft(1);
    }

    @Test
    void shouldTellOfEachBlockOfAThreadThatHasEnded() throws InterruptedException
    {
        final long[] all = { twice, allocator.allocate(64, 8), allocator.allocate(64, 8) };
        combineAndThen(all, heap -> assertTrue(heap.combined.contains(granuleOf(twice))));
        assertNamedOnce(all, allocator::trim);
        assertLeft(1);
    }

    private static void assertNamedOnce(final long[] blocks, final Executable call)
    {
        final Set<String> named = new HashSet<>();
        for (int i = 0; i < blocks.length; i++)
        {
            named.add(assertThrows(IllegalStateException.class, call).getMessage());
        }
        assertDoesNotThrow(call);
        assertEquals(
            LongStream.of(blocks).mapToObj(block -> Misuse.freedTwice(block).getMessage()).collect(toSet()), named);
    }

    /** Has a new thread free the block through its heap, then this one, and then the new one go on. */
    private void combineAndThen(final HeapTask task) throws InterruptedException
    {
        combineAndThen(new long[]{ twice }, task);
    }

    private void combineAndThen(final long[] blocks, final HeapTask task) throws InterruptedException
    {
        final CountDownLatch combined = new CountDownLatch(1);
        final CountDownLatch freed = new CountDownLatch(1);
        final Throwable[] failure = new Throwable[1];
        final Thread thread = new Thread(() ->
        {
            final Heap heap = allocator.heap();
            heap.deallocateBatch(64, 8, blocks.clone(), 0, blocks.length);
            combined.countDown();
            ConcurrentSlabAllocatorTest.await(freed);
            task.run(heap);
        });
        thread.setUncaughtExceptionHandler((t, ex) ->
        {
            failure[0] = ex;
            combined.countDown();
        });
        thread.start();
        combined.await();
        allocator.deallocateBatch(64, 8, blocks.clone(), 0, blocks.length);
        freed.countDown();
        thread.join();
        if (null != failure[0])
        {
            throw new AssertionError(failure[0]);
        }
    }

    private static void inThread(final Runnable task) throws InterruptedException
    {
        ConcurrentSlabAllocatorTest.inThread(task);
    }

    private void assertRefused(final Executable call)
    {
        final IllegalStateException refused = assertThrows(IllegalStateException.class, call);
        assertTrue(refused.getMessage().contains(Long.toHexString(twice) + ": freed by two"), refused.getMessage());
    }

    private void assertLeft(final int blocks)
    {
        allocator.verify();
        assertEquals(blocks, allocator.stats().liveBlocks());
        assertEquals(64, allocator.usableSize(kept, 64, 8));
    }

    private int granuleOf(final long address)
    {
        return (int)(address - SharedSlabs.base(region) >>> SizeClasses.GRANULE_SHIFT);
    }

    private interface HeapTask
    {
        void run(Heap heap);
    }
}
