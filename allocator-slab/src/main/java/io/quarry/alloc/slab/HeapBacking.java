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
import io.quarry.alloc.Checks;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What all heaps of a {@link ConcurrentSlabAllocator} fall back on: the shared slabs, the upstream, single slots for
 * those who can't hold a slab, the checks of what is freed, and the last resort when memory is short. For any thread.
 */
final class HeapBacking
{
    private static final boolean CHECKS = Checks.ENABLED;

    final RegionAllocator upstream;
    final SharedSlabs slabs;
    final CacheBudget budget;
    /** For calls without a heap. */
    final MemoryGuard guard = new MemoryGuard(this);

    private final Object allocator;
    private final Region region;
    /** Of the slabs' granules and units. */
    final long base;
    private HeapTable heaps;
    private final AtomicInteger trims = new AtomicInteger();

    /**
     * Slots that threads which have ended had freed, and others, too; not yet thrown, and no more than fit. Granules
     * + 1, or 0.
     */
    private final AtomicIntegerArray freedTwice = new AtomicIntegerArray(CombinedFrees.MOST);
    private volatile boolean closed;

    HeapBacking(final Object allocator, final RegionAllocator upstream, final long cacheBudget)
    {
        this.allocator = allocator;
        this.upstream = upstream;
        region = upstream.region();
        base = SharedSlabs.base(region);
        slabs = new SharedSlabs(upstream);
        budget = new CacheBudget(cacheBudget);
    }

    /** Names the heaps, before the first call of any. */
    void serve(final HeapTable heaps)
    {
        this.heaps = heaps;
    }

    /** How often all heaps were asked to give back what they hold. */
    int trims()
    {
        return trims.get();
    }

    boolean isClosed()
    {
        return closed;
    }

    void checkOpen()
    {
        if (closed)
        {
            throw Misuse.closed(allocator);
        }
    }

    void close()
    {
        closed = true;
        heaps.refuseAll();
        heaps.awaitIdle();
        guard.await();
    }

    AllocatorStats stats()
    {
        return new ConcurrentSlabVerifier(this, heaps).stats(upstream.stats());
    }

    void verify()
    {
        new ConcurrentSlabVerifier(this, heaps).verify();
        upstream.verify();
    }

    long goodSize(final long size, final long alignment)
    {
        return 0 != size && SizeClasses.isSmall(size, alignment) ?
            SizeClasses.size(SizeClasses.of(size, alignment)) : upstream.goodSize(size, alignment);
    }

    /** A small block stays where it is until a class of half its length would do; a large one until it is small. */
    static boolean shouldMove(final long length, final long newSize)
    {
        return newSize <= SizeClasses.MAX_SIZE && newSize <= length >>> 1;
    }

    long blockLength(final long address, final long size, final long alignment)
    {
        final int sizeClass = classOfBlock(address, size, alignment);
        return 0 == sizeClass ? upstream.usableSize(address, size, alignment) : SizeClasses.size(sizeClass);
    }

    boolean resizeBlock(final long address, final long length, final long newSize)
    {
        return 0 == classAt(address) ? upstream.tryResize(address, length, 1, newSize) : newSize <= length;
    }

    /** A free by a thread without a heap. */
    void returnBlock(final long address, final long size, final long alignment)
    {
        if (0 == classOfBlock(address, size, alignment))
        {
            upstream.dealloc(address, size, alignment);
            return;
        }
        final int granule = (int)(address - base >>> SizeClasses.GRANULE_SHIFT);
        if (0 != slabs.free(granule >>> SlabUnit.GRANULES_SHIFT, (int)SlabUnit.takenBit(granule)))
        {
            throw Misuse.dead(address);
        }
    }

    long takeWithoutHeap(final long size, final long alignment)
    {
        if (!SizeClasses.isSmall(size, alignment))
        {
            return takeLarge(null, size, alignment);
        }
        final int granule = takeOne(null, SizeClasses.of(size, alignment));
        return granule < 0 ? Allocator.NULL : addressOf(granule);
    }

    long addressOf(final int granule)
    {
        return base + ((long)granule << SizeClasses.GRANULE_SHIFT);
    }

    long takeLarge(final Heap heap, final long size, final long alignment)
    {
        final long address = upstream.alloc(size, alignment);
        if (Allocator.NULL != address)
        {
            return address;
        }
        relieve(heap);
        return upstream.alloc(size, alignment);
    }

    long takeLargeZeroed(final Heap heap, final long size, final long alignment)
    {
        final long address = upstream.allocZeroed(size, alignment);
        if (Allocator.NULL != address)
        {
            return address;
        }
        relieve(heap);
        return upstream.allocZeroed(size, alignment);
    }

    boolean canTake(final Heap heap, final long size, final long alignment)
    {
        if (!SizeClasses.isSmall(size, alignment))
        {
            if (!upstream.diagnose(size, alignment).wouldSucceed())
            {
                relieve(heap);
            }
            return upstream.diagnose(size, alignment).wouldSucceed();
        }
        relieve(heap);
        final int sizeClass = SizeClasses.of(size, alignment);
        final int head = slabs.claimBySweep(sizeClass, SharedSlabs.HAND);
        if (SharedSlabs.NONE != head)
        {
            slabs.release(head);
        }
        return SharedSlabs.NONE != head || slabs.canMake(sizeClass);
    }

    /** One slot for a caller that can't hold a slab: of one that nobody owns, or else of a new one. */
    int takeOne(final Heap heap, final int sizeClass)
    {
        final int granule = takeOne(sizeClass);
        if (granule >= 0)
        {
            return granule;
        }
        relieve(heap);
        return takeOne(sizeClass);
    }

    /** Class of a live block that has the size and the alignment, 0 if it is the upstream's; else refuses it. */
    int classOfBlock(final long address, final long size, final long alignment)
    {
        final int sizeClass = classAt(address);
        if (0 != sizeClass && CHECKS)
        {
            SlotCheck.check(slabs, base, address, size, alignment);
            if (slabs.wasFreed((int)(address - base >>> SizeClasses.GRANULE_SHIFT)))
            {
                throw Misuse.dead(address);
            }
        }
        return sizeClass;
    }

    private int classAt(final long address)
    {
        checkOpen();
        if (Long.compareUnsigned(address - region.address(), region.capacity()) >= 0)
        {
            throw Misuse.foreign(address, region);
        }
        final int unit = (int)(address - base >>> SlabSizing.UNIT_SHIFT);
        return unit < slabs.units() ? slabs.classOf(unit) : 0;
    }

    private int takeOne(final int sizeClass)
    {
        int head;
        while (SharedSlabs.NONE != (head = claimOrMake(sizeClass)))
        {
            slabs.drain(head);
            final int granule = slabs.takeLowest(head);
            slabs.release(head);
            if (granule >= 0)
            {
                return granule;
            }
        }
        return SharedSlabs.NONE;
    }

    private int claimOrMake(final int sizeClass)
    {
        int head = slabs.claim(sizeClass, SharedSlabs.HAND);
        if (SharedSlabs.NONE == head)
        {
            head = slabs.make(sizeClass, SharedSlabs.HAND);
        }
        return SharedSlabs.NONE == head ? slabs.claimBySweep(sizeClass, SharedSlabs.HAND) : head;
    }

    /** Lets the frees that a thread which has ended had combined reach their slab; whoever does it is not to blame. */
    void land(final CombinedFrees combined)
    {
        combined.land();
        int granule;
        while (SharedSlabs.NONE != (granule = combined.takeFreedTwice()))
        {
            noteFreedTwice(granule);
        }
    }

    private void noteFreedTwice(final int granule)
    {
        for (int i = 0; i < freedTwice.length(); i++)
        {
            if (freedTwice.compareAndSet(i, 0, granule + 1))
            {
                return;
            }
        }
    }

    /**
     * Throws if two threads have freed the same block, and one of them had combined it in this heap, or has ended. Of
     * several such blocks each call tells one.
     */
    void checkFreedOnce(final Heap heap)
    {
        if (null != heap)
        {
            heap.flush();
        }
        for (int i = 0; i < freedTwice.length(); i++)
        {
            final int noted = freedTwice.getAndSet(i, 0);
            if (0 != noted)
            {
                throw Misuse.freedTwice(addressOf(noted - 1));
            }
        }
    }

    /** Asks every heap to give back what it holds; those at hand do so now. Returns the bytes that the upstream got. */
    long trim(final Heap heap)
    {
        trims.getAndIncrement();
        return relieve(heap);
    }

    /**
     * Refuses a thread that calls another one's heap. A closed heap refuses every thread as such, and a stripe serves
     * any. Plain reads do: a thread that has a heap has written itself there, and no other ever finds itself.
     */
    void checkThread(final Heap heap)
    {
        final Thread caller = Thread.currentThread();
        final Thread owner = heap.thread;
        if (owner != caller && !heap.isClosed() && !heaps.isStripe(heap))
        {
            throw Misuse.otherThread(heap, owner, caller);
        }
    }

    void dissolveDead()
    {
        heaps.dissolveDead();
    }

    void heapGivenUp()
    {
        heaps.notFull();
    }

    /** Lets everything go that this thread can lay its hands on; returns the bytes that the upstream got. */
    private long relieve(final Heap heap)
    {
        long bytes = 0;
        if (null != heap)
        {
            heap.combined.land();
            bytes += heap.cache.releaseAll();
        }
        return bytes + heaps.dissolveDead() + heaps.trimStripes();
    }

    long metadataBytes()
    {
        return slabs.metadataBytes() + (long)freedTwice.length() * Integer.BYTES;
    }
}
