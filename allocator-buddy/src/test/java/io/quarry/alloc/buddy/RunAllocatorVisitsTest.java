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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.WordVisits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * States that are as bad as can be for one part of a call or another, and the words each call visits in them.
 */
class RunAllocatorVisitsTest
{
    private static final int WORD = 64;
    private static final int WORDS = 8_000;
    private static final long UNIT = 512;
    private static final long ALIGNMENT = 16;

    private final RunAllocator allocator =
        new RunAllocator(Region.allocate((long)WORDS * WORD * UNIT));
    private long most;

    @BeforeEach
    void shouldCountAtAll()
    {
        assertTrue(WordVisits.ENABLED, "the tests run with -Dquarry.countVisits=true");
        WordVisits.take();
    }

    @Test
    void shouldHoldTheBoundWhereEveryWordIsFullOfOtherRuns()
    {
        // 30 free runs of one unit, and one of two at an odd unit, the last in its word: found and taken out last.
        final long[] blocks = new long[100 * 63];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = allocate(61 == i % 63 ? 2 : 1, ALIGNMENT);
        }
        for (int i = 0; i < blocks.length; i++)
        {
            final int place = i % 63;
            if (61 == place || place < 60 && 0 == place % 2)
            {
                free(blocks[i], 61 == place ? 2 : 1, ALIGNMENT);
            }
        }
        allocator.trim();
        WordVisits.take();
        final long two = allocate(2, ALIGNMENT);
        assertEquals(blocks[61], two);
        free(two, 2, ALIGNMENT);
        assertEquals(Allocator.NULL, take(WORDS * WORD, ALIGNMENT));
        final long aligned = allocate(2, 4 * UNIT);
        free(aligned, 2, 4 * UNIT);
        final long moved = allocator.grow(blocks[60], UNIT, ALIGNMENT, 4 * UNIT, 4 * UNIT);
        count();
        assertNotEquals(blocks[60], moved);
        allocator.verify();
        assertTrue(most > 16 * 33, "most=" + most + ": the state isn't as bad as it should be");
    }

    @Test
    void shouldHoldTheBoundWhereEveryPlaceHasAParkedRunBetweenTwoFreeOnes()
    {
        final int places = ParkedRuns.PLACES;
        final long[] blocks = new long[4 * places + 1];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = allocate(lengthAt(i), ALIGNMENT);
        }
        for (int i = 0; i < 4 * places; i += 2)
        {
            free(blocks[i], lengthAt(i), ALIGNMENT);
        }
        allocator.trim();
        WordVisits.take();
        for (int i = 1; i < 4 * places; i += 4)
        {
            free(blocks[i], lengthAt(i), ALIGNMENT);
        }
        // Fewer than are free, more than are above every block.
        assertEquals(Allocator.NULL, take(WORDS * WORD - 1_000, ALIGNMENT));
        assertTrue(most > places * 8, "most=" + most + ": the state isn't as bad as it should be");
        allocator.verify();
    }

    /** Free, one of the lengths that are parked, free, one that stays; and so on. */
    private static int lengthAt(final int i)
    {
        return 1 == i % 4 ? 1 + i / 4 : 40;
    }

    @Test
    void shouldHoldTheBoundWhereTheOwnBinHasNoneThatFits()
    {
        final long[] blocks = new long[200];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = allocate(0 == i % 2 ? 2_600 : 1, ALIGNMENT);
        }
        for (int i = 0; i < blocks.length; i += 2)
        {
            free(blocks[i], 2_600, ALIGNMENT);
        }
        final long longer = allocate(3_000, ALIGNMENT);
        free(longer, 3_000, ALIGNMENT);
        final long upTo = allocator.allocUpTo(UNIT, 3_000 * UNIT, ALIGNMENT);
        count();
        assertEquals(blocks[0], upTo);
        free(upTo, 2_600, ALIGNMENT);
        free(allocate(2_600, 2 << 20), 2_600, 2 << 20);
        free(blocks[1], 1, ALIGNMENT);
        allocator.verify();
        assertTrue(most > 7 * 3, "most=" + most + ": the state isn't as bad as it should be");
    }

    @Test
    void shouldHoldTheBoundWhenEachFreeMergesBothSides()
    {
        final long[] blocks = new long[WORDS / 2];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = allocate(WORD, ALIGNMENT);
        }
        for (int step = 1; step <= 2; step++)
        {
            for (int i = step - 1; i < blocks.length; i += 2)
            {
                free(blocks[i], WORD, ALIGNMENT);
            }
        }
        assertEquals(0, allocator.stats().allocatedBytes());
        assertEquals((long)WORDS * WORD * UNIT, allocator.stats().largestFreeRun());
        allocator.verify();
    }

    private long allocate(final int units, final long alignment)
    {
        final long address = take(units, alignment);
        assertNotEquals(Allocator.NULL, address);
        return address;
    }

    private long take(final int units, final long alignment)
    {
        final long address = allocator.alloc(units * UNIT, alignment);
        count();
        return address;
    }

    private void free(final long address, final int units, final long alignment)
    {
        allocator.dealloc(address, units * UNIT, alignment);
        count();
    }

    private void count()
    {
        final long visits = WordVisits.take();
        assertTrue(visits <= allocator.maxWordVisits(), () -> "visits=" + visits);
        most = Math.max(most, visits);
    }
}
