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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Which free run a request gets, to the last unit.
 */
class RunFitTest
{
    private static final int UNITS = 20_000;
    private static final int ALIGNED = 64;

    private final RunMap map = new RunMap(UNITS);
    private final RunBins bins = new RunBins(map);
    private final RunFit fit = new RunFit(map, bins, 0);

    @Test
    void shouldLookAtEightRunsOfTheOwnBin()
    {
        free(80, 8);
        final int longer = 8 * 100;
        insert(longer, 95);
        final int nextBin = 9 * 100;
        insert(nextBin, 96);

        assertEquals(nextBin, fit.find(90), "the ninth isn't looked at");
        remove(0, 80);
        assertEquals(longer, fit.find(90), "the eighth is");
        assertEquals(longer, fit.find(95));
    }

    @Test
    void shouldFindLengthsToTheUnitUpToSixtyFour()
    {
        insert(0, 65);
        insert(100, 64);
        insert(200, 63);

        assertEquals(200, fit.find(63));
        assertEquals(100, fit.find(64));
        assertEquals(0, fit.find(65));
        assertEquals(RunBins.NONE, fit.find(66));
    }

    @Test
    void shouldTakeLuckyPlaceThatFitsExactly()
    {
        insert(ALIGNED - 3, 3 + 5);     // the aligned place is its fourth unit, and 5 are left from there

        assertEquals(ALIGNED - 3, fit.findAligned(5, ALIGNED));
        assertEquals(RunBins.NONE, fit.findAligned(6, ALIGNED));
        assertEquals(3, fit.padding(ALIGNED - 3, ALIGNED));
        assertEquals(0, fit.padding(ALIGNED, ALIGNED));
    }

    @Test
    void shouldLookForLuckyPlaceInTheNextBinsAsWell()
    {
        insert(1, 10);
        insert(ALIGNED + 1, 11);
        insert(2 * ALIGNED, 12);

        assertEquals(2 * ALIGNED, fit.findAligned(10, ALIGNED));
    }

    @Test
    void shouldLookAtSixteenRunsForLuckyPlace()
    {
        for (int i = 0; i < RunFit.ALIGNED_PEEKS; i++)
        {
            insert(i * ALIGNED + 1, 10);
        }
        final int lucky = RunFit.ALIGNED_PEEKS * ALIGNED;
        insert(lucky, 10);
        final int certain = lucky + ALIGNED + 1;
        assertEquals(RunBins.NONE, fit.findAligned(10, ALIGNED), "the seventeenth isn't looked at");

        insert(certain, 10 + ALIGNED - 1);
        assertEquals(certain, fit.findAligned(10, ALIGNED));
        remove(certain, 10 + ALIGNED - 1);
        insert(certain, 10 + ALIGNED - 2);
        assertEquals(RunBins.NONE, fit.findAligned(10, ALIGNED), "one unit too short to be certain");

        remove(1, 10);
        assertEquals(lucky, fit.findAligned(10, ALIGNED), "the sixteenth is looked at");
    }

    @Test
    void shouldFindNothingForAlignmentBeyondTheRegion()
    {
        insert(1, UNITS - 1);

        assertEquals(RunBins.NONE, fit.findAligned(1, 1L << 40));
    }

    @Test
    void shouldGiveTheLowestOfTheLongest()
    {
        insert(0, 3);
        insert(100, 40);
        insert(200, 40);

        assertEquals(100, fit.longest(40));
        assertEquals(100, fit.longest(1));
        assertEquals(RunBins.NONE, fit.longest(41));
        assertEquals(40, fit.longestOfAll());
    }

    @Test
    void shouldLookAtEightRunsForTheLongest()
    {
        free(80, 8);
        insert(800, 95);

        assertEquals(0, fit.longest(1), "the ninth isn't looked at");
        assertEquals(95, fit.longestOfAll());
        remove(0, 80);
        assertEquals(800, fit.longest(1), "the eighth is");
    }

    @Test
    void shouldKnowWhatLiesInFreeRuns()
    {
        insert(10, 300);

        assertFalse(fit.isInFreeRun(9));
        assertTrue(fit.isInFreeRun(10));
        assertTrue(fit.isInFreeRun(63));
        assertTrue(fit.isInFreeRun(64));
        assertTrue(fit.isInFreeRun(309));
        assertFalse(fit.isInFreeRun(310));
        insert(400, 1);
        assertFalse(fit.isInFreeRun(399));
        assertTrue(fit.isInFreeRun(400));
        assertFalse(fit.isInFreeRun(401));
    }

    /** By hand from the sum in {@link RunAllocator#maxWordVisits}. */
    @ParameterizedTest
    @CsvSource({"64, 1, 1", "4096, 1, 2", "4097, 2, 2", "262144, 2, 2", "262145, 3, 2", "16777216, 3, 3"})
    void shouldStateTheBoundThatIsDocumented(final int units, final int levels, final int maskWords)
    {
        final int takeOut = 34 + levels;
        final int putIn = 2 + levels;
        final int find = 1 + levels + 3 + 7 * (2 * levels + 3) + maskWords + levels + 34;
        final int aligned = 16 * (2 * levels + maskWords + 36) + maskWords;
        final int join = 2 * takeOut + putIn + 7 * 2;
        final int parked = 16;
        final RunBins bins = new RunBins(new RunMap(units));

        assertEquals(levels, bins.levels());
        assertEquals(maskWords, bins.usedBinWords());
        assertEquals(
            2 * (find + aligned) + (parked + 1) * (join + 3) + takeOut + 2 * putIn + 16 * 2,
            new RunSpace(units, 0).maxWordVisits());
    }

    /** Free runs of one length from unit 0 on, 100 apart. */
    private void free(final int length, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            insert(100 * i, length);
        }
    }

    private void insert(final int first, final int length)
    {
        map.setFree(first, length);
        bins.insert(first, length);
    }

    private void remove(final int first, final int length)
    {
        bins.remove(first, length);
        map.setInner(first);
        map.setInner(first + length - 1);
    }
}
