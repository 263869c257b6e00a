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

import io.quarry.alloc.WordVisits;

/**
 * Which free run a request gets. Only looks; {@link RunSpace} then cuts the run.
 */
final class RunFit
{
    /**
     * Runs that are looked at in a bin of which only some may fit.
     */
    static final int PEEKS = 8;

    /**
     * Runs that are looked at for an aligned place before those that are certain to have one.
     */
    static final int ALIGNED_PEEKS = 16;

    private static final int NONE = RunBins.NONE;

    private final RunMap map;
    private final RunBins bins;
    private final long originUnits;

    /**
     * Makes the choice among some runs.
     *
     * @param map         of the runs.
     * @param bins        of the free ones.
     * @param originUnits units from address 0 to unit 0.
     */
    RunFit(final RunMap map, final RunBins bins, final long originUnits)
    {
        this.map = map;
        this.bins = bins;
        this.originUnits = originUnits;
    }

    /**
     * Finds the run for a request: in the request's own bin the lowest that fits, of {@link #PEEKS} runs at most; else
     * in the next bin that has any run the lowest one.
     *
     * @param units that are wanted, from 1.
     * @return the run's first unit, or {@link #NONE}.
     */
    int find(final int units)
    {
        final int fitBin = RunBins.fitBinOf(units);
        if (units > RunBins.EXACT_BINS && fitBin != RunBins.binOf(units))
        {
            final int first = peek(fitBin - 1, units);
            if (NONE != first)
            {
                return first;
            }
        }
        final int bin = bins.nextUsed(fitBin);
        return NONE == bin ? NONE : bins.lowest(bin);
    }

    /**
     * Finds a run that holds an aligned place: of {@link #ALIGNED_PEEKS} runs from the request's own bin on, the first
     * that happens to; else one so long that it must.
     *
     * @param wanted       units, from 1.
     * @param alignedUnits a power of two.
     * @return the run's first unit, or {@link RunBins#NONE}.
     */
    int findAligned(final int wanted, final long alignedUnits)
    {
        final int first = peekAligned(wanted, alignedUnits);
        final long certain = wanted + alignedUnits - 1;
        return NONE == first && certain <= map.units() ? find((int)certain) : first;
    }

    /**
     * Finds the longest of the first {@link #PEEKS} runs of the last bin: exact to 64 units, above to a quarter.
     *
     * @param least units that it must have.
     * @return the run's first unit, or {@link RunBins#NONE}.
     */
    int longest(final int least)
    {
        final int bin = bins.lastUsed();
        if (bin < RunBins.binOf(least))
        {
            return NONE;
        }
        int first = bins.lowest(bin);
        int best = NONE;
        int bestLength = least - 1;
        for (int i = 0; NONE != first && i < PEEKS; i++)
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

    /**
     * How far it is from a unit to the next aligned one.
     *
     * @param first        unit.
     * @param alignedUnits a power of two.
     * @return units, 0 if the unit is aligned.
     */
    long padding(final int first, final long alignedUnits)
    {
        return -(originUnits + first) & (alignedUnits - 1);
    }

    /**
     * The longest free run of all, at a cost that grows with the number of free runs.
     *
     * @return units, 0 if there is none.
     */
    int longestOfAll()
    {
        int longest = 0;
        final int bin = bins.lastUsed();
        for (int first = NONE == bin ? NONE : bins.lowest(bin); NONE != first; first = bins.nextAbove(bin, first))
        {
            longest = Math.max(longest, map.length(first));
        }
        return longest;
    }

    /**
     * Whether a free run holds a unit, at a cost that grows with the region.
     *
     * @param unit index.
     * @return true if so.
     */
    boolean isInFreeRun(final int unit)
    {
        long mask = -1L >>> (63 - (unit & 63));
        for (int word = unit >>> 6; word >= 0; word--)
        {
            final long candidates = bins.startsIn(word) & mask;
            if (0 != candidates)
            {
                final int first = word << 6 | 63 - Long.numberOfLeadingZeros(candidates);
                return unit < first + map.length(first);
            }
            mask = -1L;
        }
        return false;
    }

    /**
     * How many words a choice visits at most, see {@link RunAllocator#maxWordVisits}.
     *
     * @return the bound.
     */
    int maxWordVisits()
    {
        final int levels = bins.levels();
        final int mask = bins.usedBinWords();
        final int find = 4 + levels + (PEEKS - 1) * (2 * levels + 3) + mask + levels + 34;
        return find + ALIGNED_PEEKS * (2 * levels + mask + 36) + mask;
    }

    private int peek(final int bin, final int units)
    {
        WordVisits.count();
        if (!bins.isUsed(bin))
        {
            return NONE;
        }
        int first = bins.lowest(bin);
        for (int i = 1; NONE != first && map.length(first) < units; i++)
        {
            first = i < PEEKS ? bins.nextAbove(bin, first) : NONE;
        }
        return first;
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
}
