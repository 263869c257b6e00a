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

import io.quarry.alloc.AbstractRegionAllocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionClaim;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A buddy allocator of radix 64 over a region of any size, for any number of threads: blocks are runs of equal units,
 * of exactly the length asked for rounded up to the unit.
 * <p>
 * Choose it for page-like blocks that several threads share, and under other allocators that several threads call.
 * Where one thread calls, {@link BuddyAllocator} takes less time and a stated number of steps.
 *
 * <h2>Threads</h2>
 * <p>
 * Any thread may call at any time; a block may be freed or resized by another thread than the one that allocated it.
 * No call takes a lock.
 * <ul>
 * <li><b>Wait-free:</b> {@link #owns}, {@link #usableSize}, {@link #goodSize}.</li>
 * <li><b>Lock-free:</b> deallocating, and resizing in place. A step is repeated only when another thread has just
 * changed the same 64 units.</li>
 * <li><b>Allocating</b> is lock-free as long as a place is found. Before it fails it looks at every unit, and looks
 * again if meanwhile units were given back or are in the hand of another thread: at least {@value Transit#LEAST_LOOKS}
 * times, and until 2<sup>20</sup> words of 64 units have been looked at, letting others run in between. So at rest it
 * never fails while there is a place; amid a storm of calls by others, or while a thread stands still amid a call, it
 * may.</li>
 * <li><b>A thread that stops amid a call</b>, for ever or for a while, keeps its own block, and at most the units that
 * it has in hand: the run that it takes or gives back, with the slots of 64<sup>k</sup> units at its ends. All other
 * calls go on.</li>
 * <li><b>Resizing in place</b> across words claims them from left to right, and gives them back if one isn't free; for
 * that moment they are nobody else's either. It may say no while a call of another thread moves these very units.</li>
 * <li><b>Misuse</b> is refused as by the one-thread form. Of several threads that free or resize the same block at the
 * same time exactly one does; the others are refused.</li>
 * <li><b>{@link #close()}</b> waits for calls that copy or zero, and refuses all later ones.</li>
 * <li>{@link #stats()}, {@link #verify()} and {@link #diagnose} are exact when no other thread is in a call. They only
 * look: no call of another thread fails for them.</li>
 * </ul>
 *
 * <h2>What can be had</h2>
 * <p>
 * At rest, whatever lies side by side: a request succeeds if there are so many free units in a row, the first of them
 * aligned. Up to 64 units come from the word where the calling thread found its last run, or else the lowest word whose
 * longest run is about as long, and in whose cache line no other thread works; longer blocks are made of slots of
 * 64<sup>k</sup> units as in {@link BuddyAllocator}. Only when there is none is every unit looked at.
 * <p>
 * Words that become wholly free are made slots of the next size when a block of more than 64 units is looked for, or by
 * {@link #trim()}.
 *
 * <h2>Cost in time</h2>
 * <p>
 * Typically, without contention, allocating up to 64 units takes one atomic operation on the word, and deallocating
 * two: one on the record of the block, which decides who frees it, and one on the word. Calls that copy or zero take
 * two more.
 * <p>
 * Words of metadata visited at most, while no other thread changes them; with W = ceil(units / 64), L = ceil(log64(
 * units)) levels and D = ceil(log64(W)) depths of hints, each at least 1, and B = L (690 D + 219) + 5: deallocating up
 * to 64 units 4 + 4 D, more than these 2 + 2 L (1 + 2 D); allocating up to 64 units B if a place is among the 16 words
 * that hints name first in each class. Else, and before such a request fails, every unit is looked at: 5 B + L W, and
 * B / 64 + 8 D for each word that was wholly free and is made a slot of the next size on the way, and 8 D for each that
 * hints still name so though it isn't any more.
 *
 * <h2>Cost in bytes</h2>
 * <p>
 * Arrays on the Java heap, made at construction: 4 B a unit for the lengths of blocks, and for each level with
 * W = ceil(units / 64), ceil(units / 64^2), ... 1 words 8 W + 56 (ceil(W / 64) + ceil(W / 64^2) + ... + 1); 128 B for
 * each of up to two stripes a processor. About 4.2 B a unit: 6.6 % of the region with units of 64 B, 0.1 % with units
 * of 4096 B.
 *
 * <h2>Source</h2>
 * <p>
 * K. C. Knowlton, A fast storage allocator, CACM 8(10), 1965, for the buddy. L. Wrenger et al., LLFree: Scalable and
 * Optionally-Persistent Page-Frame Allocation, USENIX ATC 2023, for the page allocator whose state is bits that are
 * claimed by compare-and-set. That each bit is the resource itself, lazy coalescing and the look for what is in transit
 * are Quarry's own.
 */
public final class ConcurrentBuddyAllocator extends AbstractRegionAllocator
{
    private static final AtomicIntegerFieldUpdater<ConcurrentBuddyAllocator> HIGH_WATER =
        AtomicIntegerFieldUpdater.newUpdater(ConcurrentBuddyAllocator.class, "highWater");

    // A block's life, in the order of the writes:
    //
    //   allocate     units leave their word;                     the extent is set
    //   grow         units to the right leave their words;       the extent is swapped, or they go back
    //   shrink       the extent is swapped;                      the units of the tail go to their words
    //   deallocate   the extent is swapped for 0;                all units go to their words
    //
    // So who swaps has the block, and X1 to X3 of BuddyAllocator hold at rest.

    final ConcurrentWords words;
    final AtomicExtents extents;
    private final UnitGrid grid;
    private final RegionClaim claim;
    private final CallGate gate;
    private volatile int highWater;

    /**
     * Makes an allocator with units of {@link BuddyAllocator#DEFAULT_UNIT_SIZE}.
     *
     * @param region that no other allocator has claimed.
     * @throws IllegalArgumentException if the region holds no unit.
     * @throws IllegalStateException    if the region is claimed or closed.
     */
    public ConcurrentBuddyAllocator(final Region region)
    {
        this(region, BuddyAllocator.DEFAULT_UNIT_SIZE);
    }

    /**
     * Makes an allocator.
     *
     * @param region   that no other allocator has claimed.
     * @param unitSize bytes, the smallest block and what lengths are rounded up to: a power of two, at least
     *                 {@link BuddyAllocator#MIN_UNIT_SIZE}.
     * @throws IllegalArgumentException if the unit size is out of range, or the region holds no unit or more than
     *                                  2^31 - 9.
     * @throws IllegalStateException    if the region is claimed or closed.
     */
    public ConcurrentBuddyAllocator(final Region region, final int unitSize)
    {
        super(region);
        grid = new UnitGrid(region, unitSize);
        words = new ConcurrentWords(grid.units);
        extents = new AtomicExtents(grid, region);
        gate = new CallGate(this);
        claim = region.claim(this);
    }

    /**
     * The unit that the lengths of blocks are multiples of.
     *
     * @return bytes.
     */
    public int unitSize()
    {
        return grid.unitSize;
    }

    @Override
    public long maxSize()
    {
        return grid.bytes(grid.units);
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return size > maxSize() ? size : size + grid.unitSize - 1 & -grid.unitSize;
    }

    @Override
    public RegionClaim claim()
    {
        return claim;
    }

    @Override
    public boolean isThreadSafe()
    {
        return true;
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        gate.refuseIfClosed();
        final long count = grid.count(size);
        final int unit = take(count, alignment);
        if (unit < 0)
        {
            return NULL;
        }
        extents.begin(unit, (int)count);
        raiseHighWater(unit + (int)count);
        return grid.address(unit);
    }

    /** A block's units are below the high water before anyone can write to them, and so before they are free again. */
    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        gate.enter();
        try
        {
            final long count = grid.count(size);
            final int unit = take(count, alignment);
            return unit < 0 ? NULL : zeroed(unit, (int)count);
        }
        finally
        {
            gate.exit();
        }
    }

    private long zeroed(final int unit, final int count)
    {
        final long address = grid.address(unit);
        final long usedTo = Math.max(grid.address(highWater), claim.zeroFrom());
        final long dirty = Math.min(usedTo, grid.address(unit + count)) - address;
        if (dirty > 0)
        {
            claim.zero(address, dirty);
        }
        extents.begin(unit, count);
        raiseHighWater(unit + count);
        return address;
    }

    private int take(final long count, final long alignment)
    {
        if (count > grid.units)
        {
            return -1;
        }
        return alignment <= grid.unitSize ? words.take((int)count) :
            words.takeAligned((int)count, grid.firstAligned(alignment), grid.distance(alignment));
    }

    private void raiseHighWater(final int end)
    {
        if (end > highWater)
        {
            HIGH_WATER.accumulateAndGet(this, end, Math::max);
        }
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        gate.refuseIfClosed();
        final long count = grid.count(size);
        return count <= grid.units &&
            words.canTake((int)count, grid.firstAligned(alignment), Math.max(1, grid.distance(alignment)));
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        gate.refuseIfClosed();
        final int unit = grid.unit(address);
        int count = extents.checked(unit, address, size, alignment);
        while (!extents.swap(unit, count, 0))
        {
            count = extents.checked(unit, address, size, alignment);
        }
        words.release(unit, unit + count);
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        gate.refuseIfClosed();
        return grid.bytes(extents.checked(grid.unit(address), address, size, alignment));
    }

    /** If another thread has freed or resized the block meanwhile this one has lost it, and its call is refused. */
    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        final int unit = grid.unit(address);
        final int count = (int)grid.count(length);
        final long newCount = grid.count(newSize);
        if (newCount > count)
        {
            return growBlock(unit, count, newCount);
        }
        if (newCount < count)
        {
            if (!extents.swap(unit, count, (int)newCount))
            {
                throw Misuse.dead(address);
            }
            words.release(unit + (int)newCount, unit + count);
        }
        return true;
    }

    private boolean growBlock(final int unit, final int count, final long newCount)
    {
        if (newCount > grid.units - unit || !RunClaim.claim(words, unit + count, unit + (int)newCount))
        {
            return false;
        }
        if (!extents.swap(unit, count, (int)newCount))
        {
            words.release(unit + count, unit + (int)newCount);
            throw Misuse.dead(grid.address(unit));
        }
        raiseHighWater(unit + (int)newCount);
        return true;
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        gate.enter();
        try
        {
            return super.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            gate.exit();
        }
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        gate.enter();
        try
        {
            return super.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            gate.exit();
        }
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        gate.enter();
        try
        {
            return super.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            gate.exit();
        }
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        gate.enter();
        try
        {
            return super.realloc(address, size, alignment, newSize);
        }
        finally
        {
            gate.exit();
        }
    }

    /** {@inheritDoc} Nothing is cached; words that are wholly free become slots of the next size, so far as can be. */
    @Override
    public long trim()
    {
        gate.refuseIfClosed();
        words.coalesce();
        return 0;
    }

    @Override
    public AllocatorStats stats()
    {
        gate.refuseIfClosed();
        final int used = extents.usedUnits();
        return new AllocatorStats(
            grid.bytes(used),
            extents.blocks(),
            grid.bytes(grid.units - used),
            grid.bytes(ConcurrentBuddyVerifier.longestStretch(words)),
            usedTo() - region().address(),
            words.metadataBytes() + extents.metadataBytes());
    }

    @Override
    public void verify()
    {
        gate.refuseIfClosed();
        ConcurrentBuddyVerifier.verify(words, extents.counts);
    }

    @Override
    public void close()
    {
        if (gate.close())
        {
            claim.release(usedTo());
        }
    }

    private long usedTo()
    {
        return 0 == highWater ? region().address() : grid.address(highWater);
    }
}
