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

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.reflect.Field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Breaks one invariant at a time, on purpose, and sees it named.
 * <pre>
 *   0      10     20  21       121  122    130     132                 20,000
 *   +------+------+---+--------+----+------+-------+-------------------+
 *   | taken| free |tkn| free   |tkn | free | taken | above top         |
 *   +------+------+---+--------+----+------+-------+-------------------+
 * </pre>
 */
class RunVerifierTest
{
    private static final int UNITS = 20_000;
    private static final int TAKEN = 1 << 14;
    private static final int FREE = 2 << 14;

    private final RunSpace space = new RunSpace(UNITS, 0);
    private final char[] cells = (char[])valueOf("cells", valueOf("map", space));
    private final Object bins = valueOf("bins", space);
    private final long[] starts = (long[])valueOf("starts", bins);
    private final long[] bits = (long[])valueOf("bits", bins);
    private final long[] usedBins = (long[])valueOf("usedBins", bins);
    private final int binWords = (int)valueOf("binWords", bins);

    @BeforeEach
    void makeRuns()
    {
        final int[] lengths = {10, 10, 1, 100, 1, 8, 2};
        final int[] firsts = new int[lengths.length];
        for (int i = 0; i < lengths.length; i++)
        {
            firsts[i] = space.take(lengths[i]);
        }
        for (int i = 1; i < lengths.length; i += 2)
        {
            space.free(firsts[i]);
        }
        assertTrue(space.joinParked());
        space.verify();
        assertEquals(132, space.top());
    }

    @Test
    void shouldSeeAHighWaterBelowTheTop()
    {
        set("highWater", 131);
        assertBroken("highWater not in top..units");
    }

    @Test
    void shouldSeeAHighWaterAboveTheUnits()
    {
        set("highWater", UNITS + 1);
        assertBroken("highWater not in top..units");
    }

    @Test
    void shouldSeeAGapBetweenRuns()
    {
        cells[20] = 0;
        assertBroken("no run begins where one must: at 20");
    }

    @Test
    void shouldSeeARunThatIsTooLong()
    {
        cells[130] = TAKEN | 3;
        assertBroken("run doesn't end in 1..top: at 130");
    }

    @Test
    void shouldSeeARunWithoutLength()
    {
        cells[130] = TAKEN;
        assertBroken("run doesn't end in 1..top: at 130");
    }

    @Test
    void shouldSeeFreeNeighbours()
    {
        cells[20] = FREE | 1;
        assertBroken("two free runs are neighbours: at 20");
    }

    @Test
    void shouldSeeEndsThatDisagree()
    {
        cells[19] = FREE | 9;
        assertBroken("free run's ends disagree: at 10");
    }

    @Test
    void shouldSeeALastUnitWithoutTag()
    {
        cells[120] = 100;
        assertBroken("free run's ends disagree: at 21");
    }

    @Test
    void shouldSeeAMissingStartBit()
    {
        starts[0] &= ~(1L << 10);
        assertBroken("start bit missing at a free run: at 10");
    }

    @Test
    void shouldSeeAStartBitAtAnAllocatedRun()
    {
        starts[0] |= 1L;
        assertBroken("start bit set at a run that is in no bin: at 0");
    }

    @Test
    void shouldSeeAStartBitInsideARun()
    {
        starts[0] |= 1L << 5;
        assertBroken("start bit set inside a run: at 5");
    }

    @Test
    void shouldSeeAStartBitAtTheLastUnitOfAFreeRun()
    {
        starts[0] |= 1L << 19;
        assertBroken("start bit set inside a run: at 19");
    }

    @Test
    void shouldSeeAStartBitAboveTheTop()
    {
        starts[100] |= 1L;
        assertBroken("start bit set above top: at 6400");
    }

    @Test
    void shouldSeeATagInsideAnAllocatedRun()
    {
        cells[5] = TAKEN | 1;
        assertBroken("tag set inside a run: at 5");
    }

    @Test
    void shouldSeeATagInsideAFreeRun()
    {
        cells[70] = FREE | 1;
        assertBroken("tag set inside a run: at 70");
    }

    @Test
    void shouldSeeATagAboveTheTop()
    {
        cells[132] = TAKEN | 1;
        assertBroken("tag set above top: at 132");
    }

    @Test
    void shouldSeeAFreeRunAtTheTop()
    {
        cells[130] = 0;
        cells[131] = 0;
        set("top", 130);
        assertBroken("free run touches top: at 130");
    }

    @Test
    void shouldSeeAMissingBinBit()
    {
        bits[RunBins.binOf(10) * binWords] = 0;
        assertBroken("bin bit missing for a free run: at 10");
    }

    @Test
    void shouldSeeABinBitWithoutARun()
    {
        bits[RunBins.binOf(10) * binWords] |= 1L << 2;
        assertBroken("bin bit set without a run: at 2");
    }

    @Test
    void shouldSeeABinBitBeyondTheUnits()
    {
        bits[RunBins.binOf(10) * binWords + 4] |= 1L << 63;
        assertBroken("bin bit set without a run: at 319");
    }

    @Test
    void shouldSeeASummaryThatDisagrees()
    {
        bits[RunBins.binOf(10) * binWords + 5] |= 1L << 1;
        assertBroken("summary disagrees with the word below: at 1");
    }

    @Test
    void shouldSeeAMissingSummary()
    {
        bits[RunBins.binOf(10) * binWords + 5] = 0;
        assertBroken("summary disagrees with the word below: at 0");
    }

    @Test
    void shouldSeeAMaskThatDisagrees()
    {
        usedBins[0] ^= 1L << 30;
        assertBroken("mask of bins disagrees with the bin: at 30");
    }

    @Test
    void shouldSeeAMaskThatMissesABin()
    {
        usedBins[0] ^= 1L << RunBins.binOf(10);
        assertBroken("mask of bins disagrees with the bin: at 9");
    }

    @Test
    void shouldSeeAParkedRunThatIsNotInItsPlace()
    {
        cells[20] |= FREE;
        assertBroken("parked run isn't in its place: at 20");
    }

    @Test
    void shouldSeeAPlaceWithoutAParkedRun()
    {
        final int first = space.take(10);
        space.free(first);
        cells[first] = TAKEN | 10;
        set("takenUnits", 24);
        set("takenRuns", 5);
        assertBroken("parked units aren't the sum of the parked runs: at 10");
    }

    @Test
    void shouldSeeCountersThatDisagree()
    {
        set("takenUnits", 15);
        assertBroken("takenUnits isn't the sum of the allocated runs");
        set("takenUnits", 14);
        space.verify();
        set("takenRuns", 3);
        assertBroken("takenRuns isn't the number of allocated runs");
    }

    private void assertBroken(final String message)
    {
        final String got = assertThrows(IllegalStateException.class, space::verify).getMessage();
        assertTrue(got.startsWith(message), got);
    }

    private void set(final String field, final int value)
    {
        try
        {
            fieldOf(field, space).setInt(space, value);
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static Object valueOf(final String field, final Object of)
    {
        try
        {
            return fieldOf(field, of).get(of);
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static Field fieldOf(final String name, final Object of) throws NoSuchFieldException
    {
        final Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
