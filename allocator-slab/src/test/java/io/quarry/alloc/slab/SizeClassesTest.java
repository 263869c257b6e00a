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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
                if (0 != SizeClasses.of(size, alignment))
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
        assertNotEquals(0, SizeClasses.of(2048, 1));
        assertNotEquals(0, SizeClasses.of(2048, 512));
        assertNotEquals(0, SizeClasses.of(1, 512));
        assertEquals(0, SizeClasses.of(2049, 1));
        assertEquals(0, SizeClasses.of(1, 1024));
        assertEquals(0, SizeClasses.of(1L << 32 | 16, 1));
        assertEquals(0, SizeClasses.of(Long.MAX_VALUE, 1));
        assertEquals(0, SizeClasses.of(0, Long.MIN_VALUE));
    }

    @Test
    void shouldHaveNoClassForWhatIsNoLayout()
    {
        final long[] sizes = { 0, -1, -15, -16, -511, -512, -2048, Long.MIN_VALUE, Long.MAX_VALUE };
        for (final long size : sizes)
        {
            for (int bit = 0; bit < Long.SIZE; bit++)
            {
                assertEquals(0, SizeClasses.of(size, 1L << bit), "size=" + size + ", bit=" + bit);
            }
        }
        final long[] alignments = { 0, 3, 5, 15, 17, 48, 511, 513, 768, -1, -2, -16, -512, Long.MIN_VALUE, 1L << 62 };
        for (final long alignment : alignments)
        {
            for (int size = 1; size <= SizeClasses.MAX_SIZE; size++)
            {
                assertEquals(0, SizeClasses.of(size, alignment), "size=" + size + ", alignment=" + alignment);
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
