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
 * The part of the contract that is the same for every allocator of one region: validation, empty blocks, what moves and
 * what stays, failure that leaves the old block alone and why it came. A subclass gives the things that differ: to take
 * a block and to know beforehand whether one is there, to give it back, to look one up, to resize one in place.
 * Threads: as the subclass says; this class keeps no state that changes, but for the region's claim.
 */
public abstract class AbstractRegionAllocator implements RegionAllocator
{
    private final Region region;

    /**
     * Makes the part for one region.
     *
     * @param region that holds the blocks.
     */
    protected AbstractRegionAllocator(final Region region)
    {
        this.region = region;
    }

    /**
     * Takes a block.
     *
     * @param size      bytes, from 1, valid with the alignment but maybe larger than the region.
     * @param alignment a power of two, maybe larger than the region.
     * @return the address of at least {@code size} bytes, or {@link Allocator#NULL} with nothing changed.
     * @throws IllegalStateException if this allocator is closed.
     */
    protected abstract long takeBlock(long size, long alignment);

    /**
     * Takes a block of zeros.
     *
     * @param size      bytes, from 1, valid with the alignment but maybe larger than the region.
     * @param alignment a power of two, maybe larger than the region.
     * @return the address of at least {@code size} bytes, zero to the usable size, or {@link Allocator#NULL}.
     * @throws IllegalStateException if this allocator is closed.
     */
    protected abstract long takeZeroedBlock(long size, long alignment);

    /**
     * Whether a block is there to be taken: what {@link #takeBlock} would say, without taking it. For diagnosis, not
     * for hot paths. What is cached may be given back, as {@link #takeBlock} would before it fails.
     *
     * @param size      bytes, from 1, valid with the alignment but maybe larger than the region.
     * @param alignment a power of two, maybe larger than the region.
     * @return true if such a block could be taken now.
     * @throws IllegalStateException if this allocator is closed.
     */
    protected abstract boolean canTakeBlock(long size, long alignment);

    /**
     * Gives a block back.
     *
     * @param address   that should be a block.
     * @param size      bytes, from 1, that should fit it.
     * @param alignment that should be the block's.
     * @throws IllegalArgumentException if it can't be a block or the size is above the block's; nothing has changed.
     * @throws IllegalStateException    if no block lives there or this allocator is closed; nothing has changed.
     */
    protected abstract void returnBlock(long address, long size, long alignment);

    /**
     * Looks a block up.
     *
     * @param address   that should be a block.
     * @param size      bytes, from 1, that should fit it.
     * @param alignment that should be the block's.
     * @return the block's length, bytes.
     * @throws IllegalArgumentException if it can't be a block or the size is above the block's.
     * @throws IllegalStateException    if no block lives there or this allocator is closed.
     */
    protected abstract long blockLength(long address, long size, long alignment);

    /**
     * Resizes a block in place.
     *
     * @param address of a block that lives.
     * @param length  its length, bytes.
     * @param newSize bytes, from 1.
     * @return whether the block now holds {@code newSize}; if false nothing has changed.
     */
    protected abstract boolean resizeBlock(long address, long length, long newSize);

    /**
     * Whether a block that shrinks should rather move to another one than stay where it is.
     *
     * @param length  of the block, bytes.
     * @param newSize bytes, from 1.
     * @return true if it should move when a block for it is at hand.
     */
    protected boolean shouldMove(final long length, final long newSize)
    {
        return false;
    }

    /**
     * Writes zeros to a part of a block, for a caller that is given that block.
     *
     * @param at     address of the first byte.
     * @param length bytes, 0 or more.
     */
    protected void zeroBytes(final long at, final long length)
    {
        claim().zero(at, length);
    }

    /**
     * Copies what a block that moves holds.
     *
     * @param from   address of the block.
     * @param to     address of the block that is to take its place.
     * @param length bytes, 0 or more.
     */
    protected void copyBytes(final long from, final long to, final long length)
    {
        claim().copy(from, to, length);
    }

    @Override
    public final Region region()
    {
        return region;
    }

    @Override
    public final boolean owns(final long address)
    {
        return Long.compareUnsigned(address - region.address(), region.capacity()) < 0;
    }

    @Override
    public final Region regionOf(final long address)
    {
        if (!owns(address))
        {
            throw Misuse.foreign(address, region);
        }
        return region;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (0 == size)
        {
            return alignment;
        }
        return orFailure(takeBlock(size, alignment), size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (0 == size)
        {
            return alignment;
        }
        return orFailure(takeZeroedBlock(size, alignment), size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (0 != size)
        {
            returnBlock(address, size, alignment);
            return;
        }
        LayoutChecks.empty(address, alignment);
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
        final long length = blockLength(address, oldSize, oldAlignment);
        if (isAligned(address, newAlignment) && resizeBlock(address, length, newSize))
        {
            return address;
        }
        return move(address, oldSize, oldAlignment, oldSize, newSize, newAlignment);
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
        final long length = blockLength(address, oldSize, oldAlignment);
        final long grown = isAligned(address, newAlignment) && resizeBlock(address, length, newSize) ? address :
            move(address, oldSize, oldAlignment, oldSize, newSize, newAlignment);
        zeroBytes(grown + oldSize, blockLength(grown, newSize, newAlignment) - oldSize);
        return grown;
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("shrink", oldSize, oldAlignment, newSize, newAlignment, newSize <= oldSize);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, oldAlignment);
            return newAlignment;
        }
        if (0 == newSize)
        {
            returnBlock(address, oldSize, oldAlignment);
            return newAlignment;
        }
        final long length = blockLength(address, oldSize, oldAlignment);
        return isAligned(address, newAlignment) ?
            shrinkAligned(address, length, oldSize, oldAlignment, newSize, newAlignment) :
            move(address, oldSize, oldAlignment, newSize, newSize, newAlignment);
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        LayoutChecks.resize("tryResize", oldSize, alignment, newSize, alignment, true);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, alignment);
            return 0 == newSize;
        }
        final long length = blockLength(address, oldSize, alignment);
        return 0 != newSize && resizeBlock(address, length, newSize);
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
            return 0;
        }
        return blockLength(address, size, alignment);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        return takeBlock(size, alignment);
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        return takeZeroedBlock(size, alignment);
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        returnBlock(address, size, alignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        LayoutChecks.nonEmpty("newSize", newSize, alignment);
        final long length = blockLength(address, size, alignment);
        if (newSize < size)
        {
            return shrinkAligned(address, length, size, alignment, newSize, alignment);
        }
        return resizeBlock(address, length, newSize) ?
            address : tryMove(address, size, alignment, size, newSize, alignment);
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return RegionDiagnosis.of(this, 0 == size || canTakeBlock(size, alignment), size, alignment);
    }

    /** The error for a request that found no block: unsupported if the region could not hold it even when empty. */
    final AllocError failure(final long size, final long alignment)
    {
        return RegionDiagnosis.fitsWhenEmpty(this, size, alignment) ? AllocError.exhausted() : AllocError.unsupported();
    }

    /**
     * Whether an address is a multiple of an alignment.
     *
     * @param address   any.
     * @param alignment a power of two.
     * @return true if so.
     */
    protected static boolean isAligned(final long address, final long alignment)
    {
        return 0 == (address & (alignment - 1));
    }

    /**
     * Refuses a size and an alignment that make no layout.
     *
     * @param size      any.
     * @param alignment any.
     * @throws IllegalArgumentException if they make no layout.
     */
    protected static void checkLayout(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
    }

    /**
     * Refuses what no batch can be made of.
     *
     * @param size      any.
     * @param alignment any.
     * @param addresses the array.
     * @param from      any.
     * @param count     any.
     * @throws IllegalArgumentException if there is no such layout, or the array has no such range.
     */
    protected static void checkBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        LayoutChecks.batch(size, alignment, addresses, from, count);
    }

    /** Never fails: a block that can't move stays, and a smaller size always fits where the larger one was. */
    private long shrinkAligned(
        final long address, final long length, final long oldSize,
        final long oldAlignment, final long newSize, final long newAlignment)
    {
        if (shouldMove(length, newSize))
        {
            final long moved = tryMove(address, oldSize, oldAlignment, newSize, newSize, newAlignment);
            if (NULL != moved)
            {
                return moved;
            }
        }
        resizeBlock(address, length, newSize);
        return address;
    }

    private long move(
        final long address, final long oldSize, final long oldAlignment,
        final long keptSize, final long newSize, final long newAlignment)
    {
        final long moved = tryMove(address, oldSize, oldAlignment, keptSize, newSize, newAlignment);
        return orFailure(moved, newSize, newAlignment);
    }

    private long orFailure(final long address, final long size, final long alignment)
    {
        if (NULL == address)
        {
            throw failure(size, alignment);
        }
        return address;
    }

    private long tryMove(
        final long address, final long oldSize, final long oldAlignment,
        final long keptSize, final long newSize, final long newAlignment)
    {
        final long moved = takeBlock(newSize, newAlignment);
        if (NULL != moved)
        {
            try
            {
                copyBytes(address, moved, keptSize);
                returnBlock(address, oldSize, oldAlignment);
                return moved;
            }
            catch (final IllegalStateException | IllegalArgumentException ex)
            {
                // Another thread has freed the block meanwhile, where any may call: nobody is to have the new one.
                returnBlock(moved, newSize, newAlignment);
                throw ex;
            }
        }
        // The search may have given back what was cached, and with it the memory next to the block.
        return newSize > oldSize && isAligned(address, newAlignment) &&
            resizeBlock(address, blockLength(address, oldSize, oldAlignment), newSize) ? address : NULL;
    }
}
