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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs that begin and end anywhere, over the borders of words of every level. */
class RunClaimTest
{
    private static final int RESERVE = 2 * 4096;
    private static final int UNITS = RESERVE + 100;

    private final ConcurrentWords words = new ConcurrentWords(UNITS);
    private final int[] extents = new int[UNITS];

    @Test
    void shouldTakeAllOfARunAndNothingElse()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3000; i++)
        {
            final int from = random.nextInt(UNITS);
            final int to = Math.min(UNITS, from + 1 + random.nextInt(0 == i % 3 ? UNITS : 200));
            assertTrue(RunClaim.claim(words, from, to), "seed=" + seed);
            checkFreeBut(from, to, seed);
            extents[from] = to - from;
            ConcurrentBuddyVerifier.verify(words, extents);
            extents[from] = 0;
            words.release(from, to);
            ConcurrentBuddyVerifier.verify(words, extents);
        }
    }

    @Test
    void shouldTakeNothingIfAUnitIsNotFree()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3000; i++)
        {
            final int from = random.nextInt(UNITS - 1);
            final int to = Math.min(UNITS, from + 1 + random.nextInt(5000));
            final int taken = from + random.nextInt(to - from);
            assertTrue(RunClaim.claim(words, taken, taken + 1), "seed=" + seed);
            assertFalse(RunClaim.claim(words, from, to), "seed=" + seed);
            checkFreeBut(taken, taken + 1, seed);
            words.release(taken, taken + 1);
        }
        assertFalse(words.transit.isAny());
    }

    @Test
    void shouldTakeNothingBehindTheEnd()
    {
        assertFalse(RunClaim.claim(words, UNITS - 1, UNITS + 1));
        checkFreeBut(0, 0, 0);
        assertTrue(RunClaim.claim(words, UNITS - 1, UNITS));
    }

    @Test
    void shouldOpenTheReserveOnlyForARunThatReachesIt()
    {
        assertTrue(RunClaim.claim(words, RESERVE - 10, RESERVE));
        assertEquals(RESERVE, words.open());
        assertTrue(RunClaim.claim(words, RESERVE, RESERVE + 1));
        assertEquals(UNITS, words.open());
        checkFreeBut(RESERVE - 10, RESERVE + 1, 0);
    }

    private void checkFreeBut(final int from, final int to, final long seed)
    {
        for (int word = 0; word <= UNITS - 1 >>> 6; word++)
        {
            long expected = 0;
            for (int unit = word << 6; unit < Math.min(UNITS, (word + 1) << 6); unit++)
            {
                expected |= unit < from || unit >= to ? 1L << unit : 0;
            }
            assertEquals(expected, words.freeUnits(word),
                "word=" + word + " from=" + from + " to=" + to + " seed=" + seed);
        }
    }
}
