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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RegionBytesTest
{
    private static final int LENGTH = 512;

    @Test
    void shouldZeroEveryLengthAtEveryAlignmentAndNothingElse()
    {
        final ByteBuffer buffer = direct(LENGTH);
        for (int offset = 8; offset < 24; offset++)
        {
            for (int length = 0; length <= 4 * RegionBytes.STORED_ZEROS; length++)
            {
                final byte[] expected = fill(buffer);
                Arrays.fill(expected, offset, offset + length, (byte)0);
                RegionBytes.zero(buffer, offset, length);
                assertArrayEquals(expected, bytesOf(buffer), "offset=" + offset + " length=" + length);
            }
        }
    }

    @Test
    void shouldCopyEveryShortLengthWithEveryOverlap()
    {
        final ByteBuffer buffer = direct(LENGTH);
        final int from = 192;
        for (int length = 0; length <= 3 * RegionBytes.COPIED_IN_REGISTERS; length++)
        {
            for (int to = from - length - 9; to <= from + length + 9; to++)
            {
                final byte[] expected = fill(buffer);
                System.arraycopy(expected, from, expected, to, length);
                RegionBytes.copy(buffer, from, to, length);
                assertArrayEquals(expected, bytesOf(buffer), "to=" + to + " length=" + length);
            }
        }
    }

    @Test
    void shouldZeroAndCopyLengthsOfSeveralPieces()
    {
        final int capacity = 5 * RegionBytes.PIECE;
        final long seed = System.nanoTime();
        System.out.println("RegionBytesTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final ByteBuffer buffer = direct(capacity);
        final byte[] expected = new byte[capacity];
        random.nextBytes(expected);
        buffer.put(0, expected);
        for (int i = 0; i < 30; i++)
        {
            final int length = i < 4 ? RegionBytes.PIECE + i - 1 : random.nextInt(4 * RegionBytes.PIECE);
            // Overlaps by much and by little, in both directions.
            final int from = random.nextInt(capacity - length);
            final int distance = random.nextInt(-200, 200) * (i % 2 == 0 ? 1 : 5000);
            final int to = Math.max(0, Math.min(capacity - length, from + distance));
            System.arraycopy(expected, from, expected, to, length);
            RegionBytes.copy(buffer, from, to, length);
            assertArrayEquals(expected, bytesOf(buffer), "from=" + from + " to=" + to + " length=" + length);
        }
        final int length = RegionBytes.ZEROS_LENGTH * 3 + 17;
        Arrays.fill(expected, 5, 5 + length, (byte)0);
        RegionBytes.zero(buffer, 5, length);
        assertArrayEquals(expected, bytesOf(buffer));
    }

    @Test
    void shouldNotReachBeyondTheBuffer()
    {
        final ByteBuffer buffer = direct(LENGTH);
        for (final int length : new int[]{ 1, 4, 8, 16, 32, 64, 100, 300 })
        {
            final int beyond = LENGTH - length + 1;
            assertThrows(IndexOutOfBoundsException.class, () -> RegionBytes.zero(buffer, beyond, length));
            assertThrows(IndexOutOfBoundsException.class, () -> RegionBytes.copy(buffer, 0, beyond, length));
            assertThrows(IndexOutOfBoundsException.class, () -> RegionBytes.copy(buffer, beyond, 0, length));
            assertThrows(IndexOutOfBoundsException.class, () -> RegionBytes.copy(buffer, 0, -1, length));
        }
    }

    private static ByteBuffer direct(final int length)
    {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    }

    /** No zero in it, and no two neighbourhoods alike. */
    private static byte[] fill(final ByteBuffer buffer)
    {
        final byte[] bytes = new byte[buffer.capacity()];
        for (int i = 0; i < bytes.length; i++)
        {
            bytes[i] = (byte)(1 + i % 251);
        }
        buffer.put(0, bytes);
        return bytes;
    }

    private static byte[] bytesOf(final ByteBuffer buffer)
    {
        final byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }
}
