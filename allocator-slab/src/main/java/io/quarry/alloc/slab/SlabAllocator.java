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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.RegionAllocator;

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
public final class SlabAllocator extends QuickSlots
{
    static final boolean CHECKS = Checks.ENABLED;

    private final RegionAllocator upstream;
    final SlabTable table;
    private final Magazines magazines;
    private final long[] units;
    private final int[] entries;
    private boolean closed;

    /**
     * Makes an allocator on top of another one, which is closed with it.
     *
     * @param upstream for slabs and for what is larger than they serve; it may have other callers as well.
     * @throws IllegalArgumentException if the upstream's region is larger than 16 GiB.
     */
    public SlabAllocator(final RegionAllocator upstream)
    {
        super(upstream, upstream.region().address());
        this.upstream = upstream;
        table = new SlabTable(upstream.region().capacity());
        magazines = new Magazines(table, upstream);
        units = table.units;
        entries = magazines.entries;
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public long trim()
    {
        checkOpen();
        return magazines.trim() + upstream.trim();
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return 0 != size && SizeClasses.isSmall(size, alignment) ?
            SizeClasses.size(SizeClasses.of(size, alignment)) : upstream.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return upstream.maxSize();
    }

    /** {@inheritDoc} Small ones are taken off their magazine together. */
    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        checkBatch(size, alignment, addresses, from, count);
        if (0 == size || !SizeClasses.isSmall(size, alignment))
        {
            return super.allocateBatch(size, alignment, addresses, from, count);
        }
        checkOpen();
        return magazines.take(SizeClasses.of(size, alignment), addresses, from, count);
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
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        checkOpen();
        if (SizeClasses.isSmall(size, alignment))
        {
            return magazines.canServe(SizeClasses.of(size, alignment));
        }
        return upstream.diagnose(size, alignment).wouldSucceed() ||
            magazines.trim() > 0 && upstream.diagnose(size, alignment).wouldSucceed();
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
        if (Magazines.ROW_MASK == (entries[sizeClass] & Magazines.ROW_MASK))
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

    @Override
    int pop(final int sizeClass)
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

    @Override
    boolean push(final long address, final int sizeClass)
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

    @Override
    boolean isLive(final long address, final int sizeClass)
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
