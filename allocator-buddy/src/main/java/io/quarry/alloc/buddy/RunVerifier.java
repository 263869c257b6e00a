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
 * Checks every invariant of a {@link RunMap}, its {@link RunBins} and {@link ParkedRuns}: one check, one message for
 * each. Reads everything; for tests and diagnosis.
 */
final class RunVerifier
{
    private final RunMap map;
    private final RunBins bins;
    private final ParkedRuns parked;
    private int parkedUnits;
    private int takenUnits;
    private int takenRuns;

    /**
     * Makes a verifier.
     *
     * @param map    to be checked.
     * @param bins   of the free runs in it.
     * @param parked the free runs that are kept apart.
     */
    RunVerifier(final RunMap map, final RunBins bins, final ParkedRuns parked)
    {
        this.parked = parked;
        this.map = map;
        this.bins = bins;
    }

    /**
     * Checks everything.
     *
     * @param top        first unit above every run.
     * @param highWater  the highest {@code top} there ever was.
     * @param takenUnits sum of the allocated runs' lengths, as counted by the allocator.
     * @param takenRuns  their number, as counted by the allocator.
     * @throws IllegalStateException at the first invariant that doesn't hold.
     */
    void verify(final int top, final int highWater, final int takenUnits, final int takenRuns)
    {
        require(top <= highWater && highWater <= map.units(), "highWater not in top..units", highWater);
        checkRuns(top);
        checkUnitsAbove(top);
        require(takenUnits == this.takenUnits, "takenUnits isn't the sum of the allocated runs", takenUnits);
        require(takenRuns == this.takenRuns, "takenRuns isn't the number of allocated runs", takenRuns);
        require(parkedUnits == parked.units(), "parked units aren't the sum of the parked runs", parked.units());
        for (int bin = 0; bin < bins.binCount(); bin++)
        {
            checkBin(bin);
        }
    }

    private void checkRuns(final int top)
    {
        takenUnits = 0;
        takenRuns = 0;
        parkedUnits = 0;
        boolean freeBefore = false;
        int unit = 0;
        while (unit < top)
        {
            require(!map.isInner(unit), "no run begins where one must", unit);
            final boolean free = map.isFreeBorder(unit);
            final int length = map.length(unit);
            require(length >= 1 && length <= top - unit, "run doesn't end in 1..top", unit);
            require(!free || !freeBefore, "two free runs are neighbours", unit);
            if (free)
            {
                checkFreeRun(unit, length);
            }
            else
            {
                checkOther(unit, length);
            }
            checkInside(unit, free ? length - 1 : length);
            freeBefore = free;
            unit += length;
        }
        require(!freeBefore, "free run touches top", top);
    }

    private void checkOther(final int first, final int length)
    {
        require(!startsAt(first), "start bit set at a run that is in no bin", first);
        if (map.isParked(first))
        {
            parkedUnits += length;
            require(parked.contains(first, length), "parked run isn't in its place", first);
        }
        else
        {
            takenUnits += length;
            takenRuns++;
        }
    }

    private void checkFreeRun(final int first, final int length)
    {
        final int last = first + length - 1;
        require(map.isFreeBorder(last) && length == map.lengthToLast(last), "free run's ends disagree", first);
        require(startsAt(first), "start bit missing at a free run", first);
        final int word = first >>> 6;
        final int bin = RunBins.binOf(length);
        require(0 != (bins.word(bin, 0, word >>> 6) & 1L << word), "bin bit missing for a free run", first);
        if (1 != length)
        {
            require(!startsAt(last), "start bit set inside a run", last);
        }
    }

    private void checkInside(final int first, final int length)
    {
        for (int unit = first + 1; unit < first + length; unit++)
        {
            require(map.isInner(unit), "tag set inside a run", unit);
            require(!startsAt(unit), "start bit set inside a run", unit);
        }
    }

    private void checkUnitsAbove(final int top)
    {
        for (int unit = top; unit < map.units(); unit++)
        {
            require(map.isInner(unit), "tag set above top", unit);
            require(!startsAt(unit), "start bit set above top", unit);
        }
    }

    private void checkBin(final int bin)
    {
        final int words = map.units() + 63 >>> 6;
        for (int word = 0; word < bins.levelWords(0) << 6; word++)
        {
            if (0 != (bins.word(bin, 0, word >>> 6) & 1L << word))
            {
                require(word < words && hasRun(bin, word), "bin bit set without a run", word);
            }
        }
        for (int level = 1; level < bins.levels(); level++)
        {
            checkSummary(bin, level);
        }
        final boolean any = 0 != bins.word(bin, bins.levels() - 1, 0);
        require(any == bins.isUsed(bin), "mask of bins disagrees with the bin", bin);
    }

    private void checkSummary(final int bin, final int level)
    {
        final int below = bins.levelWords(level - 1);
        for (int index = 0; index < bins.levelWords(level) << 6; index++)
        {
            final boolean any = index < below && 0 != bins.word(bin, level - 1, index);
            final boolean said = 0 != (bins.word(bin, level, index >>> 6) & 1L << index);
            require(any == said, "summary disagrees with the word below", index);
        }
    }

    private boolean hasRun(final int bin, final int word)
    {
        for (long rest = bins.startsIn(word); 0 != rest; rest &= rest - 1)
        {
            if (bin == RunBins.binOf(map.length(word << 6 | Long.numberOfTrailingZeros(rest))))
            {
                return true;
            }
        }
        return false;
    }

    private boolean startsAt(final int unit)
    {
        return 0 != (bins.startsIn(unit >>> 6) & 1L << unit);
    }

    private static void require(final boolean holds, final String broken, final int place)
    {
        if (!holds)
        {
            throw new IllegalStateException(broken + ": at " + place);
        }
    }
}
