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

import java.io.OutputStream;

/**
 * A region allocator all of whose calls go through a recorder, so that the contract's tests can be run on one.
 */
final class TracedRegionAllocator implements RegionAllocator
{
    private final RegionAllocator upstream;
    private final TracingAllocator tracing;

    TracedRegionAllocator(final RegionAllocator upstream)
    {
        this.upstream = upstream;
        // Small, so that callers meet a full ring, too.
        this.tracing = new TracingAllocator(upstream, OutputStream.nullOutputStream(), 64);
    }

    TracingAllocator tracing()
    {
        return tracing;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        return tracing.allocate(size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        return tracing.allocateZeroed(size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        tracing.deallocate(address, size, alignment);
    }

    @Override
    public long grow(
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment)
    {
        return tracing.grow(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long growZeroed(
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment)
    {
        return tracing.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long shrink(
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment)
    {
        return tracing.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        return tracing.tryResize(address, oldSize, alignment, newSize);
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        return tracing.usableSize(address, size, alignment);
    }

    @Override
    public boolean owns(final long address)
    {
        return tracing.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return tracing.regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return tracing.isThreadSafe();
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        return tracing.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return tracing.maxSize();
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        return tracing.diagnose(size, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return tracing.allocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return tracing.deallocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        if (0 == size)
        {
            throw Misuse.zeroSize("size");
        }
        try
        {
            return allocate(size, alignment);
        }
        catch (final AllocError noMemory)
        {
            return NULL;
        }
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        if (0 == size)
        {
            throw Misuse.zeroSize("size");
        }
        try
        {
            return allocateZeroed(size, alignment);
        }
        catch (final AllocError noMemory)
        {
            return NULL;
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        if (0 == size)
        {
            throw Misuse.zeroSize("size");
        }
        deallocate(address, size, alignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        if (0 == size || 0 == newSize)
        {
            throw Misuse.zeroSize(0 == size ? "size" : "newSize");
        }
        try
        {
            return newSize < size ? shrink(address, size, alignment, newSize, alignment) :
                grow(address, size, alignment, newSize, alignment);
        }
        catch (final AllocError noMemory)
        {
            return NULL;
        }
    }

    @Override
    public Region region()
    {
        return upstream.region();
    }

    @Override
    public RegionClaim claim()
    {
        return upstream.claim();
    }

    @Override
    public long trim()
    {
        return upstream.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        return upstream.stats();
    }

    /** Of the upstream, and that the recorder has understood every call. */
    @Override
    public void verify()
    {
        upstream.verify();
        tracing.flush();
        if (0 != tracing.unmatchedEvents() || 0 != tracing.lostEvents())
        {
            throw new IllegalStateException("unmatchedEvents=" + tracing.unmatchedEvents() + " lostEvents=" +
                tracing.lostEvents() + ": wanted 0");
        }
    }

    @Override
    public void close()
    {
        tracing.close();
        upstream.close();
    }
}
