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
import io.quarry.alloc.WordVisits;

/**
 * An upstream that can be told to fail, and that keeps the words that it visits apart from those of the slabs above it.
 */
final class WatchedUpstream extends AbstractRegionAllocator
{
    private final RegionAllocator target;
    private long failFrom = Long.MAX_VALUE;
    private long failTo = Long.MAX_VALUE;
    private long requests;
    private int failures;
    private long visitsAbove;

    WatchedUpstream(final RegionAllocator target)
    {
        super(target.region());
        this.target = target;
    }

    /** Requests for memory, growing in place among them, are counted from 1; those from first to last fail. */
    void failRequests(final long first, final long last)
    {
        failFrom = first;
        failTo = last;
    }

    int failures()
    {
        return failures;
    }

    /** The words that were visited by its caller since the last time. */
    long takeVisitsAbove()
    {
        final long visits = visitsAbove + WordVisits.take();
        visitsAbove = 0;
        return visits;
    }

    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        enter();
        final long address = fails() ? NULL : target.allocUpTo(minSize, size, alignment);
        WordVisits.take();
        return address;
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public RegionClaim claim()
    {
        return target.claim();
    }

    @Override
    public long trim()
    {
        return target.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        return target.stats();
    }

    @Override
    public void verify()
    {
        target.verify();
    }

    @Override
    public void close()
    {
        target.close();
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        enter();
        final long address = fails() ? NULL : target.alloc(size, alignment);
        WordVisits.take();
        return address;
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        enter();
        final long address = fails() ? NULL : target.allocZeroed(size, alignment);
        WordVisits.take();
        return address;
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        enter();
        target.dealloc(address, size, alignment);
        WordVisits.take();
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        enter();
        final long length = target.usableSize(address, size, alignment);
        WordVisits.take();
        return length;
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        enter();
        final boolean resized = (newSize <= length || !fails()) && target.tryResize(address, length, 1, newSize);
        WordVisits.take();
        return resized;
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        return target.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return target.maxSize();
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        return (requests + 1 < failFrom || requests + 1 > failTo) && target.diagnose(size, alignment).wouldSucceed();
    }

    private void enter()
    {
        visitsAbove += WordVisits.take();
    }

    private boolean fails()
    {
        requests++;
        final boolean fails = requests >= failFrom && requests <= failTo;
        failures += fails ? 1 : 0;
        return fails;
    }
}
