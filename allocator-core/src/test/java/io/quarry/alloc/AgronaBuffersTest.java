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

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Without the flag: {@link RegionJvmTest}. */
@Tag("agrona")
class AgronaBuffersTest
{
    private static final int CAPACITY = 1 << 16;

    private final Region region = Region.allocate(CAPACITY);
    private final long base = region.address();

    @AfterEach
    void close()
    {
        region.close();
    }

    @Test
    void shouldBeOverJustTheBytesAsked()
    {
        final UnsafeBuffer buffer = AgronaBuffers.newBuffer(region, base + 100, 24);
        assertEquals(24, buffer.capacity());
        assertEquals(base + 100, buffer.addressOffset());
        buffer.putLong(16, 42);
        assertEquals(42, region.buffer(base + 116).getLong(region.bufferOffset(base + 116)));
        region.byteBuffer(base + 100, 8).putLong(0, 43);
        assertEquals(43, buffer.getLong(0));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getLong(17));
    }

    @Test
    void shouldWrapAgain()
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[8]);
        for (final int offset : new int[]{ 0, 8, CAPACITY - 8 })
        {
            AgronaBuffers.wrap(buffer, region, base + offset, 8);
            assertEquals(base + offset, buffer.addressOffset());
            assertEquals(8, buffer.capacity());
            buffer.putLong(0, offset);
            assertEquals(offset, region.buffer(base).getLong(offset));
        }
    }

    @Test
    void shouldWrapNothingAnywhereInTheRegion()
    {
        for (final long address : new long[]{ base, base + 7, base + CAPACITY })
        {
            final UnsafeBuffer buffer = AgronaBuffers.newBuffer(region, address, 0);
            assertEquals(0, buffer.capacity());
            assertEquals(address, buffer.addressOffset());
        }
    }

    @Test
    void shouldRefuseSpansThatAreNotInsideAndAClosedRegion()
    {
        final UnsafeBuffer buffer = AgronaBuffers.newBuffer(region, base, 8);
        for (final long[] span : new long[][]{ { base - 1, 8 }, { base + CAPACITY - 7, 8 }, { base, -1 }, { 0, 8 } })
        {
            assertThrows(
                IllegalArgumentException.class, () -> AgronaBuffers.newBuffer(region, span[0], (int)span[1]));
            assertThrows(
                IllegalArgumentException.class, () -> AgronaBuffers.wrap(buffer, region, span[0], (int)span[1]));
        }
        assertEquals(base, buffer.addressOffset());
        region.close();
        assertThrows(IllegalStateException.class, () -> AgronaBuffers.newBuffer(region, base, 8));
        assertThrows(IllegalStateException.class, () -> AgronaBuffers.wrap(buffer, region, base, 8));
    }

    @Test
    void shouldMakeNoGarbageWhenWrapping()
    {
        final UnsafeBuffer buffer = AgronaBuffers.newBuffer(region, base, 8);
        assertEquals(0, Garbage.leastOf(() -> wrapAll(buffer, 10_000)));
    }

    private void wrapAll(final UnsafeBuffer buffer, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            AgronaBuffers.wrap(buffer, region, base + i, 8);
        }
    }

    @Test
    void shouldKeepTheMemory()
    {
        final List<WeakReference<Region>> lost = new ArrayList<>();
        final UnsafeBuffer kept = onlyABuffer(lost);
        RegionJvmTest.await(() -> null == lost.get(0).get(), "the region to be garbage");
        for (int i = 0; i < 10; i++)
        {
            System.gc();
            Region.allocate(1 << 20).close();
        }
        assertEquals(42, kept.getLong(0));
    }

    private static UnsafeBuffer onlyABuffer(final List<WeakReference<Region>> lost)
    {
        final Region region = Region.allocate(33 << 20);
        lost.add(new WeakReference<>(region));
        final UnsafeBuffer buffer = AgronaBuffers.newBuffer(region, region.address() + 8, 8);
        buffer.putLong(0, 42);
        return buffer;
    }

    @Test
    void shouldCountAsHandedOut()
    {
        AgronaBuffers.newBuffer(region, base + 100, 24);
        final RegionClaim claim = region.claim("later");
        assertEquals(base + 124, claim.zeroFrom());
        claim.release(base);
    }

    @Test
    void shouldTellTheLayoutOfABuffer()
    {
        final DirectBuffer buffer = AgronaBuffers.newBuffer(region, base, 24);
        assertEquals(new Layout(24, 1), AgronaBuffers.forValue(buffer));
    }
}
