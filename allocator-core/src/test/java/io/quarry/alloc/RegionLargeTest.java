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
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** A region of more than 2 GiB, of a sparse file: few of its pages are touched. */
@EnabledOnOs(OS.LINUX)
class RegionLargeTest
{
    private static final long SIZE = (3L << 30) + 4097;
    private static final long GIB = 1L << 30;

    @Test
    void shouldReadWriteCopyAndZeroAcrossEveryBorder(@TempDir final Path directory)
    {
        assumeFalse(RegionMemory.UNGUARDED, "regions this large need JDK 22");
        final Path file = directory.resolve("region");
        try (Region region = Region.map(file, SIZE))
        {
            assertEquals(SIZE, region.capacity());
            final long base = region.address();
            for (final long border : new long[]{ GIB, 2 * GIB, 3 * GIB })
            {
                final long at = base + border - 3000;
                for (int i = 0; i < 6000; i++)
                {
                    region.buffer(at + i).put(region.bufferOffset(at + i), (byte)(1 + i % 100));
                }
                region.copy(at, base + 777, 6000);
                region.copy(at, at + 10, 6000);
                region.zero(at, 5000);
                final ByteBuffer view = region.byteBuffer(at, 6010);
                assertEquals(0, view.get(4999));
                assertEquals(1 + 4990 % 100, view.get(5000));
                assertEquals(1 + 5999 % 100, view.get(6009));
                assertEquals(1 + 5999 % 100, region.byteBuffer(base, 10_000).get(777 + 5999));
            }
            final ByteBuffer longest = region.byteBuffer(base + GIB - 5, RegionWindows.MAX_BUFFER);
            longest.put(RegionWindows.MAX_BUFFER - 1, (byte)9);
            final long last = base + GIB - 5 + RegionWindows.MAX_BUFFER - 1;
            assertEquals(9, region.buffer(last).get(region.bufferOffset(last)));
            final Exception ex =
                assertThrows(IllegalArgumentException.class, () -> region.byteBuffer(base, 2 * GIB));
            assertTrue(ex.getMessage().contains("length=2147483648"), ex.getMessage());
        }
        assertEquals(0, RegionMapTest.held(file.toString()).size());
    }
}
