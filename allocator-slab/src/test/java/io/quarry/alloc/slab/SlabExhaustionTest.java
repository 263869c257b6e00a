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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.buddy.RunAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Memory runs out at every step there is: nothing is lost, and nothing changes for the blocks that live.
 */
class SlabExhaustionTest
{
    private static final int CAPACITY = 1 << 20;
    private static final int STEPS = 250;
    private static final int[] SIZES = { 1, 16, 40, 100, 128, 200, 500, 1024, 1100, 2048, 2049, 3000, 9000 };
    private static final int[] ALIGNMENTS = { 1, 8, 16, 64, 512, 1024 };

    private Region region;
    private WatchedUpstream upstream;
    private SlabAllocator slab;
    private final List<Live> blocks = new ArrayList<>();
    private int failed;

    private static final class Live
    {
        private long address;
        private int size;
        private final int alignment;
        private final byte mark;

        private Live(final long address, final int size, final int alignment, final byte mark)
        {
            this.address = address;
            this.size = size;
            this.alignment = alignment;
            this.mark = mark;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 11, 12, 13, 14 })
    void shouldSurviveTheFailureOfAnyOneUpstreamRequest(final long seed)
    {
        int n = 1;
        while (runScript(seed, n, n))
        {
            n++;
        }
        assertTrue(n > 60, "requests=" + n + ": too few to tell anything");
    }

    @ParameterizedTest
    @ValueSource(longs = { 21, 22, 23, 24 })
    void shouldSurviveTheFailureOfAllUpstreamRequestsFromAnyOneOn(final long seed)
    {
        int n = 1;
        while (runScript(seed, n, Long.MAX_VALUE))
        {
            n++;
        }
        assertTrue(n > 60, "requests=" + n + ": too few to tell anything");
    }

    @Test
    void shouldGrowInPlaceIntoWhatOnlyCachesHeld()
    {
        try (Region small = Region.allocate(8192); SlabAllocator allocator = new SlabAllocator(new RunAllocator(small)))
        {
            final long large = allocator.allocate(6144, 16);
            final long little = allocator.allocate(64, 16);
            assertTrue(little > large);
            allocator.deallocate(little, 64, 16);
            assertEquals(large, allocator.grow(large, 6144, 16, 8192, 16));
            assertThrows(AllocError.class, () -> allocator.allocate(1, 1));
            allocator.verify();
            allocator.deallocate(large, 8192, 16);
            assertEquals(8192, allocator.stats().largestFreeRun());
        }
    }

    @Test
    void shouldReallocInPlaceIntoWhatOnlyCachesHeld()
    {
        try (Region small = Region.allocate(8192); SlabAllocator allocator = new SlabAllocator(new RunAllocator(small)))
        {
            final long large = allocator.alloc(6144, 16);
            allocator.dealloc(allocator.alloc(64, 16), 64, 16);
            assertEquals(large, allocator.realloc(large, 6144, 16, 8192));
            assertEquals(Allocator.NULL, allocator.realloc(large, 8192, 16, 8193));
            allocator.dealloc(large, 8192, 16);
        }
    }

    /** Whether any request failed, that is, whether the script makes so many. */
    private boolean runScript(final long seed, final long first, final long last)
    {
        blocks.clear();
        try (Region ours = Region.allocate(CAPACITY))
        {
            region = ours;
            upstream = new WatchedUpstream(new RunAllocator(ours));
            slab = new SlabAllocator(upstream);
            upstream.failRequests(first, last);
            final String script = "seed=" + seed + ", first=" + first + ", last=" + last;
            final SplittableRandom random = new SplittableRandom(seed);
            for (int step = 0; step < STEPS; step++)
            {
                final int before = failed;
                step(random, (byte)step);
                if (before != failed)
                {
                    slab.verify();
                    blocks.forEach(this::checkContents);
                }
            }
            for (final Live block : blocks)
            {
                checkContents(block);
                slab.deallocate(block.address, block.size, block.alignment);
            }
            slab.verify();
            assertEquals(0, slab.stats().liveBlocks(), script);
            assertEquals(0, slab.stats().allocatedBytes(), script);
            slab.trim();
            slab.verify();
            assertEquals(CAPACITY, upstream.stats().largestFreeRun(), script);
            slab.close();
            return upstream.failures() > 0;
        }
    }

    private void step(final SplittableRandom random, final byte mark)
    {
        final int size = SIZES[random.nextInt(SIZES.length)];
        final int alignment = ALIGNMENTS[random.nextInt(ALIGNMENTS.length)];
        final int kind = random.nextInt(10);
        final int at = random.nextInt(1 << 20);
        if (kind < 5 || blocks.isEmpty())
        {
            final long address = 0 == kind % 2 ? slab.alloc(size, alignment) : slab.allocZeroed(size, alignment);
            if (Allocator.NULL == address)
            {
                failed++;
                return;
            }
            final Live block = new Live(address, size, alignment, mark);
            blocks.add(block);
            fill(block);
            return;
        }
        final Live block = blocks.get(at % blocks.size());
        if (kind < 7)
        {
            checkContents(block);
            slab.deallocate(block.address, block.size, block.alignment);
            blocks.remove(block);
            return;
        }
        resize(block, size, kind);
    }

    private void resize(final Live block, final int size, final int kind)
    {
        final int kept = Math.min(size, block.size);
        try
        {
            final long address = kind < 8 ? slab.realloc(block.address, block.size, block.alignment, size) :
                size > block.size ?
                slab.growZeroed(block.address, block.size, block.alignment, size, block.alignment) :
                slab.shrink(block.address, block.size, block.alignment, size, block.alignment);
            if (Allocator.NULL == address)
            {
                failed++;
                return;
            }
            block.address = address;
        }
        catch (final AllocError error)
        {
            failed++;
            return;
        }
        block.size = kept;
        checkContents(block);
        block.size = size;
        fill(block);
    }

    private void fill(final Live block)
    {
        assertEquals(0, block.address % block.alignment);
        for (int i = 0; i < block.size; i++)
        {
            region.buffer(block.address).put(region.bufferOffset(block.address) + i, block.mark);
        }
    }

    private void checkContents(final Live block)
    {
        assertNotEquals(Allocator.NULL, block.address);
        for (int i = 0; i < block.size; i++)
        {
            if (block.mark != region.buffer(block.address).get(region.bufferOffset(block.address) + i))
            {
                throw new AssertionError("byte " + i + " of " + block.size + " has changed");
            }
        }
        assertTrue(slab.usableSize(block.address, block.size, block.alignment) >= block.size);
    }
}
