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

import io.quarry.alloc.RegionAllocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Threads that allocate, resize and free at random, hand blocks to each other, and die at random; what a thread leaves
 * behind others free. Every block is a {@link StampedBlocks} one. The lanes run side by side, and in each lane one
 * thread after the other.
 */
public final class ConcurrentScript
{
    private static final int MEETING_PLACES = 8;
    private static final int SHORTEST_LIFE = 200;

    private final StampedBlocks blocks;
    private final ThreadKind kind;
    private final long seed;
    private final AtomicReferenceArray<StampedBlocks.Held> places = new AtomicReferenceArray<>(MEETING_PLACES);
    private final Queue<StampedBlocks.Held> orphans = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger threadsMade = new AtomicInteger();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder handedOver = new LongAdder();

    private int largestSizeBits = 14;
    private int largestAlignmentBits = 9;
    private long mostLiveBytes = Long.MAX_VALUE;

    /**
     * Makes a script.
     *
     * @param allocator that any thread may call, without a block.
     * @param kind      of threads.
     * @param seed      of all choices but those that the scheduler makes.
     */
    public ConcurrentScript(final RegionAllocator allocator, final ThreadKind kind, final long seed)
    {
        this.blocks = new StampedBlocks(allocator);
        this.kind = kind;
        this.seed = seed;
    }

    /**
     * Sets what is asked for.
     *
     * @param sizeBits      sizes go up to 2^this.
     * @param alignmentBits alignments go up to 2^this.
     * @return this.
     */
    public ConcurrentScript asking(final int sizeBits, final int alignmentBits)
    {
        largestSizeBits = sizeBits;
        largestAlignmentBits = alignmentBits;
        return this;
    }

    /**
     * Sets how much a thread holds at most, not counting what it handed over.
     *
     * @param bytes by the sizes of the blocks.
     * @return this.
     */
    public ConcurrentScript holding(final long bytes)
    {
        mostLiveBytes = bytes;
        return this;
    }

    /**
     * Runs it, and then frees all that is left.
     *
     * @param lanes      how many threads are alive at a time.
     * @param operations of each lane.
     */
    public void run(final int lanes, final int operations)
    {
        final CountDownLatch done = new CountDownLatch(lanes);
        for (int lane = 0; lane < lanes; lane++)
        {
            startNext(new SplittableRandom(seed + lane), operations, done);
        }
        try
        {
            done.await();
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
        if (null != failure.get())
        {
            throw new AssertionError("seed=" + seed + ": " + failure.get(), failure.get());
        }
        blocks.checkAtRest();
        for (int i = 0; i < MEETING_PLACES; i++)
        {
            freeIfAny(places.getAndSet(i, null));
        }
        while (freeIfAny(orphans.poll()))
        {
            Thread.onSpinWait();
        }
        blocks.checkAtRest();
    }

    /**
     * Requests that found no place.
     *
     * @return the count, of all runs.
     */
    public long refusals()
    {
        return refusals.sum();
    }

    /**
     * Blocks that one thread allocated and another freed.
     *
     * @return the count, of all runs.
     */
    public long handedOver()
    {
        return handedOver.sum();
    }

    /**
     * Threads that lived.
     *
     * @return the count, of all runs.
     */
    public int threads()
    {
        return threadsMade.get();
    }

    private boolean freeIfAny(final StampedBlocks.Held block)
    {
        if (null != block)
        {
            blocks.free(block);
        }
        return null != block;
    }

    private void startNext(final SplittableRandom random, final int left, final CountDownLatch done)
    {
        kind.newThread(() ->
        {
            try
            {
                final int most = SHORTEST_LIFE + random.nextInt(Math.max(1, left));
                final int life = Math.min(left, most);
                new Worker(random.split(), 1 + threadsMade.getAndIncrement() % 0xFFFF).live(life);
                if (life < left && null == failure.get())
                {
                    startNext(random, left - life, done);
                    return;
                }
            }
            catch (final Throwable ex)
            {
                failure.compareAndSet(null, ex);
            }
            done.countDown();
        }).start();
    }

    /** What one thread does in its life. */
    private final class Worker
    {
        private final List<StampedBlocks.Held> held = new ArrayList<>();
        private final SplittableRandom random;
        private final int owner;
        private long serial;
        private long heldBytes;

        Worker(final SplittableRandom random, final int owner)
        {
            this.random = random;
            this.owner = owner;
        }

        void live(final int operations)
        {
            for (int i = 0; i < operations && null == failure.get(); i++)
            {
                final int dice = random.nextInt(16);
                if (dice < 7 || held.isEmpty())
                {
                    allocate();
                }
                else if (dice < 11)
                {
                    blocks.free(takeAny());
                }
                else if (dice < 13)
                {
                    resize();
                }
                else if (dice < 15)
                {
                    meet();
                }
                else
                {
                    adopt();
                }
            }
            orphans.addAll(held);
        }

        private void allocate()
        {
            final long size = 1 + random.nextLong(1L << random.nextInt(1 + largestSizeBits));
            final long alignment = 1L << random.nextInt(1 + largestAlignmentBits);
            if (heldBytes + size > mostLiveBytes)
            {
                if (!held.isEmpty())
                {
                    blocks.free(takeAny());
                }
                return;
            }
            final StampedBlocks.Held block = 0 == random.nextInt(8) ?
                blocks.allocateZeroed(owner, serial++, size, alignment) :
                blocks.allocate(owner, serial++, size, alignment);
            if (null != block)
            {
                keep(block);
                return;
            }
            refusals.increment();
            for (int i = 0; i < 4 && !held.isEmpty(); i++)
            {
                blocks.free(takeAny());
            }
        }

        private void resize()
        {
            final StampedBlocks.Held block = takeAny();
            final long newSize = 1 + random.nextLong(2 * block.size());
            final boolean isSmall = newSize <= 1L << largestSizeBits && heldBytes + newSize <= mostLiveBytes;
            if (isSmall && !(random.nextBoolean() ? blocks.resize(block, newSize) : blocks.tryResize(block, newSize)))
            {
                refusals.increment();
            }
            keep(block);
        }

        /** Puts a block where others find it and takes what is there, to free it. */
        private void meet()
        {
            final StampedBlocks.Held other = places.getAndSet(random.nextInt(MEETING_PLACES), takeAny());
            if (freeIfAny(other))
            {
                handedOver.increment();
            }
        }

        private void adopt()
        {
            if (freeIfAny(orphans.poll()))
            {
                handedOver.increment();
            }
        }

        private void keep(final StampedBlocks.Held block)
        {
            held.add(block);
            heldBytes += block.size();
        }

        private StampedBlocks.Held takeAny()
        {
            final int index = random.nextInt(held.size());
            final StampedBlocks.Held block = held.get(index);
            held.set(index, held.get(held.size() - 1));
            held.remove(held.size() - 1);
            heldBytes -= block.size();
            return block;
        }
    }
}
