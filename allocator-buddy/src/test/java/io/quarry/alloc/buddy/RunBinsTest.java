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
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RunBinsTest
{
    @Test
    void shouldOrderLengthsByBin()
    {
        int bin = -1;
        int least = 0;
        for (int units = 1; units < 1 << 22; units++)
        {
            final int next = RunBins.binOf(units);
            assertTrue(next == bin || next == bin + 1, () -> "bins leave a gap");
            if (next != bin)
            {
                bin = next;
                least = units;
            }
            assertTrue(units - least <= least / 4, "a bin is wider than a quarter of its least length");
            final int fitBin = RunBins.fitBinOf(units);
            assertTrue(fitBin == bin && units == least || fitBin == bin + 1 && units > 64, "units=" + units);
        }
        assertEquals(63, RunBins.binOf(64));
        assertEquals(64, RunBins.binOf(65));
    }

    @Test
    void shouldHaveBinsForTheLongestRun()
    {
        assertEquals(64 + 4 * 21 - 1, RunBins.binOf(RunMap.MAX_UNITS));
        assertEquals(64 + 4 * 21, RunBins.fitBinOf(RunMap.MAX_UNITS));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 65, 4096, 4097, 262_145, 300_000})
    void shouldFindTheLowestAndTheNextOfABin(final int units)
    {
        final long seed = System.nanoTime();
        System.out.println("RunBinsTest units=" + units + " seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final RunMap map = new RunMap(units);
        final RunBins bins = new RunBins(map);
        final int length = Math.min(units, 70);
        final int bin = RunBins.binOf(length);
        final TreeSet<Integer> firsts = new TreeSet<>();
        for (int i = 0; i < 2_000; i++)
        {
            final int first = random.nextInt(1 + (units - length) / 71) * 71;
            if (firsts.add(first))
            {
                map.setFree(first, length);
                bins.insert(first, length);
            }
            else
            {
                firsts.remove(first);
                bins.remove(first, length);
                map.setInner(first);
            }
            checkOrder(bins, bin, firsts, i % 100 == 0);
        }
    }

    private static void checkOrder(
        final RunBins bins, final int bin, final TreeSet<Integer> firsts, final boolean isWhole)
    {
        assertEquals(firsts.isEmpty() ? RunBins.NONE : bin, bins.nextUsed(0));
        assertEquals(firsts.isEmpty() ? RunBins.NONE : bin, bins.lastUsed());
        if (!firsts.isEmpty())
        {
            int first = bins.lowest(bin);
            assertEquals(firsts.first(), first);
            if (isWhole)
            {
                for (final int wanted : firsts)
                {
                    assertEquals(wanted, first);
                    first = bins.nextAbove(bin, first);
                }
                assertEquals(RunBins.NONE, first);
            }
        }
    }
}
