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
 * An {@link Allocator} on a {@link GlobalAlloc}: blocks of exactly the size asked for, so that the exact layout that
 * the lower contract wants is the only one that fits. What each call becomes is the table of Rust's {@code Global}:
 * <pre>
 *   size 0                        no call: the address is the alignment
 *   grow from 0                   alloc or allocZeroed
 *   shrink to 0                   dealloc
 *   resize, the same alignment    realloc; growZeroed then zeroes what was added
 *   resize, another alignment     always moves: alloc, copy, dealloc
 * </pre>
 * <p>
 * A subclass says on which one; it keeps no state here.
 */
abstract class ExactAllocator implements Allocator
{
    /** The allocator that has the blocks. */
    abstract GlobalAlloc target();

    /** The same as an {@link Allocator}, which knows more of its blocks; null if it is none. */
    private Allocator knowing()
    {
        final GlobalAlloc target = target();
        if (target instanceof Allocator allocator)
        {
            return allocator;
        }
        return target instanceof GlobalAllocAdapter adapter ? adapter.target() : null;
    }

    /**
     * Refuses what is no block, where the target can tell without changing anything.
     *
     * @param address   that should be a block.
     * @param size      that it should have, from 1.
     * @param alignment that it should have.
     */
    void checkBlock(final long address, final long size, final long alignment)
    {
        final Allocator allocator = knowing();
        if (null != allocator)
        {
            allocator.usableSize(address, size, alignment);
        }
    }

    /** Why a request found no block: the lower contract does not say, but an {@link Allocator} does. */
    AllocError failure(final long size, final long alignment)
    {
        final Allocator allocator = knowing();
        return null == allocator ? AllocError.exhausted() : AllocError.reasonOf(allocator, size, alignment);
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            return alignment;
        }
        final long address = target().alloc(size, alignment);
        if (NULL == address)
        {
            throw failure(size, alignment);
        }
        return address;
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            return alignment;
        }
        final long address = target().allocZeroed(size, alignment);
        if (NULL == address)
        {
            throw failure(size, alignment);
        }
        return address;
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
        }
        else
        {
            target().dealloc(address, size, alignment);
        }
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("grow", oldSize, oldAlignment, newSize, newAlignment, newSize >= oldSize);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, oldAlignment);
            return allocate(newSize, newAlignment);
        }
        if (oldAlignment == newAlignment)
        {
            return reallocate(address, oldSize, oldAlignment, newSize);
        }
        if (newSize == oldSize)
        {
            // Nothing is asked for that the block has not, but for the alignment, so it need not fail for want of room.
            return shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        return move(address, oldSize, oldAlignment, allocateFor(address, oldSize, oldAlignment, newSize, newAlignment),
            newSize, newAlignment);
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("growZeroed", oldSize, oldAlignment, newSize, newAlignment, newSize >= oldSize);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, oldAlignment);
            return allocateZeroed(newSize, newAlignment);
        }
        if (oldAlignment != newAlignment)
        {
            if (newSize == oldSize)
            {
                // As in grow; and no byte is new, so none is to be zero.
                return shrink(address, oldSize, oldAlignment, newSize, newAlignment);
            }
            checkBlock(address, oldSize, oldAlignment);
            return move(address, oldSize, oldAlignment, allocateZeroed(newSize, newAlignment), newSize, newAlignment);
        }
        final long grown = reallocate(address, oldSize, oldAlignment, newSize);
        if (newSize > oldSize)
        {
            target().regionOf(grown).zero(grown + oldSize, newSize - oldSize);
        }
        return grown;
    }

    /**
     * Makes a block smaller, or leaves its size, as a grow by nothing does. With an alignment other than the block's it
     * moves. When it can't, and the address meets that alignment, it stays if the target is an {@link Allocator} too;
     * the lower contract alone has no call that changes an alignment, so then it fails.
     */
    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("shrink", oldSize, oldAlignment, newSize, newAlignment, newSize <= oldSize);
        if (0 == newSize)
        {
            deallocate(address, oldSize, oldAlignment);
            return newAlignment;
        }
        if (oldAlignment == newAlignment)
        {
            return reallocate(address, oldSize, oldAlignment, newSize);
        }
        checkBlock(address, oldSize, oldAlignment);
        final long moved = target().alloc(newSize, newAlignment);
        return NULL == moved ? shrinkInPlace(address, oldSize, oldAlignment, newSize, newAlignment) :
            move(address, oldSize, oldAlignment, moved, newSize, newAlignment);
    }

    /**
     * Resizes a block where it is: only to the size that it has, as a block's length is its size.
     *
     * @return true if {@code newSize} equals {@code oldSize}.
     */
    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        LayoutChecks.resize("tryResize", oldSize, alignment, newSize, alignment, true);
        usableSize(address, oldSize, alignment);
        return newSize == oldSize;
    }

    /**
     * The length of a block: its size.
     *
     * @return {@code size}.
     */
    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
        }
        else
        {
            checkBlock(address, size, alignment);
        }
        return size;
    }

    /**
     * The usable size of such a block: its size.
     *
     * @return {@code size}.
     */
    @Override
    public long goodSize(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        return size;
    }

    /**
     * The limit of a request, if the target is an {@link Allocator} too; else none is known.
     *
     * @return bytes.
     */
    @Override
    public long maxSize()
    {
        final Allocator allocator = knowing();
        return null == allocator ? Long.MAX_VALUE : allocator.maxSize();
    }

    /**
     * Why a request fails. If the target is no {@link Allocator} that has more to say, by a request that is freed at
     * once; the free bytes are then no more than what that tells.
     */
    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        final Allocator allocator = knowing();
        if (null != allocator)
        {
            return allocator.diagnose(size, alignment);
        }
        final boolean succeeds = probe(size, alignment);
        final long free = succeeds ? size : 0;
        return new Diagnosis(succeeds ? Diagnosis.Reason.WOULD_SUCCEED : Diagnosis.Reason.EXHAUSTED,
            size, alignment, free, free, maxSize());
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return AllocBatch.fill(target(), size, alignment, addresses, from, count);
    }

    /**
     * Whether an address lies in the memory of the target, if that is an {@link Allocator} too.
     *
     * @throws UnsupportedOperationException if it is none.
     */
    @Override
    public boolean owns(final long address)
    {
        final Allocator allocator = knowing();
        if (null == allocator)
        {
            throw new UnsupportedOperationException("owns: " + target().getClass().getName() + " can't tell");
        }
        return allocator.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return target().regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return target().isThreadSafe();
    }

    /** Whether a request succeeds now. */
    final boolean probe(final long size, final long alignment)
    {
        if (0 == size)
        {
            return true;
        }
        final long address = target().alloc(size, alignment);
        if (NULL != address)
        {
            target().dealloc(address, size, alignment);
        }
        return NULL != address;
    }

    private long reallocate(final long address, final long oldSize, final long alignment, final long newSize)
    {
        final long resized = target().realloc(address, oldSize, alignment, newSize);
        if (NULL == resized)
        {
            throw failure(newSize, alignment);
        }
        return resized;
    }

    /** The last resort of a shrink that found no block to move to. */
    long shrinkInPlace(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final Allocator allocator = knowing();
        if (null == allocator || 0 != (address & (newAlignment - 1)))
        {
            throw failure(newSize, newAlignment);
        }
        return allocator.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    /** A block to move to; the old one is looked at before, so that a wrong call changes nothing. */
    private long allocateFor(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        checkBlock(address, oldSize, oldAlignment);
        return allocate(newSize, newAlignment);
    }

    /**
     * Copies a block to one that was just allocated, and frees it.
     *
     * @param address      of the old block.
     * @param oldSize      bytes.
     * @param oldAlignment of the old block.
     * @param moved        address of the new block; freed if the old one proves to be none.
     * @param newSize      bytes.
     * @param newAlignment of the new block.
     * @return {@code moved}.
     */
    long move(
        final long address, final long oldSize, final long oldAlignment,
        final long moved, final long newSize, final long newAlignment)
    {
        RegionCopy.move(target(), address, oldSize, oldAlignment, moved, newSize, newAlignment);
        return moved;
    }
}
