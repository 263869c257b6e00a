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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.ThreadKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ConcurrentSlabAllocatorTest
{
    private static final int REGION = 4 << 20;

    private final Region region = Region.allocate(REGION);
    private final ConcurrentSlabAllocator allocator = over(region, 1 << 20, 8);

    @AfterEach
    void close()
    {
        allocator.close();
        region.close();
    }

    @Test
    void shouldRefuseAnUpstreamForOneThread()
    {
        try (Region other = Region.allocate(4096); RunAllocator runs = new RunAllocator(other))
        {
            final IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new ConcurrentSlabAllocator(runs));
            assertTrue(refused.getMessage().contains("not for several threads"), refused.getMessage());
        }
    }

    @Test
    void shouldRefuseNumbersOutOfRange()
    {
        try (Region other = Region.allocate(4096);
            SynchronizedRegionAllocator runs = new SynchronizedRegionAllocator(new RunAllocator(other)))
        {
            for (final long budget : new long[]{ -1, Long.MIN_VALUE })
            {
                final IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class, () -> new ConcurrentSlabAllocator(runs, budget));
                assertTrue(refused.getMessage().contains("cacheBudget=" + budget), refused.getMessage());
            }
            for (final int heaps : new int[]{ -1, (1 << 14) + 1, Integer.MIN_VALUE })
            {
                final IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class, () -> new ConcurrentSlabAllocator(runs, 0, heaps));
                assertTrue(refused.getMessage().contains("mostHeaps=" + heaps), refused.getMessage());
            }
        }
    }

    @Test
    void shouldGiveEachThreadOneHeap() throws InterruptedException
    {
        final Heap mine = allocator.heap();
        assertSame(mine, allocator.heap());
        final long address = allocator.allocate(100, 8);
        mine.deallocate(address, 100, 8);
        assertEquals(address, mine.allocate(100, 8), "the heap's last block, popped again");
        final AtomicReference<Heap> other = new AtomicReference<>();
        inThread(() ->
        {
            other.set(allocator.heap());
            allocator.deallocate(address, 100, 8);
        });
        assertNotSame(mine, other.get());
        allocator.trim();
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    void shouldTakeAFreeFromAThreadThatNeverAllocated() throws InterruptedException
    {
        final long[] blocks = new long[1_000];
        allocator.allocateBatch(64, 8, blocks, 0, blocks.length);
        final long metadata = allocator.stats().metadataBytes();
        inThread(() ->
        {
            for (final long block : blocks)
            {
                allocator.deallocate(block, 64, 8);
            }
        });
        assertEquals(metadata, allocator.stats().metadataBytes(), "a heap was made for a thread that only frees");
        allocator.verify();
        assertEquals(0, allocator.stats().liveBlocks());
        assertTrue(allocator.stats().largestFreeRun() > REGION - (1 << 20), "free slabs stayed with nobody");
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void shouldFindASecondFreeByAnotherThread(final ThreadKind kind) throws InterruptedException
    {
        assumeTrue(ThreadKind.available().contains(kind), "this JVM has no such threads");
        final long kept = allocator.allocate(64, 8);
        final long address = allocator.allocate(64, 8);
        final Thread first = kind.newThread(() -> allocator.deallocate(address, 64, 8));
        first.start();
        first.join();
        assertThrows(IllegalStateException.class, () -> allocator.deallocate(address, 64, 8));
        assertThrows(IllegalStateException.class, () -> allocator.realloc(address, 64, 8, 128));
        assertThrows(IllegalStateException.class, () -> allocator.usableSize(address, 64, 8));
        final AtomicReference<Throwable> refused = new AtomicReference<>();
        final Thread second = kind.newThread(() ->
            refused.set(assertThrows(IllegalStateException.class, () -> allocator.deallocate(address, 64, 8))));
        second.start();
        second.join();
        assertTrue(refused.get().getMessage().contains(Long.toHexString(address)), "" + refused.get());
        allocator.verify();
        assertEquals(1, allocator.stats().liveBlocks());
        allocator.deallocate(kept, 64, 8);
    }

    @Test
    void shouldFindASecondFreeOfACombinedOne() throws InterruptedException
    {
        final long[] blocks = new long[16];
        allocator.allocateBatch(64, 8, blocks, 0, blocks.length);
        inThread(() ->
        {
            final Heap heap = allocator.heap();
            heap.deallocate(blocks[0], 64, 8);
            assertThrows(IllegalStateException.class, () -> heap.deallocate(blocks[0], 64, 8));
            assertThrows(IllegalStateException.class, () -> heap.realloc(blocks[0], 64, 8, 100));
            assertThrows(IllegalStateException.class, () -> allocator.tryResize(blocks[0], 64, 8, 60));
            assertEquals(blocks.length - 1, allocator.stats().liveBlocks());
            heap.flush();
            assertThrows(IllegalStateException.class, () -> heap.deallocate(blocks[0], 64, 8));
        });
        allocator.verify();
        assertEquals(blocks.length - 1, allocator.stats().liveBlocks());
    }

    @Test
    void shouldFindACombinedFreeOfABlockThatItsOwnerFreedSince() throws InterruptedException
    {
        final long kept = allocator.allocate(64, 8);
        final long address = allocator.allocate(64, 8);
        inThread(() ->
        {
            final Heap heap = allocator.heap();
            final long own = heap.allocate(512, 8);
            heap.deallocate(own, 512, 8);
            heap.deallocate(address, 64, 8);
            assertTrue(heap.combined.contains((int)(address - SharedSlabs.base(region) >>> SizeClasses.GRANULE_SHIFT)));
        });
        allocator.deallocate(address, 64, 8);
        final IllegalStateException refused = assertThrows(IllegalStateException.class, allocator::trim);
        assertTrue(refused.getMessage().contains(Long.toHexString(address)), refused.getMessage());
        allocator.trim();
        allocator.verify();
        assertEquals(1, allocator.stats().liveBlocks());
        assertEquals(1, allocator.upstreamStats().liveBlocks(), "the dead thread's slabs stayed with nobody");
        allocator.deallocate(kept, 64, 8);
    }

    @Test
    void shouldCountWhileOthersCall() throws InterruptedException
    {
        final ConcurrentSlabAllocator uncached = over(Region.allocate(REGION), 0, 1);
        final AtomicBoolean isDone = new AtomicBoolean();
        final Thread caller = new Thread(() ->
        {
            for (int size = 16; !isDone.get(); size = size % SizeClasses.MAX_SIZE + 16)
            {
                uncached.dealloc(uncached.alloc(size, 8), size, 8);
            }
        });
        caller.start();
        try
        {
            for (int i = 0; i < 5_000; i++)
            {
                final AllocatorStats stats = uncached.stats();
                assertTrue(stats.liveBlocks() >= 0 && stats.allocatedBytes() >= 0, () -> "" + stats);
            }
        }
        finally
        {
            isDone.set(true);
            caller.join();
        }
        assertEquals(0, uncached.stats().liveBlocks());
        uncached.close();
        uncached.region().close();
    }

    @Test
    void shouldLetCombinedFreesReachTheirSlab() throws InterruptedException
    {
        final long[] blocks = new long[CombinedFrees.MOST + 2];
        allocator.allocateBatch(16, 8, blocks, 0, blocks.length);
        final CountDownLatch combined = new CountDownLatch(1);
        final CountDownLatch seen = new CountDownLatch(1);
        final CountDownLatch flushed = new CountDownLatch(1);
        final CountDownLatch end = new CountDownLatch(1);
        final Thread thread = new Thread(() ->
        {
            final Heap heap = allocator.heap();
            for (int i = 0; i < CombinedFrees.MOST - 1; i++)
            {
                heap.deallocate(blocks[i], 16, 8);
            }
            combined.countDown();
            await(seen);
            heap.flush();
            flushed.countDown();
            await(end);
        });
        thread.start();
        await(combined);
        // Only the thread that combined it knows.
        assertEquals(16, allocator.usableSize(blocks[0], 16, 8));
        seen.countDown();
        await(flushed);
        assertThrows(IllegalStateException.class, () -> allocator.usableSize(blocks[0], 16, 8));
        end.countDown();
        thread.join();
        allocator.verify();
        assertEquals(3, allocator.stats().liveBlocks());
    }

    @Test
    void shouldRefuseAHeapBeyondTheMost() throws InterruptedException
    {
        final CountDownLatch end = new CountDownLatch(1);
        final CountDownLatch started = new CountDownLatch(8);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++)
        {
            final Thread thread = new Thread(() ->
            {
                allocator.heap();
                started.countDown();
                await(end);
            });
            thread.start();
            threads.add(thread);
        }
        await(started);
        final IllegalStateException refused = assertThrows(IllegalStateException.class, allocator::heap);
        assertTrue(refused.getMessage().contains("mostHeaps=8"), refused.getMessage());
        final long address = allocator.allocate(64, 8);
        allocator.deallocate(address, 64, 8);
        end.countDown();
        for (final Thread thread : threads)
        {
            thread.join();
        }
        assertSame(allocator.heap(), allocator.heap(), "a dead thread's");
    }

    @Test
    void shouldGiveAHeapUpWhenItIsClosed()
    {
        final Heap heap = allocator.heap();
        final long address = heap.allocate(64, 8);
        heap.close();
        heap.close();
        assertThrows(IllegalStateException.class, () -> heap.allocate(64, 8));
        assertThrows(IllegalStateException.class, () -> heap.deallocate(address, 64, 8));
        assertThrows(IllegalStateException.class, () -> heap.realloc(address, 64, 8, 128));
        allocator.verify();
        assertNotSame(heap, allocator.heap());
        allocator.deallocate(address, 64, 8);
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    void shouldForgetDeadThreads() throws InterruptedException
    {
        WeakReference<Thread> dead = null;
        long metadata = 0;
        for (int i = 0; i < 200; i++)
        {
            final Thread thread = new Thread(() ->
                allocator.deallocate(allocator.allocate(1_000, 8), 1_000, 8));
            thread.start();
            thread.join();
            dead = new WeakReference<>(thread);
            metadata = 0 == i ? allocator.stats().metadataBytes() : metadata;
        }
        assertEquals(metadata, allocator.stats().metadataBytes(), "each thread should take over the heap before it");
        allocator.trim();
        for (int i = 0; i < 50 && null != dead.get(); i++)
        {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(dead.get(), "a dead thread is still reachable");
        assertEquals(REGION, allocator.stats().largestFreeRun());
    }

    @Test
    void shouldTakeOverWhatADeadThreadHeld() throws InterruptedException
    {
        final AtomicReference<Heap> first = new AtomicReference<>();
        final long[] blocks = new long[3];
        inThread(() ->
        {
            first.set(allocator.heap());
            allocator.allocateBatch(64, 8, blocks, 0, blocks.length);
        });
        inThread(() ->
        {
            assertSame(first.get(), allocator.heap());
            allocator.deallocate(blocks[0], 64, 8);
            assertEquals(blocks[0], allocator.allocate(64, 8), "from the magazine that was taken over");
        });
        allocator.verify();
        assertEquals(3, allocator.stats().liveBlocks());
    }

    @Test
    void shouldTrimOtherHeapsAtTheirNextSlowPath() throws InterruptedException
    {
        final CountDownLatch cached = new CountDownLatch(1);
        final CountDownLatch trimmed = new CountDownLatch(1);
        final Thread thread = new Thread(() ->
        {
            allocator.deallocate(allocator.allocate(2_000, 8), 2_000, 8);
            cached.countDown();
            await(trimmed);
            allocator.deallocate(allocator.allocate(16, 8), 16, 8);
            assertEquals(0, allocator.heap().cache.ownedCount(SizeClasses.ofSize(2_000)));
        });
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        thread.setUncaughtExceptionHandler((t, ex) -> failure.set(ex));
        thread.start();
        await(cached);
        allocator.trim();
        trimmed.countDown();
        thread.join();
        assertNull(failure.get(), () -> "" + failure.get());
    }

    @Test
    void shouldRefuseThreadsThatStillCallWhenItIsClosed() throws InterruptedException
    {
        for (int round = 0; round < 20; round++)
        {
            final Region other = Region.allocate(1 << 20);
            final ConcurrentSlabAllocator closing = over(other, 1 << 18, 3);
            final AtomicInteger refused = new AtomicInteger();
            final CountDownLatch calling = new CountDownLatch(4);
            final List<Thread> threads = new ArrayList<>();
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            for (int i = 0; i < 4; i++)
            {
                final int size = 0 == i % 2 ? 64 : 5_000;
                final Thread thread = new Thread(() -> callUntilRefused(closing, size, calling, refused));
                thread.setUncaughtExceptionHandler((t, ex) -> failure.set(ex));
                thread.start();
                threads.add(thread);
            }
            await(calling);
            closing.close();
            for (final Thread thread : threads)
            {
                thread.join();
            }
            assertNull(failure.get(), () -> "" + failure.get());
            assertEquals(4, refused.get());
            assertThrows(IllegalStateException.class, closing::heap);
            assertThrows(IllegalStateException.class, closing::trim);
            closing.close();
            other.close();
        }
    }

    @Test
    void shouldNotTouchMemoryOnceItIsClosed() throws InterruptedException
    {
        for (int round = 0; round < 300; round++)
        {
            final Region other = Region.allocate(1 << 20);
            final ConcurrentSlabAllocator closing = over(other, 1 << 18, 0 == round % 2 ? 0 : 3);
            final CountDownLatch calling = new CountDownLatch(3);
            final Thread[] threads = new Thread[3];
            for (int i = 0; i < threads.length; i++)
            {
                threads[i] = new Thread(() -> clearUntilRefused(closing, calling));
                threads[i].start();
            }
            await(calling);
            closing.close();
            // A byte that is cleared now would be another allocator's, or nobody's: that ends the JVM before JDK 22.
            final ByteBuffer bytes = other.byteBuffer(other.address(), other.capacity());
            for (int at = 0; at < bytes.capacity(); at += 64)
            {
                bytes.put(at, (byte)1);
            }
            for (final Thread thread : threads)
            {
                thread.join();
            }
            for (int at = 0; at < bytes.capacity(); at += 64)
            {
                assertEquals(1, bytes.get(at), "cleared after close at " + at);
            }
            other.close();
        }
    }

    private static void clearUntilRefused(final Allocator closing, final CountDownLatch calling)
    {
        calling.countDown();
        assertThrows(IllegalStateException.class, () ->
        {
            while (true)
            {
                final long address = closing.allocateZeroed(100, 8);
                closing.deallocate(closing.growZeroed(address, 100, 8, 2048, 8), 2048, 8);
            }
        });
    }

    private static void callUntilRefused(
        final Allocator closing, final int size, final CountDownLatch calling, final AtomicInteger refused)
    {
        boolean counted = false;
        try
        {
            for (int i = 0; ; i++)
            {
                final long address = closing.allocate(size, 8);
                closing.deallocate(address, size, 8);
                if (!counted && i > 100)
                {
                    counted = true;
                    calling.countDown();
                }
            }
        }
        catch (final IllegalStateException ex)
        {
            refused.incrementAndGet();
        }
    }

    static ConcurrentSlabAllocator over(final Region region, final long budget, final int heaps)
    {
        return new ConcurrentSlabAllocator(
            new SynchronizedRegionAllocator(new RunAllocator(region)), budget, heaps);
    }

    static void inThread(final Runnable task) throws InterruptedException
    {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread thread = new Thread(task);
        thread.setUncaughtExceptionHandler((t, ex) -> failure.set(ex));
        thread.start();
        thread.join();
        if (null != failure.get())
        {
            throw new AssertionError(failure.get());
        }
    }

    static void await(final CountDownLatch latch)
    {
        try
        {
            latch.await();
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
