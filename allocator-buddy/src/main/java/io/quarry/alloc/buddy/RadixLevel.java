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

import java.util.Arrays;

/**
 * One level of {@link RadixWords}: its words, and an index that finds a word by the length of its longest run.
 * <p>
 * Cost in bytes, with W words: 8 W for the words, W for the lengths, and 8 * 64 * P for the index, where
 * P = ceil(W / 64) + ceil(W / 64^2) + ... + 1.
 */
final class RadixLevel
{
    // index: for every length of a longest run, 1 to 64, a tree of bits; those of all lengths side by side, root first:
    //
    //   position 0, the root      position 1 + i, depth 1          ...   the last depth
    //   +--------------------+    +--------------------+                 +--------------------------+
    //   | 64 longs, one for  |    | bit b: long of the |                 | bit b: the longest run   |
    //   | every length       |    | same length at     |                 | of word 64 i + b has     |
    //   +--------------------+    | the next depth != 0|                 | that length              |
    //                             +--------------------+                 +--------------------------+
    //
    // long of a length at a position  ==  index[(position << 6) + length - 1]
    // bit b of nonEmpty               ==  the root of length b + 1 != 0
    // longest[w]                      ==  RunSearch.longest(words[w])

    /**
     * At how many lengths a search looks for the lowest word: the shortest that is enough, and the next ones that there
     * are. On ten recorded programs 4 leave a footprint of 1.56 of the live bytes, 1 leaves 1.64, all 64 the same as 4.
     */
    static final int LOOKS = 4;

    /**
     * How many words a search for an aligned run looks at before it settles for one that must have it.
     */
    static final int PEEKS = 8;

    final long[] words;
    final byte[] longest;
    final long[] index;
    final int[] positions;
    long nonEmpty;

    /**
     * Makes a level without a free slot.
     *
     * @param wordCount from 1.
     */
    RadixLevel(final int wordCount)
    {
        words = new long[wordCount];
        longest = new byte[wordCount];
        int depths = 1;
        for (int count = ceil64(wordCount); count > 1; count = ceil64(count))
        {
            depths++;
        }
        final int[] lengths = new int[depths];
        int count = wordCount;
        for (int depth = depths - 1; depth >= 0; depth--)
        {
            count = ceil64(count);
            lengths[depth] = count;
        }
        positions = new int[depths];
        for (int depth = 1; depth < depths; depth++)
        {
            positions[depth] = positions[depth - 1] + lengths[depth - 1];
        }
        index = new long[Math.multiplyExact(64, positions[depths - 1] + lengths[depths - 1])];
    }

    /**
     * Takes a run: the lowest of the lowest word, among words whose longest run is one of the {@link #LOOKS} shortest
     * that are enough.
     *
     * @param count slots, 1 to 64.
     * @return the first slot, or -1 if no word has such a run.
     */
    int take(final int count)
    {
        WordVisits.count();
        final int word = lowest(count);
        if (word < 0)
        {
            return -1;
        }
        final long free = words[word];
        final int bit = Long.numberOfTrailingZeros(RunSearch.starts(free, count));
        set(word, free & ~RunSearch.mask(bit, count));
        return (word << 6) + bit;
    }

    /** Goes down the trees of all lengths looked at in one, as the union of their bits. */
    private int lowest(final int count)
    {
        final long lengths = nonEmpty & -1L << count - 1;
        if (0 == lengths)
        {
            return -1;
        }
        // Fewer than four lengths: the first stands for those that lack.
        final long second = lengths & lengths - 1;
        final long third = second & second - 1;
        final long fourth = third & third - 1;
        final int a = Long.numberOfTrailingZeros(lengths);
        final int b = Long.numberOfTrailingZeros(0 == second ? lengths : second);
        final int c = Long.numberOfTrailingZeros(0 == third ? lengths : third);
        final int d = Long.numberOfTrailingZeros(0 == fourth ? lengths : fourth);
        int i = 0;
        for (final int position : positions)
        {
            if (WordVisits.ENABLED)
            {
                WordVisits.count(Math.min(LOOKS, Long.bitCount(lengths)));
            }
            final int at = position + i << 6;
            final long union = index[at + a] | index[at + b] | index[at + c] | index[at + d];
            i = (i << 6) + Long.numberOfTrailingZeros(union);
        }
        return i;
    }

    /**
     * Takes a run that starts at one of certain slots: firstSlot, firstSlot + distance, and so on.
     *
     * @param count      slots, 1 to 64.
     * @param firstSlot  from 0 to distance - 1.
     * @param distance   a power of two.
     * @param everywhere whether to look at every word that has such a slot, or at a bounded number only.
     * @return the first slot, or -1 if none was found.
     */
    int takeAligned(final int count, final long firstSlot, final long distance, final boolean everywhere)
    {
        final int peeks = everywhere ? Integer.MAX_VALUE : PEEKS;
        if (distance > 64)
        {
            return sweep(count, 1L << firstSlot, (int)(firstSlot >>> 6), distance >>> 6, peeks);
        }
        final long starts = RunSearch.every((int)distance, (int)firstSlot);
        return everywhere ? sweep(count, starts, 0, 1, peeks) : takeAt(count, starts, count + (int)distance - 1);
    }

    /**
     * Looks at words with the shortest longest run first; or else takes the word whose longest run is so long, at least
     * {@code sure}, that it must pass one of the starts.
     */
    private int takeAt(final int count, final long starts, final int sure)
    {
        WordVisits.count();
        int left = PEEKS;
        for (int length = nextLength(count); length > 0 && length < sure; length = nextLength(length + 1))
        {
            for (int word = first(length); word >= 0; word = next(length, word))
            {
                final int slot = takeIn(word, count, starts);
                if (slot >= 0)
                {
                    return slot;
                }
                if (0 == --left)
                {
                    return takeSure(count, starts, sure);
                }
            }
        }
        return takeSure(count, starts, sure);
    }

    private int takeSure(final int count, final long starts, final int sure)
    {
        final int word = sure > 64 ? -1 : lowest(sure);
        return word < 0 ? -1 : takeIn(word, count, starts);
    }

    /** Looks at words one after the other, {@code step} apart. */
    private int sweep(final int count, final long starts, final int from, final long step, final int peeks)
    {
        int left = peeks;
        for (long word = from; word < words.length && left > 0; word += step)
        {
            final int slot = takeIn((int)word, count, starts);
            if (slot >= 0)
            {
                return slot;
            }
            left--;
        }
        return -1;
    }

    private int takeIn(final int word, final int count, final long starts)
    {
        WordVisits.count();
        final long free = words[word];
        final long found = RunSearch.starts(free, count) & starts;
        if (0 == found)
        {
            return -1;
        }
        final int bit = Long.numberOfTrailingZeros(found);
        set(word, free & ~RunSearch.mask(bit, count));
        return (word << 6) + bit;
    }

    /**
     * Adds free slots to a word.
     * <p>
     * Proof that the longest run is what is set: a run is new only if it passes one of them; as they are neighbours
     * they are all in that one, which is counted from the first of them up and down.
     *
     * @param word  which.
     * @param from  the first slot in it.
     * @param count how many, none being free.
     */
    void add(final int word, final int from, final int count)
    {
        final long value = words[word] | RunSearch.mask(from, count);
        final int above = Long.numberOfTrailingZeros(~(value >>> from));
        final int below = Long.numberOfLeadingZeros(~(value << 63 - (from & 63)));
        set(word, value, Math.max(longest[word], above + below - 1));
    }

    /**
     * Sets a word, and its place in the index.
     *
     * @param word  which.
     * @param value its new free slots.
     */
    void set(final int word, final long value)
    {
        set(word, value, RunSearch.longest(value));
    }

    private void set(final int word, final long value, final int after)
    {
        WordVisits.count(2);
        words[word] = value;
        final int before = longest[word];
        if (before != after)
        {
            longest[word] = (byte)after;
            if (0 != before)
            {
                unlist(before, word);
            }
            if (0 != after)
            {
                list(after, word);
            }
        }
    }

    private void list(final int length, final int word)
    {
        int i = word;
        for (int depth = positions.length - 1; depth >= 0; depth--)
        {
            WordVisits.count();
            final int at = (positions[depth] + (i >>> 6) << 6) + length - 1;
            final long bits = index[at];
            index[at] = bits | 1L << i;
            if (0 != bits)
            {
                return;
            }
            i >>>= 6;
        }
        nonEmpty |= 1L << length - 1;
    }

    private void unlist(final int length, final int word)
    {
        int i = word;
        for (int depth = positions.length - 1; depth >= 0; depth--)
        {
            WordVisits.count();
            final int at = (positions[depth] + (i >>> 6) << 6) + length - 1;
            final long bits = index[at] & ~(1L << i);
            index[at] = bits;
            if (0 != bits)
            {
                return;
            }
            i >>>= 6;
        }
        nonEmpty &= ~(1L << length - 1);
    }

    /** The shortest longest run of any word, from {@code length} on; 0 if there is none. */
    int nextLength(final int length)
    {
        final long enough = length > 64 ? 0 : nonEmpty & -1L << length - 1;
        return 0 == enough ? 0 : 1 + Long.numberOfTrailingZeros(enough);
    }

    /** The lowest word whose longest run is {@code length}; there must be one. */
    private int first(final int length)
    {
        return descend(length, 0, 0);
    }

    /** The next word up whose longest run is {@code length}; -1 if there is none. */
    private int next(final int length, final int word)
    {
        int i = word;
        for (int depth = positions.length - 1; depth >= 0; depth--)
        {
            WordVisits.count();
            final long above = index[(positions[depth] + (i >>> 6) << 6) + length - 1] & -2L << i;
            if (0 != above)
            {
                return descend(length, depth + 1, (i & -64) + Long.numberOfTrailingZeros(above));
            }
            i >>>= 6;
        }
        return -1;
    }

    private int descend(final int length, final int fromDepth, final int from)
    {
        int i = from;
        for (int depth = fromDepth; depth < positions.length; depth++)
        {
            WordVisits.count();
            i = (i << 6) + Long.numberOfTrailingZeros(index[(positions[depth] + i << 6) + length - 1]);
        }
        return i;
    }

    /** Makes every slot taken. */
    void clear()
    {
        Arrays.fill(words, 0);
        Arrays.fill(longest, (byte)0);
        Arrays.fill(index, 0);
        nonEmpty = 0;
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        return 8L * words.length + longest.length + 8L * index.length + 4L * positions.length;
    }

    private static int ceil64(final int count)
    {
        return (count + 63) >>> 6;
    }
}
