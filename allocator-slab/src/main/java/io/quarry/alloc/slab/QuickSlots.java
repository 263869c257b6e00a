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
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.RegionClaim;

/**
 * The quick paths of a {@link SlabAllocator}: a small block is popped off a magazine, pushed onto one, or both; those
 * of an alignment above 16, cache lines mostly, after the others, whom their rounding up would slow down. What
 * they don't like, whatever the reason, they leave as it is and pass to the general path, which sees it anew: large
 * sizes and alignments, empty and full magazines, misuse, sizes that don't tell the block's class, a closed allocator.
 * <p>
 * So that the JIT compiler inlines them into a caller each is short and calls out in one place only.
 */
abstract class QuickSlots extends AbstractRegionAllocator
{
    final RegionClaim claim;
    final long base;

    QuickSlots(final RegionAllocator upstream, final long base)
    {
        super(upstream.region());
        claim = upstream.claim();
        this.base = base;
    }

    @Override
    public final RegionClaim claim()
    {
        return claim;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        if (SizeClasses.isPlain(size, alignment))
        {
            final int granule = pop(SizeClasses.ofSize(size));
            if (granule >= 0)
            {
                return addressOf(granule);
            }
        }
        final long address = popAligned(size, alignment);
        return NULL != address ? address : super.allocate(size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        if (SizeClasses.isPlain(size, alignment))
        {
            final int sizeClass = SizeClasses.ofSize(size);
            final int granule = pop(sizeClass);
            if (granule >= 0)
            {
                final long address = addressOf(granule);
                zeroBytes(address, SizeClasses.size(sizeClass));
                return address;
            }
        }
        final long address = popAligned(size, alignment);
        if (NULL != address)
        {
            zeroBytes(address, SizeClasses.size(SizeClasses.of(size, alignment)));
            return address;
        }
        return super.allocateZeroed(size, alignment);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        if (SizeClasses.isPlain(size, alignment))
        {
            final int granule = pop(SizeClasses.ofSize(size));
            if (granule >= 0)
            {
                return addressOf(granule);
            }
        }
        final long address = popAligned(size, alignment);
        return NULL != address ? address : super.alloc(size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        if (!(SizeClasses.isPlain(size, alignment) && push(address, SizeClasses.ofSize(size))) &&
            !pushAligned(address, size, alignment))
        {
            super.deallocate(address, size, alignment);
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        if (!(SizeClasses.isPlain(size, alignment) && push(address, SizeClasses.ofSize(size))) &&
            !pushAligned(address, size, alignment))
        {
            super.dealloc(address, size, alignment);
        }
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        if (SizeClasses.isPlain(oldSize, oldAlignment) && SizeClasses.isPlain(newSize, newAlignment) &&
            newSize >= oldSize)
        {
            final long resized = resizeSlot(address, oldSize, newSize);
            if (NULL != resized)
            {
                return resized;
            }
        }
        return super.grow(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        if (SizeClasses.isPlain(size, alignment) && SizeClasses.isPlain(newSize, alignment))
        {
            final long resized = resizeSlot(address, size, newSize);
            if (NULL != resized)
            {
                return resized;
            }
        }
        return super.realloc(address, size, alignment, newSize);
    }

    /**
     * Takes the top of a magazine.
     *
     * @param sizeClass of the magazine.
     * @return the slot's first granule, or a negative number with nothing changed if there is none.
     */
    abstract int pop(int sizeClass);

    /**
     * Takes a live slot back.
     *
     * @param address   any.
     * @param sizeClass that the slot should have.
     * @return false, with nothing changed, if it isn't such a slot, or can't go to the magazine.
     */
    abstract boolean push(long address, int sizeClass);

    /**
     * Whether a live slot is there, of a slab that is served here.
     *
     * @param address   any.
     * @param sizeClass that the slot should have.
     * @return true if so.
     */
    abstract boolean isLive(long address, int sizeClass);

    final long addressOf(final int granule)
    {
        return base + ((long)granule << SizeClasses.GRANULE_SHIFT);
    }

    /** A slot of a small request of any alignment; NULL if it is none or the magazine is empty. */
    private long popAligned(final long size, final long alignment)
    {
        final int granule =
            SizeClasses.isSmallAndValid(size, alignment) ? pop(SizeClasses.of(size, alignment)) : -1;
        return granule < 0 ? NULL : addressOf(granule);
    }

    /** The reverse; false, with nothing changed, for whatever reason. */
    private boolean pushAligned(final long address, final long size, final long alignment)
    {
        return SizeClasses.isSmallAndValid(size, alignment) && 0 == (address & alignment - 1) &&
            push(address, SizeClasses.of(size, alignment));
    }

    /** Resizes a live slot of the class that its size says, or does nothing and returns NULL. */
    private long resizeSlot(final long address, final long size, final long newSize)
    {
        final int sizeClass = SizeClasses.ofSize(size);
        if (!isLive(address, sizeClass))
        {
            return NULL;
        }
        final int length = SizeClasses.size(sizeClass);
        if (newSize <= length && !shouldMove(length, newSize))
        {
            return address;
        }
        final int granule = pop(SizeClasses.ofSize(newSize));
        if (granule < 0)
        {
            return NULL;
        }
        final long moved = addressOf(granule);
        copyBytes(address, moved, Math.min(size, newSize));
        if (!push(address, sizeClass))
        {
            returnOld(address, size, moved, newSize);
        }
        return moved;
    }

    /** Where any thread may call, another may have freed the block meanwhile: nobody is to have the new one then. */
    private void returnOld(final long address, final long size, final long moved, final long newSize)
    {
        try
        {
            returnBlock(address, size, 1);
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            returnBlock(moved, newSize, 1);
            throw ex;
        }
    }
}
