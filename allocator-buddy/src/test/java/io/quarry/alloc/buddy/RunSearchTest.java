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

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RunSearchTest
{
    private static final long SEED = 20_261_122L;

    @Test
    void shouldFindStartsAndLongestInEveryHalfOfAShortInEveryPlace()
    {
        for (int bits = 0; bits < 1 << 16; bits++)
        {
            for (int shift = 0; shift < 64; shift += 12)
            {
                checkLongest((long)bits << shift);
                checkLongest(~((long)bits << shift));
            }
        }
    }

    @Test
    void shouldFindStartsOfEveryLengthInEveryPairOfRuns()
    {
        for (int from = 0; from < 64; from++)
        {
            for (int count = 1; count <= 64 - from; count++)
            {
                final long run = RunSearch.mask(from, count);
                checkAllLengths(run);
                checkLongest(~run);
                for (int other = from + count + 1; other < 64; other += 3)
                {
                    checkAllLengths(run | RunSearch.mask(other, 64 - other));
                }
            }
        }
    }

    @Test
    void shouldFindStartsAndLongestInRandomWords()
    {
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 20_000; i++)
        {
            long word = random.nextLong();
            for (int thinned = i & 3; thinned > 0; thinned--)
            {
                word = (i & 4) == 0 ? word | random.nextLong() : word & random.nextLong();
            }
            checkAllLengths(word);
        }
    }

    @Test
    void shouldMaskEveryRun()
    {
        for (int from = 0; from < 64; from++)
        {
            for (int count = 1; count <= 64 - from; count++)
            {
                long wanted = 0;
                for (int bit = from; bit < from + count; bit++)
                {
                    wanted |= 1L << bit;
                }
                assertEquals(wanted, RunSearch.mask(from, count), "from=" + from + " count=" + count);
            }
        }
    }

    @Test
    void shouldMarkEveryDistanceAndRemainder()
    {
        for (int distance = 1; distance <= 64; distance <<= 1)
        {
            for (int remainder = 0; remainder < distance; remainder++)
            {
                long wanted = 0;
                for (int bit = 0; bit < 64; bit++)
                {
                    wanted |= bit % distance == remainder ? 1L << bit : 0;
                }
                assertEquals(
                    wanted, RunSearch.every(distance, remainder), "distance=" + distance + " remainder=" + remainder);
            }
        }
    }

    private static void checkAllLengths(final long word)
    {
        final int longest = checkLongest(word);
        for (int length = 1; length <= 64; length++)
        {
            final long starts = RunSearch.starts(word, length);
            assertEquals(longest >= length, starts != 0, () -> Long.toHexString(word));
            long wanted = 0;
            for (int bit = 0, run = 0; bit < 64; bit++)
            {
                run = 0 == (word >>> bit & 1) ? 0 : run + 1;
                wanted |= run >= length ? 1L << bit - length + 1 : 0;
            }
            assertEquals(wanted, starts, () -> Long.toHexString(word));
        }
    }

    private static int checkLongest(final long word)
    {
        int longest = 0;
        for (int bit = 0, run = 0; bit < 64; bit++)
        {
            run = 0 == (word >>> bit & 1) ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        assertEquals(longest, RunSearch.longest(word), () -> Long.toHexString(word));
        return longest;
    }
}
