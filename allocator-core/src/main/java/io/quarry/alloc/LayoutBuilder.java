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
 * Lays out a structure or an array step by step, without garbage: a {@link Layout} that changes, and remembers where
 * the last {@link #extend} put its field or how far apart the last {@link #repeat} put its elements.
 * <p>
 * Choose it where layouts are computed again and again, as for messages of varying shape; make one and reuse it. Where
 * they are computed once, the operations of {@code Layout} read better; they are these.
 * <pre>{@code
 * builder.reset();                               // struct { long id; byte side; int quantity; }
 * final long id = builder.extend(8, 8).offset();
 * final long side = builder.extend(1, 1).offset();
 * final long quantity = builder.extend(4, 4).offset();
 * final long size = builder.padToAlign().size();
 * }</pre>
 * An operation that fails throws the preallocated {@link LayoutError} and changes nothing. Numbers are 64-bit as in
 * {@code Layout}: alignments and counts are read as unsigned.
 * <p>
 * Threads: one at a time.
 */
public final class LayoutBuilder
{
    // Invariant: Layout.isValid(size, align), so size rounded up to align is at most 2^63 - 1.
    private long size = 0;
    private long align = 1;
    private long offset = 0;
    private long stride = 0;

    /**
     * Starts with the empty layout: size 0, alignment 1.
     */
    public LayoutBuilder()
    {
    }

    /**
     * Starts again with the empty layout: size 0, alignment 1.
     *
     * @return this.
     */
    public LayoutBuilder reset()
    {
        return become(0, 1, 0, 0);
    }

    /**
     * Starts again with a layout.
     *
     * @param newSize  bytes.
     * @param newAlign a power of two, bytes.
     * @return this.
     * @throws LayoutError if they make no valid layout.
     */
    public LayoutBuilder reset(final long newSize, final long newAlign)
    {
        return become(newSize, newAlign, 0, 0);
    }

    /**
     * Starts again with a layout.
     *
     * @param layout to start with.
     * @return this.
     */
    public LayoutBuilder reset(final Layout layout)
    {
        return become(layout.size(), layout.align(), 0, 0);
    }

    /**
     * Size so far.
     *
     * @return bytes.
     */
    public long size()
    {
        return size;
    }

    /**
     * Alignment so far.
     *
     * @return bytes, a power of two.
     */
    public long align()
    {
        return align;
    }

    /**
     * Where the last {@link #extend} or {@link #extendPacked} put its field.
     *
     * @return bytes from the start; 0 if there was none since the last reset.
     */
    public long offset()
    {
        return offset;
    }

    /**
     * The distance between the starts of two elements of the last {@link #repeat} or {@link #repeatPacked}.
     *
     * @return bytes; 0 if there was none since the last reset.
     */
    public long stride()
    {
        return stride;
    }

    /**
     * What was built, as a value. Makes an object.
     *
     * @return the layout.
     */
    public Layout toLayout()
    {
        return new Layout(size, align);
    }

    /**
     * Raises the alignment: the larger of the present one and {@code minAlign}. The size is not padded.
     *
     * @param minAlign a power of two, bytes, even where it is below the present alignment.
     * @return this.
     * @throws LayoutError if it is no power of two, or the size is too large for the new alignment.
     */
    public LayoutBuilder alignTo(final long minAlign)
    {
        if (!Alignment.isValid(minAlign))
        {
            throw LayoutError.get();
        }
        return become(size, Alignment.max(align, minAlign), offset, stride);
    }

    /**
     * Rounds the size up to the alignment. Never fails.
     *
     * @return this.
     */
    public LayoutBuilder padToAlign()
    {
        // At most 2^63 - 1 by the invariant.
        return become(Alignment.roundUp(size, align), align, offset, stride);
    }

    /**
     * Adds a field after padding to its alignment; no padding after it. The new alignment is the larger of the two. To
     * get a C structure, start empty, extend by each field, and pad to the alignment.
     *
     * @param nextSize  bytes.
     * @param nextAlign a power of two, bytes.
     * @return this; {@link #offset()} tells where the field starts.
     * @throws LayoutError if the field or the result is no valid layout.
     */
    public LayoutBuilder extend(final long nextSize, final long nextAlign)
    {
        if (!Layout.isValid(nextSize, nextAlign))
        {
            throw LayoutError.get();
        }
        // At most 2^63, and with the next size at most 2^64 - 1: the sum can't wrap. From 2^63 on it is negative as a
        // long, which makes no valid layout.
        final long nextOffset = Alignment.roundUp(size, nextAlign);
        return become(nextOffset + nextSize, Alignment.max(align, nextAlign), nextOffset, stride);
    }

    /**
     * Adds a field directly at the end, whatever its alignment. The alignment stays.
     *
     * @param nextSize bytes.
     * @return this; {@link #offset()} tells where the field starts.
     * @throws LayoutError if {@code nextSize} is negative or the result is no valid layout.
     */
    public LayoutBuilder extendPacked(final long nextSize)
    {
        if (nextSize < 0)
        {
            throw LayoutError.get();
        }
        // Both are at most 2^63 - 1: a sum of 2^63 or more is negative as a long, which makes no valid layout.
        return become(size + nextSize, align, size, stride);
    }

    /**
     * Makes it an array of so many, each at its alignment, without padding after the last one.
     *
     * @param count of elements, unsigned.
     * @return this; {@link #stride()} tells how far apart they start, for a count of 0 as well.
     * @throws LayoutError if the result is no valid layout.
     */
    public LayoutBuilder repeat(final long count)
    {
        // At most 2^63 - 1 by the invariant.
        final long newStride = Alignment.roundUp(size, align);
        if (0 == count)
        {
            return become(0, align, offset, newStride);
        }
        // Both are at most 2^63 - 1: a sum of 2^63 or more is negative as a long, which makes no valid layout.
        return become(multiply(newStride, count - 1) + size, align, offset, newStride);
    }

    /**
     * Makes it an array of so many without any padding: elements after the first may be misaligned.
     *
     * @param count of elements, unsigned.
     * @return this; {@link #stride()} is the element's size.
     * @throws LayoutError if the result is no valid layout.
     */
    public LayoutBuilder repeatPacked(final long count)
    {
        return become(multiply(size, count), align, offset, size);
    }

    /**
     * The layout so far, and what the last operations told.
     *
     * @return the text; no stable format.
     */
    @Override
    public String toString()
    {
        return "LayoutBuilder { " + toLayout() + ", offset: " + offset + ", stride: " + stride + " }";
    }

    private LayoutBuilder become(final long newSize, final long newAlign, final long newOffset, final long newStride)
    {
        if (!Layout.isValid(newSize, newAlign))
        {
            throw LayoutError.get();
        }
        size = newSize;
        align = newAlign;
        offset = newOffset;
        stride = newStride;
        return this;
    }

    /** The count is unsigned: any number of empty elements is empty. */
    private static long multiply(final long elementSize, final long count)
    {
        if (0 == elementSize)
        {
            return 0;
        }
        if (Long.compareUnsigned(count, Long.MAX_VALUE / elementSize) > 0)
        {
            throw LayoutError.get();
        }
        return elementSize * count;
    }
}
