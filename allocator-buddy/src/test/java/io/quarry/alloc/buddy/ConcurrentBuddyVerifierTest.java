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

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Breaks every invariant of the concurrent form on purpose.
 */
class ConcurrentBuddyVerifierTest
{
    private static final int UNITS = 64 * 64 * 65 + 3;

    private final ConcurrentWords words = new ConcurrentWords(UNITS);
    private final int[] extents = new int[UNITS];

    ConcurrentBuddyVerifierTest()
    {
        for (final int count : new int[]{ 3, 100, 64, 1 })
        {
            extents[words.take(count)] = count;
        }
        ConcurrentBuddyVerifier.verify(words, extents);
    }

    @Test
    void shouldReportUnitToldFreeTwice()
    {
        words.levels[0].add(Long.numberOfTrailingZeros(words.levels[1].words[0]), 4);
        expect("C1", "and at level=1");
    }

    @Test
    void shouldReportSlotBeyondTheEnd()
    {
        final int last = words.levels[0].words.length - 1;
        words.levels[0].add(last, 1L << 63);
        expect("C2", "level=0");
    }

    @Test
    void shouldReportSlotInTheReserve()
    {
        words.levels[0].add(words.open() >>> 6, 1);
        expect("C2", "level=0");
    }

    @Test
    void shouldReportUnitsInTransit()
    {
        words.transit.enter();
        expect("C3", "in a call");
    }

    @Test
    void shouldReportSeekers()
    {
        words.transit.startSeeking();
        expect("C3", "in a call");
    }

    @Test
    void shouldReportWordWithoutAHint()
    {
        for (final HintTree tree : words.levels[0].hints)
        {
            tree.clear(0);
        }
        expect("L1", "level=0 word=0");
    }

    @Test
    void shouldReportHintThatIsNotSeenFromAbove()
    {
        final HintTree tree = words.levels[0].hints[ConcurrentLevel.classOf(words.levels[0].words[0])];
        tree.set(0);
        tree.depths[1][0] = 0;
        expect("H1", "level=0");
    }

    @Test
    void shouldReportLostAndDoubledUnits()
    {
        final int unit = words.take(5);
        expect("X3", "neither free nor in a block");
        extents[unit] = 6;
        expect("X2", "is free and in a block");
        extents[unit] = UNITS;
        expect("X1", "unit=" + unit);
    }

    private void expect(final String invariant, final String place)
    {
        final Exception ex =
            assertThrows(IllegalStateException.class, () -> ConcurrentBuddyVerifier.verify(words, extents));
        assertTrue(ex.getMessage().startsWith(invariant + " broken"), ex.getMessage());
        assertTrue(ex.getMessage().contains(place), ex.getMessage());
    }
}
