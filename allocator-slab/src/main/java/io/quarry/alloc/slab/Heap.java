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
import io.quarry.alloc.Misuse;

/**
 * One thread's share of a {@link ConcurrentSlabAllocator}: slots in magazines, popped and pushed without an atomic
 * step. A thread that holds its heap calls it without the look-up; an Agent takes its in {@code onStart}.
 * <p>
 * Blocks are the allocator's, not the heap's: any thread may free them, through its own heap or the backing.
 * <p>
 * Threads: one, the one that {@link ConcurrentSlabAllocator#heap()} gave it to. With {@code -Dquarry.checks=full} a
 * call by another one throws an {@link IllegalStateException} that names both, with nothing changed; but for
 * {@link #stats()}, {@link #verify()}, and what asks of no block, which any thread may call. Wait-free while the
 * magazine serves; else lock-free but for what the upstream does.
 * <p>
 * Time: to allocate, or to free a block of a slab that this heap owns, as in {@link SlabAllocator}. To free another
 * block is to set its bit in a word of the slab, an atomic step; up to 16 frees that follow each other in one 512 B
 * unit are combined, and reach the slab when another unit's turn comes, at the next refill, or by {@link #flush()}. A
 * second free of such a block by another thread is found only when the first one reaches the slab, and not at all if
 * the block has been handed out again by then. An {@link IllegalStateException} that names it is then thrown by
 * {@link #flush()}, {@link #trim()} or {@link #close()} of this heap, or by its next request for a block that needs a
 * refill, before that has changed anything; never by the free of another block, which would be in doubt. Of several
 * such blocks each call names one, of up to 16 that wait for it. If the thread ends before,
 * {@link ConcurrentSlabAllocator#trim()} throws it: what other threads ask for never fails for it.
 * <p>
 * Bytes: 16 KiB. What it holds for later is in the allocator's budget.
 */
public final class Heap extends QuickSlots
{
    /** Slow paths between two looks for dead threads. */
    private static final int TICKS_A_LOOK = 64;

    private static final boolean CHECKS = Checks.ENABLED;
    private static final boolean FULL_CHECKS = Checks.FULL;
    final int id;
    final HeapCache cache;
    final CombinedFrees combined;

    /** Whose this is; set by that thread, under the lock of the {@link HeapTable}. */
    Thread thread;

    private final HeapBacking backing;
    private final SharedSlabs slabs;
    private final long[] units;
    private final int[] remote;

    final int[] entries;
    private final MemoryGuard guard;
    private volatile boolean closed;

    private int trims;
    private int ticks;

    Heap(final HeapBacking backing, final int id)
    {
        super(backing.upstream, backing.base);
        this.backing = backing;
        this.id = id;
        slabs = backing.slabs;
        cache = new HeapCache(slabs, backing.budget, id);
        combined = new CombinedFrees(slabs);
        guard = new MemoryGuard(backing);
        entries = cache.entries;
        units = slabs.units;
        remote = slabs.remote;
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return backing.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return backing.upstream.maxSize();
    }

    /**
     * Lets combined frees reach their slab. For an Agent's idle step.
     *
     * @throws IllegalStateException if another thread has freed one of these blocks, too; the other frees are done. If
     *                               there are several such blocks the next call names the next one.
     */
    public void flush()
    {
        checkThread();
        combined.land();
        final int granule = combined.takeFreedTwice();
        if (SharedSlabs.NONE != granule)
        {
            throw Misuse.freedTwice(addressOf(granule));
        }
    }

    /**
     * Gives back what this heap holds for later: empty slabs to the upstream, the others to the heaps that need them.
     *
     * @return bytes that the upstream got.
     * @throws IllegalStateException if this heap is closed; or if another thread has freed a block, too, that this heap
     *                               had combined: then all is given back nevertheless.
     */
    @Override
    public long trim()
    {
        checkOpen();
        combined.land();
        final long bytes = cache.releaseAll();
        flush();
        return bytes;
    }

    /**
     * Those of the whole backing.
     *
     * @return a snapshot, exact when no other thread is in a call.
     */
    @Override
    public AllocatorStats stats()
    {
        return backing.stats();
    }

    @Override
    public void verify()
    {
        backing.verify();
    }

    /**
     * Gives the heap up: what it holds goes back, later calls of it are refused, and the thread may ask for another.
     * Blocks stay as they are.
     *
     * @throws IllegalStateException if another thread has freed a block, too, that this heap had combined; it is closed
     *                               nevertheless, and if there are several such blocks {@link #flush()} names the next.
     */
    @Override
    public void close()
    {
        if (!closed)
        {
            checkThread();
            combined.land();
            cache.releaseAll();
            refuse();
            thread = null;
            backing.heapGivenUp();
            flush();
        }
    }

    boolean isClosed()
    {
        return closed;
    }

    /** From now on every call finds the heap closed; by any thread. */
    void refuse()
    {
        entries[Magazines.STATE] = Magazines.REFUSING;
        closed = true;
    }

    /** Waits for a call amid its work on the memory; by one who has refused all later ones. */
    void awaitIdle()
    {
        guard.await();
    }

    @Override
    protected void zeroBytes(final long at, final long length)
    {
        guard.zero(claim, at, length);
    }

    @Override
    protected void copyBytes(final long from, final long to, final long length)
    {
        guard.copy(claim, from, to, length);
    }

    @Override
    int pop(final int sizeClass)
    {
        checkThread();
        final int[] entries = this.entries;
        final int top = entries[sizeClass];
        final int granule = entries[top] | entries[Magazines.STATE];
        if (granule >= 0)
        {
            entries[sizeClass] = top - 1;
            if (CHECKS)
            {
                units[granule >>> SlabUnit.GRANULES_SHIFT] |= SlabUnit.takenBit(granule);
            }
        }
        return granule;
    }

    @Override
    boolean push(final long address, final int sizeClass)
    {
        checkThread();
        // Rotated, an offset that isn't a multiple of 16 is as far out of range as one outside the region.
        final long rotated = Long.rotateRight(address - base, SizeClasses.GRANULE_SHIFT);
        final long unit = rotated >>> SlabUnit.GRANULES_SHIFT;
        final long[] units = this.units;
        if (unit >= units.length)
        {
            return false;
        }
        final long word = units[(int)unit];
        final int granule = (int)rotated;
        final int[] entries = this.entries;
        final int top = entries[sizeClass] + 1;
        final int tag = SlabUnit.tag(sizeClass, id) | entries[Magazines.STATE];
        if (SlabUnit.tag(word) != tag || 0 == (top & Magazines.ROW_MASK) ||
            CHECKS && 0 == (word & ~remote[(int)unit] & SlabUnit.takenBit(granule)))
        {
            return false;
        }
        if (CHECKS)
        {
            units[(int)unit] = word ^ SlabUnit.takenBit(granule);
        }
        entries[top] = granule;
        entries[sizeClass] = top;
        return true;
    }

    @Override
    boolean isLive(final long address, final int sizeClass)
    {
        checkThread();
        final long rotated = Long.rotateRight(address - base, SizeClasses.GRANULE_SHIFT);
        final long unit = rotated >>> SlabUnit.GRANULES_SHIFT;
        if (unit >= units.length || Magazines.REFUSING == entries[Magazines.STATE])
        {
            return false;
        }
        final long word = units[(int)unit];
        return SlabUnit.sizeClass(word) == sizeClass && (!CHECKS || !combined.contains((int)rotated) &&
            0 != (word & ~remote[(int)unit] & SlabUnit.takenBit((int)rotated)));
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        checkOpen();
        return SizeClasses.isSmall(size, alignment) ?
            takeSlot(SizeClasses.of(size, alignment)) : backing.takeLarge(this, size, alignment);
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        checkOpen();
        if (!SizeClasses.isSmall(size, alignment))
        {
            return backing.takeLargeZeroed(this, size, alignment);
        }
        final int sizeClass = SizeClasses.of(size, alignment);
        final long address = takeSlot(sizeClass);
        if (NULL != address)
        {
            zeroBytes(address, SizeClasses.size(sizeClass));
        }
        return address;
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        checkOpen();
        return SizeClasses.isSmall(size, alignment) && cache.count(SizeClasses.of(size, alignment)) > 0 ||
            backing.canTake(this, size, alignment);
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        checkOpen();
        final int sizeClass = backing.classOfBlock(address, size, alignment);
        if (0 == sizeClass)
        {
            backing.upstream.dealloc(address, size, alignment);
            return;
        }
        checkNotCombined(address);
        final int granule = (int)(address - base >>> SizeClasses.GRANULE_SHIFT);
        if (isFull(sizeClass) && slabs.owner(granule >>> SlabUnit.GRANULES_SHIFT) == id)
        {
            tick();
            if (isFull(sizeClass))
            {
                cache.flushHalf(sizeClass);
            }
        }
        // Whose the slab is shows only now: it may just have been given up.
        if (!push(address, sizeClass))
        {
            combined.add(granule);
        }
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        checkOpen();
        final long length = backing.blockLength(address, size, alignment);
        checkNotCombined(address);
        return length;
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        return backing.resizeBlock(address, length, newSize);
    }

    @Override
    protected boolean shouldMove(final long length, final long newSize)
    {
        return HeapBacking.shouldMove(length, newSize);
    }

    /** A slot for a thread that holds this heap. */
    private long takeSlot(final int sizeClass)
    {
        int granule = pop(sizeClass);
        if (granule < 0)
        {
            // First, as it can throw: then nothing has changed, but for earlier frees.
            flush();
            tick();
            granule = cache.refill(sizeClass) ? pop(sizeClass) : backing.takeOne(this, sizeClass);
            if (granule < 0)
            {
                checkOpen();
                return NULL;
            }
        }
        return addressOf(granule);
    }

    private void checkNotCombined(final long address)
    {
        if (CHECKS && combined.contains((int)(address - base >>> SizeClasses.GRANULE_SHIFT)))
        {
            throw Misuse.dead(address);
        }
    }

    private boolean isFull(final int sizeClass)
    {
        return Magazines.ROW_MASK == (entries[sizeClass] & Magazines.ROW_MASK);
    }

    /** On the slow path now and then: what others asked of this heap, and what dead threads left. */
    private void tick()
    {
        final int wanted = backing.trims();
        if (trims != wanted)
        {
            trims = wanted;
            cache.releaseAll();
        }
        if (0 == (++ticks & TICKS_A_LOOK - 1))
        {
            backing.dissolveDead();
        }
    }

    private void checkOpen()
    {
        if (closed)
        {
            backing.checkOpen();
            throw Misuse.closed(this);
        }
        checkThread();
    }

    private void checkThread()
    {
        if (FULL_CHECKS)
        {
            backing.checkThread(this);
        }
    }
}
