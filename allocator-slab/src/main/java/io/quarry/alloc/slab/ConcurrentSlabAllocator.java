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

import io.quarry.alloc.AbstractRegionAllocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.RegionClaim;

/**
 * Serves any thread blocks to 2 KiB from slabs of one size each, and passes everything else on to a thread-safe
 * upstream: a {@link SlabAllocator} for many threads. What one thread allocates another may free.
 * <p>
 * Each platform thread has a {@link Heap}, made at its first allocation and found by thread id; an Agent may hold its
 * own. A heap owns some slabs and hands out their slots without an atomic step. When it owns 32 of a size, or half the
 * cache budget is used, it lets some go that have no slot left; they belong to nobody then until a heap that needs a
 * slot of their size claims them, the lowest first. A free by anyone but the owner sets a bit at the slab. So it needs
 * nothing of the thread that frees, not even a heap, and waits for no thread to come by; and what many threads hold is
 * the slots they use and the cache budget, not the sum of what each once used.
 * <p>
 * Choose it where blocks cross threads, or threads share memory. One thread alone is served quicker by
 * {@link SlabAllocator}.
 * <p>
 * Threads: any. No allocation or free waits for another thread: on a thread's own slabs both are wait-free as long as
 * the magazine serves them; everything else is lock-free but for what the upstream does. Virtual threads, and threads
 * beyond the number that can have heaps, take one of some striped heaps by try-lock, and go without where all are
 * taken. A stopped thread keeps at most its heap, a stripe, a slab, and the heaps of dead threads from the others.
 * {@link #heap()} waits, spinning, while another thread is given a heap or empties those of dead threads, calling the
 * upstream; {@link #close()} waits for those amid clearing or copying.
 * <p>
 * Misuse is found at once, but for what two threads free at a time, or of which a free is combined: late then, or not
 * at all if the slot goes out in between.
 * <p>
 * Bytes: 2.4 % of the region for the tables, and 16 KiB for each heap. The slabs that all heaps together hold for later
 * are at most {@link #cacheBudget()} bytes; frees that a heap has combined keep at most one slab each. A slab has 4 KiB
 * at least, so that threads don't share cache lines of the tables.
 * <p>
 * A request fails only when no slot of its class is free outside other threads' heaps, and the upstream has no room for
 * a slab. So at rest, and with the others' heaps empty, it never fails while there is memory for it; at other times the
 * memory that it misses is within the budget, or a slab that another thread is passing on at that moment.
 * <p>
 * Source: slabs that belong to nobody when full, and are found by bitmaps, are mimalloc's of version 3; remote frees on
 * the slab are those of mimalloc and rpmalloc, with bits instead of lists; heaps by try-lock are Zig's SmpAllocator's.
 */
public final class ConcurrentSlabAllocator extends AbstractRegionAllocator
{
    private static final int DEFAULT_MOST_HEAPS = 128;
    private static final int DEFAULT_BUDGET_SHIFT = 6;
    private static final long LEAST_DEFAULT_BUDGET = 1024 * 1024;
    private static final int SMALL_REGION_BUDGET_SHIFT = 3;

    private final RegionAllocator upstream;
    private final HeapBacking backing;
    private final HeapTable heaps;
    private final RegionClaim claim;

    /**
     * Makes an allocator with heaps for 128 threads, and a cache budget of a 64th of the region, but at least 1 MiB or
     * an eighth of the region, whichever is less.
     *
     * @param upstream for slabs and for what is larger than they serve, closed with this one; it may have other
     *                 callers.
     * @throws IllegalArgumentException if it is for one thread only, or its region is larger than 16 GiB.
     */
    public ConcurrentSlabAllocator(final RegionAllocator upstream)
    {
        this(upstream, defaultBudget(upstream.region().capacity()));
    }

    /**
     * Makes an allocator with heaps for 128 threads.
     *
     * @param upstream    for slabs and for what is larger than they serve, closed with this one; it may have other
     *                    callers.
     * @param cacheBudget bytes of slabs that all heaps may hold together; with 0 each call claims a slab for itself.
     * @throws IllegalArgumentException if the upstream is for one thread only, its region is larger than 16 GiB, or the
     *                                  budget is negative.
     */
    public ConcurrentSlabAllocator(final RegionAllocator upstream, final long cacheBudget)
    {
        this(upstream, cacheBudget, DEFAULT_MOST_HEAPS);
    }

    /**
     * Makes an allocator.
     *
     * @param upstream    for slabs and for what is larger than they serve, closed with this one; it may have other
     *                    callers.
     * @param cacheBudget bytes of slabs that all heaps may hold together; with 0 each call claims a slab for itself.
     * @param mostHeaps   threads that can have a heap of their own at a time, from 0 to 16,384.
     * @throws IllegalArgumentException if the upstream is for one thread only, its region is larger than 16 GiB, or a
     *                                  number is out of range.
     */
    public ConcurrentSlabAllocator(final RegionAllocator upstream, final long cacheBudget, final int mostHeaps)
    {
        super(upstream.region());
        if (!upstream.isThreadSafe())
        {
            throw new IllegalArgumentException("upstream=" + upstream + ": not for several threads");
        }
        if (cacheBudget < 0)
        {
            throw new IllegalArgumentException("cacheBudget=" + cacheBudget + ": negative");
        }
        if (mostHeaps < 0 || mostHeaps > 1 << 14)
        {
            throw new IllegalArgumentException("mostHeaps=" + mostHeaps + ": not in 0.." + (1 << 14));
        }
        this.upstream = upstream;
        claim = upstream.claim();
        backing = new HeapBacking(this, upstream, cacheBudget);
        final int stripes = HeapTable.ceilingPowerOfTwo(2 * Runtime.getRuntime().availableProcessors());
        heaps = new HeapTable(backing, mostHeaps, stripes);
        backing.serve(heaps);
    }

    private static long defaultBudget(final long capacity)
    {
        final long least = Math.min(LEAST_DEFAULT_BUDGET, capacity >>> SMALL_REGION_BUDGET_SHIFT);
        return Math.max(least, capacity >>> DEFAULT_BUDGET_SHIFT);
    }

    /**
     * The calling thread's heap, to be called without the look-up, by this thread only.
     *
     * @return it.
     * @throws IllegalStateException if this allocator is closed, the thread is virtual, as those share heaps, or all
     *                               heaps have threads.
     */
    public Heap heap()
    {
        backing.checkOpen();
        final Thread thread = Thread.currentThread();
        if (HeapTable.isVirtual(thread))
        {
            throw new IllegalStateException(thread + " is virtual: such threads share heaps, and have none each");
        }
        final Heap present = heaps.ofThread();
        final Heap heap = null != present ? present : heaps.awaitRegistered(thread);
        if (null == heap)
        {
            throw new IllegalStateException("mostHeaps=" + heaps.mostHeaps() + ": all heaps have threads");
        }
        return heap;
    }

    /** Lets frees that the calling thread's heap has combined reach their slab, as {@link Heap#flush()}. */
    public void flush()
    {
        final Heap heap = heaps.ofThread();
        if (null != heap)
        {
            heap.flush();
        }
    }

    /**
     * How many bytes of slabs all heaps may hold together.
     *
     * @return as it was set.
     */
    public long cacheBudget()
    {
        return backing.budget.limit();
    }

    @Override
    public boolean isThreadSafe()
    {
        return true;
    }

    @Override
    public RegionClaim claim()
    {
        return claim;
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
        return upstream.maxSize();
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        if (null != heap)
        {
            return heap.allocate(size, alignment);
        }
        final long address = heaps.pop(size, alignment);
        return NULL != address ? address : super.allocate(size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        return null != heap ? heap.allocateZeroed(size, alignment) : super.allocateZeroed(size, alignment);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        if (null != heap)
        {
            return heap.alloc(size, alignment);
        }
        final long address = heaps.pop(size, alignment);
        return NULL != address ? address : super.alloc(size, alignment);
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        return null != heap ? heap.allocZeroed(size, alignment) : super.allocZeroed(size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        if (null != heap)
        {
            heap.deallocate(address, size, alignment);
        }
        else if (!heaps.push(address, size, alignment))
        {
            super.deallocate(address, size, alignment);
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        if (null != heap)
        {
            heap.dealloc(address, size, alignment);
        }
        else if (!heaps.push(address, size, alignment))
        {
            super.dealloc(address, size, alignment);
        }
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final Heap heap = heaps.ofThread();
        return null != heap ? heap.grow(address, oldSize, oldAlignment, newSize, newAlignment) :
            super.grow(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        final Heap heap = heaps.ofThread();
        return null != heap ? heap.realloc(address, size, alignment, newSize) :
            super.realloc(address, size, alignment, newSize);
    }

    /**
     * {@inheritDoc} That is, what the calling thread's heap, dead threads' heaps and the striped heaps hold. Other
     * threads' heaps give theirs back at their next slow path; the count leaves that out.
     *
     * @throws IllegalStateException if this allocator is closed; or, with all given back, for a block that two threads
     *                               have freed, each call one, if one of them is the calling one or has ended.
     */
    @Override
    public long trim()
    {
        backing.checkOpen();
        final long bytes = backing.trim(heaps.ofThread()) + upstream.trim();
        backing.checkFreedOnce(heaps.ofThread());
        return bytes;
    }

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
     * {@inheritDoc} The upstream is closed with it. Threads that are in a call meanwhile may still get a block, which
     * is dead as all others are. Waits for those that are amid clearing or copying a block.
     */
    @Override
    public void close()
    {
        backing.close();
        upstream.close();
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        backing.checkOpen();
        if (!SizeClasses.isSmall(size, alignment))
        {
            return backing.takeLarge(heaps.ofThread(), size, alignment);
        }
        final Heap heap = heaps.enter();
        try
        {
            return null != heap ? heap.takeBlock(size, alignment) : backing.takeWithoutHeap(size, alignment);
        }
        finally
        {
            heaps.leave(heap);
        }
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        backing.checkOpen();
        if (!SizeClasses.isSmall(size, alignment))
        {
            return backing.takeLargeZeroed(heaps.ofThread(), size, alignment);
        }
        final long address = takeBlock(size, alignment);
        if (NULL != address)
        {
            zeroBytes(address, SizeClasses.size(SizeClasses.of(size, alignment)));
        }
        return address;
    }

    @Override
    protected void zeroBytes(final long at, final long length)
    {
        backing.guard.zero(claim, at, length);
    }

    @Override
    protected void copyBytes(final long from, final long to, final long length)
    {
        backing.guard.copy(claim, from, to, length);
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        backing.checkOpen();
        return backing.canTake(heaps.ofThread(), size, alignment);
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        if (null != heap)
        {
            heap.returnBlock(address, size, alignment);
        }
        else
        {
            backing.returnBlock(address, size, alignment);
        }
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        final Heap heap = heaps.ofThread();
        return null != heap ? heap.blockLength(address, size, alignment) :
            backing.blockLength(address, size, alignment);
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

    /** What the upstream holds: the slabs, live or not, and the large blocks. For tests. */
    AllocatorStats upstreamStats()
    {
        return upstream.stats();
    }
}
