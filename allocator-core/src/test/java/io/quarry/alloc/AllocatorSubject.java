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
package io.quarry.alloc;

/**
 * Lets the contract suite, which is about allocators of one region, test others: the calls of the two contracts go to
 * the allocators under test, the rest to the allocator of a region that is under them.
 */
class AllocatorSubject implements RegionAllocator
{
    private final RegionAllocator base;
    private final Allocator upper;
    private final GlobalAlloc lower;
    private long liveBytes;

    /**
     * @param base  with a region.
     * @param upper that stands on it, or is it.
     * @param lower that stands on it, or is it.
     */
    AllocatorSubject(final RegionAllocator base, final Allocator upper, final GlobalAlloc lower)
    {
        this.base = base;
        this.upper = upper;
        this.lower = lower;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        final long address = upper.allocate(size, alignment);
        liveBytes += size;
        return address;
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        final long address = upper.allocateZeroed(size, alignment);
        liveBytes += size;
        return address;
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        upper.deallocate(address, size, alignment);
        liveBytes -= size;
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long grown = upper.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        liveBytes += newSize - oldSize;
        return grown;
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long grown = upper.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        liveBytes += newSize - oldSize;
        return grown;
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long shrunk = upper.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        liveBytes += newSize - oldSize;
        return shrunk;
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        final boolean resized = upper.tryResize(address, oldSize, alignment, newSize);
        liveBytes += resized ? newSize - oldSize : 0;
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
        liveBytes += had * size;
        return had;
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
        liveBytes += NULL == address ? 0 : size;
        return address;
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        final long address = lower.allocZeroed(size, alignment);
        liveBytes += NULL == address ? 0 : size;
        return address;
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        lower.dealloc(address, size, alignment);
        liveBytes -= size;
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        final long resized = lower.realloc(address, size, alignment, newSize);
        liveBytes += NULL == resized ? 0 : newSize - size;
        return resized;
    }

    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        return RegionAllocator.super.allocUpTo(minSize, size, alignment);
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

    /** As blocks have exactly their size, that is what they count by. */
    @Override
    public AllocatorStats stats()
    {
        final AllocatorStats stats = base.stats();
        return new AllocatorStats(liveBytes, stats.liveBlocks(), stats.freeBytes(), stats.largestFreeRun(),
            stats.highWaterBytes(), stats.metadataBytes());
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
