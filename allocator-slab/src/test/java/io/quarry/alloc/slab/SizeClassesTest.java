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
package io.quarry.alloc.slab;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SizeClassesTest
{
    @Test
    void shouldHaveFortyClassesThatEndAtTheLargestSize()
    {
        assertEquals(40, SizeClasses.COUNT);
        assertEquals(16, SizeClasses.size(1));
        assertEquals(128, SizeClasses.size(8));
        assertEquals(144, SizeClasses.size(9));
        assertEquals(288, SizeClasses.size(17));
        assertEquals(SizeClasses.MAX_SIZE, SizeClasses.size(SizeClasses.COUNT));
    }

    @Test
    void shouldServeEverySmallSizeAndAlignmentFromTheLeastClassThatHoldsAndAlignsIt()
    {
        for (int alignment = 1; alignment <= SizeClasses.MAX_ALIGNMENT; alignment <<= 1)
        {
            for (int size = 1; size <= SizeClasses.MAX_SIZE; size++)
            {
                if (SizeClasses.isSmall(size, alignment))
                {
                    final int sizeClass = SizeClasses.of(size, alignment);
                    final String request = "size=" + size + ", alignment=" + alignment;
                    assertTrue(SizeClasses.size(sizeClass) >= size, request);
                    assertEquals(0, SizeClasses.size(sizeClass) % alignment, request);
                    assertEquals(leastClass(size, alignment), sizeClass, request);
                }
            }
        }
    }

    @Test
    void shouldWasteAtMostFifteenBytesOrANinth()
    {
        for (int size = 1; size <= SizeClasses.MAX_SIZE; size++)
        {
            final int block = SizeClasses.size(SizeClasses.of(size, 1));
            assertTrue(block - size < 16 || block - size <= 0.111 * block, "size=" + size + ", block=" + block);
        }
    }

    @Test
    void shouldLeaveLargeAndStrictlyAlignedRequestsToTheUpstream()
    {
        assertTrue(SizeClasses.isSmall(2048, 1));
        assertTrue(SizeClasses.isSmall(2048, 512));
        assertTrue(SizeClasses.isSmall(1, 512));
        assertFalse(SizeClasses.isSmall(2049, 1));
        assertFalse(SizeClasses.isSmall(1, 1024));
        assertFalse(SizeClasses.isSmall(1L << 32 | 16, 1));
        assertFalse(SizeClasses.isSmall(Long.MAX_VALUE, 1));
        assertFalse(SizeClasses.isSmall(0, Long.MIN_VALUE));
    }

    @Test
    void shouldTellInOneTestWhatIsSmallAndValid()
    {
        final long[] sizes = LongStream.concat(
            LongStream.rangeClosed(-3, SizeClasses.MAX_SIZE + 3L),
            LongStream.of(Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 32 | 16, Long.MAX_VALUE)).toArray();
        final long[] alignments = LongStream.concat(
            LongStream.rangeClosed(-3, SizeClasses.MAX_ALIGNMENT + 3L),
            LongStream.of(Long.MIN_VALUE, 1024, 1L << 32, 1L << 32 | 16, 1L << 62, Long.MAX_VALUE)).toArray();
        for (final long alignment : alignments)
        {
            final boolean isValid = alignment > 0 && 1 == Long.bitCount(alignment);
            for (final long size : sizes)
            {
                final boolean isSmall = isValid && size > 0 && SizeClasses.isSmall(size, alignment);
                final String request = "size=" + size + ", alignment=" + alignment;
                assertEquals(isSmall, SizeClasses.isSmallAndValid(size, alignment), request);
                assertEquals(
                    isSmall && alignment <= SizeClasses.GRANULE, SizeClasses.isPlain(size, alignment), request);
            }
        }
    }

    private static int leastClass(final int size, final int alignment)
    {
        for (int sizeClass = 1; ; sizeClass++)
        {
            if (SizeClasses.size(sizeClass) >= size && 0 == SizeClasses.size(sizeClass) % alignment)
            {
                return sizeClass;
            }
        }
    }
}
