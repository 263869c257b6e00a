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
 * One level of {@link ConcurrentWords}: its words, and hints where to look for a run.
 * <p>
 * Progress: lock-free; a step is repeated only when another thread has just changed the same word.
 * <p>
 * Bytes: 8 a word, and 7 {@link HintTree}s of one bit a word.
 */
final class ConcurrentLevel
{
    // class of a word   ==  floor(log2(longest run)): 0 for a run of one slot, 6 for a word that is wholly free
    //
    // L1  at rest a word that is not 0 is in hints[c] for its own class c or one above
    //
    // Who adds slots notes the run that they are in, after adding them: if the class has risen it is that run's. Who
    // takes slots notes nothing, so that a word may be found where it no longer belongs; who finds it there moves it.

    static final int CLASSES = 7;

    /** At how many words a search looks in each class. */
    private static final int PEEKS = 16;

    final long[] words;
    final HintTree[] hints = new HintTree[CLASSES];
    private final int number;

    /**
     * Makes a level without a free slot.
     *
     * @param number    which level.
     * @param wordCount from 1.
     */
    ConcurrentLevel(final int number, final int wordCount)
    {
        this.number = number;
        words = new long[wordCount];
        for (int i = 0; i < CLASSES; i++)
        {
            hints[i] = new HintTree(wordCount);
        }
    }

    /**
     * Takes the lowest run of a word that starts at one of certain slots.
     *
     * @param word   to take from.
     * @param count  slots, 1 to 64.
     * @param starts a bit for each slot of the word where it may start.
     * @return the first slot, or -1 if the word has no such run.
     */
    int takeIn(final int word, final int count, final long starts)
    {
        while (true)
        {
            final long free = AtomicBits.get(words, word);
            final long found = RunSearch.starts(free, count) & starts;
            if (0 == found)
            {
                return -1;
            }
            final int bit = Long.numberOfTrailingZeros(found);
            if (AtomicBits.swap(words, word, free, free & ~RunSearch.mask(bit, count)))
            {
                return (word << 6) + bit;
            }
        }
    }

    /** Takes a word that is wholly free. */
    boolean takeWhole(final int word)
    {
        return AtomicBits.swap(words, word, -1, 0);
    }

    /**
     * Takes a run where the hints say, in the lowest word of the lowest class that has one. Looks at a bounded number
     * of words.
     *
     * @param count   slots, 1 to 64.
     * @param starts  a bit for each slot of a word where it may start.
     * @param stripes whose preferences are kept, or null.
     * @param stripe  of the caller.
     * @return the first slot, or -1 if none was found.
     */
    int take(final int count, final long starts, final Stripes stripes, final int stripe)
    {
        for (int c = 31 - Integer.numberOfLeadingZeros(count); c < CLASSES; c++)
        {
            final int slot = takeOfClass(c, count, starts, stripes, stripe);
            if (slot >= 0)
            {
                return slot;
            }
        }
        return -1;
    }

    private int takeOfClass(
        final int c, final int count, final long starts, final Stripes stripes, final int stripe)
    {
        final HintTree tree = hints[c];
        int word = tree.next(0);
        for (int left = PEEKS; word >= 0 && left > 0; left--)
        {
            final long quiet = null == stripes ? -1 : stripes.quiet(stripe, number, word);
            if (0 != quiet)
            {
                final int slot = takeIn(word, count, starts & quiet);
                if (slot >= 0)
                {
                    return slot;
                }
                correct(word, c);
                word = tree.next(word + 1);
            }
            else
            {
                word = tree.next((word | (1 << Stripes.LINE_SHIFT) - 1) + 1);
            }
        }
        return -1;
    }

    /** Moves a word from a class to where it belongs. */
    void correct(final int word, final int c)
    {
        if (c != classOf(AtomicBits.get(words, word)))
        {
            hints[c].clear(word);
            final int now = classOf(AtomicBits.get(words, word));
            if (now >= 0)
            {
                hints[now].set(word);
            }
        }
    }

    /** -1 for a word without a free slot. */
    static int classOf(final long free)
    {
        return 31 - Integer.numberOfLeadingZeros(RunSearch.longest(free));
    }

    /**
     * Adds free slots to a word.
     *
     * @param word which.
     * @param mask neighbouring slots, none of them free.
     */
    void add(final int word, final long mask)
    {
        final long free = AtomicBits.or(words, word, mask) | mask;
        final int bit = Long.numberOfTrailingZeros(mask);
        // The run that they are in, as in RadixLevel.add.
        final int above = Long.numberOfTrailingZeros(~(free >>> bit));
        final int below = Long.numberOfLeadingZeros(~(free << 63 - bit));
        hints[31 - Integer.numberOfLeadingZeros(above + below - 1)].set(word);
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        long bytes = 8L * words.length;
        for (final HintTree tree : hints)
        {
            bytes += tree.metadataBytes();
        }
        return bytes;
    }
}
