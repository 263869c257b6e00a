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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Layout;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.RegionClaim;

/**
 * An allocator of one region made of any allocator whose blocks all lie there: each method of {@link Allocator} goes
 * straight to it, those of the lower contract are made of them. So the contract suite can be run on it.
 */
abstract class RegionAdapter implements RegionAllocator
{
    private final FirstFitAllocator below;
    private final Allocator target;

    /** {@code below} is what all memory comes from in the end. */
    RegionAdapter(final FirstFitAllocator below, final Allocator target)
    {
        this.below = below;
        this.target = target;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        return target.allocate(size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        return target.allocateZeroed(size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        target.deallocate(address, size, alignment);
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        return target.grow(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        return target.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        return target.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        return target.tryResize(address, oldSize, alignment, newSize);
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        return target.usableSize(address, size, alignment);
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
    public Diagnosis diagnose(final long size, final long alignment)
    {
        return target.diagnose(size, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return target.allocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return target.deallocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public boolean isThreadSafe()
    {
        return target.isThreadSafe();
    }

    /** All of the region: what isn't handed out yet may be. */
    @Override
    public boolean owns(final long address)
    {
        return below.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return below.regionOf(address);
    }

    @Override
    public Region region()
    {
        return below.region();
    }

    @Override
    public RegionClaim claim()
    {
        return below.claim();
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        checkNonEmpty(size, alignment);
        try
        {
            return allocate(size, alignment);
        }
        catch (final AllocError none)
        {
            return NULL;
        }
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        checkNonEmpty(size, alignment);
        try
        {
            return allocateZeroed(size, alignment);
        }
        catch (final AllocError none)
        {
            return NULL;
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        checkNonEmpty(size, alignment);
        deallocate(address, size, alignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        checkNonEmpty(size, alignment);
        checkNonEmpty(newSize, alignment);
        try
        {
            return newSize < size ? shrink(address, size, alignment, newSize, alignment) :
                grow(address, size, alignment, newSize, alignment);
        }
        catch (final AllocError none)
        {
            return NULL;
        }
    }

    private static void checkNonEmpty(final long size, final long alignment)
    {
        if (!Layout.isValid(size, alignment))
        {
            throw Misuse.invalidLayout(size, alignment);
        }
        if (0 == size)
        {
            throw Misuse.zeroSize("size");
        }
    }
}
