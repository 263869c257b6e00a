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

/**
 * Hands out runs of units of exact length, wherever in the region a free run fits well: the tightest memory of the
 * allocators here.
 * <p>
 * Choose it under a slab allocator, and for blocks of some hundred bytes to many megabytes whose sizes vary, as buffers
 * that grow do. Don't choose it for many small blocks, each of which takes a whole unit, nor for many threads.
 * <p>
 * <b>Placement.</b> The free run that fits well and lies lowest: free runs are kept in bins by length, exact to 64
 * units and four a doubling above, and the lowest run is taken of the first bin that has one that fits; in the
 * request's own bin, where only some may fit, {@value RunFit#PEEKS} runs are looked at. Only if none fits is memory
 * taken that lies above every block; that memory is in no bin, and free memory next to it joins it. So what was never
 * needed is never touched. A run grows in place into the free memory to its right; shrinking gives the tail back. Free
 * neighbours are merged at once, but for {@value ParkedRuns#PLACES} runs of up to {@value ParkedRuns#MAX_UNITS} units,
 * freed lately and of different lengths, which serve the next request of the same length; they are merged before a
 * request fails or takes memory above every block, and by {@link #trim()}.
 * <p>
 * <b>Alignment.</b> Every block is aligned to the unit. A stricter one is served from a free run that happens to hold
 * an aligned place ({@value RunFit#ALIGNED_PEEKS} are looked at, the shortest and lowest first), then from one so long
 * that it must, then from the end of what is used. So such a request is certain to succeed if a free run of
 * {@code length + alignment - unit} bytes remains, or an aligned place above every block; it may fail though a shorter
 * free run has a place.
 * <p>
 * <b>Threads:</b> one at a time.
 * <p>
 * <b>Time.</b> No call looks at more than {@link #maxWordVisits} words of metadata, however large the region and
 * whatever its state: see there for the sum. No call makes a Java object, but for the exception that refuses misuse.
 * <p>
 * <b>Bytes.</b> With {@code n} units, {@code w = n / 64} and {@code b} bins, {@code b} being 64 and four more for each
 * doubling above 64 units: {@code 2 n} for the map of the runs, {@code 8 w} for where free runs start, and
 * {@code b (w / 8 + w / 512 + …)} for the bins; fractions rounded up to whole words. That is 2.36 to 2.38 bytes a unit
 * for regions of 32 MiB to 1 GiB of 512-byte units, 0.46 %. All of it is made at construction.
 * <p>
 * Source: boundary tags, D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5 (1968); good fit, M.
 * Masmano, I. Ripoll, A. Crespo and J. Real, TLSF, ECRTS 2004; a top that is in no bin, D. Lea, A Memory Allocator
 * (1996), there called wilderness after D. G. Korn and K.-P. Vo (1985).
 */
public final class RunAllocator extends AbstractRegionAllocator
{
    /**
     * Length of a unit unless another is asked for, bytes.
     */
    public static final int DEFAULT_UNIT_SIZE = 512;

    /**
     * The shortest unit, bytes.
     */
    public static final int MIN_UNIT_SIZE = 64;

    private static final int NONE = RunSpace.NONE;

    private final RunSpace space;
    private final RegionClaim claim;
    private final long origin;
    private final int unitShift;
    private boolean closed;

    /**
     * Makes an allocator of runs of {@value #DEFAULT_UNIT_SIZE} bytes.
     *
     * @param region that it claims.
     * @throws IllegalStateException    if another allocator has the region, or it is closed.
     * @throws IllegalArgumentException if the region is shorter than a unit, or has too many.
     */
    public RunAllocator(final Region region)
    {
        this(region, DEFAULT_UNIT_SIZE);
    }

    /**
     * Makes an allocator.
     *
     * @param region   that it claims. What is left of it before the first multiple of {@code unitSize}, and after the
     *                 last whole unit, stays unused.
     * @param unitSize bytes, a power of two, {@value #MIN_UNIT_SIZE} or more: every block is a multiple of it.
     * @throws IllegalStateException    if another allocator has the region, or it is closed.
     * @throws IllegalArgumentException if the unit size is refused, or the region is shorter than a unit, or has more
     *                                  than 2<sup>27</sup> - 1.
     */
    public RunAllocator(final Region region, final int unitSize)
    {
        super(region);
        final int units = unitsIn(region, unitSize);
        unitShift = Integer.numberOfTrailingZeros(unitSize);
        origin = originOf(region, unitSize);
        space = new RunSpace(units, origin >>> unitShift);
        claim = region.claim(this);
    }

    /**
     * The length of a unit.
     *
     * @return bytes.
     */
    public int unitSize()
    {
        return 1 << unitShift;
    }

    /**
     * How many words of metadata one call visits at most: a word is one element of an array, counted each time that it
     * is read, written or both at once. It depends on the region's length only, through the {@code l} levels of a bin
     * (3 for 1 GiB of 512-byte units, 4 at most) and the {@code m} words of the mask of bins (2 for 1 GiB, 3 at most).
     * <pre>
     *   take a run out of its bin    34 + l      one word of starts, the lengths of the 31 other runs that may start
     *                                            there, the bin's levels, the mask
     *   put a run into its bin       2 + l
     *   write a run's border         2           4 for a free run, which has two
     *   find a run                   1 + l + 3 + 7 (2 l + 3) for the runs of the request's own bin, then
     *                                m + l + 34  for the next bin that has any
     *   aligned                      16 (2 l + m + 36) + m more for the places that are looked at
     *
     *   let a run join               its borders, out twice, in once
     *
     *   worst: an aligned block is moved      find, aligned; join 16 parked runs; find, aligned; out,
     *                                         in twice, borders; and the old one is parked: join
     *                                         the one that was there
     * </pre>
     *
     * @return the bound.
     */
    public int maxWordVisits()
    {
        return space.maxWordVisits();
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        final long wanted = unitsFor(size);
        if (wanted > space.freeUnits())
        {
            checkOpen();
            return NULL;
        }
        final int first = alignment > 1L << unitShift ?
            space.takeAligned((int)wanted, alignment >>> unitShift) : space.take((int)wanted);
        return NONE == first ? NULL : addressOf(first);
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        final long usedTo = addressOf(space.highWater());
        final long address = takeBlock(size, alignment);
        if (NULL != address)
        {
            final long end = address + (unitsFor(size) << unitShift);
            final long dirty = Math.min(end, Math.max(usedTo, claim.zeroFrom())) - address;
            if (dirty > 0)
            {
                claim.zero(address, dirty);
            }
        }
        return address;
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        space.free(check(address, size, alignment));
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        return (long)space.length(check(address, size, alignment)) << unitShift;
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        return space.resize(
            (int)(address - origin >>> unitShift), (int)(length >>> unitShift), unitsFor(newSize));
    }

    @Override
    public RegionClaim claim()
    {
        return claim;
    }

    /**
     * Allocates a block of any size in a range. The run that fits {@code size} well is preferred; then, rather than
     * memory above every block, the longest free run that is shorter but has {@code minSize}, whole; then the memory
     * above, as much of it as is wanted and there. With an alignment above the unit only {@code size} and then
     * {@code minSize} are tried.
     *
     * @param minSize   bytes, from 1: a smaller block is of no use.
     * @param size      bytes, at least {@code minSize}: what is wanted.
     * @param alignment a power of two, bytes.
     * @return the address; {@code usableSize(address, minSize, alignment)} tells what was had. NULL if none was found.
     * @throws IllegalArgumentException if a size is out of range or the layout invalid.
     * @throws IllegalStateException    if this allocator is closed.
     */
    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        checkLayout(size, alignment);
        if (minSize < 1 || minSize > size)
        {
            throw Misuse.minSize(minSize, size);
        }
        if (alignment > 1L << unitShift)
        {
            final long address = takeBlock(size, alignment);
            return NULL == address ? takeBlock(minSize, alignment) : address;
        }
        final long least = unitsFor(minSize);
        if (least > space.freeUnits())
        {
            checkOpen();
            return NULL;
        }
        final int first = space.takeUpTo((int)least, (int)Math.min(unitsFor(size), space.freeUnits()));
        return NONE == first ? NULL : addressOf(first);
    }

    /**
     * Lets the runs that are kept for quick reuse join the free memory around them. They counted as free before, and
     * any request could have had them, so no byte is given back.
     *
     * @return 0.
     */
    @Override
    public long trim()
    {
        checkOpen();
        space.joinParked();
        return 0;
    }

    @Override
    public AllocatorStats stats()
    {
        return new AllocatorStats(
            closed ? 0 : (long)space.takenUnits() << unitShift,
            space.takenRuns(),
            (long)space.freeUnits() << unitShift,
            closed ? 0 : (long)space.longestFreeRun() << unitShift,
            highWaterEnd() - region().address(),
            space.metadataBytes());
    }

    @Override
    public void verify()
    {
        if (!closed)
        {
            space.verify();
        }
    }

    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            space.close();
            claim.release(highWaterEnd());
        }
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return size > maxSize() ? size : size + unitSize() - 1 & -unitSize();
    }

    @Override
    public long maxSize()
    {
        return (long)space.units() << unitShift;
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        checkOpen();
        final long wanted = unitsFor(size);
        return wanted <= space.freeUnits() && space.canTake((int)wanted, Math.max(1, alignment >>> unitShift));
    }

    private int check(final long address, final long size, final long alignment)
    {
        final long offset = address - origin;
        final int first = (int)(offset >>> unitShift);
        if (!Checks.ENABLED)
        {
            checkOpen();
        }
        else if (Long.compareUnsigned(offset, (long)space.top() << unitShift) >= 0 ||
            0 != (offset & (1L << unitShift) - 1 | address & alignment - 1) ||
            !space.isTaken(first) ||
            unitsFor(size) > space.length(first))
        {
            throw misuse(address, size, alignment);
        }
        return first;
    }

    private RuntimeException misuse(final long address, final long size, final long alignment)
    {
        checkOpen();
        if (!owns(address))
        {
            return Misuse.foreign(address, region());
        }
        final long offset = address - origin;
        if (!isAligned(offset, 1L << unitShift))
        {
            return Misuse.interior(address);
        }
        if (offset < 0 || offset >>> unitShift >= space.top())
        {
            return Misuse.dead(address);
        }
        final int first = (int)(offset >>> unitShift);
        if (!space.isTaken(first))
        {
            return space.isFree(first) ? Misuse.dead(address) : Misuse.interior(address);
        }
        return isAligned(address, alignment) ?
            Misuse.tooLarge(address, size, (long)space.length(first) << unitShift) :
            Misuse.misaligned(address, alignment);
    }

    private void checkOpen()
    {
        if (closed)
        {
            throw Misuse.closed(this);
        }
    }

    private long unitsFor(final long size)
    {
        return (size - 1 >>> unitShift) + 1;
    }

    private long addressOf(final int unit)
    {
        return origin + ((long)unit << unitShift);
    }

    private long highWaterEnd()
    {
        return 0 == space.highWater() ? region().address() : addressOf(space.highWater());
    }

    private static int unitsIn(final Region region, final int unitSize)
    {
        if (unitSize < MIN_UNIT_SIZE || 1 != Integer.bitCount(unitSize))
        {
            throw new IllegalArgumentException(
                "unitSize=" + unitSize + ": not a power of two of " + MIN_UNIT_SIZE + " or more");
        }
        final long length = region.address() + region.capacity() - originOf(region, unitSize);
        if (length < unitSize || length / unitSize > RunMap.MAX_UNITS)
        {
            throw new IllegalArgumentException("capacity=" + region.capacity() + ": not 1.." + RunMap.MAX_UNITS +
                " units of unitSize=" + unitSize);
        }
        return (int)(length / unitSize);
    }

    private static long originOf(final Region region, final int unitSize)
    {
        return region.address() + unitSize - 1 & -(long)unitSize;
    }
}
