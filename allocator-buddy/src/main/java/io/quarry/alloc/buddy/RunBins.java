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

/**
 * The free runs of a {@link RunMap}, sorted by length into bins, each bin sorted by address.
 * <p>
 * There is a bin for every length to 64 units, then four a doubling. For each bin one bit for every word of 64 units
 * says that a run of that bin starts in the word, under summaries of 64-bit words up to a single one; a mask says which
 * bins have any run. Which unit of the word it is tell {@code starts}, one bit a unit, and the length in the map.
 * <pre>
 *   bin    0 ..  63    runs of exactly bin + 1 units
 *   bin   64 ..        runs of (4 + q) &lt;&lt; e .. ((5 + q) &lt;&lt; e) - 1 units, q = bin &amp; 3, e = bin / 4 - 12
 *
 *   summaries of one bin, for 2^21 units:  1 word  &lt;-  8 words  &lt;-  512 words, one bit each for 64 units
 * </pre>
 * Two runs of one bin can start in one word only if they are shorter than 64 units, so in the bins from 64 on a word's
 * run is the last one that starts in it, and nothing has to be searched.
 */
final class RunBins
{
    // Source: good fit in bins by length is Masmano, Ripoll, Crespo and Real's TLSF (ECRTS 2004) and Lea's malloc; the
    // lists are replaced by words under summaries, so that a bin is in order of addresses at no cost.

    /**
     * No run.
     */
    static final int NONE = -1;

    /**
     * Bins that hold runs of one length each.
     */
    static final int EXACT_BINS = 64;

    private static final int STEP_BITS = 2;
    private static final int STEPS = 1 << STEP_BITS;
    private static final int MAX_LEVELS = 4;

    private final RunMap map;
    private final long[] starts;
    private final long[] bits;
    private final long[] usedBins;
    private final int binCount;
    private final int binWords;
    private final int levels;
    private final int[] levelOffset = new int[MAX_LEVELS];

    /**
     * Makes bins without any run.
     *
     * @param map that tells the length of a run from its first unit.
     */
    RunBins(final RunMap map)
    {
        this.map = map;
        final int words = wordsFor(map.units());
        int offset = 0;
        int level = 0;
        int levelWords = words;
        do
        {
            levelWords = wordsFor(levelWords);
            levelOffset[level++] = offset;
            offset += levelWords;
        }
        while (levelWords > 1);
        levels = level;
        binWords = offset;
        binCount = binOf(map.units()) + 1;
        starts = new long[words];
        bits = new long[binCount * binWords];
        usedBins = new long[wordsFor(binCount)];
    }

    /**
     * The bin of a length.
     *
     * @param units of a run, from 1.
     * @return the bin's index.
     */
    static int binOf(final int units)
    {
        return units <= EXACT_BINS ? units - 1 : wideBinOf(units);
    }

    /**
     * The first bin all of whose runs have at least some length.
     *
     * @param units that are wanted, from 1.
     * @return the bin's index.
     */
    static int fitBinOf(final int units)
    {
        return units <= EXACT_BINS ? units - 1 : wideBinOf(units - 1) + 1;
    }

    /**
     * What the bins cost.
     *
     * @return bytes.
     */
    long metadataBytes()
    {
        return ((long)starts.length + bits.length + usedBins.length) * Long.BYTES + MAX_LEVELS * Integer.BYTES;
    }

    /**
     * How many bins there are.
     *
     * @return the count.
     */
    int binCount()
    {
        return binCount;
    }

    /**
     * How many levels of words a bin has.
     *
     * @return the count, at most 4.
     */
    int levels()
    {
        return levels;
    }

    /**
     * How many words the mask of bins that have a run has.
     *
     * @return the count, at most 3.
     */
    int usedBinWords()
    {
        return usedBins.length;
    }

    /**
     * How many words putting a run in visits at most: a word of starts, the mask of bins, one word a level.
     *
     * @return the bound.
     */
    int maxInsertVisits()
    {
        return 2 + levels;
    }

    /**
     * How many words taking a run out visits at most: a word of starts, the lengths of the 31 others that may start in
     * it, one of them in two cells, one word a level, the mask of bins.
     *
     * @return the bound.
     */
    int maxRemoveVisits()
    {
        return 34 + levels;
    }

    /**
     * How many words one level of a bin has.
     *
     * @param level from 0, the one whose bits stand for 64 units each.
     * @return the count.
     */
    int levelWords(final int level)
    {
        return (level + 1 < levels ? levelOffset[level + 1] : binWords) - levelOffset[level];
    }

    /**
     * A word of a bin.
     *
     * @param bin   index.
     * @param level from 0.
     * @param index of the word in its level.
     * @return its bits.
     */
    long word(final int bin, final int level, final int index)
    {
        return bits[bin * binWords + levelOffset[level] + index];
    }

    /**
     * Whether a bin is said to have any run.
     *
     * @param bin index.
     * @return true if so.
     */
    boolean isUsed(final int bin)
    {
        return 0 != (usedBins[bin >>> 6] & 1L << bin);
    }

    /**
     * Which units of a word free runs start at.
     *
     * @param index of the word.
     * @return its bits.
     */
    long startsIn(final int index)
    {
        return starts[index];
    }

    /**
     * Puts a free run in, whose length the map already has.
     *
     * @param first unit.
     * @param units of the run.
     */
    void insert(final int first, final int units)
    {
        final int bin = binOf(units);
        final int word = first >>> 6;
        WordVisits.count();
        starts[word] |= 1L << first;
        int index = word;
        final int at = bin * binWords;
        for (int level = 0; level < levels; level++)
        {
            WordVisits.count();
            final int position = at + levelOffset[level] + (index >>> 6);
            final long old = bits[position];
            bits[position] = old | 1L << index;
            if (0 != old)
            {
                return;
            }
            index >>>= 6;
        }
        WordVisits.count();
        usedBins[bin >>> 6] |= 1L << bin;
    }

    /**
     * Takes a free run out.
     *
     * @param first unit.
     * @param units of the run.
     */
    void remove(final int first, final int units)
    {
        final int bin = binOf(units);
        final int word = first >>> 6;
        WordVisits.count();
        final long others = starts[word] & ~(1L << first);
        starts[word] = others;
        if (bin >= EXACT_BINS || 0 == others || NONE == firstOf(bin, word, others))
        {
            clear(bin, word);
        }
    }

    /**
     * Finds the lowest run of a bin.
     *
     * @param bin that has a run.
     * @return the run's first unit.
     */
    int lowest(final int bin)
    {
        return descend(bin, levels, 0);
    }

    /**
     * Finds the next run of a bin in another word.
     *
     * @param bin  that a run is in.
     * @param unit first of that run.
     * @return the first run of the bin in a higher word, or {@link #NONE}.
     */
    int nextAbove(final int bin, final int unit)
    {
        final int at = bin * binWords;
        int index = unit >>> 6;
        for (int level = 0; level < levels; level++)
        {
            WordVisits.count();
            // Two shifts, as a shift by 64 would be one by 0.
            final long above = bits[at + levelOffset[level] + (index >>> 6)] & (-1L << index << 1);
            if (0 != above)
            {
                return descend(bin, level, (index & -64) | Long.numberOfTrailingZeros(above));
            }
            index >>>= 6;
        }
        return NONE;
    }

    /**
     * Finds the next bin that has a run.
     *
     * @param from bin to begin with.
     * @return the bin, or {@link #NONE}.
     */
    int nextUsed(final int from)
    {
        int word = from >>> 6;
        long mask = -1L << from;
        while (word < usedBins.length)
        {
            WordVisits.count();
            final long used = usedBins[word] & mask;
            if (0 != used)
            {
                return word << 6 | Long.numberOfTrailingZeros(used);
            }
            mask = -1L;
            word++;
        }
        return NONE;
    }

    /**
     * Finds the last bin that has a run.
     *
     * @return the bin, or {@link #NONE}.
     */
    int lastUsed()
    {
        for (int word = usedBins.length - 1; word >= 0; word--)
        {
            WordVisits.count();
            if (0 != usedBins[word])
            {
                return word << 6 | 63 - Long.numberOfLeadingZeros(usedBins[word]);
            }
        }
        return NONE;
    }

    private int descend(final int bin, final int fromLevel, final int fromIndex)
    {
        final int at = bin * binWords;
        int index = fromIndex;
        for (int level = fromLevel - 1; level >= 0; level--)
        {
            WordVisits.count();
            index = index << 6 | Long.numberOfTrailingZeros(bits[at + levelOffset[level] + index]);
        }
        return inWord(bin, index);
    }

    private int inWord(final int bin, final int word)
    {
        WordVisits.count();
        final long candidates = starts[word];
        return bin < EXACT_BINS ?
            firstOf(bin, word, candidates) : word << 6 | 63 - Long.numberOfLeadingZeros(candidates);
    }

    private int firstOf(final int exactBin, final int word, final long candidates)
    {
        long rest = candidates;
        while (0 != rest)
        {
            final int first = word << 6 | Long.numberOfTrailingZeros(rest);
            if (map.length(first) == exactBin + 1)
            {
                return first;
            }
            rest &= rest - 1;
        }
        return NONE;
    }

    private void clear(final int bin, final int word)
    {
        final int at = bin * binWords;
        int index = word;
        for (int level = 0; level < levels; level++)
        {
            WordVisits.count();
            final int position = at + levelOffset[level] + (index >>> 6);
            final long left = bits[position] & ~(1L << index);
            bits[position] = left;
            if (0 != left)
            {
                return;
            }
            index >>>= 6;
        }
        WordVisits.count();
        usedBins[bin >>> 6] &= ~(1L << bin);
    }

    private static int wideBinOf(final int units)
    {
        final int exponent = 31 - STEP_BITS - Integer.numberOfLeadingZeros(units);
        // 64 units, exponent 4, are where the wide bins begin; length 64 itself stays in its exact bin.
        return EXACT_BINS + (exponent - 4) * STEPS + ((units >>> exponent) & (STEPS - 1));
    }

    private static int wordsFor(final int count)
    {
        return count + 63 >>> 6;
    }
}
