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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.GlobalAlloc;
import io.quarry.alloc.GlobalAllocAdapter;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.RegionClaim;

/**
 * Lets the contract suite, which is about allocators of one region, test others: the calls of the two contracts go
 * straight to the allocators under test, the rest to the allocator of a region that is under them. A subclass that must
 * know of each block is told.
 */
public class AllocatorSubject implements RegionAllocator
{
    private RegionAllocator base;
    private Allocator upper;
    private GlobalAlloc lower;

    /**
     * @param base  with a region.
     * @param upper that stands on it, or is it.
     * @param lower that stands on it, or is it.
     */
    protected AllocatorSubject(final RegionAllocator base, final Allocator upper, final GlobalAlloc lower)
    {
        this.base = base;
        this.upper = upper;
        this.lower = lower;
    }

    /**
     * Of an allocator without a lower contract, which is made of the upper one.
     *
     * @param base  with a region.
     * @param upper that stands on it.
     */
    protected AllocatorSubject(final RegionAllocator base, final Allocator upper)
    {
        this(base, upper, new GlobalAllocAdapter(upper));
    }

    /** From now on goes to another allocator only, which is none that this one stood on. */
    public final void moveTo(final RegionAllocator allocator)
    {
        base = allocator;
        upper = allocator;
        lower = allocator;
    }

    /** A block was handed out, of a size other than 0. */
    protected void added(final long address, final long size, final long alignment)
    {
    }

    /** A block was taken back, of a size other than 0. */
    protected void removed(final long address, final long size)
    {
    }

    /** A block was resized, where it is or to another place; either size may be 0. */
    protected void resized(
        final long address, final long oldSize, final long newAddress, final long newSize, final long newAlignment)
    {
        if (0 != oldSize)
        {
            removed(address, oldSize);
        }
        if (0 != newSize)
        {
            added(newAddress, newSize, newAlignment);
        }
    }

    private long added(final long address, final long size, final long alignment, final boolean had)
    {
        if (had && 0 != size)
        {
            added(address, size, alignment);
        }
        return address;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        return added(upper.allocate(size, alignment), size, alignment, true);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        return added(upper.allocateZeroed(size, alignment), size, alignment, true);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        upper.deallocate(address, size, alignment);
        if (0 != size)
        {
            removed(address, size);
        }
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long grown = upper.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        resized(address, oldSize, grown, newSize, newAlignment);
        return grown;
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long grown = upper.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        resized(address, oldSize, grown, newSize, newAlignment);
        return grown;
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long shrunk = upper.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        resized(address, oldSize, shrunk, newSize, newAlignment);
        return shrunk;
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        final boolean resized = upper.tryResize(address, oldSize, alignment, newSize);
        if (resized)
        {
            resized(address, oldSize, address, newSize, alignment);
        }
        return resized;
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        return upper.usableSize(address, size, alignment);
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        return upper.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return upper.maxSize();
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        return upper.diagnose(size, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        final int had = upper.allocateBatch(size, alignment, addresses, from, count);
        for (int i = from; i < from + had; i++)
        {
            added(addresses[i], size, alignment, true);
        }
        return had;
    }

    /** What became {@link #NULL} was freed, whether or not an entry after it was refused. */
    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        final long[] before = addresses.clone();
        try
        {
            return upper.deallocateBatch(size, alignment, addresses, from, count);
        }
        finally
        {
            for (int i = 0; i < before.length; i++)
            {
                if (NULL != before[i] && NULL == addresses[i] && 0 != size)
                {
                    removed(before[i], size);
                }
            }
        }
    }

    @Override
    public boolean owns(final long address)
    {
        return upper.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return upper.regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return upper.isThreadSafe() && lower.isThreadSafe();
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        final long address = lower.alloc(size, alignment);
        return added(address, size, alignment, NULL != address);
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        final long address = lower.allocZeroed(size, alignment);
        return added(address, size, alignment, NULL != address);
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        lower.dealloc(address, size, alignment);
        removed(address, size);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        final long resized = lower.realloc(address, size, alignment, newSize);
        if (NULL != resized)
        {
            resized(address, size, resized, newSize, alignment);
        }
        return resized;
    }

    @Override
    public Region region()
    {
        return base.region();
    }

    @Override
    public RegionClaim claim()
    {
        return base.claim();
    }

    @Override
    public long trim()
    {
        return base.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        return base.stats();
    }

    @Override
    public void verify()
    {
        base.verify();
    }

    @Override
    public void close()
    {
        base.close();
    }
}
