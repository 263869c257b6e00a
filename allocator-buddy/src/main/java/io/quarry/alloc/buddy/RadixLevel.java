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
 * Cost in bytes, with W words: 8 W for the words, W for the lengths, and 8 * 64 * S for the index, where S = ceil(W / 64)
 * + ceil(W / 64^2) + ... + 1.
 */
final class RadixLevel
{
    // index, for every length of a longest run, 1 to 64, a tree of bits, root first:
    //
    //   +--------------+-------------------+-----+--------------------+
    //   | depth 0: one | depth 1: ceil(W / | ... | last: ceil(W / 64) |     stride longs
    //   | long, root   | 64^(depths - 1))  |     | bit w: word w      |
    //   +--------------+-------------------+-----+--------------------+
    //
    // bit w of the last depth   ==  longest[w] == length
    // bit i of any other depth  ==  long i of the next depth != 0
    // bit b of nonEmpty         ==  the root of length b + 1 != 0
    // longest[w]                ==  RunSearch.longest(words[w])

    /**
     * At how many lengths a search looks for the lowest word: the shortest that is enough, and the next ones that there
     * are. On ten recorded programs 4 leave a footprint of 1.56 of the live bytes, 1 leaves 1.64, all 64 the same as 4.
     */
    static final int LOOKS = 4;

    final long[] words;
    final byte[] longest;
    final long[] index;
    final int[] offsets;
    final int stride;
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
        offsets = new int[depths];
        final int[] lengths = new int[depths];
        int count = wordCount;
        for (int depth = depths - 1; depth >= 0; depth--)
        {
            count = ceil64(count);
            lengths[depth] = count;
        }
        for (int depth = 1; depth < depths; depth++)
        {
            offsets[depth] = offsets[depth - 1] + lengths[depth - 1];
        }
        stride = offsets[depths - 1] + lengths[depths - 1];
        index = new long[Math.multiplyExact(64, stride)];
    }

    /**
     * Takes a run: the lowest of the lowest word, among words whose longest run is one of the {@link #LOOKS} shortest that
     * are enough.
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

    private int lowest(final int count)
    {
        long lengths = nonEmpty & -1L << count - 1;
        if (0 == lengths)
        {
            return -1;
        }
        int word = Integer.MAX_VALUE;
        for (int looks = LOOKS; 0 != lengths && looks > 0; looks--)
        {
            word = Math.min(word, first(1 + Long.numberOfTrailingZeros(lengths)));
            lengths &= lengths - 1;
        }
        return word;
    }

    /**
     * Takes a run that starts at one of certain bits: the first found in up to {@code peeks} words, those with the
     * shortest longest run first; or else in the lowest word whose longest run is so long that it must pass such a bit.
     *
     * @param count    slots, 1 to 64.
     * @param distance between allowed starts, a power of two from 1 to 64.
     * @param starts   the allowed starts in any word, at that distance.
     * @param peeks    how many words to look at.
     * @return the first slot, or -1 if none was found.
     */
    int takeAt(final int count, final int distance, final long starts, final int peeks)
    {
        WordVisits.count();
        final int sure = count + distance - 1;
        int left = peeks;
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
                    return takeSure(count, sure, starts);
                }
            }
        }
        return takeSure(count, sure, starts);
    }

    private int takeSure(final int count, final int sure, final long starts)
    {
        final int word = sure > 64 ? -1 : lowest(sure);
        return word < 0 ? -1 : takeIn(word, count, starts);
    }

    /**
     * Takes a run that starts at one of certain bits, looking at the words one after the other.
     *
     * @param count  slots, 1 to 64.
     * @param starts the allowed starts in a word.
     * @param from   the first word to look at.
     * @param step   from each word to the next one to look at.
     * @param peeks  how many words to look at.
     * @return the first slot, or -1 if none was found.
     */
    int sweep(final int count, final long starts, final int from, final long step, final int peeks)
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
     * Sets a word, and its place in the index.
     *
     * @param word  which.
     * @param value its new free slots.
     */
    void set(final int word, final long value)
    {
        WordVisits.count(2);
        words[word] = value;
        final int before = longest[word];
        final int after = RunSearch.longest(value);
        if (before != after)
        {
            longest[word] = (byte)after;
            if (0 != before)
            {
                remove(before, word);
            }
            if (0 != after)
            {
                add(after, word);
            }
        }
    }

    private void add(final int length, final int word)
    {
        final int root = (length - 1) * stride;
        int i = word;
        for (int depth = offsets.length - 1; depth >= 0; depth--)
        {
            WordVisits.count();
            final int at = root + offsets[depth] + (i >>> 6);
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

    private void remove(final int length, final int word)
    {
        final int root = (length - 1) * stride;
        int i = word;
        for (int depth = offsets.length - 1; depth >= 0; depth--)
        {
            WordVisits.count();
            final int at = root + offsets[depth] + (i >>> 6);
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
        return descend((length - 1) * stride, 0, 0);
    }

    /** The next word up whose longest run is {@code length}; -1 if there is none. */
    private int next(final int length, final int word)
    {
        final int root = (length - 1) * stride;
        int i = word;
        for (int depth = offsets.length - 1; depth >= 0; depth--)
        {
            WordVisits.count();
            final long above = index[root + offsets[depth] + (i >>> 6)] & -2L << i;
            if (0 != above)
            {
                return descend(root, depth + 1, (i & -64) + Long.numberOfTrailingZeros(above));
            }
            i >>>= 6;
        }
        return -1;
    }

    private int descend(final int root, final int fromDepth, final int from)
    {
        int i = from;
        for (int depth = fromDepth; depth < offsets.length; depth++)
        {
            WordVisits.count();
            i = (i << 6) + Long.numberOfTrailingZeros(index[root + offsets[depth] + i]);
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
        return 8L * words.length + longest.length + 8L * index.length + 4L * offsets.length;
    }

    private static int ceil64(final int count)
    {
        return (count + 63) >>> 6;
    }
}
