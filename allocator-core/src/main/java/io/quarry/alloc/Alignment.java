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
package io.quarry.alloc;

/**
 * A power of two from 1 to 2<sup>63</sup>, as a value: for calls whose alignment is known to be right. There are 64
 * instances, made once, so that nothing here makes garbage and {@code ==} is equality.
 * <p>
 * Calls that matter for speed take the alignment as a {@code long}, which is read as unsigned: 2<sup>63</sup> is
 * {@link Long#MIN_VALUE}. Agrona's {@code BitUtil.isPowerOfTwo} refuses that one; {@link #isValid(long)} does not.
 * <p>
 * Threads: immutable.
 */
public final class Alignment implements Comparable<Alignment>
{
    private static final Alignment[] BY_LOG2 = all();

    /**
     * Alignment 1, the least, which every address has; what is meant where no alignment is given.
     */
    public static final Alignment MIN = BY_LOG2[0];

    private final int log2;

    private Alignment(final int log2)
    {
        this.log2 = log2;
    }

    /**
     * Whether a number is an alignment: one of the 64 powers of two.
     *
     * @param value bytes, unsigned.
     * @return true if it is.
     */
    public static boolean isValid(final long value)
    {
        return 1 == Long.bitCount(value);
    }

    /**
     * The alignment of a value.
     *
     * @param value bytes, unsigned.
     * @return the alignment.
     * @throws LayoutError if it is no power of two.
     */
    public static Alignment of(final long value)
    {
        if (!isValid(value))
        {
            throw LayoutError.get();
        }
        return BY_LOG2[Long.numberOfTrailingZeros(value)];
    }

    /**
     * The alignment of a value, without an exception.
     *
     * @param value bytes, unsigned.
     * @return the alignment, or null if it is no power of two.
     */
    public static Alignment tryOf(final long value)
    {
        return isValid(value) ? BY_LOG2[Long.numberOfTrailingZeros(value)] : null;
    }

    /**
     * The alignment in bytes.
     *
     * @return a power of two; 2<sup>63</sup> is negative.
     */
    public long value()
    {
        return 1L << log2;
    }

    /**
     * The exponent.
     *
     * @return 0 to 63.
     */
    public int log2()
    {
        return log2;
    }

    /**
     * The mask that rounds an address down to this alignment: the complement of {@code value() - 1}.
     *
     * @return the mask.
     */
    public long mask()
    {
        return -value();
    }

    /**
     * Orders by value, read as unsigned.
     *
     * @param other to compare with.
     * @return negative, 0 or positive, as this one is smaller, equal or larger.
     */
    @Override
    public int compareTo(final Alignment other)
    {
        return Integer.compare(log2, other.log2);
    }

    /**
     * The value and its exponent, as {@code 8 (1 << 3)}. No stable format.
     *
     * @return the text.
     */
    @Override
    public String toString()
    {
        return Long.toUnsignedString(value()) + " (1 << " + log2 + ")";
    }

    /**
     * The larger of two powers of two.
     *
     * @param a an alignment, bytes.
     * @param b an alignment, bytes.
     * @return the larger, unsigned.
     */
    static long max(final long a, final long b)
    {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /**
     * The least multiple of an alignment that isn't below a size. The sum can't wrap: a size is below 2^63 and an
     * alignment at most that, so it is below 2^64; but read as signed the result is negative if it is 2^63.
     *
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return bytes, at most 2^63, unsigned.
     */
    static long roundUp(final long size, final long alignment)
    {
        return (size + (alignment - 1)) & -alignment;
    }

    private static Alignment[] all()
    {
        final Alignment[] alignments = new Alignment[Long.SIZE];
        for (int log2 = 0; log2 < alignments.length; log2++)
        {
            alignments[log2] = new Alignment(log2);
        }
        return alignments;
    }
}
