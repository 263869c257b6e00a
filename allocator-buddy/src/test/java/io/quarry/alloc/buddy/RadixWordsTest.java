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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random operations beside a plain model: an array of booleans, searched by brute force for what the class Javadoc of
 * {@link BuddyAllocator} promises. Every call is held to its bound on word visits as well.
 */
class RadixWordsTest
{
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 127, 128, 130, 2000, 4095, 4096, 4097, 8191, 50_000, 70_001, 262_145})
    void shouldDoAsTheModelDoes(final int units)
    {
        final long seed = 1_000_003L * units + 7;
        try
        {
            new Script(units, seed).run(units > 100_000 ? 1_500 : 4_000);
        }
        catch (final AssertionError ex)
        {
            throw new AssertionError("units=" + units + " seed=" + seed + ": " + ex.getMessage(), ex);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 100, 127, 128, 130, 2000, 4095, 4096, 4097, 8191, 50_000, 70_001, 262_145})
    void shouldHandOutAllUnitsAsOneRunWhenEmpty(final int units)
    {
        final RadixWords words = new RadixWords(units);
        assertEquals(0, words.take(units));
        assertEquals(-1, words.take(1));
        words.release(0, units);
        assertEquals(units, words.longestStretch());
        assertEquals(0, words.takeAligned(units, 0, 1L << 40));
    }

    @Test
    void shouldFindAnyAlignedRunOfAnEmptyRegion()
    {
        for (final int units : new int[]{70, 128, 200, 2048, 4500})
        {
            final RadixWords words = new RadixWords(units);
            for (int alignment = 2; alignment <= 4096; alignment <<= 1)
            {
                for (int first = 0; first < Math.min(alignment, units); first += 1 + alignment / 37)
                {
                    for (int count = 1; count <= units - first; count += 1 + units / 41)
                    {
                        checkTakenAligned(words, count, first, alignment);
                    }
                    checkTakenAligned(words, units - first, first, alignment);
                }
            }
        }
    }

    private static void checkTakenAligned(final RadixWords words, final int count, final int first, final int alignment)
    {
        final int unit = words.takeAligned(count, first, alignment);
        assertTrue(unit >= first && (unit - first) % alignment == 0, () ->
            "count=" + count + " first=" + first + " alignment=" + alignment + " of " + words.units + " got=" + unit);
        words.release(unit, unit + count);
        assertEquals(words.units, words.longestStretch());
    }

    @Test
    void shouldTakeLowestOfTheTightWords()
    {
        final RadixWords words = new RadixWords(4096);
        words.take(4096);
        for (int word = 0; word < 6; word++)
        {
            words.release(word << 6, (word << 6) + 8 - word);
        }
        // Longest runs are 8, 7, 6, 5, 4, 3. Four lengths are looked at, from the shortest that is enough.
        assertEquals(128, words.take(2));
        assertEquals(64, words.take(3));
        assertEquals(0, words.take(5));
        assertEquals(-1, words.take(7));
        assertEquals(5, words.take(1));
    }

    @Test
    void shouldKeepTheEndOfAnOddRegionForLast()
    {
        final RadixWords words = new RadixWords(4096 + 640);
        for (int unit = 0; unit < 4096; unit += 8)
        {
            assertEquals(unit, words.take(8));
        }
        assertEquals(640, words.longestStretch());
        assertTrue(words.isFree(4096, 4736));
        assertFalse(words.isFree(4095, 4736));
        assertEquals(4096, words.take(1));
        assertEquals(639, words.longestStretch());
    }

    @Test
    void shouldFindTheOnlyAlignedRunBehindManyMisalignedOnes()
    {
        final RadixWords words = new RadixWords(4096);
        words.take(4096);
        for (int word = 0; word < 63; word++)
        {
            words.release((word << 6) + 1, (word << 6) + 5);
        }
        words.release((63 << 6) + 8, (63 << 6) + 12);
        assertEquals((63 << 6) + 8, words.takeAligned(4, 0, 4));
        assertEquals(-1, words.takeAligned(4, 0, 4));
        assertEquals(1, words.takeAligned(4, 1, 64));
    }

    @Test
    void shouldClaimOnlyWhatIsFreeAcrossBorders()
    {
        final RadixWords words = new RadixWords(5000);
        words.take(5000);
        words.release(60, 4300);
        assertFalse(words.claim(59, 61));
        assertFalse(words.claim(4299, 4301));
        assertFalse(words.claim(4990, 5001));
        assertTrue(words.claim(63, 4297));
        assertFalse(words.isFree(63, 64));
        assertTrue(words.isFree(60, 63));
        assertTrue(words.isFree(4297, 4300));
        words.release(63, 4297);
        assertTrue(words.isFree(60, 4300));
    }

    @Test
    void shouldFindAgainWhatWasFreedThoughOthersHaveTheRestOfItsSlots()
    {
        final RadixWords words = new RadixWords(8192);
        for (int i = 0; i < 10; i++)
        {
            assertTrue(words.take(100) >= 0);
        }
        final int unit = words.take(169);
        while (words.take(1) >= 0)
        {
            assertEquals(-1, words.take(8192));
        }
        words.release(unit, unit + 169);
        assertEquals(-1, words.take(170));
        assertEquals(unit, words.take(169));
        words.release(unit, unit + 169);
        assertEquals(-1, words.takeAligned(169, unit + 1 & 63, 64));
        assertEquals(unit, words.takeAligned(169, 0, 64));
    }

    private static final class Script
    {
        private final RadixWords words;
        private final boolean[] free;
        private final int[] blocks = new int[3_000];
        private final int[] counts = new int[3_000];
        private final SplittableRandom random;
        private final int levels;
        private final int depths;
        private final int wordCount;
        private int blockCount;

        Script(final int units, final long seed)
        {
            words = new RadixWords(units);
            free = new boolean[units];
            Arrays.fill(free, true);
            random = new SplittableRandom(seed);
            levels = words.levels.length;
            depths = 1 + levels * (levels - 1) / 2;
            wordCount = Arrays.stream(words.levels).mapToInt(level -> level.words.length).sum();
        }

        void run(final int operations)
        {
            for (int i = 0; i < operations; i++)
            {
                final boolean filling = (i / 500 & 1) == 0;
                final int dice = random.nextInt(100);
                if (0 == blockCount || blockCount < blocks.length && dice < (filling ? 60 : 30))
                {
                    take();
                }
                else if (dice < 85)
                {
                    release(random.nextInt(blockCount));
                }
                else
                {
                    resize(random.nextInt(blockCount));
                }
                if (i % 101 == 0)
                {
                    check();
                }
            }
            while (blockCount > 0)
            {
                release(random.nextInt(blockCount));
            }
            check();
            assertEquals(free.length, words.longestStretch());
            assertEquals(0, words.take(free.length), "not whole again");
        }

        private int someCount()
        {
            final int bits = random.nextInt(33 - Integer.numberOfLeadingZeros(free.length));
            return Math.max(1, Math.min(free.length, (1 << bits) + random.nextInt(1 << bits)));
        }

        private void take()
        {
            final int count = someCount();
            final boolean isAligned = random.nextInt(3) == 0;
            final long alignment = isAligned ? 2L << random.nextInt(14) : 1;
            final long first = random.nextLong(alignment);
            final long once = words.open == free.length ? 0 : isAligned ? 13L * levels + 22L * depths :
                3L * levels + 2L * depths;
            WordVisits.take();
            final int unit = isAligned ? words.takeAligned(count, first, alignment) : words.take(count);
            final long visits = WordVisits.take();
            assertTrue(WordVisits.ENABLED, "the tests run with -Dquarry.countVisits=true");
            final long bound = isAligned ? 18L * levels + 24L * depths : 3L * levels + 2L * depths + 1;
            final String call = "count=" + count + " first=" + first + " alignment=" + alignment + ": ";
            if (visits > bound + once)
            {
                assertTrue(isAligned || count > 64, call + "visits=" + visits + " bound=" + (bound + once));
                assertFalse(hasPlace(count, first, alignment), call + "visits=" + visits + ", and there is a place");
                final long last = bound + once + free.length / 63 * 2L * levels + (isAligned ? wordCount : 0);
                assertTrue(visits <= last, call + "visits=" + visits + " bound=" + last);
            }
            if (unit < 0)
            {
                assertFalse(hasPlace(count, first, alignment), call + "there is a place");
                assertFalse(hasPlaceInPart(count, first, alignment), call + "there is a place in part");
                return;
            }
            assertEquals(0, (unit - first) % alignment);
            add(unit, count);
        }

        private void add(final int unit, final int count)
        {
            setFree(unit, unit + count, false);
            blocks[blockCount] = unit;
            counts[blockCount++] = count;
        }

        private void release(final int block)
        {
            final int unit = blocks[block];
            final int count = counts[block];
            WordVisits.take();
            words.release(unit, unit + count);
            checkVisits("release", 4L * levels + 4L * depths - 4);
            setFree(unit, unit + count, true);
            blocks[block] = blocks[--blockCount];
            counts[block] = counts[blockCount];
        }

        private void resize(final int block)
        {
            final int end = blocks[block] + counts[block];
            if (counts[block] > 1 && random.nextBoolean())
            {
                final int less = 1 + random.nextInt(counts[block] - 1);
                words.release(end - less, end);
                setFree(end - less, end, true);
                counts[block] -= less;
                return;
            }
            final int more = random.nextInt(4) == 0 ? someCount() : 1 + random.nextInt(200);
            boolean wanted = end + more <= free.length;
            for (int unit = end; wanted && unit < end + more; unit++)
            {
                wanted = free[unit];
            }
            WordVisits.take();
            final long once = words.open < free.length ? 2L * levels + 2L * depths : 0;
            assertEquals(wanted, words.claim(end, end + more), "claim of " + more + " from unit=" + end);
            checkVisits("claim", 6L * levels + 4L * depths - 5 + once);
            if (wanted)
            {
                setFree(end, end + more, false);
                counts[block] += more;
            }
        }

        private void setFree(final int from, final int to, final boolean isFree)
        {
            for (int unit = from; unit < to; unit++)
            {
                assertEquals(!isFree, free[unit], "unit=" + unit);
                free[unit] = isFree;
            }
        }

        private void checkVisits(final String call, final long bound)
        {
            assertTrue(WordVisits.ENABLED, "the tests run with -Dquarry.countVisits=true");
            final long visits = WordVisits.take();
            assertTrue(visits <= bound, () -> call + ": visits=" + visits + " bound=" + bound);
        }

        private void check()
        {
            final int[] extents = new int[free.length];
            for (int block = 0; block < blockCount; block++)
            {
                extents[blocks[block]] = counts[block];
            }
            BuddyVerifier.verify(words, extents);
            int longest = 0;
            for (int unit = 0, run = 0; unit < free.length; unit++)
            {
                run = free[unit] ? run + 1 : 0;
                longest = Math.max(longest, run);
            }
            assertEquals(longest, words.longestStretch());
        }

        /** By brute force: as {@link EdgeSearch} promises. */
        private boolean hasPlaceInPart(final int count, final long first, final long alignment)
        {
            final int[] freeBefore = freeBefore();
            for (int shift = 6 * Math.max(1, RadixWords.levelOf(count)); shift < 6 * levels; shift += 6)
            {
                final long step = Math.max(alignment, 1L << shift);
                for (long unit = first; unit + count <= free.length; unit += step)
                {
                    final long slot = unit >> shift;
                    final long lastWhole = (unit + count >> shift) - 1;
                    if (freeBefore[(int)unit + count] - freeBefore[(int)unit] == count &&
                        lastWhole >= slot && slot >> 6 == lastWhole >> 6)
                    {
                        return true;
                    }
                }
            }
            return false;
        }

        private int[] freeBefore()
        {
            final int[] freeBefore = new int[free.length + 1];
            for (int unit = 0; unit < free.length; unit++)
            {
                freeBefore[unit + 1] = freeBefore[unit] + (free[unit] ? 1 : 0);
            }
            return freeBefore;
        }

        /** By brute force: a word of slots, at any level, with enough free neighbours round an aligned unit. */
        private boolean hasPlace(final int count, final long first, final long alignment)
        {
            final int[] freeBefore = freeBefore();
            for (int shift = 6 * RadixWords.levelOf(count); shift < 6 * levels; shift += 6)
            {
                for (long unit = first; unit + count <= free.length; unit += alignment)
                {
                    final long fromSlot = unit >> shift;
                    final long toSlot = unit + count - 1 >> shift;
                    final long to = toSlot + 1 << shift;
                    if (fromSlot >> 6 == toSlot >> 6 && to <= free.length)
                    {
                        final int from = (int)(fromSlot << shift);
                        if (freeBefore[(int)to] - freeBefore[from] == to - from &&
                            (alignment > 1 || unit == from))
                        {
                            return true;
                        }
                    }
                }
            }
            return false;
        }
    }
}
