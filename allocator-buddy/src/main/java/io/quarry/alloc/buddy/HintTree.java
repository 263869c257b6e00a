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

/**
 * A set of numbers that any thread may change: a tree of bits, 64-ary, whose upper depths say where to look. It holds
 * hints: what it says may be out of date, and who acts on it looks at the thing itself.
 * <p>
 * Duties: who makes something true sets its bit afterwards; who finds a bit wrong clears it, looks at the thing once
 * more, and sets the bit again if it is true by then. So at rest every true thing has its bit.
 * <p>
 * Progress: {@link #next} and {@link #isSet} are wait-free, {@link #set} and {@link #clear} lock-free; each takes at
 * most two words a depth. Bytes: 8 for every 64 numbers, and a 63rd more for the upper depths.
 */
final class HintTree
{
    // depths[0]    one bit for each number
    // depths[d]    one bit for each word of depths[d - 1]: that word is not 0
    // the last     one word
    //
    // H1  at rest the bit over a word that is not 0 is set; over one that is 0 it may be

    final long[][] depths;

    /**
     * Makes an empty set.
     *
     * @param count of numbers, from 1.
     */
    HintTree(final int count)
    {
        int depth = 1;
        for (int words = wordsFor(count); words > 1; words = wordsFor(words))
        {
            depth++;
        }
        depths = new long[depth][];
        int words = count;
        for (int i = 0; i < depth; i++)
        {
            words = wordsFor(words);
            depths[i] = new long[words];
        }
    }

    private static int wordsFor(final int bits)
    {
        return (int)(bits + 63L >>> 6);
    }

    boolean isSet(final int number)
    {
        return AtomicBits.isSet(depths[0], number);
    }

    /** Adds a number; cheap if it is there. */
    void set(final int number)
    {
        setFrom(0, number);
    }

    /** A bit that is set already has been seen to upwards by who set it, or is just being. */
    private void setFrom(final int depth, final int bit)
    {
        int i = bit;
        for (int d = depth; d < depths.length; d++)
        {
            if (AtomicBits.isSet(depths[d], i))
            {
                return;
            }
            AtomicBits.or(depths[d], i >>> 6, 1L << i);
            i >>>= 6;
        }
    }

    /** Removes a number. The caller then looks at the thing once more. */
    void clear(final int number)
    {
        int i = number;
        for (int d = 0; d < depths.length; d++)
        {
            final long mask = 1L << i;
            final long left = AtomicBits.clear(depths[d], i >>> 6, mask) & ~mask;
            if (d > 0 && 0 != AtomicBits.get(depths[d - 1], i))
            {
                setFrom(d, i);
                return;
            }
            if (0 != left)
            {
                return;
            }
            i >>>= 6;
        }
    }

    /**
     * The lowest number from one on.
     *
     * @param from 0 or more.
     * @return the number, or -1 if there is none.
     */
    int next(final int from)
    {
        int d = 0;
        int i = from;
        while (i >>> 6 < depths[d].length)
        {
            final long above = AtomicBits.get(depths[d], i >>> 6) & -1L << i;
            if (0 == above)
            {
                if (++d == depths.length)
                {
                    return -1;
                }
                i = (i >>> 6) + 1;
                continue;
            }
            i = (i & -64) + Long.numberOfTrailingZeros(above);
            if (0 == d)
            {
                return i;
            }
            d--;
            i <<= 6;
        }
        return -1;
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        long bytes = 0;
        for (final long[] depth : depths)
        {
            bytes += 8L * depth.length;
        }
        return bytes;
    }
}
