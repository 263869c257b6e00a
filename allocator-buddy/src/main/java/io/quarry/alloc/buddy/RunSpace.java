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

/**
 * The units of a region as runs, allocated and free: where the next run is placed, and what happens around one that is
 * freed or resized. Counts in units from 0; knows nothing of addresses.
 * <pre>
 *   0                                                     top         highWater        units
 *   +--------+------------+-----+------------+------+-----+--------------+----------------+
 *   | taken  | free       |taken| taken      | free |taken| free, used   | never used     |
 *   +--------+------------+-----+------------+------+-----+--------------+----------------+
 * </pre>
 * Units 0 to {@code top - 1} are covered by runs without a gap; from {@code top} on every unit is free, and the one
 * below isn't, or is parked. No two free runs are neighbours, but for those that are parked: they count as free, and
 * join the others before a request fails or takes memory above the top ({@link ParkedRuns}). {@code takenUnits} is the
 * sum of the allocated runs' lengths, {@code takenRuns} their number.
 */
final class RunSpace
{
    // Source: a top that is in no bin is Lea's (A Memory Allocator, 1996), there called wilderness after Korn and Vo.

    /** No run. */
    static final int NONE = RunBins.NONE;

    private final RunMap map;
    private final RunBins bins;
    private final RunFit fit;
    private final ParkedRuns parked = new ParkedRuns();
    private final int units;

    private int top;
    private int highWater;
    private int takenUnits;
    private int takenRuns;

    /** Makes a space of units, all free; originUnits are those from address 0 to the first, for alignments. */
    RunSpace(final int units, final long originUnits)
    {
        this.units = units;
        map = new RunMap(units);
        bins = new RunBins(map);
        fit = new RunFit(map, bins, originUnits);
    }

    /** The units above every run begin here. */
    int top()
    {
        return top;
    }

    /** The units that never belonged to an allocated run begin here. */
    int highWater()
    {
        return highWater;
    }

    /** How many units there are. */
    int units()
    {
        return units;
    }

    /** How many units are allocated. */
    int takenUnits()
    {
        return takenUnits;
    }

    /** How many runs are allocated. */
    int takenRuns()
    {
        return takenRuns;
    }

    /** How many units are free. */
    int freeUnits()
    {
        return units - takenUnits;
    }

    /** The length of an allocated run. */
    int length(final int first)
    {
        return map.length(first);
    }

    /** Whether an allocated run begins at a unit. */
    boolean isTaken(final int unit)
    {
        return map.isTaken(unit);
    }

    /** What the space costs. */
    long metadataBytes()
    {
        return map.metadataBytes() + bins.metadataBytes() + parked.metadataBytes();
    }

    /** How many words of metadata a call visits at most, see {@link RunAllocator#maxWordVisits}. */
    int maxWordVisits()
    {
        final int release = 2 * bins.maxRemoveVisits() + bins.maxInsertVisits() + 7 * RunMap.CELLS_PER_LENGTH;
        return 2 * fit.maxWordVisits() + (ParkedRuns.PLACES + 1) * (release + 3) + bins.maxRemoveVisits() +
            2 * bins.maxInsertVisits() + 16 * RunMap.CELLS_PER_LENGTH;
    }

    /** Checks every invariant; throws at the first one that doesn't hold. */
    void verify()
    {
        new RunVerifier(map, bins, parked).verify(top, highWater, takenUnits, takenRuns);
    }

    /** The longest stretch of free units, at a cost that grows with the number of free runs. Parked runs join first. */
    int longestFreeRun()
    {
        joinParked();
        return Math.max(units - top, fit.longestOfAll());
    }

    /** Whether a unit is free, at a cost that grows with the region: for naming a mistake only. */
    boolean isFree(final int unit)
    {
        return unit >= top || parked.holds(unit) || fit.isInFreeRun(unit);
    }

    /** Makes everything free at once, leaving the map as it is: the space is of no use afterwards. */
    void close()
    {
        // No request passes a comparison with the free units any more, and no address one with the top.
        takenUnits = units;
        takenRuns = 0;
        top = 0;
    }

    /** Takes a run of some units; returns its first one, or {@link #NONE}. */
    int take(final int wanted)
    {
        if (wanted <= ParkedRuns.MAX_UNITS)
        {
            final int same = parked.take(wanted);
            if (NONE != same)
            {
                return taken(same, wanted);
            }
        }
        int first = fit.find(wanted);
        if (NONE == first && joinParked())
        {
            first = fit.find(wanted);
        }
        return NONE == first ? takeTop(wanted) : takePart(first, 0, wanted);
    }

    /** Lets the parked runs join the free memory around them; returns whether there were any. */
    boolean joinParked()
    {
        if (0 == parked.units())
        {
            return false;
        }
        for (int place = 0; place < ParkedRuns.PLACES; place++)
        {
            final int length = parked.lengthAt(place);
            if (0 != length)
            {
                release(parked.take(length), length);
            }
        }
        return true;
    }

    /** Takes a run of some units, from 1 to the number of free ones, that starts at a multiple of a power of two. */
    int takeAligned(final int wanted, final long alignedUnits)
    {
        int first = fit.findAligned(wanted, alignedUnits);
        if (NONE == first && joinParked())
        {
            first = fit.findAligned(wanted, alignedUnits);
        }
        return NONE == first ?
            takeTopAligned(wanted, alignedUnits) : takePart(first, (int)fit.padding(first, alignedUnits), wanted);
    }

    /** Whether {@link #take}, or {@link #takeAligned} with more than 1, would find a run. */
    boolean canTake(final int wanted, final long alignedUnits)
    {
        joinParked();
        final int first = 1 == alignedUnits ? fit.find(wanted) : fit.findAligned(wanted, alignedUnits);
        return NONE != first || fit.padding(top, alignedUnits) + wanted <= units - top;
    }

    /**
     * Takes a run of a length in a range: the wanted one where it fits well, else the longest shorter one, else what is
     * above every run.
     *
     * @param least  units, from 1.
     * @param wanted units, at least {@code least}.
     * @return its first unit, or {@link #NONE}.
     */
    int takeUpTo(final int least, final int wanted)
    {
        joinParked();
        final int fitting = fit.find(wanted);
        if (NONE != fitting)
        {
            return takePart(fitting, 0, wanted);
        }
        final int shorter = fit.longest(least);
        if (NONE != shorter)
        {
            return takePart(shorter, 0, Math.min(map.length(shorter), wanted));
        }
        final int above = units - top;
        return above < least ? NONE : takeTop(Math.min(above, wanted));
    }

    /** Frees the allocated run that begins at a unit. */
    void free(final int first)
    {
        final int length = map.length(first);
        takenRuns--;
        takenUnits -= length;
        if (length > ParkedRuns.MAX_UNITS)
        {
            release(first, length);
        }
        else
        {
            park(first, length);
        }
    }

    /**
     * Resizes an allocated run where it is; returns whether it has that length now, and if not nothing has changed.
     * There may be fewer units than are wanted.
     */
    boolean resize(final int first, final int oldUnits, final long newUnits)
    {
        if (newUnits > oldUnits)
        {
            return newUnits <= units - first && (extend(first, oldUnits, (int)newUnits) ||
                isParkedAtRight(first + oldUnits) && joinParked() && extend(first, oldUnits, (int)newUnits));
        }
        if (newUnits < oldUnits)
        {
            cutTail(first, oldUnits, (int)newUnits);
        }
        return true;
    }

    private void park(final int first, final int length)
    {
        final int other = parked.inTheWayOf(length);
        if (0 != other)
        {
            release(parked.take(other), other);
        }
        map.setParked(first);
        parked.put(first, length);
    }

    /** Whether the memory from a unit on is free so far that a parked run is what ends it. */
    private boolean isParkedAtRight(final int right)
    {
        final int end = right < top && map.isFreeBorder(right) ? right + map.length(right) : right;
        return end < top && map.isParked(end);
    }

    /** Takes a part of a free run; what is before and after it stays free. */
    private int takePart(final int run, final int pad, final int wanted)
    {
        final int length = map.length(run);
        bins.remove(run, length);
        if (0 != pad)
        {
            insertFree(run, pad);
        }
        final int first = run + pad;
        leaveFree(first + wanted, length - pad - wanted);
        return taken(first, wanted);
    }

    /** Makes free what is left of a free run whose start was taken, or clears the tag that its last unit had. */
    private void leaveFree(final int first, final int length)
    {
        if (0 == length)
        {
            map.setInner(first - 1);
        }
        else
        {
            insertFree(first, length);
        }
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

    private int takeTopAligned(final int wanted, final long alignedUnits)
    {
        final int first = top;
        final long pad = fit.padding(first, alignedUnits);
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

    private boolean extend(final int first, final int oldUnits, final int newUnits)
    {
        final int right = first + oldUnits;
        if (right == top)
        {
            raiseTop(first + newUnits);
        }
        else
        {
            final int length = map.isFreeBorder(right) ? map.length(right) : 0;
            if (length < newUnits - oldUnits)
            {
                return false;
            }
            bins.remove(right, length);
            map.setInner(right);
            leaveFree(first + newUnits, length - (newUnits - oldUnits));
        }
        takenUnits += newUnits - oldUnits;
        map.setTaken(first, newUnits);
        return true;
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
}
