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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A region of many short windows, so that everything crosses their borders: what a region of more than 2 GiB does,
 * on every release and in little memory. With real ones: {@link RegionLargeTest}.
 */
class RegionWindowsTest
{
    private static final int SHIFT = 12;
    private static final int WINDOW = 1 << SHIFT;
    /** Neither whole windows nor whole words. */
    private static final int CAPACITY = 20 * WINDOW + 1001;
    private static final long SEED = System.nanoTime();

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final byte[] model = new byte[CAPACITY];
    private Region region;
    private RegionClaim claim;
    private long base;

    @BeforeEach
    void open()
    {
        region = WindowedRegions.allocate(CAPACITY, SHIFT);
        base = region.address();
        claim = region.claim("test");
        random.nextBytes(model);
        for (int i = 0; i < CAPACITY; i++)
        {
            region.buffer(base + i).put(region.bufferOffset(base + i), model[i]);
        }
    }

    @AfterEach
    void close()
    {
        claim.release(base + CAPACITY);
        region.close();
    }

    @Test
    void shouldReachAWindowFarFromEveryByteOnOrToTheEnd()
    {
        for (int i = 0; i < CAPACITY; i++)
        {
            final ByteBuffer buffer = region.buffer(base + i);
            final int offset = region.bufferOffset(base + i);
            assertTrue(buffer.capacity() - offset >= Math.min(WINDOW, CAPACITY - i), "i=" + i);
            assertEquals(model[i], buffer.get(offset));
            assertSame(buffer, region.buffer(base + i));
            assertSame(ByteOrder.nativeOrder(), buffer.order());
        }
        assertThrows(IllegalArgumentException.class, () -> region.buffer(base + CAPACITY));
        assertThrows(IllegalArgumentException.class, () -> region.bufferOffset(base - 1));
    }

    @Test
    void shouldViewEverySpanHoweverLong()
    {
        for (int i = 0; i < 2000; i++)
        {
            final int length = i % 3 == 0 ? random.nextInt(CAPACITY + 1) : random.nextInt(3 * WINDOW);
            final int at = i % 5 == 0 ? CAPACITY - length : random.nextInt(CAPACITY - length + 1);
            final ByteBuffer view = region.byteBuffer(base + at, length);
            final byte[] seen = new byte[length];
            assertEquals(length, view.remaining());
            assertSame(ByteOrder.nativeOrder(), view.order());
            view.get(seen);
            assertArrayEquals(Arrays.copyOfRange(model, at, at + length), seen, "seed=" + SEED + " at=" + at);
        }
        assertEquals(0, region.byteBuffer(base + CAPACITY, 0).capacity());
        assertEquals(0, region.byteBuffer(base + WINDOW, 0).capacity());
    }

    @Test
    void shouldZeroAndCopyAcrossBorders()
    {
        for (int i = 0; i < 6000; i++)
        {
            final int length = length(i);
            final int from = near(length);
            // Overlaps by much and by little, in both directions, and none.
            final int to = i % 3 == 0 ? near(length) :
                Math.max(0, Math.min(CAPACITY - length, from + random.nextInt(-40, 41) * (i % 2 == 0 ? 1 : 200)));
            System.arraycopy(model, from, model, to, length);
            final int zeroAt = near(length / 4);
            Arrays.fill(model, zeroAt, zeroAt + length / 4, (byte)0);
            if (i % 2 == 0)
            {
                claim.copy(base + from, base + to, length);
                claim.zero(base + zeroAt, length / 4);
            }
            else
            {
                region.copy(base + from, base + to, length);
                region.zero(base + zeroAt, length / 4);
            }
            if (i % 20 == 0)
            {
                random.nextBytes(model);
                region.byteBuffer(base, CAPACITY).put(model);
            }
            else
            {
                check("seed=" + SEED + " i=" + i + " from=" + from + " to=" + to + " length=" + length);
            }
        }
    }

    private int length(final int i)
    {
        return switch (i % 4)
        {
            case 0 -> random.nextInt(70);
            case 1 -> random.nextInt(3 * WINDOW);
            case 2 -> WINDOW + random.nextInt(-20, 20);
            default -> random.nextInt(CAPACITY);
        };
    }

    /** Mostly just before a border. */
    private int near(final int length)
    {
        final int at = random.nextInt(21) * WINDOW - random.nextInt(70);
        return Math.max(0, Math.min(CAPACITY - length, at));
    }

    private void check(final String what)
    {
        final byte[] seen = new byte[CAPACITY];
        region.byteBuffer(base, CAPACITY).get(seen);
        assertArrayEquals(model, seen, what);
    }

    @Test
    void shouldRefuseSpansThatAreNotInside()
    {
        final long end = base + CAPACITY;
        final long[][] spans = {
            { base - 1, 1 }, { end, 1 }, { end - 7, 8 }, { base, CAPACITY + 1 }, { base, -1 }, { base, Long.MIN_VALUE },
            { base, Long.MAX_VALUE }, { base + (1L << 32), 8 }, { base - (1L << 32), 8 }, { base, 1L << 32 }, { 0, 8 },
        };
        for (final long[] span : spans)
        {
            final Exception ex = assertThrows(IllegalArgumentException.class, () -> claim.zero(span[0], span[1]));
            assertTrue(ex.getMessage().contains("length=" + span[1]), ex.getMessage());
            assertThrows(IllegalArgumentException.class, () -> claim.copy(span[0], base, span[1]));
            assertThrows(IllegalArgumentException.class, () -> claim.copy(base, span[0], span[1]));
            assertThrows(IllegalArgumentException.class, () -> region.byteBuffer(span[0], span[1]));
        }
        check("refused");
        claim.release(base);
        for (final long length : new long[]{ 0, 1, -1 })
        {
            assertThrows(IllegalStateException.class, () -> claim.zero(base, length));
            assertThrows(IllegalStateException.class, () -> claim.copy(base, base, length));
        }
        assertThrows(IllegalStateException.class, () -> claim.zeroFrom());
    }

    @Test
    void shouldMakeNoGarbage()
    {
        assertEquals(0, Garbage.leastOf(() -> work(5_000)));
    }

    private void work(final int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            claim.zero(base + i % 5000, 6000);
            claim.copy(base + i % 5000, base + 30_000, 6000);
            region.copy(base + i % 5000, base + 4000, 60);
            region.buffer(base + i).putInt(region.bufferOffset(base + i), i);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldMapAndTouchWindowsToo(@TempDir final Path directory)
    {
        final Path file = directory.resolve("region");
        try (Region mapped = WindowedRegions.map(file, CAPACITY, SHIFT))
        {
            final long last = mapped.address() + CAPACITY - 1;
            mapped.buffer(last).put(mapped.bufferOffset(last), (byte)7);
            mapped.preTouch(2, (done) -> assertEquals(CAPACITY, done));
            mapped.copy(last, mapped.address(), 1);
            assertEquals(7, mapped.buffer(mapped.address()).get(0));
            assertEquals(1, RegionMapTest.held(file.toString()).size());
        }
        assertEquals(0, RegionMapTest.held(file.toString()).size());
    }
}
