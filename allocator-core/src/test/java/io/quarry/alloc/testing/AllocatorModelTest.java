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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The model is told what didn't happen, and says so.
 */
class AllocatorModelTest
{
    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private FirstFitAllocator allocator;
    private AllocatorModel model;

    @BeforeEach
    void open()
    {
        final Region region = resources.close(Region.allocate(1 << 16));
        allocator = resources.close(resources.verify(FirstFitAllocator.over(region)));
        model = new AllocatorModel(allocator);
    }

    @Test
    void shouldAcceptWhatIsRight()
    {
        final LiveBlock block = model.allocated(allocator.allocate(100, 8), 100, 8);
        assertEquals(128, block.length());
        model.check(block);
        model.resized(block, allocator.grow(block.address(), 100, 8, 1000, 8), 100, 1000, 8);
        model.checkAll();
        model.checkStats(allocator.stats());
        assertEquals(1, model.liveCount());
        assertEquals(1024, model.liveBytes());
        allocator.deallocate(block.address(), 1000, 8);
        model.freed(block);
        model.checkStats(allocator.stats());
        assertEquals(0, model.liveBytes());
    }

    @Test
    void shouldRejectNull()
    {
        assertDeviates("address=0", () -> model.allocated(0, 100, 8));
    }

    @Test
    void shouldRejectAMisalignedAddress()
    {
        allocator.allocate(64, 64);
        final long address = allocator.allocate(64, 64);
        final long unmet = Long.lowestOneBit(address) << 1;
        // FirstFit itself would refuse to tell the usable size of such a block.
        final LiveBlock block = new LiveBlock(1, address, 64, unmet, 64);
        assertDeviates("a multiple of alignment=" + unmet, () -> new LiveBlocks(allocator).add(block));
    }

    @Test
    void shouldRejectALengthBelowTheSize()
    {
        final LiveBlock block = new LiveBlock(1, allocator.allocate(64, 64), 100, 8, 64);
        assertDeviates("wanted usableSize of at least 100, got usableSize=64",
            () -> new LiveBlocks(allocator).add(block));
    }

    @Test
    void shouldRejectABlockThatLeavesTheRegion()
    {
        final long end = allocator.region().address() + allocator.region().capacity();
        assertDeviates("owns the whole block",
            () -> new LiveBlocks(allocator).add(new LiveBlock(1, end - 64, 100, 8, 100)));
        assertDeviates("owns the whole block",
            () -> new LiveBlocks(allocator).add(new LiveBlock(1, end, 1, 1, 1)));
        new LiveBlocks(allocator).add(new LiveBlock(1, end - 64, 64, 8, 64));
    }

    @Test
    void shouldRejectAnOverlapFromEitherSide()
    {
        final long base = allocator.region().address();
        final LiveBlocks blocks = new LiveBlocks(allocator);
        blocks.add(new LiveBlock(1, base + 128, 64, 64, 128));
        final long[][] overlaps = { { 0, 129 }, { 64, 65 }, { 128, 1 }, { 255, 1 }, { 192, 500 }, { 0, 500 } };
        for (final long[] other : overlaps)
        {
            assertDeviates("no overlap with a live block",
                () -> blocks.add(new LiveBlock(2, base + other[0], 1, 1, other[1])));
        }
        blocks.add(new LiveBlock(3, base, 1, 1, 128));
        blocks.add(new LiveBlock(4, base + 256, 1, 1, 1));
        assertEquals(3, blocks.count());
        assertEquals(257, blocks.bytes());
    }

    @Test
    void shouldRejectAChangedByteAnywhereInTheLength()
    {
        final LiveBlock block = model.allocated(allocator.allocate(100, 8), 100, 8);
        for (final long at : new long[]{ 0, 50, 99, 100, 127 })
        {
            final byte[] before = PatternBytes.copy(allocator.region(), block.address() + at, 1);
            PatternBytes.fill(allocator.region(), block.address(), at, at + 1, (byte)~before[0]);
            assertDeviates("byte[" + at + "]=", () -> model.check(block));
            PatternBytes.fill(allocator.region(), block.address(), at, at + 1, before[0]);
            model.check(block);
        }
    }

    @Test
    void shouldRejectAByteLostByAResize()
    {
        final LiveBlock block = model.allocated(allocator.allocate(100, 8), 100, 8);
        final long address = allocator.grow(block.address(), 100, 8, 5000, 8);
        allocator.claim().zero(address + 99, 1);
        assertDeviates("byte[99]=0x0", () -> model.resized(block, address, 100, 5000, 8));
    }

    @Test
    void shouldRejectAByteThatIsNotZero()
    {
        final long address = allocator.allocateZeroed(100, 8);
        PatternBytes.fill(allocator.region(), address, 127, 128, (byte)7);
        assertDeviates("wanted byte[127]=0, got byte[127]=0x7", () -> model.allocatedZeroed(address, 100, 8));
        new AllocatorModel(allocator).allocatedZeroedToSize(address, 100, 8);
    }

    @Test
    void shouldRejectCountsThatDiffer()
    {
        model.allocated(allocator.allocate(100, 8), 100, 8);
        model.checkStats(new AllocatorStats(128, 1, 100, 100, 0, 0));
        assertDeviates("wanted liveBlocks=1, got liveBlocks=2",
            () -> model.checkStats(new AllocatorStats(128, 2, 100, 100, 0, 0)));
        assertDeviates("wanted allocatedBytes=128, got allocatedBytes=100",
            () -> model.checkStats(new AllocatorStats(100, 1, 100, 100, 0, 0)));
        assertDeviates("largestFreeRun=101", () -> model.checkStats(new AllocatorStats(128, 1, 100, 101, 0, 0)));
    }

    private static void assertDeviates(final String text, final Executable call)
    {
        final Deviation deviation = assertThrows(Deviation.class, call);
        assertTrue(deviation.getMessage().contains(text),
            () -> "message=\"" + deviation.getMessage() + "\": wanted \"" + text + "\" in it");
    }
}
