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

import java.util.Arrays;

/**
 * Where threads work, so that they keep out of each other's cache lines: each goes back to the word where it last found
 * a run, and looks elsewhere only for words in lines that no other has taken.
 * <p>
 * All of it is preference, nothing is owned: two threads may have the same stripe, a line may be taken by a thread that
 * is gone, and any thread may take from any word when it finds nothing better. Plain reads and writes of a stripe's
 * word are races without harm, as any word will do.
 * <p>
 * Bytes: 128 a stripe, at most {@link #MOST}; one for every 64 words.
 */
final class Stripes
{
    /** Stripes: at most two a processor, and this. */
    static final int MOST = 64;

    /** Words of a cache line, as a power of two. */
    static final int LINE_SHIFT = 3;

    /** A cache line and the one that is fetched along with it, in ints. */
    private static final int STRIDE = 32;

    private final int[] cursors;
    private final long[] busy;
    private final int mask;

    /**
     * Makes stripes without a word.
     *
     * @param wordCount of level 0.
     */
    Stripes(final int wordCount)
    {
        final int wanted = Math.min(MOST, 2 * Runtime.getRuntime().availableProcessors());
        final int count = Integer.highestOneBit(Math.max(1, Math.min(wanted, wordCount >>> LINE_SHIFT)));
        mask = count - 1;
        cursors = new int[(count + 2) * STRIDE];
        Arrays.fill(cursors, -1);
        busy = new long[(wordCount >>> LINE_SHIFT + 6) + 1];
    }

    /** The calling thread's stripe. */
    int here()
    {
        return (((int)Thread.currentThread().getId() & mask) + 1) * STRIDE;
    }

    /** The word where a stripe's last run was found, or -1. */
    int cursor(final int stripe)
    {
        return cursors[stripe];
    }

    /** Makes a word of level 0 the stripe's own, and its line. */
    void moveTo(final int stripe, final int word)
    {
        final int before = cursors[stripe];
        cursors[stripe] = word;
        final int line = word >>> LINE_SHIFT;
        if (before < 0 || before >>> LINE_SHIFT != line)
        {
            if (before >= 0)
            {
                final int left = before >>> LINE_SHIFT;
                AtomicBits.clear(busy, left >>> 6, 1L << left);
            }
            AtomicBits.or(busy, line >>> 6, 1L << line);
        }
    }

    /**
     * The slots of a word that a stripe may take without disturbing others.
     *
     * @param stripe that asks.
     * @param level  of the word.
     * @param word   of that level.
     * @return a bit for each such slot.
     */
    long quiet(final int stripe, final int level, final int word)
    {
        final int cursor = cursors[stripe];
        final int mine = cursor < 0 ? -1 : cursor >>> LINE_SHIFT;
        if (0 == level)
        {
            final int line = word >>> LINE_SHIFT;
            return line == mine || !AtomicBits.isSet(busy, line) ? -1 : 0;
        }
        return 1 == level ? quietWords(word, mine) : -1;
    }

    /** A word of level 1 is 64 words of level 0: 8 lines, a byte of the lines' bits. */
    private long quietWords(final int word, final int mine)
    {
        final int first = word << 6 - LINE_SHIFT;
        long lines = AtomicBits.get(busy, first >>> 6) >>> first & 0xFF;
        if (mine >= first && mine < first + 8)
        {
            lines &= ~(1L << mine - first);
        }
        long quiet = -1;
        for (; 0 != lines; lines &= lines - 1)
        {
            quiet &= ~(0xFFL << 8 * Long.numberOfTrailingZeros(lines));
        }
        return quiet;
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        return 4L * cursors.length + 8L * busy.length;
    }
}
