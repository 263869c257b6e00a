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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class RegionTest
{
    private static final int CAPACITY = 100_003;

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 8, 4096, 8192, 65_536, 1 << 21, 1 << 26 })
    void shouldAlignTheBaseAsAskedAndToAPageAtLeast(final long alignment)
    {
        try (Region region = Region.allocate(CAPACITY, alignment))
        {
            assertEquals(0, region.address() % Math.max(alignment, 4096));
            assertEquals(CAPACITY, region.capacity());
            assertEquals(CAPACITY, region.buffer(region.address()).capacity());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 7, 4096, 1 << 20 })
    void shouldBeAllZerosWhenNew(final long size)
    {
        try (Region region = Region.allocate(size))
        {
            final ByteBuffer all = region.byteBuffer(region.address(), size);
            while (all.hasRemaining())
            {
                assertEquals(0, all.get());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, -1, Long.MIN_VALUE, (1L << 46) + 1, Long.MAX_VALUE })
    void shouldRefuseSizesOutOfRangeAndNameThem(final long size)
    {
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> Region.allocate(size));
        assertContains(ex, "size=" + size);
        assertContains(ex, "alignment=4096");
        assertContains(ex, "1 to " + (RegionMemory.UNGUARDED ? "2147483647" : "70368744177664"));
    }

    @ParameterizedTest
    @ValueSource(longs = { 1L << 31, 3L << 30, 1L << 40 })
    void shouldNameTheLimitOfOldReleases(final long size)
    {
        assumeTrue(RegionMemory.UNGUARDED, "JDK 22 and later have no such limit");
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> Region.allocate(size));
        assertContains(ex, "size=" + size);
        assertContains(ex, "1 to 2147483647 bytes before JDK 22");
    }

    @Test
    void shouldRefuseSizesThatLeaveNoRoomForTheAlignment()
    {
        assumeTrue(RegionMemory.UNGUARDED, "JDK 22 and later find an aligned place of just the size");
        final Exception ex =
            assertThrows(IllegalArgumentException.class, () -> Region.allocate(Integer.MAX_VALUE - 8191, 8192));
        assertContains(ex, "size=2147475456");
        assertContains(ex, "alignment=8192");
        assertContains(ex, "2147483647");
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, -1, 3, 4097, 1L << 31, 1L << 62, Long.MIN_VALUE })
    void shouldRefuseAlignmentsOutOfRangeAndNameThem(final long alignment)
    {
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> Region.allocate(4096, alignment));
        assertContains(ex, "alignment=" + alignment);
        assertContains(ex, "size=4096");
    }

    @Test
    void shouldReadAndWriteTheSameBytesThroughBufferAndView()
    {
        try (Region region = Region.allocate(CAPACITY))
        {
            final long address = region.address() + 77_777;
            final ByteBuffer view = region.byteBuffer(address, 16);
            assertSame(ByteOrder.nativeOrder(), view.order());
            assertSame(ByteOrder.nativeOrder(), region.buffer(address).order());
            assertEquals(16, view.capacity());
            assertEquals(0, view.position());
            region.buffer(address).putLong(region.bufferOffset(address), 0x1122334455667788L);
            assertEquals(0x1122334455667788L, view.getLong(0));
            view.putLong(8, -3);
            assertEquals(-3, region.buffer(address + 8).getLong(region.bufferOffset(address + 8)));
            assertNotSame(view, region.byteBuffer(address, 16));
        }
    }

    @Test
    void shouldGiveTheHardwareAddress()
    {
        try (Region region = Region.allocate(CAPACITY))
        {
            // The JDK's own idea of where a byte is, modulo the largest unit it tells.
            final ByteBuffer buffer = region.buffer(region.address());
            for (final int unit : new int[]{ 1, 64, 4096, 1 << 20 })
            {
                assertEquals(Math.floorMod(region.address(), (long)unit), buffer.alignmentOffset(0, unit));
            }
        }
    }

    @Test
    void shouldCopyAndZeroWhatIsAskedOnly()
    {
        try (Region region = Region.allocate(CAPACITY))
        {
            final long base = region.address();
            final ByteBuffer all = region.byteBuffer(base, CAPACITY);
            all.putLong(0, 1).putLong(8, 2).putLong(16, 3);
            region.copy(base, base + CAPACITY - 24, 24);
            assertEquals(3, all.getLong(CAPACITY - 8));
            region.copy(base, base + 8, 16);
            assertEquals(1, all.getLong(8));
            assertEquals(2, all.getLong(16));
            region.zero(base + 8, 8);
            assertEquals(1, all.getLong(0));
            assertEquals(0, all.getLong(8));
            assertEquals(2, all.getLong(16));
            region.copy(base, base + CAPACITY, 0);
            region.zero(base + CAPACITY, 0);
        }
    }

    @Test
    void shouldWorkOnWhenAUserDisturbsTheSharedBuffer()
    {
        try (Region region = Region.allocate(CAPACITY))
        {
            region.buffer(region.address()).position(3).limit(5).order(ByteOrder.BIG_ENDIAN);
            region.zero(region.address(), CAPACITY);
            region.copy(region.address(), region.address() + 1000, 5000);
            assertEquals(CAPACITY, region.byteBuffer(region.address(), CAPACITY).capacity());
            final RegionClaim claim = region.claim("late");
            claim.zero(region.address(), CAPACITY);
            claim.copy(region.address(), region.address() + 1000, 5000);
            claim.release(region.address());
        }
    }

    @Test
    void shouldRefuseSpansThatAreNotInside()
    {
        try (Region region = Region.allocate(CAPACITY))
        {
            final long base = region.address();
            final long end = base + CAPACITY;
            final long[][] spans = {
                { base - 1, 1 }, { base - 1, 0 }, { end, 1 }, { end + 1, 0 }, { base, CAPACITY + 1 }, { base, -1 },
                { end, Long.MIN_VALUE }, { base + 1, Long.MAX_VALUE }, { 0, 1 }, { Long.MIN_VALUE, 8 },
                { Long.MAX_VALUE, 8 }, { base + (1L << 32), 1 }, { base - (1L << 32), 1 }, { base, 1L << 32 },
            };
            for (final long[] span : spans)
            {
                final long at = span[0];
                final long length = span[1];
                assertFalse(region.contains(at, length));
                final List<Consumer<Region>> calls = List.of(
                    r -> r.zero(at, length),
                    r -> r.copy(at, base, length),
                    r -> r.copy(base, at, length),
                    r -> r.byteBuffer(at, length));
                for (final Consumer<Region> call : calls)
                {
                    final Exception ex = assertThrows(IllegalArgumentException.class, () -> call.accept(region));
                    assertContains(ex, "length=" + length);
                    assertContains(ex, Misuse.hex(base) + ".." + Misuse.hex(end));
                }
            }
            for (final long at : new long[]{ base - 1, end, 0, -1, base + (1L << 32), Long.MIN_VALUE })
            {
                assertContains(assertThrows(IllegalArgumentException.class, () -> region.buffer(at)), Misuse.hex(at));
                assertThrows(IllegalArgumentException.class, () -> region.bufferOffset(at));
            }
            assertTrue(region.contains(base, CAPACITY));
            assertTrue(region.contains(end, 0));
        }
    }

    @Test
    void shouldRefuseEveryCallWhenClosed()
    {
        final Region region = Region.allocate(CAPACITY);
        final long base = region.address();
        assertTrue(region.isOpen());
        region.close();
        region.close();
        assertFalse(region.isOpen());
        assertEquals(base, region.address());
        assertEquals(CAPACITY, region.capacity());
        assertTrue(region.contains(base, 1));
        final Map<String, Consumer<Region>> calls = new TreeMap<>(Map.of(
            "buffer", r -> r.buffer(base),
            "byteBuffer", r -> r.byteBuffer(base, 8),
            "copy", r -> r.copy(base, base + 8, 8),
            "copy of much", r -> r.copy(base, base + 8, 8000),
            "copy of nothing", r -> r.copy(base, base, 0),
            "zero", r -> r.zero(base, 8),
            "zero of nothing", r -> r.zero(base, 0),
            "zero outside", r -> r.zero(0, 8),
            "claim", r -> r.claim("late")));
        calls.forEach((name, call) ->
        {
            final Exception ex = assertThrows(IllegalStateException.class, () -> call.accept(region), name);
            assertContains(ex, "closed");
        });
        assertContains(new Exception(region.toString()), "closed");
    }

    @Test
    void shouldMakeStaleViewsThrowWhereTheJdkCan()
    {
        final Region region = Region.allocate(CAPACITY);
        final ByteBuffer view = region.byteBuffer(region.address(), 8);
        final ByteBuffer derived = view.slice(0, 4).asReadOnlyBuffer();
        region.close();
        // Before 22 a view is dead: there is no safe way to look at it.
        if (!RegionMemory.UNGUARDED)
        {
            assertThrows(IllegalStateException.class, () -> view.get(0));
            assertThrows(IllegalStateException.class, () -> derived.get(0));
        }
    }

    @Test
    void shouldRefuseToCloseWhileClaimedAndNameTheOwner()
    {
        final Region region = Region.allocate(CAPACITY);
        final RegionClaim claim = region.claim(new BuddyLike());
        final Exception ex = assertThrows(IllegalStateException.class, region::close);
        assertContains(ex, "BuddyLike@");
        assertTrue(region.isOpen());
        claim.zero(region.address(), 100);
        claim.release(region.address());
        region.close();
        assertFalse(region.isOpen());
    }

    private static void assertContains(final Exception ex, final String part)
    {
        assertTrue(ex.getMessage().contains(part), ex.getMessage());
    }

    private static final class BuddyLike
    {
        @Override
        public String toString()
        {
            throw new AssertionError("half made: not to be asked");
        }
    }
}
