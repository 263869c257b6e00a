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
package io.quarry.alloc.testing;

import io.quarry.alloc.Region;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class PatternBytesTest
{
    /** Check values that were published with the recorded scripts. */
    private static final byte[] SEED_1 = HexFormat.ofDelimiter(" ").parseHex(
        "c1 5c 02 89 ec 2d 0a 91 ce 56 97 1c de 35 58 97");

    @Test
    void shouldHaveThePublishedBytesAndHash()
    {
        final byte[] bytes = new byte[16];
        for (int i = 0; i < bytes.length; i++)
        {
            bytes[i] = PatternBytes.byteAt(1, i);
        }
        assertArrayEquals(SEED_1, bytes);
        assertEquals(0xe83bb899379c3278L, PatternBytes.hash(PatternBytes.EMPTY_HASH, bytes));
        assertEquals(0xcbf29ce484222325L, PatternBytes.hash(PatternBytes.EMPTY_HASH, new byte[0]));
    }

    @Test
    void shouldHashANumberLowestByteFirst()
    {
        assertEquals(
            PatternBytes.hash(PatternBytes.EMPTY_HASH, new byte[]{ 8, 7, 6, 5, 4, 3, 2, 1 }),
            PatternBytes.hash(PatternBytes.EMPTY_HASH, 0x0102030405060708L));
    }

    @Test
    void shouldWriteAndFindAnyPartOfAPattern()
    {
        try (Region region = Region.allocate(4096))
        {
            final long address = region.address() + 3;
            for (int from = 0; from <= 20; from++)
            {
                for (int to = from; to <= 40; to++)
                {
                    PatternBytes.fill(region, address, 0, 48, (byte)0x55);
                    PatternBytes.write(region, address, from, to, 9);
                    assertEquals(-1, PatternBytes.mismatch(region, address, from, to, 9));
                    for (int i = 0; i < 48; i++)
                    {
                        final byte wanted = i >= from && i < to ? PatternBytes.byteAt(9, i) : 0x55;
                        assertEquals(wanted, region.buffer(address).get(region.bufferOffset(address + i)));
                    }
                }
            }
        }
    }

    @Test
    void shouldFindEachByteThatDiffers()
    {
        try (Region region = Region.allocate(4096))
        {
            final long address = region.address() + 16;
            for (int at = 0; at < 37; at++)
            {
                PatternBytes.write(region, address, 0, 37, 4);
                final byte[] bytes = PatternBytes.copy(region, address, 37);
                PatternBytes.fill(region, address, at, at + 1, (byte)~bytes[at]);
                assertEquals(at, PatternBytes.mismatch(region, address, 0, 37, 4));
                assertEquals(-1, PatternBytes.mismatch(region, address, 0, at, 4));
                assertEquals(-1, PatternBytes.mismatch(region, address, at + 1, 37, 4));

                PatternBytes.fill(region, address, 0, 37, (byte)0);
                assertEquals(-1, PatternBytes.firstNonZero(region, address, 0, 37));
                PatternBytes.fill(region, address, at, at + 1, (byte)-1);
                assertEquals(at, PatternBytes.firstNonZero(region, address, 0, 37));
                assertEquals(-1, PatternBytes.firstNonZero(region, address, at + 1, 37));
            }
        }
    }

    @Test
    void shouldTellSeedsApart()
    {
        int equal = 0;
        for (long i = 0; i < 4096; i++)
        {
            equal += PatternBytes.byteAt(1, i) == PatternBytes.byteAt(1L << 40, i) ? 1 : 0;
        }
        // 16 of 4096 by chance.
        assertEquals(16, equal, 15);
    }
}
