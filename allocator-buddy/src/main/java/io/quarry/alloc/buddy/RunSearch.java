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
 * Bit tricks on one word of 64 slots, where a set bit is a free slot and bit 0 the lowest address. A <em>run</em> is a
 * stretch of set bits. Each method has its proof beside it, and a test over its whole domain where that can be had.
 */
final class RunSearch
{
    /**
     * Element k has every 2^k-th bit set, from bit 0 on.
     */
    private static final long[] EVERY =
    {
        0xFFFF_FFFF_FFFF_FFFFL,
        0x5555_5555_5555_5555L,
        0x1111_1111_1111_1111L,
        0x0101_0101_0101_0101L,
        0x0001_0001_0001_0001L,
        0x0000_0001_0000_0001L,
        0x0000_0000_0000_0001L,
    };

    private RunSearch()
    {
    }

    /**
     * Where runs start that are long enough.
     * <p>
     * Proof. Bit i of {@code starts} says that the bits i to i + known - 1 are set: true for known = 1. If it holds for
     * known and step is at most known, then bit i of {@code starts & starts >>> step} says that the bits i to
     * i + known - 1 and i + step to i + step + known - 1 are set; the two stretches leave no gap, so it holds for
     * known + step. Zeros come in from above, so no run passes bit 63. As known doubles there are at most 6 steps.
     *
     * @param word   to search.
     * @param length of the run, from 1 to 64.
     * @return a word with bit i set if the bits i to i + length - 1 of {@code word} are set.
     */
    static long starts(final long word, final int length)
    {
        long starts = word;
        int known = 1;
        while (known < length)
        {
            final int step = Math.min(known, length - known);
            starts &= starts >>> step;
            known += step;
        }
        return starts;
    }

    /**
     * How long the longest run is.
     * <p>
     * Proof. {@code starts} has the starts of the runs of {@code length} or more, as in {@link #starts}, and is never
     * 0. After the first loop length is a power of two, and no run is as long as 2 * length. In the second no run is as
     * long as length + 2 * step: true at its begin with step = length / 2; a run of length + step is either found,
     * and length grows by step, or there is none; in both cases it holds for the next step, which is half. At its end
     * step = 0 after a last step of 1: no run is as long as length + 1.
     *
     * @param word to search.
     * @return 0 to 64.
     */
    static int longest(final long word)
    {
        if (0 == word)
        {
            return 0;
        }
        long starts = word;
        long longer = starts & starts >>> 1;
        int length = 1;
        while (0 != longer && length < 32)
        {
            length <<= 1;
            starts = longer;
            longer = starts & starts >>> length;
        }
        return 0 != longer ? 64 : refine(starts, length);
    }

    private static int refine(final long starts, final int power)
    {
        long found = starts;
        int length = power;
        for (int step = power >>> 1; step > 0; step >>>= 1)
        {
            final long longer = found & found >>> step;
            if (0 != longer)
            {
                found = longer;
                length += step;
            }
        }
        return length;
    }

    /**
     * Neighbouring bits.
     * <p>
     * Proof. {@code -1 >>> 64 - count} has its lowest {@code count} bits set, for count from 1 (a shift by 63) to 64 (a
     * shift by 0); moved up by {@code from} they are the bits from to from + count - 1. Shifts take the lowest six
     * bits only, so {@code from} may be the number of a slot in its level.
     *
     * @param from  the lowest bit, 0 to 63; of a larger number its remainder when divided by 64.
     * @param count how many, from 1 to 64 - from.
     * @return a word with those bits set.
     */
    static long mask(final int from, final int count)
    {
        return -1L >>> 64 - count << from;
    }

    /**
     * Bits at equal distances.
     * <p>
     * Proof. {@code EVERY[log2 distance]} has the multiples of {@code distance} below 64 set; moved up by a
     * {@code remainder} below the distance they are the numbers below 64 that leave that remainder, as the largest
     * multiple is 64 - distance and stays below 64.
     *
     * @param distance  a power of two, from 1 to 64.
     * @param remainder from 0 to distance - 1.
     * @return a word with bit i set if i leaves {@code remainder} when divided by {@code distance}.
     */
    static long every(final int distance, final int remainder)
    {
        return EVERY[Integer.numberOfTrailingZeros(distance)] << remainder;
    }
}
