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
 * Breaks every invariant on purpose.
 */
class BuddyVerifierTest
{
    private static final int UNITS = 5_000;

    private final RadixWords words = new RadixWords(UNITS);
    private final int[] extents = new int[UNITS];

    BuddyVerifierTest()
    {
        take(3);
        take(100);
        take(64);
        take(1);
        assertTrue(words.claim(UNITS - 1, UNITS));
        extents[UNITS - 1] = 1;
        BuddyVerifier.verify(words, extents);
    }

    /** The words of level 1 are slots 0 to 63, told by level 2, and 64 to 78. */
    private int freeSlot()
    {
        return 64 + Long.numberOfTrailingZeros(words.levels[1].words[1]);
    }

    private int take(final int count)
    {
        final int unit = words.take(count);
        extents[unit] = count;
        return unit;
    }

    @Test
    void shouldReportUnitToldFreeTwice()
    {
        final int slot = freeSlot();
        words.levels[0].set(slot, 4);
        expect("I1", "level=0 word=" + slot + " and at level=1");
    }

    @Test
    void shouldReportSlotBeyondTheEnd()
    {
        final RadixLevel level = words.levels[0];
        level.set(level.words.length - 1, level.words[level.words.length - 1] | 1L << 63);
        expect("I2", "level=0");
    }

    @Test
    void shouldReportSlotOfAPartialWordAbove()
    {
        final RadixLevel level = words.levels[1];
        final int slot = UNITS >> 6;
        words.levels[0].set(slot, 0);
        level.set(slot >> 6, level.words[slot >> 6] | 1L << slot);
        expect("I2", "level=1");
    }

    @Test
    void shouldReportWholeWordNotHandedUp()
    {
        final int slot = freeSlot();
        words.levels[1].set(1, words.levels[1].words[1] & ~(1L << slot));
        words.levels[0].set(slot, -1);
        expect("I3", "level=0 word=" + slot);
    }

    @Test
    void shouldReportReserveThatBeginsElsewhere()
    {
        words.open = UNITS - 8;
        expect("I5", "open=" + (UNITS - 8));
    }

    @Test
    void shouldReportSlotInTheReserve()
    {
        words.open = 4_096;
        expect("I2", "level=0");
    }

    @Test
    void shouldReportWrongLongestRun()
    {
        words.levels[0].longest[0]++;
        expect("I4", "longest run");
    }

    @Test
    void shouldReportWordMissingInTheIndex()
    {
        final RadixLevel level = words.levels[0];
        final int word = UNITS >> 6;
        final int length = level.longest[word];
        level.index[leaf(level, word, length)] &= ~(1L << word);
        expect("I4", "length=" + length);
    }

    @Test
    void shouldReportWordWronglyInTheIndex()
    {
        final RadixLevel level = words.levels[0];
        level.index[leaf(level, 0, 64)] |= 1;
        expect("I4", "length=64");
    }

    @Test
    void shouldReportWrongRootOfTheIndex()
    {
        words.levels[0].index[0] ^= 2;
        expect("I4", "depth=0");
    }

    @Test
    void shouldReportWrongMaskOfLengths()
    {
        words.levels[1].nonEmpty ^= 1L << 40;
        expect("I4", "nonEmpty of level=1 length=41");
    }

    @Test
    void shouldReportBlockBeyondTheEnd()
    {
        final int unit = take(1);
        extents[unit] = UNITS;
        expect("X1", "unit=" + unit);
    }

    @Test
    void shouldReportNegativeLength()
    {
        extents[take(1)] = -1;
        expect("X1", "count=-1");
    }

    @Test
    void shouldReportBlockInABlock()
    {
        final int unit = take(5);
        extents[unit + 2] = 1;
        expect("X1", "unit=" + (unit + 2));
    }

    @Test
    void shouldReportFreeUnitInABlock()
    {
        final int unit = take(5);
        words.release(unit + 1, unit + 2);
        expect("X2", "unit=" + (unit + 1));
    }

    @Test
    void shouldReportLostUnit()
    {
        extents[take(1)] = 0;
        expect("X3", "neither free nor in a block");
    }

    private static int leaf(final RadixLevel level, final int word, final int length)
    {
        return (level.positions[level.positions.length - 1] + (word >> 6) << 6) + length - 1;
    }

    private void expect(final String invariant, final String place)
    {
        final Exception ex = assertThrows(IllegalStateException.class, () -> BuddyVerifier.verify(words, extents));
        assertTrue(ex.getMessage().startsWith(invariant + " broken"), ex.getMessage());
        assertTrue(ex.getMessage().contains(place), ex.getMessage());
    }
}
