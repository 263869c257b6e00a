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
package io.quarry.alloc.slab;

import io.quarry.alloc.WordVisits;

/**
 * A set of small integers as bits under 64-ary summaries: a word of a level has a bit for each word of the level below,
 * set when that one isn't zero. To add, to remove and to find the lowest each visit at most one word a level.
 * <p>
 * Bytes: 8 for every 64 members it could have, and 1/63 more for the summaries.
 */
final class BitTree
{
    final long[] words;
    private final int[] levelStart;

    /**
     * Makes an empty set.
     *
     * @param size members are from 0 to {@code size - 1}.
     */
    BitTree(final int size)
    {
        levelStart = levelStarts(size);
        words = new long[words(size)];
    }

    /** By level, from the members up: index of its first word. */
    static int[] levelStarts(final int size)
    {
        int levels = 1;
        for (int count = wordsFor(size); count > 1; count = wordsFor(count))
        {
            levels++;
        }
        final int[] starts = new int[levels];
        int count = size;
        for (int level = 1; level < levels; level++)
        {
            count = wordsFor(count);
            starts[level] = starts[level - 1] + count;
        }
        return starts;
    }

    /** Words of all levels. */
    static int words(final int size)
    {
        // The top level is one word.
        final int[] starts = levelStarts(size);
        return starts[starts.length - 1] + 1;
    }

    void add(final int member)
    {
        int index = member;
        for (final int start : levelStart)
        {
            final int word = start + (index >>> 6);
            final long before = words[word];
            words[word] = before | 1L << index;
            WordVisits.count();
            if (0 != before)
            {
                return;
            }
            index >>>= 6;
        }
    }

    void remove(final int member)
    {
        int index = member;
        for (final int start : levelStart)
        {
            final int word = start + (index >>> 6);
            words[word] &= ~(1L << index);
            WordVisits.count();
            if (0 != words[word])
            {
                return;
            }
            index >>>= 6;
        }
    }

    boolean contains(final int member)
    {
        return 0 != (words[member >>> 6] & 1L << member);
    }

    /**
     * The lowest member.
     *
     * @return it, or -1 if there is none.
     */
    int first()
    {
        int index = 0;
        for (int level = levelStart.length - 1; level >= 0; level--)
        {
            final long word = words[levelStart[level] + index];
            WordVisits.count();
            if (0 == word)
            {
                return -1;
            }
            index = (index << 6) + Long.numberOfTrailingZeros(word);
        }
        return index;
    }

    int levels()
    {
        return levelStart.length;
    }

    long metadataBytes()
    {
        return (long)words.length * Long.BYTES + (long)levelStart.length * Integer.BYTES;
    }

    /** Whether each summary bit tells of a word that isn't zero, and each such word has its bit. */
    boolean isConsistent()
    {
        for (int level = 1; level < levelStart.length; level++)
        {
            final int start = levelStart[level];
            final int below = levelStart[level - 1];
            final int end = level + 1 < levelStart.length ? levelStart[level + 1] : start + 1;
            for (int i = 0; i < end - start << 6; i++)
            {
                final boolean summary = 0 != (words[start + (i >>> 6)] & 1L << i);
                if (summary != (below + i < start && 0 != words[below + i]))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private static int wordsFor(final int bits)
    {
        return Math.max(1, (bits + 63) >>> 6);
    }
}
