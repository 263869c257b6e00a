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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The entries of the contract that are about layouts, one by one, with the values that ports get wrong; the vectors of
 * {@code LayoutVectorsTest} go over the rest.
 */
class LayoutTest
{
    private static final long HUGE_ALIGN = Long.MIN_VALUE;
    private static final long HALF = 1L << 62;
    private static final long MAX = Long.MAX_VALUE;
    private static final long[] EDGES = {
        0, 1, 2, 3, 7, 8, 9, 4095, 4096, 4097, Integer.MAX_VALUE, 1L << 32, HALF - 1, HALF, HALF + 1, MAX - 4096,
        MAX - 4095, MAX - 8, MAX - 7, MAX - 2, MAX - 1, MAX, HUGE_ALIGN, HUGE_ALIGN + 1, -2, -1};

    @Test
    @DisplayName("L1 the size rounded up to the alignment is at most 2^63 - 1")
    void shouldBoundTheRoundedSize()
    {
        final BigInteger limit = BigInteger.valueOf(MAX);
        for (final long size : EDGES)
        {
            for (int log2 = 0; log2 < Long.SIZE; log2++)
            {
                final BigInteger align = BigInteger.TWO.pow(log2);
                final BigInteger rounded = unsigned(size).add(align).subtract(BigInteger.ONE).divide(align)
                    .multiply(align);
                assertEquals(rounded.compareTo(limit) <= 0, Layout.isValid(size, 1L << log2), size + ", 2^" + log2);
            }
        }
    }

    @Test
    @DisplayName("L2 the size need not be a multiple of the alignment")
    void shouldTakeSizesThatAreNoMultiple()
    {
        assertEquals(1, Layout.of(1, 4096).size());
        assertEquals(6, Layout.of(6, 4).size());
        assertEquals(0, Layout.of(0, 4096).size());
    }

    @Test
    @DisplayName("L3 2^63 is an alignment, of size 0 only; 2^62 allows sizes to 2^62")
    void shouldTakeTheLargestAlignments()
    {
        assertEquals(HUGE_ALIGN, Layout.of(0, HUGE_ALIGN).align());
        assertError(() -> Layout.of(1, HUGE_ALIGN));
        assertEquals(HALF, Layout.of(HALF, HALF).size());
        assertError(() -> Layout.of(HALF + 1, HALF));
    }

    @Test
    @DisplayName("L4 L9 size and alignment are kept as asked")
    void shouldKeepItsParts()
    {
        final Layout layout = Layout.of(24, 16);

        assertEquals(24, layout.size());
        assertEquals(16, layout.align());
        assertSame(Alignment.of(16), layout.alignment());
    }

    @Test
    @DisplayName("L5 equality is that of the parts; the text shows them and the exponent")
    void shouldCompareAndPrintItsParts()
    {
        assertEquals(Layout.of(16, 8), Layout.of(16, 8));
        assertEquals(Layout.of(16, 8).hashCode(), Layout.of(16, 8).hashCode());
        assertNotEquals(Layout.of(16, 8), Layout.of(16, 4));
        assertNotEquals(Layout.of(16, 8), Layout.of(8, 8));
        assertEquals("Layout { size: 16, align: 8 (1 << 3) }", Layout.of(16, 8).toString());
        assertEquals("Layout { size: 0, align: 9223372036854775808 (1 << 63) }", Layout.of(0, HUGE_ALIGN).toString());
    }

    @Test
    @DisplayName("L6 an alignment that is no power of two is an error, and so is too large a size; in all three forms")
    void shouldRefuseInvalidParts()
    {
        final long[][] invalid = {{8, 0}, {8, 3}, {8, -1}, {0, 0}, {-1, 1}, {HUGE_ALIGN, 1}, {MAX, 2}, {MAX - 6, 8}};
        for (final long[] parts : invalid)
        {
            assertError(() -> Layout.of(parts[0], parts[1]));
            assertError(() -> new Layout(parts[0], parts[1]));
            assertNull(Layout.tryOf(parts[0], parts[1]));
            assertFalse(Layout.isValid(parts[0], parts[1]));
        }
        assertEquals(Layout.of(MAX - 7, 8), Layout.tryOf(MAX - 7, 8));
        assertTrue(Layout.isValid(MAX, 1));
    }

    @Test
    @DisplayName("L7 with a known alignment only the size can be wrong")
    void shouldTakeKnownAlignment()
    {
        assertEquals(Layout.of(24, 8), Layout.of(24, Alignment.of(8)));
        assertError(() -> Layout.of(MAX - 6, Alignment.of(8)));
        assertError(() -> Layout.of(-1, Alignment.MIN));
    }

    @Test
    @DisplayName("L8 parts said to be valid are checked all the same, and named")
    void shouldNamePartsThatShouldHaveBeenValid()
    {
        assertEquals(Layout.of(24, 8), Layout.ofValid(24, 8));
        final String badAlign =
            assertThrows(IllegalArgumentException.class, () -> Layout.ofValid(24, 7)).getMessage();
        final String badSize =
            assertThrows(IllegalArgumentException.class, () -> Layout.ofValid(-5, 8)).getMessage();

        assertTrue(badAlign.contains("alignment=7"), badAlign);
        assertTrue(badSize.contains("size=-5"), badSize);
    }

    @Test
    @DisplayName("L10 the types of Java have the layouts that Java gives them")
    void shouldHaveConstantsForTypes()
    {
        assertEquals(Layout.of(Byte.BYTES, Byte.BYTES), Layout.BYTE);
        assertEquals(Layout.of(Short.BYTES, Short.BYTES), Layout.SHORT);
        assertEquals(Layout.of(Character.BYTES, Character.BYTES), Layout.CHAR);
        assertEquals(Layout.of(Integer.BYTES, Integer.BYTES), Layout.INT);
        assertEquals(Layout.of(Float.BYTES, Float.BYTES), Layout.FLOAT);
        assertEquals(Layout.of(Long.BYTES, Long.BYTES), Layout.LONG);
        assertEquals(Layout.of(Double.BYTES, Double.BYTES), Layout.DOUBLE);
    }

    @Test
    @DisplayName("L11 the layout of existing bytes and elements")
    void shouldTellLayoutOfValues()
    {
        assertEquals(Layout.of(17, 1), Layout.forBytes(17));
        assertEquals(Layout.of(0, 1), Layout.forBytes(0));
        assertEquals(Layout.of(40, 4), Layout.forElements(Layout.INT, 10));
    }

    @Test
    @DisplayName("L12 a length must be real and the total at most 2^63 - 1; length 0 is always fine")
    void shouldBoundTheLengthOfValues()
    {
        assertEquals(Layout.of(0, 8), Layout.forElements(Layout.LONG, 0));
        assertEquals(Layout.of(MAX - 7, 8), Layout.forElements(Layout.LONG, MAX / 8));
        assertError(() -> Layout.forElements(Layout.LONG, MAX / 8 + 1));
        assertError(() -> Layout.forBytes(-1));
    }

    @Test
    @DisplayName("L13 the dangling address is the alignment")
    void shouldTellDanglingAddress()
    {
        assertEquals(1, Layout.of(0, 1).danglingAddress());
        assertEquals(64, Layout.of(100, 64).danglingAddress());
        assertEquals(HUGE_ALIGN, Layout.of(0, HUGE_ALIGN).danglingAddress());
    }

    @Test
    @DisplayName("L14 align_to wants a power of two even below the alignment, compares unsigned, doesn't pad")
    void shouldRaiseAlignment()
    {
        final Layout layout = Layout.of(9, 8);

        assertEquals(Layout.of(9, 16), layout.alignTo(16));
        assertEquals(layout, layout.alignTo(4));
        assertEquals(layout, layout.alignTo(8));
        assertError(() -> layout.alignTo(3));
        assertError(() -> layout.alignTo(0));
        assertEquals(Layout.of(0, HUGE_ALIGN), Layout.of(0, 8).alignTo(HUGE_ALIGN));
        assertEquals(Layout.of(0, HUGE_ALIGN), Layout.of(0, HUGE_ALIGN).alignTo(8));
        assertError(() -> layout.alignTo(HUGE_ALIGN));
        assertError(() -> Layout.of(MAX, 1).alignTo(2));
    }

    @Test
    @DisplayName("L15 adjust_alignment_to is align_to with a known alignment")
    void shouldAdjustAlignment()
    {
        assertEquals(Layout.of(9, 16), Layout.of(9, 8).adjustAlignmentTo(Alignment.of(16)));
        assertEquals(Layout.of(9, 8), Layout.of(9, 8).adjustAlignmentTo(Alignment.MIN));
        assertError(() -> Layout.of(9, 8).adjustAlignmentTo(Alignment.of(HUGE_ALIGN)));
    }

    @Test
    @DisplayName("L16 padding_needed_for is the least that reaches a multiple, and never fails")
    void shouldTellPadding()
    {
        assertEquals(7, Layout.of(9, 1).paddingNeededFor(Alignment.of(8)));
        assertEquals(7, Layout.of(9, 4096).paddingNeededFor(Alignment.of(8)));
        assertEquals(0, Layout.of(0, 1).paddingNeededFor(Alignment.of(HUGE_ALIGN)));
        assertEquals(1, Layout.of(MAX, 1).paddingNeededFor(Alignment.of(HUGE_ALIGN)));
        assertEquals(MAX, Layout.of(1, 1).paddingNeededFor(Alignment.of(HUGE_ALIGN)));
    }

    @Test
    @DisplayName("L17 pad_to_align rounds up to the layout's own alignment, never fails, and is idempotent")
    void shouldPadToAlign()
    {
        assertEquals(Layout.of(16, 8), Layout.of(9, 8).padToAlign());
        for (final long size : EDGES)
        {
            for (int log2 = 0; log2 < Long.SIZE; log2++)
            {
                if (Layout.isValid(size, 1L << log2))
                {
                    final Layout padded = Layout.of(size, 1L << log2).padToAlign();
                    assertEquals(0, padded.size() & (padded.align() - 1));
                    assertTrue(padded.size() >= size && padded.size() - size < unsignedLess(padded.align()));
                    assertEquals(padded, padded.padToAlign());
                }
            }
        }
    }

    @Test
    @DisplayName("L18 repeat pads between elements only, tells the stride for 0 as well, counts unsigned")
    void shouldRepeat()
    {
        assertEquals(new Layout.Repeated(Layout.of(25, 8), 16), Layout.of(9, 8).repeat(2));
        assertEquals(new Layout.Repeated(Layout.of(9, 8), 16), Layout.of(9, 8).repeat(1));
        assertEquals(new Layout.Repeated(Layout.of(0, 8), 16), Layout.of(9, 8).repeat(0));
        assertEquals(new Layout.Repeated(Layout.of(0, 8), 0), Layout.of(0, 8).repeat(-1));
        assertError(() -> Layout.of(9, 8).repeat(-1));
        assertError(() -> Layout.of(1, 1).repeat(HUGE_ALIGN));
        assertEquals(Layout.of(MAX, 1), Layout.of(1, 1).repeat(MAX).layout());
    }

    @Test
    @DisplayName("L19 repeat_packed pads nowhere")
    void shouldRepeatPacked()
    {
        assertEquals(Layout.of(27, 8), Layout.of(9, 8).repeatPacked(3));
        assertEquals(Layout.of(0, 8), Layout.of(9, 8).repeatPacked(0));
        assertEquals(Layout.of(0, 8), Layout.of(0, 8).repeatPacked(-1));
        assertError(() -> Layout.of(9, 8).repeatPacked(-1));
        assertError(() -> Layout.of(2, 1).repeatPacked(HALF));
    }

    @Test
    @DisplayName("L20 array multiplies, counts unsigned, and refuses an element that is not padded")
    void shouldMakeArray()
    {
        assertEquals(Layout.of(56, 8), Layout.array(Layout.LONG, 7));
        assertEquals(Layout.of(0, 16), Layout.array(Layout.of(0, 16), -1));
        assertError(() -> Layout.array(Layout.LONG, -1));
        assertError(() -> Layout.array(Layout.LONG, MAX / 8 + 1));
        assertThrows(IllegalArgumentException.class, () -> Layout.array(Layout.of(9, 8), 2));
    }

    @Test
    @DisplayName("L21 extend pads to the next one's alignment, takes the larger, adds no padding at the end")
    void shouldExtend()
    {
        assertEquals(new Layout.Extended(Layout.of(16, 16), 12), Layout.of(9, 16).extend(Layout.INT));
        assertEquals(new Layout.Extended(Layout.of(17, 8), 16), Layout.of(9, 1).extend(Layout.of(1, 8)));
        assertError(() -> Layout.of(1, 1).extend(Layout.of(0, HUGE_ALIGN)));
        assertError(() -> Layout.of(MAX, 1).extend(Layout.of(MAX - 7, 8)));
        assertError(() -> Layout.of(MAX, 1).extend(Layout.BYTE));
    }

    @Test
    @DisplayName("L21 a C structure is a fold of extend, padded at the end")
    void shouldLayOutStructure()
    {
        final Layout.Extended quantity = Layout.forBytes(0).extend(Layout.BYTE).layout().extend(Layout.INT);

        assertEquals(4, quantity.offset());
        assertEquals(Layout.of(16, 8), quantity.layout().extend(Layout.LONG).layout().padToAlign());
    }

    @Test
    @DisplayName("L22 extend_packed ignores the next one's alignment")
    void shouldExtendPacked()
    {
        assertEquals(Layout.of(13, 2), Layout.of(9, 2).extendPacked(Layout.INT));
        assertEquals(Layout.of(1, 1), Layout.of(1, 1).extendPacked(Layout.of(0, HUGE_ALIGN)));
        assertError(() -> Layout.of(MAX, 1).extendPacked(Layout.BYTE));
    }

    @Test
    @DisplayName("E1 the error carries no detail, is always the same, and has Rust's text")
    void shouldThrowTheOneError()
    {
        final LayoutError error = assertThrows(LayoutError.class, () -> Layout.of(8, 3));
        final LayoutError other = assertThrows(LayoutError.class, () -> Layout.LONG.repeat(-1));

        assertEquals("invalid parameters to Layout::from_size_align", error.getMessage());
        assertEquals(error, other);
        assertEquals(error.hashCode(), other.hashCode());
        assertSame(error, other);
        assertEquals(0, error.getStackTrace().length);
    }

    private static void assertError(final Executable operation)
    {
        assertThrows(LayoutError.class, operation);
    }

    private static BigInteger unsigned(final long value)
    {
        return new BigInteger(Long.toUnsignedString(value));
    }

    private static long unsignedLess(final long align)
    {
        return align < 0 ? MAX : align;
    }
}
