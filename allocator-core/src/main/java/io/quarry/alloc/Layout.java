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
 * Size and alignment of a block: what a request asks for at least. A value, with the arithmetic that lays out
 * structures and arrays; the operations are those of {@code std::alloc::Layout} of Rust 1.95, with the same results.
 * <p>
 * A layout is valid if the alignment is a power of two, 1 to 2<sup>63</sup>, and the size <em>rounded up to the
 * alignment</em> is at most 2<sup>63</sup> - 1. Every instance is valid. The size need not be a multiple of the
 * alignment, and may be 0. Numbers are 64-bit; alignments and counts are read as unsigned, so that alignment
 * 2<sup>63</sup> is {@link Long#MIN_VALUE}, which is valid with size 0 only.
 * <p>
 * Allocators take size and alignment as two numbers as well. Where sizes vary from call to call prefer that form, and
 * {@link LayoutBuilder} for the arithmetic: both make no garbage.
 * <p>
 * Threads: immutable.
 *
 * @param size  bytes, from 0.
 * @param align bytes, a power of two.
 */
public record Layout(long size, long align)
{
    /** Of a {@code byte} or {@code boolean}. */
    public static final Layout BYTE = new Layout(1, 1);

    /** Of a {@code short}. */
    public static final Layout SHORT = new Layout(2, 2);

    /** Of a {@code char}: 2 bytes, where Rust's has 4. */
    public static final Layout CHAR = new Layout(2, 2);

    /** Of an {@code int}. */
    public static final Layout INT = new Layout(4, 4);

    /** Of a {@code float}. */
    public static final Layout FLOAT = new Layout(4, 4);

    /** Of a {@code long}. */
    public static final Layout LONG = new Layout(8, 8);

    /** Of a {@code double}. */
    public static final Layout DOUBLE = new Layout(8, 8);

    /**
     * What {@link Layout#repeat} gives.
     *
     * @param layout of the array.
     * @param stride bytes from the start of one element to that of the next.
     */
    public record Repeated(Layout layout, long stride)
    {
    }

    /**
     * What {@link Layout#extend} gives.
     *
     * @param layout of both.
     * @param offset bytes from the start of the whole to that of the part that was added.
     */
    public record Extended(Layout layout, long offset)
    {
    }

    /**
     * Checks the parts.
     *
     * @param size  bytes, from 0.
     * @param align bytes, a power of two.
     * @throws LayoutError if they make no valid layout.
     */
    public Layout
    {
        if (!isValid(size, align))
        {
            throw LayoutError.get();
        }
    }

    /**
     * Whether a size and an alignment make a valid layout.
     *
     * @param size  bytes.
     * @param align bytes.
     * @return true if they do.
     */
    public static boolean isValid(final long size, final long align)
    {
        // For align = 2^63 the subtraction wraps: align - 1 is Long.MAX_VALUE, and only size 0 is left, as it must.
        return Long.bitCount(align) == 1 && size >= 0 && size <= Long.MAX_VALUE - (align - 1);
    }

    /**
     * A layout of a size and an alignment.
     *
     * @param size  bytes.
     * @param align bytes.
     * @return the layout.
     * @throws LayoutError if they make no valid layout.
     */
    public static Layout of(final long size, final long align)
    {
        return new Layout(size, align);
    }

    /**
     * A layout of a size and an alignment that can't be wrong by itself.
     *
     * @param size      bytes.
     * @param alignment of the layout.
     * @return the layout.
     * @throws LayoutError if the size is negative or too large for the alignment.
     */
    public static Layout of(final long size, final Alignment alignment)
    {
        return new Layout(size, alignment.value());
    }

    /**
     * A layout of a size and an alignment, without an exception.
     *
     * @param size  bytes.
     * @param align bytes.
     * @return the layout, or null if they make no valid one.
     */
    public static Layout tryOf(final long size, final long align)
    {
        return isValid(size, align) ? new Layout(size, align) : null;
    }

    /**
     * A layout of parts that the caller knows to be valid, Rust's {@code from_size_align_unchecked}. Undefined there if
     * they are not; here it is refused as the caller's mistake, with an exception that names the parts and is not
     * the {@link LayoutError} of a request that may fail.
     *
     * @param size  bytes.
     * @param align bytes.
     * @return the layout.
     * @throws IllegalArgumentException if they make no valid layout.
     */
    public static Layout ofValid(final long size, final long align)
    {
        if (!isValid(size, align))
        {
            throw Misuse.invalidLayout(size, align);
        }
        return new Layout(size, align);
    }

    /**
     * The layout of so many bytes: a string's, a buffer's.
     *
     * @param length bytes.
     * @return the layout, of alignment 1.
     * @throws LayoutError if the length is negative.
     */
    public static Layout forBytes(final long length)
    {
        return new Layout(length, 1);
    }

    /**
     * The layout of so many elements that exist, or could: that of an {@link #array}.
     *
     * @param element of which there are so many; its size a multiple of its alignment.
     * @param count   of elements, unsigned.
     * @return the layout.
     * @throws LayoutError              if so many make no valid layout.
     * @throws IllegalArgumentException if the element's size is no multiple of its alignment.
     */
    public static Layout forElements(final Layout element, final long count)
    {
        return array(element, count);
    }

    /**
     * The layout of an array.
     *
     * @param element of the array; its size a multiple of its alignment, as that of every type is. For others say
     *                which is meant: {@link #repeat}, or {@link #padToAlign} first.
     * @param count   of elements, unsigned.
     * @return the layout, without any padding.
     * @throws LayoutError              if so many make no valid layout.
     * @throws IllegalArgumentException if the element's size is no multiple of its alignment.
     */
    public static Layout array(final Layout element, final long count)
    {
        if (0 != (element.size & (element.align - 1)))
        {
            throw new IllegalArgumentException("element=" + element + ": size is not a multiple of align");
        }
        return element.repeatPacked(count);
    }

    /**
     * The alignment as a value of its own.
     *
     * @return the alignment.
     */
    public Alignment alignment()
    {
        return Alignment.of(align);
    }

    /**
     * An address that is not null, has the alignment, and must never be read or written: that of an empty block. It is
     * the alignment itself. A real block may have the same address, so it is no sign for "unset".
     *
     * @return the address.
     */
    public long danglingAddress()
    {
        return align;
    }

    /**
     * A layout like this one that is aligned at least so much. The size is not padded.
     *
     * @param minAlign a power of two, bytes, even where it is below this alignment.
     * @return a layout with the larger of the two alignments.
     * @throws LayoutError if {@code minAlign} is no power of two, or the size is too large for it.
     */
    public Layout alignTo(final long minAlign)
    {
        return builder().alignTo(minAlign).toLayout();
    }

    /**
     * A layout like this one that is aligned at least so much. The size is not padded.
     *
     * @param minAlignment of the result.
     * @return a layout with the larger of the two alignments.
     * @throws LayoutError if the size is too large for it.
     */
    public Layout adjustAlignmentTo(final Alignment minAlignment)
    {
        return alignTo(minAlignment.value());
    }

    /**
     * Bytes to add after this layout so that what follows has an alignment, provided that the start has it. Depends on
     * the size only. Never fails.
     *
     * @param alignment of what follows.
     * @return the least number of bytes, from 0; with the size it may come to 2<sup>63</sup>.
     */
    public long paddingNeededFor(final Alignment alignment)
    {
        return Alignment.roundUp(size, alignment.value()) - size;
    }

    /**
     * This layout with its size rounded up to its alignment. Never fails.
     *
     * @return the padded layout.
     */
    public Layout padToAlign()
    {
        return builder().padToAlign().toLayout();
    }

    /**
     * So many of these, each at its alignment, without padding after the last one.
     *
     * @param count unsigned.
     * @return the layout of all and the distance of two, which is told for a count of 0 as well.
     * @throws LayoutError if the result is no valid layout.
     */
    public Repeated repeat(final long count)
    {
        final LayoutBuilder builder = builder().repeat(count);
        return new Repeated(builder.toLayout(), builder.stride());
    }

    /**
     * So many of these without any padding: those after the first may be misaligned.
     *
     * @param count unsigned.
     * @return the layout of all.
     * @throws LayoutError if the result is no valid layout.
     */
    public Layout repeatPacked(final long count)
    {
        return builder().repeatPacked(count).toLayout();
    }

    /**
     * This layout, padding to the alignment of the next one, then that; no padding at the end. To get a C structure,
     * start with size 0 and alignment 1, extend by each field, and {@link #padToAlign()}.
     *
     * @param next to follow.
     * @return the layout of both, with the larger alignment, and where the next one starts.
     * @throws LayoutError if the result is no valid layout.
     */
    public Extended extend(final Layout next)
    {
        final LayoutBuilder builder = builder().extend(next.size, next.align);
        return new Extended(builder.toLayout(), builder.offset());
    }

    /**
     * This layout directly followed by the next one, whose alignment is ignored.
     *
     * @param next to follow.
     * @return the layout of both, with this alignment.
     * @throws LayoutError if the result is no valid layout.
     */
    public Layout extendPacked(final Layout next)
    {
        return builder().extendPacked(next.size).toLayout();
    }

    /**
     * Size, alignment and its exponent, as {@code Layout { size: 16, align: 8 (1 << 3) }}. No stable format.
     *
     * @return the text.
     */
    @Override
    public String toString()
    {
        return "Layout { size: " + size + ", align: " + alignment() + " }";
    }

    private LayoutBuilder builder()
    {
        return new LayoutBuilder().reset(this);
    }
}
