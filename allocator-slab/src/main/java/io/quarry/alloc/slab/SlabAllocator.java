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
import io.quarry.alloc.Checks;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.RegionClaim;

/**
 * Serves blocks to 2 KiB from slabs of one size each, and passes everything else on to an upstream allocator.
 * <p>
 * Choose it for programs with many small blocks, that is, for most. It costs little where only large blocks are asked
 * for, yet nothing is gained then: call the upstream itself. For one thread; two threads need an allocator each.
 * <p>
 * Time: to allocate or free a small block is to pop or push an {@code int}, and to flip a bit that tells live from dead
 * ({@code -Dquarry.checks=off} leaves that out). Once in some dozen calls a magazine is refilled from the lowest slabs
 * with room, or half of it flushed to them. With {@code l} levels of summaries (3 for 1 GiB, 4 for 32 GiB) a refill or
 * a flush visits at most 31 (2 l + 370) words of the slabs' metadata: 31 slots, and for each the slab's own words and
 * those of an empty one that is given back; to that come the upstream's bounds for the calls made of it, up to three
 * for each slab that is made or given back. Only a call that finds no memory flushes all magazines first, as
 * {@link #trim()} does.
 * <p>
 * Bytes: 1.6 % of the region for the tables, and 11 KiB for the magazines; in the slabs at most 11.1 % for rounding up.
 * What is cached and not live: at most 16 KiB or four slots and one empty slab a class. A cached slot may be the only
 * one in its slab that isn't free, and then keeps that slab from the upstream. {@link #trim()} gives all of it back.
 * <p>
 * Source: Bonwick, "The Slab Allocator" (1994), and Bonwick and Adams, "Magazines and Vmem" (2001), section 3, with the
 * bits outside the blocks.
 */
public final class SlabAllocator extends AbstractRegionAllocator
{
    static final boolean CHECKS = Checks.ENABLED;

    private final long base;
    private final long[] units;
    private final int[] entries;
    private final RegionAllocator upstream;
    private final RegionClaim claim;
    private final SlabTable table;
    private final Magazines magazines;
    private boolean closed;

    /**
     * Makes an allocator on top of another one, which is closed with it.
     *
     * @param upstream for slabs and for what is larger than they serve; it may have other callers as well.
     * @throws IllegalArgumentException if the upstream's region is larger than 16 GiB.
     */
    public SlabAllocator(final RegionAllocator upstream)
    {
        super(upstream.region());
        this.upstream = upstream;
        base = upstream.region().address();
        claim = upstream.claim();
        table = new SlabTable(upstream.region().capacity());
        magazines = new Magazines(table, upstream);
        units = table.units;
        entries = magazines.entries;
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
        return super.allocate(size, alignment);
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
                claim.zero(address, SizeClasses.size(sizeClass));
                return address;
            }
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
        return super.alloc(size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        if (!SizeClasses.isPlain(size, alignment) || !push(address, SizeClasses.ofSize(size)))
        {
            super.deallocate(address, size, alignment);
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        if (!SizeClasses.isPlain(size, alignment) || !push(address, SizeClasses.ofSize(size)))
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

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public RegionClaim claim()
    {
        return claim;
    }

    @Override
    public long trim()
    {
        checkOpen();
        return magazines.trim() + upstream.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        return SlabVerifier.stats(table, magazines, upstream.stats());
    }

    @Override
    public void verify()
    {
        new SlabVerifier(table, magazines).verify();
        upstream.verify();
    }

    /**
     * {@inheritDoc} The upstream is closed with it.
     */
    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            magazines.clear();
            table.clear();
            upstream.close();
        }
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        checkOpen();
        if (SizeClasses.isSmall(size, alignment))
        {
            return takeSlot(SizeClasses.of(size, alignment));
        }
        final long address = upstream.alloc(size, alignment);
        return NULL == address && magazines.trim() > 0 ? upstream.alloc(size, alignment) : address;
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        checkOpen();
        if (SizeClasses.isSmall(size, alignment))
        {
            final int sizeClass = SizeClasses.of(size, alignment);
            final long address = takeSlot(sizeClass);
            if (NULL != address)
            {
                claim.zero(address, SizeClasses.size(sizeClass));
            }
            return address;
        }
        final long address = upstream.allocZeroed(size, alignment);
        return NULL == address && magazines.trim() > 0 ? upstream.allocZeroed(size, alignment) : address;
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        final int sizeClass = classAt(address);
        if (0 == sizeClass)
        {
            upstream.dealloc(address, size, alignment);
            return;
        }
        if (CHECKS)
        {
            SlotCheck.check(table, base, address, size, alignment);
        }
        if (isFull(sizeClass))
        {
            magazines.flushHalf(sizeClass);
        }
        push(address, sizeClass);
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        final int sizeClass = classAt(address);
        if (0 == sizeClass)
        {
            return upstream.usableSize(address, size, alignment);
        }
        if (CHECKS)
        {
            SlotCheck.check(table, base, address, size, alignment);
        }
        return SizeClasses.size(sizeClass);
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        return 0 == classAt(address) ? upstream.tryResize(address, length, 1, newSize) : newSize <= length;
    }

    /** A small block stays where it is until a class of half its length would do; a large one until it is small. */
    @Override
    protected boolean shouldMove(final long length, final long newSize)
    {
        return newSize <= SizeClasses.MAX_SIZE && newSize <= length >>> 1;
    }

    /** Takes the top of a magazine: its granule, or a negative number with nothing changed if there is none. */
    private int pop(final int sizeClass)
    {
        final int[] entries = this.entries;
        final int top = entries[sizeClass];
        final int granule = entries[top];
        if (granule >= 0)
        {
            entries[sizeClass] = top - 1;
            if (CHECKS)
            {
                units[granule >>> SlabUnit.GRANULES_SHIFT] |= SlabUnit.takenBit(granule);
            }
        }
        return granule;
    }

    /** Takes a live slot of the class back; false, with nothing changed, if it isn't one or the magazine is full. */
    private boolean push(final long address, final int sizeClass)
    {
        // Rotated, an offset that isn't a multiple of 16 is as far out of range as one outside the region.
        final long rotated = Long.rotateRight(address - base, SizeClasses.GRANULE_SHIFT);
        final long unit = rotated >>> SlabUnit.GRANULES_SHIFT;
        final long[] units = this.units;
        if (unit >= units.length)
        {
            return false;
        }
        final long word = units[(int)unit];
        final int granule = (int)rotated;
        final int[] entries = this.entries;
        final int top = entries[sizeClass] + 1;
        if (SlabUnit.sizeClass(word) != sizeClass || 0 == (top & Magazines.ROW_MASK) ||
            CHECKS && 0 == (word & SlabUnit.takenBit(granule)))
        {
            return false;
        }
        if (CHECKS)
        {
            units[(int)unit] = word ^ SlabUnit.takenBit(granule);
        }
        entries[top] = granule;
        entries[sizeClass] = top;
        return true;
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
        claim.copy(address, moved, Math.min(size, newSize));
        if (!push(address, sizeClass))
        {
            returnBlock(address, size, 1);
        }
        return moved;
    }

    private boolean isLive(final long address, final int sizeClass)
    {
        final long rotated = Long.rotateRight(address - base, SizeClasses.GRANULE_SHIFT);
        final long unit = rotated >>> SlabUnit.GRANULES_SHIFT;
        if (unit >= units.length)
        {
            return false;
        }
        final long word = units[(int)unit];
        return SlabUnit.sizeClass(word) == sizeClass && (!CHECKS || 0 != (word & SlabUnit.takenBit((int)rotated)));
    }

    private boolean isFull(final int sizeClass)
    {
        return Magazines.ROW_MASK == (entries[sizeClass] & Magazines.ROW_MASK);
    }

    private long addressOf(final int granule)
    {
        return base + ((long)granule << SizeClasses.GRANULE_SHIFT);
    }

    private long takeSlot(final int sizeClass)
    {
        final int granule = pop(sizeClass);
        if (granule >= 0)
        {
            return addressOf(granule);
        }
        return magazines.refill(sizeClass) ? addressOf(pop(sizeClass)) : NULL;
    }

    private int classAt(final long address)
    {
        checkOpen();
        final long offset = address - base;
        if (Long.compareUnsigned(offset, region().capacity()) >= 0)
        {
            throw Misuse.foreign(address, region());
        }
        final int unit = (int)(offset >>> SlabSizing.UNIT_SHIFT);
        return unit < table.units() ? table.classOf(unit) : 0;
    }

    private void checkOpen()
    {
        if (closed)
        {
            throw Misuse.closed(this);
        }
    }
}
