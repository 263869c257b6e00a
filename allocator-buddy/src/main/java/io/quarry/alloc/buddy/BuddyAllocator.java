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
package io.quarry.alloc.buddy;

import io.quarry.alloc.AbstractRegionAllocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionClaim;
import io.quarry.alloc.WordVisits;

import java.util.Arrays;

/**
 * A buddy allocator of radix 64 over a region of any size: blocks are runs of equal units, of exactly the length asked
 * for rounded up to the unit.
 * <p>
 * Choose it for page-like blocks, for strict bounds on every call, and under other allocators. Choose
 * {@code RunAllocator} where memory must be tight and sizes are mixed, a slab allocator for small objects.
 *
 * <h2>Threads</h2>
 * <p>
 * One thread at a time.
 *
 * <h2>What can be had</h2>
 * <p>
 * Units begin at the first multiple of the unit size in the region; less than a unit at either end may stay unused.
 * Always 64 neighbouring units, from a multiple of 64 on, make a slot, 64 of these a slot of 64^2 units, and so on. A
 * request of n units, 64^k &lt; n &lt;= 64^(k+1) (k = 0 up to 64), is served by free slots of 64^k units side by side,
 * the last of them free at least as far as needed, or by one slot of a larger size; what it doesn't need it gives back
 * at once. It always succeeds where n free units begin with such a slot and those slots that they fill lie in one slot
 * of the next size; with an alignment above the unit size the first aligned unit of a slot counts as its beginning. So
 * a block that was freed can be had again, and an empty allocator has a place for every layout that its units can hold.
 * A request may fail, although n free units lie side by side, if they don't begin with a slot or lie across the border
 * of two. {@link AllocatorStats#largestFreeRun()} is the longest stretch of free units across all borders.
 * <p>
 * Of the slots of 64 the request is put into the lowest of those whose longest run is one of the four shortest that are
 * enough, and there into the lowest run; the units after the last whole slot of the largest size come last. A block
 * grows where it is when the units to its right are free, across all borders, and gives its tail back when it shrinks.
 *
 * <h2>Cost in time</h2>
 * <p>
 * Every call visits a bounded number of words of metadata. With L = ceil(log64(units)) levels, at least 1, and
 * S = 1 + L (L - 1) / 2, these are at most:
 * <ul>
 * <li>allocate, alignment up to the unit size: 3 L + 2 S + 2; that is 19 for 2^18 units, 28 for 2^24;</li>
 * <li>deallocate: 4 L + 4 S - 3; 25 and 41; shrink in place: one more;</li>
 * <li>grow in place: 6 L + 4 S - 3; 31 and 49; grow by moving: 9 L + 6 S;</li>
 * <li>allocate, larger alignment: 18 L + 24 S + 1;</li>
 * <li>once in an allocator's life, when the units after the last whole slot of the largest size are needed, up to
 * 3 L + 2 S more; with a larger alignment up to 13 L + 22 S more.</li>
 * </ul>
 * An allocation that would fail so far looks at more. One of up to 64 units without a larger alignment fails at once.
 * Otherwise every slot of 64 units or more may be looked at, units / 63 at most, with 2 L words each; and with a larger
 * alignment every word first, which is units / 63 more.
 * The bytes that are zeroed or copied come on top. {@link #stats()} and {@link #verify()} read everything.
 *
 * <h2>Cost in bytes</h2>
 * <p>
 * Arrays on the Java heap, made at construction: 4 B a unit for the lengths of blocks, and for each level with
 * W = ceil(units / 64), ceil(units / 64^2), ... 1 words 9 W + 512 (ceil(W / 64) + ceil(W / 64^2) + ... + 1), which
 * makes 0.27 B a unit. In all 6.7 % of the region with units of 64 B, 0.1 % with units of 4096 B.
 *
 * <h2>Source</h2>
 * <p>
 * K. C. Knowlton, A fast storage allocator, CACM 8(10), 1965, for the buddy; radix 64, runs of any length in a word and
 * the index of words by longest run are Quarry's own.
 */
public final class BuddyAllocator extends AbstractRegionAllocator
{
    // extents, one int a unit:
    //
    //   unit      0   1   2   3   4   5   6   7
    //           +---+---+---+---+---+---+---+---+
    //           | 3 | 0 | 0 | 1 | 0 | 0 | 2 | 0 |     blocks 0..2, 3, 6..7; units 4 and 5 are free
    //           +---+---+---+---+---+---+---+---+
    //
    // X1  a block lies inside the region and overlaps no other
    // X2  no unit of a block is free
    // X3  every unit that isn't free belongs to a block
    //
    // So units of all blocks + free units == extents.length.

    /**
     * The unit size of {@link #BuddyAllocator(Region)}. 64 B, a cache line, as it suits sizes that aren't known: on ten
     * recorded programs the highest address used and all metadata come to 1.56 times the live bytes, with units of
     * 128 B to 1.65, of 256 B to 1.91, and with pages small objects need a multiple. For blocks of pages pass the page
     * size: that makes the metadata 64 times smaller.
     */
    public static final int DEFAULT_UNIT_SIZE = 64;

    /**
     * The smallest unit size.
     */
    public static final int MIN_UNIT_SIZE = 64;

    private final RegionClaim claim;
    private final long origin;
    private final int unitShift;
    private final int unitSize;
    final RadixWords words;
    final int[] extents;
    private int highWater;
    private boolean isClosed;

    /**
     * Makes an allocator with units of {@link #DEFAULT_UNIT_SIZE}.
     *
     * @param region that no other allocator has claimed.
     * @throws IllegalArgumentException if the region holds no unit.
     * @throws IllegalStateException    if the region is claimed or closed.
     */
    public BuddyAllocator(final Region region)
    {
        this(region, DEFAULT_UNIT_SIZE);
    }

    /**
     * Makes an allocator.
     *
     * @param region   that no other allocator has claimed.
     * @param unitSize bytes, the smallest block and what lengths are rounded up to: a power of two, at least
     *                 {@link #MIN_UNIT_SIZE}.
     * @throws IllegalArgumentException if the unit size is out of range, or the region holds no unit or more than
     *                                  2^31 - 9.
     * @throws IllegalStateException    if the region is claimed or closed.
     */
    public BuddyAllocator(final Region region, final int unitSize)
    {
        super(region);
        if (unitSize < MIN_UNIT_SIZE || 1 != Integer.bitCount(unitSize))
        {
            throw new IllegalArgumentException(
                "unitSize=" + unitSize + ": not a power of two from " + MIN_UNIT_SIZE + " on");
        }
        this.unitSize = unitSize;
        unitShift = Integer.numberOfTrailingZeros(unitSize);
        origin = region.address() + unitSize - 1 & -unitSize;
        final long units = region.address() + region.capacity() - origin >> unitShift;
        if (units < 1 || units > Integer.MAX_VALUE - 8)
        {
            throw new IllegalArgumentException("unitSize=" + unitSize + ": the region of capacity=" +
                region.capacity() + " has units=" + Math.max(0, units) + ", not in 1.." + (Integer.MAX_VALUE - 8));
        }
        words = new RadixWords((int)units);
        extents = new int[(int)units];
        claim = region.claim(this);
    }

    /**
     * The unit that the lengths of blocks are multiples of.
     *
     * @return bytes.
     */
    public int unitSize()
    {
        return unitSize;
    }

    @Override
    public long maxSize()
    {
        return (long)extents.length << unitShift;
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return size > maxSize() ? size : size + unitSize - 1 & -unitSize;
    }

    @Override
    public RegionClaim claim()
    {
        return claim;
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        final int unit = takeUnits(size + unitSize - 1 >>> unitShift, alignment);
        return unit < 0 ? NULL : addressOf(unit);
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        final long usedTo = addressOf(highWater);
        final int unit = takeUnits(size + unitSize - 1 >>> unitShift, alignment);
        if (unit < 0)
        {
            return NULL;
        }
        final long address = addressOf(unit);
        final long dirty = Math.min(Math.max(usedTo, claim.zeroFrom()), addressOf(unit + extents[unit])) - address;
        if (dirty > 0)
        {
            claim.zero(address, dirty);
        }
        return address;
    }

    private int takeUnits(final long count, final long alignment)
    {
        if (count > extents.length)
        {
            return refuseIfClosed();
        }
        final int unit = alignment <= unitSize ? words.take((int)count) : takeAligned((int)count, alignment);
        if (unit < 0)
        {
            return refuseIfClosed();
        }
        setExtent(unit, (int)count);
        return unit;
    }

    private int takeAligned(final int count, final long alignment)
    {
        return words.takeAligned(count, (-origin & alignment - 1) >>> unitShift, alignment >>> unitShift);
    }

    private void setExtent(final int unit, final int count)
    {
        WordVisits.count();
        extents[unit] = count;
        if (unit + count > highWater)
        {
            highWater = unit + count;
        }
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        refuseIfClosed();
        final long first = (-origin & alignment - 1) >>> unitShift;
        return size <= maxSize() &&
            words.canTake((int)(size + unitSize - 1 >>> unitShift), first, alignment >>> unitShift);
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        final int unit = unitOf(address, size, alignment);
        final int count = extents[unit];
        extents[unit] = 0;
        words.release(unit, unit + count);
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        return (long)extents[unitOf(address, size, alignment)] << unitShift;
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        final int unit = (int)(address - origin >>> unitShift);
        final int count = (int)(length >>> unitShift);
        final long newCount = newSize + unitSize - 1 >>> unitShift;
        if (newCount > count)
        {
            if (newCount > extents.length - unit || !words.claim(unit + count, unit + (int)newCount))
            {
                return false;
            }
            setExtent(unit, (int)newCount);
        }
        else if (newCount < count)
        {
            setExtent(unit, (int)newCount);
            words.release(unit + (int)newCount, unit + count);
        }
        return true;
    }

    /**
     * The first unit of a block. An address that isn't a multiple of the unit size has its lowest bits turned to the
     * highest, so that one comparison finds it as well as one outside the region.
     */
    private int unitOf(final long address, final long size, final long alignment)
    {
        WordVisits.count();
        final long unit = Long.rotateRight(address - origin, unitShift);
        if (Checks.ENABLED)
        {
            if (Long.compareUnsigned(unit, extents.length) >= 0 ||
                size > (long)extents[(int)unit] << unitShift ||
                !isAligned(address, alignment))
            {
                throw refusal(address, size, alignment);
            }
        }
        else if (0 == extents[(int)unit])
        {
            throw refusal(address, size, alignment);
        }
        return (int)unit;
    }

    private RuntimeException refusal(final long address, final long size, final long alignment)
    {
        if (isClosed)
        {
            return Misuse.closed(this);
        }
        if (!owns(address))
        {
            return Misuse.foreign(address, region());
        }
        final long unit = Long.rotateRight(address - origin, unitShift);
        if (Long.compareUnsigned(unit, extents.length) >= 0)
        {
            return Misuse.interior(address);
        }
        final long length = (long)extents[(int)unit] << unitShift;
        if (0 == length)
        {
            return words.isFree((int)unit, (int)unit + 1) ? Misuse.dead(address) : Misuse.interior(address);
        }
        return size > length ? Misuse.tooLarge(address, size, length) : Misuse.misaligned(address, alignment);
    }

    /** Nothing is free once closed, so that only failure has to ask. */
    private int refuseIfClosed()
    {
        if (isClosed)
        {
            throw Misuse.closed(this);
        }
        return -1;
    }

    /**
     * {@inheritDoc} Up to an alignment of the unit size: when no slot of 64 units that is in use has so long a run,
     * the longest of their runs is taken if it is long enough.
     */
    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (minSize < 1 || minSize > size)
        {
            throw Misuse.minSize(minSize, size);
        }
        final long hole = (long)words.longestHole() << unitShift;
        final boolean isHole = alignment <= unitSize && hole >= minSize && hole < size;
        final long address = takeBlock(isHole ? hole : size, alignment);
        return NULL == address && minSize < size ? takeBlock(minSize, alignment) : address;
    }

    @Override
    public long trim()
    {
        refuseIfClosed();
        return 0;
    }

    @Override
    public AllocatorStats stats()
    {
        refuseIfClosed();
        final long blocks = Arrays.stream(extents).filter(count -> count > 0).count();
        final long used = Arrays.stream(extents).asLongStream().sum();
        return new AllocatorStats(
            used << unitShift,
            blocks,
            extents.length - used << unitShift,
            (long)words.longestStretch() << unitShift,
            0 == highWater ? 0 : addressOf(highWater) - region().address(),
            words.metadataBytes() + 4L * extents.length);
    }

    @Override
    public void verify()
    {
        refuseIfClosed();
        BuddyVerifier.verify(words, extents);
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            words.clear();
            Arrays.fill(extents, 0);
            claim.release(0 == highWater ? region().address() : addressOf(highWater));
        }
    }

    private long addressOf(final int unit)
    {
        return origin + ((long)unit << unitShift);
    }
}
