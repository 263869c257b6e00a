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

import io.quarry.alloc.Region;
import io.quarry.alloc.buddy.RunAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is particular to slabs.
 */
class SlabAllocatorTest
{
    private static final int CAPACITY = 8 << 20;

    private final Region region = Region.allocate(CAPACITY);
    private final RunAllocator upstream = new RunAllocator(region);
    private final SlabAllocator slab = new SlabAllocator(upstream);

    @AfterEach
    void close()
    {
        slab.verify();
        slab.close();
        region.close();
    }

    @Test
    void shouldFreeAsWhatItIsAfterAShrinkInPlace()
    {
        final long address = slab.allocate(128, 16);
        assertEquals(address, slab.shrink(address, 128, 16, 70, 16));
        assertEquals(128, slab.usableSize(address, 70, 16));
        slab.deallocate(address, 70, 16);
        assertThrows(IllegalStateException.class, () -> slab.deallocate(address, 70, 16));
        assertThrows(IllegalStateException.class, () -> slab.deallocate(address, 128, 16));
        assertEquals(address, slab.allocate(128, 16));
        slab.deallocate(address, 128, 16);
    }

    @Test
    void shouldTellWhatTheUpstreamGotOfATrim()
    {
        final long kept = slab.allocate(64, 16);
        final long before = upstream.stats().allocatedBytes();
        final long other = slab.allocate(2000, 16);
        slab.deallocate(other, 2000, 16);
        final long held = upstream.stats().allocatedBytes() - before;

        assertTrue(held > 0, "an empty slab is kept");
        assertEquals(held, slab.trim());
        assertEquals(before, upstream.stats().allocatedBytes());
        slab.deallocate(kept, 64, 16);
    }

    @Test
    void shouldRefuseADeadBlockInEveryCall()
    {
        final long p = slab.allocate(64, 16);
        final long q = slab.allocate(64, 16);
        slab.deallocate(p, 64, 16);
        slab.deallocate(q, 64, 16);
        refuse(IllegalStateException.class, p, 64);
    }

    @Test
    void shouldRefuseAnInteriorATooLargeAndAForeignOneInEveryCall()
    {
        final long p = slab.allocate(64, 16);
        refuse(IllegalArgumentException.class, p + 16, 64);
        refuse(IllegalArgumentException.class, p + 1, 64);
        refuse(IllegalArgumentException.class, p, 65);
        refuse(IllegalArgumentException.class, p, 4096);
        refuse(IllegalArgumentException.class, region.address() - 16, 64);
        refuse(IllegalArgumentException.class, region.address() + CAPACITY, 64);
        refuse(IllegalArgumentException.class, Long.MIN_VALUE + 16, 64);
        refuse(IllegalArgumentException.class, 16, 4096);
        slab.deallocate(p, 64, 16);
    }

    @Test
    void shouldRefuseTheTailOfASlabAndALargeBlocksInside()
    {
        final long p = slab.allocate(1792, 16);
        final long slabBytes = upstream.usableSize(p, 1, 16);
        assertTrue(slabBytes % 1792 >= 16, "slabBytes=" + slabBytes);
        refuse(IllegalArgumentException.class, p + slabBytes / 1792 * 1792, 64);
        final long large = slab.allocate(10_000, 16);
        refuse(IllegalArgumentException.class, large + 512, 512);
        refuse(IllegalArgumentException.class, large, 20_000);
        slab.deallocate(large, 10_000, 16);
        refuse(IllegalStateException.class, large, 10_000);
        slab.deallocate(p, 1792, 16);
    }

    @Test
    void shouldSayHowMuchATrimGaveBackOfUnitsLongerThanASlab()
    {
        final int unit = 256 * 1024;
        try (Region other = Region.allocate(4 * unit, unit);
            SlabAllocator allocator = new SlabAllocator(new RunAllocator(other, unit)))
        {
            allocator.deallocate(allocator.allocate(64, 16), 64, 16);
            assertEquals(unit, allocator.trim());
            assertEquals(0, allocator.trim());
            assertEquals(4 * unit, allocator.stats().largestFreeRun());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 16, 128, 160, 1024, 2048 })
    void shouldKeepLittleAfterABurst(final int size)
    {
        final long[] blocks = new long[2000];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = slab.allocate(size, 16);
        }
        for (final long block : blocks)
        {
            slab.deallocate(block, size, 16);
        }
        slab.verify();
        final int longest = Math.max(4096, 8 * size) * 2 + 1024;
        final long held = upstream.stats().allocatedBytes();
        assertTrue(held <= Math.max(8192, 4 * size) + 3L * longest, "held=" + held);
        assertEquals(held, slab.trim());
        assertEquals(CAPACITY, slab.stats().largestFreeRun());
    }

    @Test
    void shouldPinAtMostASlabForEachCachedSlotUntilTrimmed()
    {
        final int size = 64;
        final int slots = 64;
        final long[] blocks = new long[slots * 100];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = slab.allocate(size, 16);
        }
        for (int i = 0; i < blocks.length; i++)
        {
            if (0 != i % slots)
            {
                slab.deallocate(blocks[i], size, 16);
            }
        }
        for (int i = 0; i < blocks.length; i += slots)
        {
            slab.deallocate(blocks[i], size, 16);
        }
        final long held = upstream.stats().allocatedBytes();
        assertTrue(held <= (61 + 1) * 4096L, "held=" + held);
        assertEquals(0, slab.stats().liveBlocks());
        assertEquals(held, slab.trim());
        assertEquals(CAPACITY, slab.stats().largestFreeRun());
    }

    @Test
    void shouldResizeFromEveryClassToEveryOtherWithItsBytes()
    {
        for (int from = 1; from <= SizeClasses.COUNT; from++)
        {
            for (int to = 1; to <= SizeClasses.COUNT; to++)
            {
                resizeAndCheck(SizeClasses.size(from) - 3, SizeClasses.size(to) - 5);
            }
        }
        slab.trim();
        assertEquals(0, slab.stats().allocatedBytes());
    }

    @Test
    void shouldResizeIntoAFullMagazinesClass()
    {
        final long[] blocks = new long[200];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = slab.allocate(64, 16);
        }
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = 0 == i % 2 ? slab.grow(blocks[i], 64, 16, 96, 16) : slab.realloc(blocks[i], 64, 16, 96);
            slab.verify();
        }
        assertEquals(blocks.length, slab.stats().liveBlocks());
        for (final long block : blocks)
        {
            slab.deallocate(block, 96, 16);
        }
        assertEquals(0, slab.stats().liveBlocks());
    }

    @Test
    void shouldRefuseToResizeWhatIsDeadThoughItsClassFits()
    {
        final long block = slab.allocate(64, 16);
        slab.allocate(64, 16);
        slab.deallocate(block, 64, 16);
        assertThrows(IllegalStateException.class, () -> slab.realloc(block, 64, 16, 96));
        assertThrows(IllegalStateException.class, () -> slab.grow(block, 64, 16, 60 + 4, 16));
        assertThrows(IllegalArgumentException.class, () -> slab.realloc(block + 16, 64, 16, 96));
        assertThrows(IllegalArgumentException.class, () -> slab.grow(region.address() - 64, 64, 16, 96, 16));
    }

    private void resizeAndCheck(final int from, final int to)
    {
        final long before = slab.allocate(from, 16);
        final ByteBuffer buffer = region.buffer(before);
        for (int i = 0; i < from; i++)
        {
            buffer.put(region.bufferOffset(before) + i, (byte)(i + from));
        }
        final long after = to >= from ? slab.grow(before, from, 16, to, 16) : slab.realloc(before, from, 16, to);
        for (int i = 0; i < Math.min(from, to); i++)
        {
            assertEquals((byte)(i + from), buffer.get(region.bufferOffset(after) + i));
        }
        assertTrue(slab.usableSize(after, to, 16) >= to);
        slab.verify();
        slab.deallocate(after, to, 16);
    }

    @Test
    void shouldServeNothingOnceClosed()
    {
        final long p = slab.allocate(64, 16);
        slab.deallocate(slab.allocate(64, 16), 64, 16);
        slab.close();
        refuse(IllegalStateException.class, p, 64);
        assertThrows(IllegalStateException.class, () -> slab.allocate(64, 16));
        assertThrows(IllegalStateException.class, () -> slab.allocZeroed(64, 64));
        assertThrows(IllegalStateException.class, slab::trim);
        assertEquals(0, slab.stats().liveBlocks());
    }

    private void refuse(final Class<? extends RuntimeException> type, final long address, final long size)
    {
        final String before = slab.stats().toString();
        assertThrows(type, () -> slab.deallocate(address, size, 1));
        assertThrows(type, () -> slab.dealloc(address, size, 1));
        assertThrows(type, () -> slab.usableSize(address, size, 1));
        assertThrows(type, () -> slab.tryResize(address, size, 1, 1));
        assertThrows(type, () -> slab.grow(address, size, 1, 50_000, 1));
        assertThrows(type, () -> slab.growZeroed(address, size, 1, 50_000, 1));
        assertThrows(type, () -> slab.shrink(address, size, 1, 1, 1));
        assertThrows(type, () -> slab.shrink(address, size, 1, 0, 1));
        assertThrows(type, () -> slab.realloc(address, size, 1, 1));
        assertThrows(type, () -> slab.realloc(address, size, 1, 50_000));
        assertEquals(before, slab.stats().toString());
        slab.verify();
    }
}
