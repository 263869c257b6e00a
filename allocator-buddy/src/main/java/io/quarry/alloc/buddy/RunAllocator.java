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

/**
 * Hands out runs of units of exact length, wherever in the region a free run fits well: the tightest memory of the
 * allocators here.
 * <p>
 * Choose it under a slab allocator, and for blocks of some hundred bytes to many megabytes whose sizes vary, as buffers
 * that grow do. Don't choose it for many small blocks, each of which takes a whole unit, nor for many threads.
 * <p>
 * <b>Placement.</b> The free run that fits well and lies lowest: free runs are kept in bins by length, exact to 64
 * units and four a doubling above, and the lowest run is taken of the first bin that has one that fits; in the
 * request's own bin, where only some may fit, {@value RunBins#PEEKS} runs are looked at. Only if none fits is memory
 * taken that lies above every block; that memory is in no bin, and free memory next to it joins it. So what was never
 * needed is never touched. A run grows in place into the free memory to its right; shrinking gives the tail back. Free
 * neighbours are merged at once.
 * <p>
 * <b>Alignment.</b> Every block is aligned to the unit. A stricter one is served from the lowest runs of each bin that
 * happen to hold an aligned place ({@value #ALIGNED_PEEKS} runs are looked at in all), then from the runs that are so
 * long that they must, then from the end of what is used. So such a request is certain to succeed if a free run of
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
    /*
     * Units 0 .. top - 1 are covered by runs, allocated or free, without a gap; from top on every unit is free, and the
     * unit below top is not:
     *
     *   0                                                     top         highWater        units
     *   +--------+------------+-----+------------+------------+--------------+----------------+
     *   | taken  | free       |taken| taken      |free | taken| free, used   | never used     |
     *   +--------+------------+-----+------------+------------+--------------+----------------+
     *
     *   sum of the taken runs' lengths = takenUnits, their count = takenRuns; no two free runs are neighbours.
     */

    /**
     * Length of a unit unless another is asked for, bytes.
     */
    public static final int DEFAULT_UNIT_SIZE = 512;

    /**
     * The shortest unit, bytes.
     */
    public static final int MIN_UNIT_SIZE = 64;

    /**
     * Runs that are looked at for an aligned place before those that are certain to have one.
     */
    static final int ALIGNED_PEEKS = 16;

    private static final int NONE = RunBins.NONE;

    private final RunMap map;
    private final RunBins bins;
    private final RegionClaim claim;
    private final long origin;
    private final long zeroFrom;
    private final int unitShift;
    private final int units;

    private int top;
    private int highWater;
    private int takenUnits;
    private int takenRuns;
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
        units = unitsIn(region, unitSize);
        unitShift = Integer.numberOfTrailingZeros(unitSize);
        origin = originOf(region, unitSize);
        map = new RunMap(units);
        bins = new RunBins(map);
        claim = region.claim(this);
        zeroFrom = claim.zeroFrom();
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
     * (3 for 1 GiB of 512-byte units, 5 at most) and the {@code m} words of the mask of bins (2 for 1 GiB, 3 at most).
     * <pre>
     *   take a run out of its bin    34 + l      one word of starts, the lengths of the 31 other runs that may start
     *                                            there, the bin's levels, the mask
     *   put a run into its bin       2 + l
     *   write a run's border         2           4 for a free run, which has two
     *   find a run                   1 + l + 3 + 7 (2 l + 3) for the runs of the request's own bin, then
     *                                m + l + 34  for the next bin that has any
     *   aligned                      16 (2 l + m + 36) + m more for the places that are looked at
     *
     *   worst: an aligned block is moved      find, aligned, out, in twice, 10 borders,
     *                                         and the old one is freed: out twice, in once, 10 borders
     * </pre>
     *
     * @return the bound.
     */
    public int maxWordVisits()
    {
        final int levels = bins.levels();
        final int mask = bins.usedBinWords();
        final int out = 34 + levels;
        final int in = 2 + levels;
        final int find = 4 + levels + (RunBins.PEEKS - 1) * (2 * levels + 3) + mask + levels + 34;
        final int aligned = ALIGNED_PEEKS * (2 * levels + mask + 36) + mask;
        return find + aligned + 3 * out + 3 * in + 20 * RunMap.CELLS_PER_LENGTH;
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
        if (wanted > units - takenUnits)
        {
            checkOpen();
            return NULL;
        }
        final int first = alignment > 1L << unitShift ?
            takeAligned((int)wanted, alignment >>> unitShift) : take((int)wanted);
        return NONE == first ? NULL : addressOf(first);
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        final long clean = Math.max(zeroFrom, addressOf(highWater));
        final long address = takeBlock(size, alignment);
        if (NULL != address && address < clean)
        {
            final long end = address + (unitsFor(size) << unitShift);
            zeroBytes(address, Math.min(end, clean) - address);
        }
        return address;
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        final int first = check(address, size, alignment);
        final int length = map.length(first);
        takenRuns--;
        takenUnits -= length;
        release(first, length);
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        return (long)map.length(check(address, size, alignment)) << unitShift;
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        final int first = (int)(address - origin >>> unitShift);
        final int oldUnits = (int)(length >>> unitShift);
        final long newUnits = unitsFor(newSize);
        if (newUnits > oldUnits)
        {
            return newUnits <= units - first && extend(first, oldUnits, (int)newUnits);
        }
        if (newUnits < oldUnits)
        {
            cutTail(first, oldUnits, (int)newUnits);
        }
        return true;
    }

    @Override
    protected void copyBytes(final long from, final long to, final long length)
    {
        claim.copy(from, to, length);
    }

    @Override
    protected void zeroBytes(final long address, final long length)
    {
        claim.zero(address, length);
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
        if (minSize <= 0 || minSize > size)
        {
            throw new IllegalArgumentException("minSize=" + minSize + ": not in 1.." + size + ", the size");
        }
        if (alignment > 1L << unitShift)
        {
            final long address = takeBlock(size, alignment);
            return NULL == address ? takeBlock(minSize, alignment) : address;
        }
        final long least = unitsFor(minSize);
        if (least > units - takenUnits)
        {
            checkOpen();
            return NULL;
        }
        final int first = takeUpTo((int)least, (int)Math.min(unitsFor(size), units));
        return NONE == first ? NULL : addressOf(first);
    }

    /**
     * Keeps nothing that could be given back.
     *
     * @return 0.
     */
    @Override
    public long trim()
    {
        checkOpen();
        return 0;
    }

    @Override
    public AllocatorStats stats()
    {
        return new AllocatorStats(
            closed ? 0 : (long)takenUnits << unitShift,
            closed ? 0 : takenRuns,
            (long)(units - takenUnits) << unitShift,
            (long)longestFreeRun() << unitShift,
            highWaterEnd() - region().address(),
            map.metadataBytes() + bins.metadataBytes());
    }

    @Override
    public void verify()
    {
        if (!closed)
        {
            new RunVerifier(map, bins).verify(top, highWater, takenUnits, takenRuns);
        }
    }

    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            // No request passes the comparison with the free units any more, and no address the one with the top.
            takenUnits = units;
            top = 0;
            claim.release(highWaterEnd());
        }
    }

    private int take(final int wanted)
    {
        final int first = bins.find(wanted);
        return NONE == first ? takeTop(wanted) : takeRun(first, map.length(first), wanted);
    }

    private int takeRun(final int first, final int length, final int wanted)
    {
        bins.remove(first, length);
        if (length == wanted)
        {
            map.setInner(first + length - 1);
        }
        else
        {
            insertFree(first + wanted, length - wanted);
        }
        return taken(first, wanted);
    }

    private int takeTop(final int wanted)
    {
        final int first = top;
        if (wanted > units - first)
        {
            return NONE;
        }
        raiseTop(first + wanted);
        return taken(first, wanted);
    }

    private int taken(final int first, final int length)
    {
        takenRuns++;
        takenUnits += length;
        map.setTaken(first, length);
        return first;
    }

    private void raiseTop(final int newTop)
    {
        top = newTop;
        if (newTop > highWater)
        {
            highWater = newTop;
        }
    }

    private void insertFree(final int first, final int length)
    {
        map.setFree(first, length);
        bins.insert(first, length);
    }

    private int takeUpTo(final int least, final int wanted)
    {
        final int fitting = bins.find(wanted);
        if (NONE != fitting)
        {
            return takeRun(fitting, map.length(fitting), wanted);
        }
        final int shorter = longest(least);
        if (NONE != shorter)
        {
            final int length = map.length(shorter);
            return takeRun(shorter, length, Math.min(length, wanted));
        }
        final int above = units - top;
        return above < least ? NONE : takeTop(Math.min(above, wanted));
    }

    /** The longest of the first runs of the last bin: exact to 64 units, else to a quarter. */
    private int longest(final int least)
    {
        final int bin = bins.lastUsed();
        if (bin < RunBins.binOf(least))
        {
            return NONE;
        }
        int first = bins.lowest(bin);
        int best = NONE;
        int bestLength = least - 1;
        for (int i = 0; NONE != first && i < RunBins.PEEKS; i++)
        {
            final int length = map.length(first);
            if (length > bestLength)
            {
                best = first;
                bestLength = length;
            }
            first = bins.nextAbove(bin, first);
        }
        return best;
    }

    private int takeAligned(final int wanted, final long alignedUnits)
    {
        final long certain = wanted + alignedUnits - 1;
        int first = peekAligned(wanted, alignedUnits);
        if (NONE == first && certain <= units)
        {
            first = bins.find((int)certain);
        }
        return NONE == first ?
            takeTopAligned(wanted, alignedUnits) : cutAligned(first, wanted, alignedUnits);
    }

    private int peekAligned(final int wanted, final long alignedUnits)
    {
        int bin = bins.nextUsed(RunBins.binOf(wanted));
        int first = NONE == bin ? NONE : bins.lowest(bin);
        for (int i = 0; NONE != first && i < ALIGNED_PEEKS; i++)
        {
            if (first + padding(first, alignedUnits) + wanted <= first + map.length(first))
            {
                return first;
            }
            first = bins.nextAbove(bin, first);
            if (NONE == first)
            {
                bin = bins.nextUsed(bin + 1);
                first = NONE == bin ? NONE : bins.lowest(bin);
            }
        }
        return NONE;
    }

    private int cutAligned(final int first, final int wanted, final long alignedUnits)
    {
        final int length = map.length(first);
        final int pad = (int)padding(first, alignedUnits);
        if (0 == pad)
        {
            return takeRun(first, length, wanted);
        }
        bins.remove(first, length);
        insertFree(first, pad);
        final int start = first + pad;
        if (length == pad + wanted)
        {
            map.setInner(first + length - 1);
        }
        else
        {
            insertFree(start + wanted, length - pad - wanted);
        }
        return taken(start, wanted);
    }

    private int takeTopAligned(final int wanted, final long alignedUnits)
    {
        final int first = top;
        final long pad = padding(first, alignedUnits);
        if (pad + wanted > units - first)
        {
            return NONE;
        }
        if (0 != pad)
        {
            insertFree(first, (int)pad);
            raiseTop(first + (int)pad);
        }
        return takeTop(wanted);
    }

    private long padding(final int first, final long alignedUnits)
    {
        return -((origin >>> unitShift) + first) & (alignedUnits - 1);
    }

    private boolean extend(final int first, final int oldUnits, final int newUnits)
    {
        final int right = first + oldUnits;
        if (right == top)
        {
            raiseTop(first + newUnits);
        }
        else if (!map.isFreeBorder(right) || map.length(right) < newUnits - oldUnits)
        {
            return false;
        }
        else
        {
            takeFromLeft(right, map.length(right), newUnits - oldUnits);
        }
        takenUnits += newUnits - oldUnits;
        map.setTaken(first, newUnits);
        return true;
    }

    private void takeFromLeft(final int first, final int length, final int wanted)
    {
        bins.remove(first, length);
        map.setInner(first);
        if (length == wanted)
        {
            map.setInner(first + length - 1);
        }
        else
        {
            insertFree(first + wanted, length - wanted);
        }
    }

    private void cutTail(final int first, final int oldUnits, final int newUnits)
    {
        takenUnits -= oldUnits - newUnits;
        map.setTaken(first, newUnits);
        release(first + newUnits, oldUnits - newUnits);
    }

    /** Makes a run free that no counter knows of any more, joining it with what is free at its left and right. */
    private void release(final int first, final int length)
    {
        int start = first;
        int end = first + length;
        map.setInner(first);
        if (0 != first && map.isFreeBorder(first - 1))
        {
            start = first - map.lengthToLast(first - 1);
            map.setInner(first - 1);
            map.setInner(start);
            bins.remove(start, first - start);
        }
        if (end == top)
        {
            top = start;
            return;
        }
        if (map.isFreeBorder(end))
        {
            final int right = map.length(end);
            map.setInner(end);
            bins.remove(end, right);
            end += right;
        }
        insertFree(start, end - start);
    }

    private int check(final long address, final long size, final long alignment)
    {
        final long offset = address - origin;
        final int first = (int)(offset >>> unitShift);
        if (Checks.ENABLED)
        {
            if (Long.compareUnsigned(offset, (long)top << unitShift) >= 0 ||
                0 != (offset & (1L << unitShift) - 1 | address & alignment - 1) ||
                !map.isTaken(first) ||
                unitsFor(size) > map.length(first))
            {
                throw misuse(address, size, alignment);
            }
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
        if (offset < 0 || offset >>> unitShift >= top)
        {
            return Misuse.dead(address);
        }
        final int first = (int)(offset >>> unitShift);
        if (!map.isTaken(first))
        {
            return bins.isInFreeRun(first) ? Misuse.dead(address) : Misuse.interior(address);
        }
        return isAligned(address, alignment) ?
            Misuse.tooLarge(address, size, (long)map.length(first) << unitShift) :
            Misuse.misaligned(address, alignment);
    }

    private void checkOpen()
    {
        if (closed)
        {
            throw Misuse.closed(this);
        }
    }

    private int longestFreeRun()
    {
        int longest = closed ? 0 : units - top;
        final int bin = closed ? NONE : bins.lastUsed();
        for (int first = NONE == bin ? NONE : bins.lowest(bin); NONE != first; first = bins.nextAbove(bin, first))
        {
            longest = Math.max(longest, map.length(first));
        }
        return longest;
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
        return 0 == highWater ? region().address() : addressOf(highWater);
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
