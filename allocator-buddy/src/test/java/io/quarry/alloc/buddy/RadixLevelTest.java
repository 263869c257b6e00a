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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * That a level takes the very run that its documentation names, beside a model that looks at every word.
 */
class RadixLevelTest
{
    private static final int CALLS = 1_500;

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 64, 65, 4_096, 4_500})
    void shouldTakeWhatTheModelTakes(final int words)
    {
        final long seed = System.nanoTime();
        System.out.println("RadixLevelTest words=" + words + " seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final RadixLevel level = new RadixLevel(words);
        final Model model = new Model(words);
        for (int word = 0; word < words; word++)
        {
            // Few long runs, so that those which would be certain to do are rare.
            final long value = random.nextLong() & random.nextLong() | randomRun(random);
            level.set(word, value);
            model.words[word] = value;
        }
        for (int call = 0; call < CALLS; call++)
        {
            call(random, level, model);
            if (0 == call % 100)
            {
                checkIndex(level, model);
            }
        }
        checkIndex(level, model);
    }

    @Test
    void shouldHaveNothingWhenCleared()
    {
        final RadixLevel level = new RadixLevel(100);
        level.set(7, -1);
        level.set(99, 0xFF);
        level.clear();

        assertEquals(0, level.nextLength(1));
        assertEquals(-1, level.take(1));
        assertEquals(-1, level.takeAligned(1, 0, 1, true));
        assertEquals(0, level.words[7]);
        assertEquals(0, level.longest[99]);
        level.set(3, 1);
        assertEquals(3 << 6, level.take(1));
    }

    private static void call(final SplittableRandom random, final RadixLevel level, final Model model)
    {
        final int count = 1 + random.nextInt(0 == random.nextInt(4) ? 64 : 12);
        switch (random.nextInt(4))
        {
            case 0 -> assertEquals(model.take(count), level.take(count), () -> "count=" + count);
            case 1 -> add(random, level, model);
            default ->
            {
                final long distance = 1L << random.nextInt(10);
                final long first = random.nextLong(distance);
                final boolean everywhere = 0 == random.nextInt(3);
                assertEquals(
                    model.takeAligned(count, first, distance, everywhere),
                    level.takeAligned(count, first, distance, everywhere),
                    () -> "count=" + count + " first=" + first + " distance=" + distance + " " + everywhere);
            }
        }
        assertArrayEquals(model.words, level.words);
    }

    /** Frees a stretch that is taken. */
    private static void add(final SplittableRandom random, final RadixLevel level, final Model model)
    {
        final int word = random.nextInt(model.words.length);
        final long taken = ~model.words[word];
        if (0 != taken)
        {
            final int from = Long.numberOfTrailingZeros(taken);
            final int most = Long.numberOfTrailingZeros(~(taken >>> from));
            final int count = 1 + random.nextInt(Math.min(most, 64 - from));
            level.add(word, from, count);
            for (int slot = from; slot < from + count; slot++)
            {
                model.words[word] |= 1L << slot;
            }
        }
    }

    private static void checkIndex(final RadixLevel level, final Model model)
    {
        for (int length = 1; length <= 65; length++)
        {
            final Integer expected = model.lengths(length).isEmpty() ? 0 : model.lengths(length).first();
            assertEquals(expected, level.nextLength(length));
        }
    }

    private static long randomRun(final SplittableRandom random)
    {
        final int length = 1 + random.nextInt(20);
        return 0 == random.nextInt(4) ? (1L << length) - 1 << random.nextInt(64 - length) : 0;
    }

    /** What the documentation says, word by word and slot by slot. */
    private static final class Model
    {
        private final long[] words;

        Model(final int count)
        {
            words = new long[count];
        }

        int take(final int count)
        {
            final int word = lowest(count);
            return word < 0 ? -1 : takeIn(word, count, 0, 1);
        }

        int takeAligned(final int count, final long first, final long distance, final boolean everywhere)
        {
            if (distance > 64 || everywhere)
            {
                int looks = everywhere ? words.length : RadixLevel.PEEKS;
                for (int word = 0; word < words.length && looks > 0; word++)
                {
                    if (distance <= 64 || word % (distance >> 6) == first >> 6)
                    {
                        looks--;
                        final int slot = takeIn(word, count, first, distance);
                        if (slot >= 0)
                        {
                            return slot;
                        }
                    }
                }
                return -1;
            }
            final int sure = count + (int)distance - 1;
            int looks = RadixLevel.PEEKS;
            for (final int length : lengths(count))
            {
                for (int word = 0; word < words.length && length < sure && looks > 0; word++)
                {
                    if (longest(words[word]) == length)
                    {
                        looks--;
                        final int slot = takeIn(word, count, first, distance);
                        if (slot >= 0)
                        {
                            return slot;
                        }
                    }
                }
            }
            final int word = sure > 64 ? -1 : lowest(sure);
            return word < 0 ? -1 : takeIn(word, count, first, distance);
        }

        /** The lowest word of those with one of the four shortest longest runs that are enough. */
        private int lowest(final int count)
        {
            final TreeSet<Integer> lengths = lengths(count);
            while (lengths.size() > RadixLevel.LOOKS)
            {
                lengths.pollLast();
            }
            for (int word = 0; word < words.length; word++)
            {
                if (lengths.contains(longest(words[word])))
                {
                    return word;
                }
            }
            return -1;
        }

        private TreeSet<Integer> lengths(final int least)
        {
            final TreeSet<Integer> lengths = new TreeSet<>();
            for (final long word : words)
            {
                final int longest = longest(word);
                if (longest >= least)
                {
                    lengths.add(longest);
                }
            }
            return lengths;
        }

        private int takeIn(final int word, final int count, final long first, final long distance)
        {
            final long mask = count == 64 ? -1L : (1L << count) - 1;
            for (int slot = 0; slot + count <= 64; slot++)
            {
                final long at = ((long)word << 6) + slot;
                if (at % distance == first && (words[word] >>> slot & mask) == mask)
                {
                    words[word] &= ~(mask << slot);
                    return (int)at;
                }
            }
            return -1;
        }

        private static int longest(final long word)
        {
            int longest = 0;
            int run = 0;
            for (int slot = 0; slot < 64; slot++)
            {
                run = 0 != (word & 1L << slot) ? run + 1 : 0;
                longest = Math.max(longest, run);
            }
            return longest;
        }
    }
}
