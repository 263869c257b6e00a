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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentTest
{
    static IntStream exponents()
    {
        return IntStream.range(0, Long.SIZE);
    }

    @ParameterizedTest(name = "2^{0}")
    @MethodSource("exponents")
    @DisplayName("L23 there are 64 alignments, each the only instance of its value")
    void shouldHaveEveryPowerOfTwo(final int log2)
    {
        final Alignment alignment = Alignment.of(1L << log2);

        assertEquals(1L << log2, alignment.value());
        assertEquals(log2, alignment.log2());
        assertEquals(~((1L << log2) - 1), alignment.mask());
        assertSame(alignment, Alignment.of(1L << log2));
        assertSame(alignment, Alignment.tryOf(1L << log2));
        assertEquals(BigInteger.TWO.pow(log2) + " (1 << " + log2 + ")", alignment.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 6, 7, -1, -2, Long.MAX_VALUE, Long.MIN_VALUE + 1, (1L << 62) + 1, 3L << 62})
    @DisplayName("L23 nothing else is an alignment")
    void shouldRefuseWhatIsNoPowerOfTwo(final long value)
    {
        assertThrows(LayoutError.class, () -> Alignment.of(value));
        assertNull(Alignment.tryOf(value));
    }

    @Test
    @DisplayName("L23 alignments are ordered by value, unsigned")
    void shouldOrderByUnsignedValue()
    {
        for (int a = 0; a < Long.SIZE; a++)
        {
            for (int b = 0; b < Long.SIZE; b++)
            {
                final int order = Long.compareUnsigned(1L << a, 1L << b);
                assertEquals(order, Alignment.of(1L << a).compareTo(Alignment.of(1L << b)));
                assertEquals(1L << Math.max(a, b), Alignment.max(1L << a, 1L << b));
            }
        }
    }

    @Test
    @DisplayName("L23 MIN is 1; a type's alignment is that of its layout")
    void shouldTellAlignmentOfTypes()
    {
        assertSame(Alignment.of(1), Alignment.MIN);
        assertSame(Alignment.of(8), Layout.LONG.alignment());
        assertSame(Alignment.of(1), Layout.forBytes(17).alignment());
    }
}
