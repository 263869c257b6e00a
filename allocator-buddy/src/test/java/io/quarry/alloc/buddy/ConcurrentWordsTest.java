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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The words by themselves: threads that stand still amid a call, at each hand-over, and the cost of a typical call.
 */
@Timeout(60)
class ConcurrentWordsTest
{
    private static final int UNITS = 3 * 4096 + 200;

    private final ConcurrentWords words = new ConcurrentWords(UNITS);
    private final int[] extents = new int[UNITS];

    private void verify()
    {
        ConcurrentBuddyVerifier.verify(words, extents);
    }

    @Test
    void shouldKeepTheReserveForLast()
    {
        assertEquals(3 * 4096, words.open());
        assertEquals(0, words.take(64));
        assertTrue(words.isFree(3 * 4096, UNITS));
        assertEquals(4096, words.take(2 * 4096));
        for (int i = 64; i < 4096; i++)
        {
            assertTrue(words.take(1) < 4096);
        }
        assertEquals(3 * 4096, words.open());
        assertTrue(words.take(1) >= 3 * 4096);
        assertEquals(UNITS, words.open());
        words.release(0, 3 * 4096);
        for (int unit = 3 * 4096; unit < UNITS; unit++)
        {
            if (!words.isFree(unit, unit + 1))
            {
                words.release(unit, unit + 1);
            }
        }
        verify();
        assertEquals(0, words.take(UNITS));
        words.release(0, UNITS);
    }

    @Test
    void shouldCoalesceOnlyWhenTheNextSizeIsWanted()
    {
        for (int i = 0; i < 64; i++)
        {
            assertEquals(i, words.take(1));
        }
        for (int i = 0; i < 64; i++)
        {
            words.release(i, i + 1);
        }
        assertEquals(-1, words.levels[0].words[0]);
        assertFalse(AtomicBits.isSet(words.levels[1].words, 0));
        verify();
        words.coalesce();
        assertEquals(0, words.levels[0].words[0]);
        assertTrue(AtomicBits.isSet(words.levels[2].words, 0), "and with it all 64 of the next level");
        verify();
        assertEquals(0, words.take(UNITS));
    }

    @Test
    void shouldCoalesceThroughAllLevelsForOneRequest()
    {
        for (int i = 0; i < UNITS; i++)
        {
            assertEquals(1, Integer.signum(1 + words.take(1)));
        }
        assertEquals(-1, words.take(1));
        for (int i = UNITS - 1; i >= 0; i--)
        {
            words.release(i, i + 1);
        }
        verify();
        assertEquals(0, words.take(2 * 4096 + 1));
        words.release(0, 2 * 4096 + 1);
        verify();
    }

    /** A thread has taken a slot of 64 units, wants one of them, and stands still before it gives the others back. */
    @Test
    void shouldServeOthersWhileAThreadStandsStillWithASlot() throws InterruptedException
    {
        words.transit.enter();
        final int slot = words.levels[2].take(1, -1, null, 0);
        assertEquals(0, slot);
        for (int i = 0; i < 1_000; i++)
        {
            final int unit = words.take(1 + i % 70);
            assertTrue(unit >= 4096, "unit=" + unit);
            words.release(unit, unit + 1 + i % 70);
        }
        assertFailsSoon(UNITS);
        assertFailsSoon(2 * 4096 + 201);
        assertEquals(4096, words.take(2 * 4096 + 200), "all that is not in its hand");
        assertFailsSoon(1);
        words.release(1, 4096);
        words.transit.exit();
        assertEquals(4095, takeAll());
        words.release(0, UNITS);
        verify();
    }

    private int takeAll()
    {
        int taken = 0;
        while (words.take(1) >= 0)
        {
            taken++;
        }
        return taken;
    }

    /** A thread that is making a word a slot of the level above has it in hand. */
    @Test
    void shouldFindAWordThatIsBeingMadeASlot() throws InterruptedException
    {
        assertEquals(0, words.take(UNITS));
        words.release(1, 64);
        words.release(0, 1);
        words.transit.enter();
        assertTrue(words.levels[0].takeWhole(0));
        final AtomicInteger found = new AtomicInteger(-2);
        final Thread seeker = new Thread(() -> found.set(words.take(1)));
        seeker.start();
        while (0 == seekersOf(words.transit) && -2 == found.get())
        {
            Thread.onSpinWait();
        }
        words.levels[1].add(0, 1);
        words.transit.noteReturn();
        words.transit.exit();
        seeker.join();
        assertEquals(0, found.get());
    }

    private static int seekersOf(final Transit transit)
    {
        final int before = transit.returns();
        transit.noteReturn();
        return transit.returns() - before;
    }

    /** A claim stands still after its first word: the units are nobody's, and are back when it gives up. */
    @Test
    void shouldNotGiveOthersWhatAClaimHas() throws InterruptedException
    {
        assertEquals(0, words.take(UNITS));
        words.release(60, 70);
        words.transit.enter();
        assertEquals(60, words.levels[0].takeIn(0, 4, -1));
        assertFalse(RunClaim.claim(words, 60, 70));
        assertTrue(RunClaim.claim(words, 64, 70));
        words.release(64, 70);
        assertFailsSoon(10);
        words.release(60, 64);
        words.transit.exit();
        assertEquals(60, words.take(10));
        assertFailsSoon(1);
        words.release(0, UNITS);
        verify();
    }

    @Test
    void shouldGiveBackWhatItClaimedWhenAUnitIsTaken()
    {
        assertEquals(0, words.take(UNITS));
        words.release(10, 64);
        words.release(64, 64 + 4096);
        words.release(64 + 4096, 5_000);
        assertFalse(RunClaim.claim(words, 10, 5_001));
        assertTrue(words.isFree(10, 5_000));
        assertTrue(RunClaim.claim(words, 33, 4_999));
        assertTrue(words.isFree(10, 33));
        assertTrue(words.isFree(4_999, 5_000));
        assertFalse(words.isFree(33, 34));
        words.release(0, 10);
        words.release(33, 4_999);
        words.release(5_000, UNITS);
        verify();
        assertEquals(0, words.take(UNITS));
    }

    private void assertFailsSoon(final int count) throws InterruptedException
    {
        final AtomicInteger result = new AtomicInteger(-2);
        final Thread seeker = new Thread(() -> result.set(words.take(count)));
        seeker.start();
        seeker.join(30_000);
        assertEquals(-1, result.get(), "-2: still looking");
    }

    /** Counted: allocate reads a word and changes it; deallocate changes it, looks at a hint, and for seekers. */
    @ParameterizedTest
    @ValueSource(ints = { 1, 3, 16 })
    void shouldTakeFewWordsForATypicalPair(final int count)
    {
        assumeTrue(WordVisits.ENABLED, "-Dquarry.countVisits=true");
        int dear = 0;
        final int pairs = 1_000;
        words.release(words.take(count), count);
        for (int i = 0; i < pairs; i++)
        {
            WordVisits.take();
            final int unit = words.take(count);
            final long taken = WordVisits.take();
            words.release(unit, unit + count);
            final long released = WordVisits.take();
            dear += taken > 2 || released > 2 ? 1 : 0;
        }
        assertTrue(dear < pairs / 20, "dear=" + dear + " of " + pairs);
    }
}
