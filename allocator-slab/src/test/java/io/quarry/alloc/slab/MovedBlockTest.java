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
import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A block that moves, while another thread frees the old one: who moves it is told, and nobody has the new one. The
 * other thread comes when the bytes are copied, which is after the old block was found live and before it is freed.
 */
class MovedBlockTest
{
    private final Region region = Region.allocate(1 << 20);
    private final ConcurrentSlabAllocator allocator = ConcurrentSlabAllocatorTest.over(region, 1 << 18, 8);
    private final Interrupted heap = new Interrupted(allocator.heap(), SharedSlabs.base(region));

    @AfterEach
    void close()
    {
        allocator.close();
        region.close();
    }

    @Test
    void shouldGiveTheNewBlockBackWhenTheOldOneOfItsOwnSlabIsGone() throws InterruptedException
    {
        assumeTrue(Checks.ENABLED);
        final long kept = allocator.allocate(64, 8);
        final long old = allocator.allocate(64, 8);
        assertRefused(old, () -> heap.grow(old, 64, 8, 200, 8));
        final long next = allocator.allocate(64, 8);
        assertRefused(next, () -> heap.realloc(next, 64, 8, 200));
        assertLeft(kept);
    }

    @Test
    void shouldGiveTheNewBlockBackWhenTheOldOneOfAnotherSlabIsGone() throws InterruptedException
    {
        assumeTrue(Checks.ENABLED);
        final long[] others = new long[4];
        ConcurrentSlabAllocatorTest.inThread(() ->
        {
            allocator.allocateBatch(64, 8, others, 0, others.length);
            allocator.heap().close();
        });
        assertRefused(others[1], () -> heap.grow(others[1], 64, 8, 200, 8));
        assertRefused(others[2], () -> heap.realloc(others[2], 64, 8, 200));
        ConcurrentSlabAllocatorTest.inThread(() -> allocator.deallocate(others[3], 64, 8));
        assertLeft(others[0]);
    }

    /** The whole slab goes with it: what is found at the address then is the upstream's. */
    @Test
    void shouldGiveTheNewBlockBackWhenTheSlabOfTheOldOneIsGone() throws InterruptedException
    {
        assumeTrue(Checks.ENABLED);
        final long kept = allocator.allocate(500, 8);
        final long[] other = new long[1];
        ConcurrentSlabAllocatorTest.inThread(() ->
        {
            other[0] = allocator.allocate(64, 8);
            allocator.heap().close();
        });
        final long before = allocator.stats().liveBlocks();
        final Throwable refused = thrownWhileFreed(other[0], () -> heap.grow(other[0], 64, 8, 200, 8));
        assertTrue(refused.getMessage().contains(Long.toHexString(other[0])), refused.getMessage());
        assertEquals(before - 1, allocator.stats().liveBlocks());
        allocator.deallocate(kept, 500, 8);
        allocator.trim();
        allocator.verify();
        assertEquals(0, allocator.stats().liveBlocks());
    }

    private void assertRefused(final long old, final Executable move)
    {
        // The magazine that the new block comes from, else this is another path.
        allocator.deallocate(allocator.allocate(200, 8), 200, 8);
        final AllocatorStats before = allocator.stats();
        final Throwable refused = thrownWhileFreed(old, move);
        assertTrue(refused.getMessage().contains(Long.toHexString(old) + ": not allocated"), refused.getMessage());
        assertEquals(before.liveBlocks() - 1, allocator.stats().liveBlocks());
        allocator.verify();
    }

    private Throwable thrownWhileFreed(final long old, final Executable move)
    {
        allocator.deallocate(allocator.allocate(200, 8), 200, 8);
        final int moves = heap.moves;
        heap.meanwhile = () -> allocator.deallocate(old, 64, 8);
        final Throwable refused = assertThrows(RuntimeException.class, move);
        assertNull(heap.meanwhile);
        assertEquals(moves + 1, heap.moves, "the block was to move by the quick path");
        return refused;
    }

    private void assertLeft(final long kept)
    {
        allocator.trim();
        allocator.verify();
        assertEquals(1, allocator.stats().liveBlocks());
        assertFalse(0 == allocator.usableSize(kept, 64, 8));
        allocator.deallocate(kept, 64, 8);
        assertEquals(0, allocator.stats().liveBlocks());
    }

    /** The quick paths over a thread's own heap, as that has them, but for what happens before a copy. */
    private static final class Interrupted extends QuickSlots
    {
        private final Heap heap;
        private Runnable meanwhile;
        private int moves;

        Interrupted(final Heap heap, final long base)
        {
            super(heap, base);
            this.heap = heap;
        }

        @Override
        protected void copyBytes(final long from, final long to, final long length)
        {
            final Runnable task = meanwhile;
            meanwhile = null;
            moves++;
            try
            {
                ConcurrentSlabAllocatorTest.inThread(task);
            }
            catch (final InterruptedException ex)
            {
                throw new IllegalStateException(ex);
            }
            heap.copyBytes(from, to, length);
        }

        @Override
        int pop(final int sizeClass)
        {
            return heap.pop(sizeClass);
        }

        @Override
        boolean push(final long address, final int sizeClass)
        {
            return heap.push(address, sizeClass);
        }

        @Override
        boolean isLive(final long address, final int sizeClass)
        {
            return heap.isLive(address, sizeClass);
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            heap.returnBlock(address, size, alignment);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            throw new AssertionError("not by the quick path");
        }

        @Override
        protected long takeZeroedBlock(final long size, final long alignment)
        {
            throw new AssertionError("not by the quick path");
        }

        @Override
        protected boolean canTakeBlock(final long size, final long alignment)
        {
            return heap.canTakeBlock(size, alignment);
        }

        @Override
        protected long blockLength(final long address, final long size, final long alignment)
        {
            return heap.blockLength(address, size, alignment);
        }

        @Override
        protected boolean resizeBlock(final long address, final long length, final long newSize)
        {
            return heap.resizeBlock(address, length, newSize);
        }

        @Override
        public boolean isThreadSafe()
        {
            return false;
        }

        @Override
        public long goodSize(final long size, final long alignment)
        {
            return heap.goodSize(size, alignment);
        }

        @Override
        public long maxSize()
        {
            return heap.maxSize();
        }

        @Override
        public long trim()
        {
            return heap.trim();
        }

        @Override
        public AllocatorStats stats()
        {
            return heap.stats();
        }

        @Override
        public void verify()
        {
            heap.verify();
        }

        @Override
        public void close()
        {
            heap.close();
        }
    }
}
