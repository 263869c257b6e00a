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
import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Small states of the allocator under every order of steps that the model checker tries, and in many runs on real
 * threads: each history must be one that calls in some order, one after the other, could have, and when it ends no
 * block is lost. There is room for all that is asked for, since a request may fail while another thread passes a slab
 * on. {@code -Dquarry.lincheck=N} tries N sets of calls instead of one.
 */
class ConcurrentSlabLincheckTest
{
    private static final int THREADS = 3;
    private static final int SIZE = 256;
    private static final int OTHER_SIZE = 512;
    private static final int REGION_BYTES = 16 * 1024;

    /**
     * The allocator, and who has which block. Heaps are those that threads share, two for each: every free is that of a
     * thread that doesn't own the slab, and who comes second while a heap is in use takes the other.
     */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class Blocks
    {
        private static final Region REGION = Region.allocate(REGION_BYTES);
        private static ConcurrentSlabAllocator last;

        private final ConcurrentSlabAllocator allocator;
        private final ArrayDeque<Long>[] hands = hands();
        private final ConcurrentLinkedQueue<Long> common = new ConcurrentLinkedQueue<>();
        private final AtomicIntegerArray held = new AtomicIntegerArray(REGION_BYTES >>> SizeClasses.GRANULE_SHIFT);
        private final long twice;

        {
            // One allocator has a region at a time, and only the next one knows that the one before is done.
            if (null != last)
            {
                last.close();
            }
            allocator = new ConcurrentSlabAllocator(
                new SynchronizedRegionAllocator(new RunAllocator(REGION)), cacheBudget(), 0);
            last = allocator;
            common.add(take());
            common.add(take());
            twice = allocator.allocate(OTHER_SIZE, 8);
            allocator.trim();
        }

        long cacheBudget()
        {
            return 1 << 16;
        }

        @SuppressWarnings({ "unchecked", "rawtypes" })
        private static ArrayDeque<Long>[] hands()
        {
            final ArrayDeque<Long>[] hands = new ArrayDeque[THREADS + 2];
            for (int i = 0; i < hands.length; i++)
            {
                hands[i] = new ArrayDeque<>();
            }
            return hands;
        }

        private int granule(final long address)
        {
            return (int)(address - REGION.address() >>> SizeClasses.GRANULE_SHIFT);
        }

        /** A block that nobody has, or NULL if there is none or somebody has it. */
        private long take()
        {
            final long address = allocator.alloc(SIZE, 8);
            return Allocator.NULL != address && held.compareAndSet(granule(address), 0, 1) ? address : Allocator.NULL;
        }

        private boolean give(final long address)
        {
            held.set(granule(address), 0);
            return free(address, SIZE);
        }

        private boolean free(final long address, final int size)
        {
            try
            {
                allocator.dealloc(address, size, 8);
                return true;
            }
            catch (final IllegalStateException | IllegalArgumentException ex)
            {
                return false;
            }
        }

        @Operation
        public boolean allocate(@Param(name = "thread") final int thread)
        {
            final long address = take();
            hands[thread].push(address);
            return Allocator.NULL != address;
        }

        @Operation
        public boolean free(@Param(name = "thread") final int thread)
        {
            final Long address = hands[thread].poll();
            return null != address && give(address);
        }

        @Operation
        public boolean allocateForOther()
        {
            final long address = take();
            common.add(address);
            return Allocator.NULL != address;
        }

        @Operation
        public boolean freeOfOther()
        {
            final Long address = common.poll();
            return null != address && give(address);
        }

        /** Any number of threads free the same block; no other request has its size. */
        @Operation
        public boolean freeTwice()
        {
            return free(twice, OTHER_SIZE);
        }

        @Operation
        public boolean shrink(@Param(name = "thread") final int thread)
        {
            final Long address = hands[thread].peek();
            return null != address && allocator.tryResize(address, SIZE, 8, SIZE / 2 + 1);
        }

        @Operation
        public void trim()
        {
            allocator.trim();
        }

        /** All that is held is live, and nothing else; every invariant holds. */
        @Validate
        public void verify()
        {
            allocator.trim();
            allocator.verify();
            int live = 0;
            for (int i = 0; i < held.length(); i++)
            {
                live += held.get(i);
            }
            final long blocks = allocator.stats().liveBlocks();
            // The last one is that which is freed twice.
            if (blocks != live && blocks != live + 1)
            {
                throw new IllegalStateException("live=" + blocks + ": held=" + live);
            }
        }
    }

    /** As {@link Blocks}, but a thread holds a slab for the length of a call only, so that each call claims one. */
    public static final class UncachedBlocks extends Blocks
    {
        @Override
        long cacheBudget()
        {
            return 0;
        }
    }

    /** What {@link Blocks} should do. */
    public static final class BlocksModel
    {
        private final int[] hands = new int[THREADS + 2];
        private int common = 2;
        private boolean isFreed;

        public boolean allocate(final int thread)
        {
            hands[thread]++;
            return true;
        }

        public boolean free(final int thread)
        {
            return hands[thread] > 0 && hands[thread]-- > 0;
        }

        public boolean allocateForOther()
        {
            common++;
            return true;
        }

        public boolean freeOfOther()
        {
            return common > 0 && common-- > 0;
        }

        public boolean freeTwice()
        {
            final boolean isFirst = !isFreed;
            isFreed = true;
            return isFirst;
        }

        public boolean shrink(final int thread)
        {
            return hands[thread] > 0;
        }

        public void trim()
        {
        }
    }

    @Test
    void shouldBeLinearizable()
    {
        options(new ModelCheckingOptions().invocationsPerIteration(30)).check(Blocks.class);
    }

    @Test
    void shouldBeLinearizableWithoutAnythingCached()
    {
        options(new ModelCheckingOptions().invocationsPerIteration(30)).check(UncachedBlocks.class);
    }

    @Test
    void shouldBeLinearizableOnThreads()
    {
        options(new StressOptions().invocationsPerIteration(300)).check(Blocks.class);
    }

    @Test
    void shouldBeLinearizableOnThreadsWithoutAnythingCached()
    {
        options(new StressOptions().invocationsPerIteration(300)).check(UncachedBlocks.class);
    }

    private static <T extends Options<T, ?>> T options(final T options)
    {
        return options
            .iterations(Integer.getInteger("quarry.lincheck", 1))
            .threads(2)
            .actorsPerThread(3)
            .actorsBefore(1)
            .actorsAfter(1)
            .sequentialSpecification(BlocksModel.class);
    }
}
