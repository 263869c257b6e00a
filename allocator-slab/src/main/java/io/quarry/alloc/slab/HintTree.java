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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A set of small integers that any thread may change: bits under 64-ary summaries, as in {@link BitTree}, by atomic
 * steps on single words.
 * <p>
 * It serves for hints. A member that is added is found by every search that begins later, unless another thread is in
 * {@link #remove} of a neighbour: between two instructions of that one a summary can be missing. It is put back by the
 * same call. So who must not overlook a member looks at what the set is about, not at the set.
 * <p>
 * Source: the chunk map of mimalloc 3, for clearing a summary and looking again.
 */
final class HintTree
{
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    final long[] words;
    private final int[] levelStart;

    /**
     * Makes an empty set.
     *
     * @param size members are from 0 to {@code size - 1}.
     */
    HintTree(final int size)
    {
        levelStart = BitTree.levelStarts(size);
        words = new long[BitTree.words(size)];
    }

    void add(final int member)
    {
        addFrom(0, member);
    }

    void remove(final int member)
    {
        final long bit = 1L << member;
        if (0 == ((long)WORDS.getAndBitwiseAnd(words, member >>> 6, ~bit) & ~bit))
        {
            clearSummaries(1, member >>> 6);
        }
    }

    boolean contains(final int member)
    {
        return 0 != ((long)WORDS.getVolatile(words, member >>> 6) & 1L << member);
    }

    /**
     * The lowest member that the summaries lead to.
     *
     * @return it, or -1 if they lead to none.
     */
    int first()
    {
        final int top = levelStart.length - 1;
        int level = top;
        int index = 0;
        while (true)
        {
            final long word = (long)WORDS.getVolatile(words, levelStart[level] + index);
            if (0 != word)
            {
                index = (index << 6) + Long.numberOfTrailingZeros(word);
                if (0 == level--)
                {
                    return index;
                }
            }
            else if (top == level)
            {
                return -1;
            }
            else
            {
                // Emptied a moment ago, by a thread that may be stopped: its work is done here, and then from the top.
                clearSummaries(level + 1, index);
                level = top;
                index = 0;
            }
        }
    }

    long metadataBytes()
    {
        return (long)words.length * Long.BYTES + (long)levelStart.length * Integer.BYTES;
    }

    private void addFrom(final int firstLevel, final int member)
    {
        int index = member;
        for (int level = firstLevel; level < levelStart.length; level++)
        {
            // To the top in any case: who added a neighbour may be stopped before he gets there.
            final int word = levelStart[level] + (index >>> 6);
            if (0 == ((long)WORDS.getVolatile(words, word) & 1L << index))
            {
                WORDS.getAndBitwiseOr(words, word, 1L << index);
            }
            index >>>= 6;
        }
    }

    /** Clears the summaries of a word that was seen empty, up to one that tells of others too. */
    private void clearSummaries(final int firstLevel, final int word)
    {
        int index = word;
        for (int level = firstLevel; level < levelStart.length; level++)
        {
            final long bit = 1L << index;
            final long before = (long)WORDS.getAndBitwiseAnd(words, levelStart[level] + (index >>> 6), ~bit);
            if (0 != (long)WORDS.getVolatile(words, levelStart[level - 1] + index))
            {
                addFrom(level, index);
                return;
            }
            if (0 != (before & ~bit))
            {
                return;
            }
            index >>>= 6;
        }
    }
}
