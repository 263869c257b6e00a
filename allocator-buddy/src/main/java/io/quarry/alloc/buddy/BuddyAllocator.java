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
 * The units of the region, from the first address on that is a multiple of the unit size, make slots of 64 units, these
 * make slots of 64^2 and so on, always 64 neighbours from a multiple of 64 on. A request of n units, with 64^k &lt; n
 * &lt;= 64^(k+1) (k = 0 for n = 1), is served where a word of 64 neighbouring slots of 64^k units, or of more, holds
 * ceil(n / 64^k) free neighbours; what they have more than n units is given back at once. It always succeeds when there is
 * such a place, aligned as asked. It may fail, although n free units lie side by side, when they lie across the border of
 * two such words, or fill a slot at their end only in part. One exception: the stretch of free units that begins with the
 * longest run of slots of the highest level is tried as it is, so that an empty allocator has a place for every layout
 * that its units can hold. {@link AllocatorStats#largestFreeRun()} is the longest stretch of free units, across all
 * borders.
 * <p>
 * Among the words that hold long enough a run the one with the shortest longest run is taken, of these the lowest, and in it
 * the lowest run. A block grows where it is when the units to its right are free, across all borders, and gives its tail back
 * when it shrinks.
 * <p>
 * The first up to {@code unitSize - 1} bytes of the region stay unused if it doesn't begin at a multiple of the unit
 * size; so do those at its end that don't make a unit.
 *
 * <h2>Cost in time</h2>
 * <p>
 * A call visits a bounded number of words of metadata: let there be L levels, L = ceil(log64(units)), at least 1; and let
 * D = L (L + 1) / 2. Words visited are at most:
 * <ul>
 * <li>allocate, with an alignment up to the unit size: 4 D + 6 L + 2;</li>
 * <li>deallocate, and shrink in place: 8 D + 4 L + 2;</li>
 * <li>grow in place: 8 D + 6 L + 2;</li>
 * <li>allocate with a larger alignment: TODO.</li>
 * </ul>
 *
 * <h2>Cost in bytes</h2>
 * <p>
 * Arrays on the Java heap, made at construction: 4 B a unit for the lengths of blocks, and for the free units 64-ary
 * bits with their index, W(0) = ceil(units / 64), W(l + 1) = ceil(W(l) / 64) words up to the level that has one.
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
     * The unit size of {@link #BuddyAllocator(Region)}: 4096.
     */
    public static final int DEFAULT_UNIT_SIZE = 64;

    /**
     * The smallest unit size.
     */
    public static final int MIN_UNIT_SIZE = 64;

    private final RegionClaim claim;
    private final long zeroFrom;
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
        zeroFrom = claim.zeroFrom();
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

    /**
     * The size of the largest block that there can ever be: all units.
     *
     * @return bytes.
     */
    public long maxSize()
    {
        return (long)extents.length << unitShift;
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
        final long usedTo = usedTo();
        final int unit = takeUnits(size + unitSize - 1 >>> unitShift, alignment);
        if (unit < 0)
        {
            return NULL;
        }
        final long address = addressOf(unit);
        final long dirty = Math.min(usedTo, addressOf(unit + extents[unit])) - address;
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

    @Override
    public RegionClaim claim()
    {
        return claim;
    }

    /**
     * {@inheritDoc}
     * <p>
     * Up to 64 units and with an alignment up to the unit size: when no word that is in use has so long a run, its longest
     * is taken if it is long enough.
     */
    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (minSize < 1 || minSize > size)
        {
            throw new IllegalArgumentException("minSize=" + minSize + ": not in 1.." + size + ", the size");
        }
        final long hole = (long)words.longestHole() << unitShift;
        final boolean isHole = alignment <= unitSize && hole >= minSize && hole < size;
        final long address = takeBlock(isHole ? hole : size, alignment);
        return NULL == address && minSize < size ? takeBlock(minSize, alignment) : address;
    }

    /**
     * {@inheritDoc}
     *
     * @return 0: nothing is cached here.
     */
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
        long blocks = 0;
        long used = 0;
        for (final int count : extents)
        {
            blocks += count > 0 ? 1 : 0;
            used += count;
        }
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
            claim.release(usedTo());
        }
    }

    /** From here on no byte was ever handed out, neither by this allocator nor by one before. */
    private long usedTo()
    {
        return Math.max(zeroFrom, addressOf(highWater));
    }

    private long addressOf(final int unit)
    {
        return origin + ((long)unit << unitShift);
    }
}
