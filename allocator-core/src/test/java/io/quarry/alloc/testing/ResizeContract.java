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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.List;

import static io.quarry.alloc.testing.ContractSubject.assertFails;
import static io.quarry.alloc.testing.ContractSubject.free;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Growing, shrinking, resizing in place: A2, A3, A8, A15, A17, A19.
 */
interface ResizeContract extends ContractSubject
{
    /** Failures after which the statistics are compared with those before. */
    int MOST_COMPARED = 100;

    /** Sizes on both sides of classes, units and slots. */
    long[] SIZES = { 1, 8, 15, 16, 17, 33, 64, 65, 100, 255, 257, 512, 1000, 1025, 2048, 2049, 3000, 5000, 20_000 };

    /** The letters for the sizes that may be passed. */
    char[] FITS = { 'r', 'm', 'h' };

    @Test
    default void a15ShouldKeepTheBytesPassedWhenGrowing()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            for (final long newSize : SIZES)
            {
                for (final char fit : FITS)
                {
                    if (newSize >= size)
                    {
                        grow(allocator, model, size, newSize, fit, 8, 8);
                    }
                }
            }
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    @Test
    default void a15ShouldMeetANewAlignmentWhenGrowing()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            for (long alignment = 1; alignment <= 4096; alignment <<= 2)
            {
                grow(allocator, model, size, size, 'r', 4, alignment);
                grow(allocator, model, size, size, 'm', alignment, 4096);
                grow(allocator, model, size, 2 * size, 'h', alignment, 1);
            }
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    /** With a live block on either side, so that only some of the grows can stay in place. */
    private static void grow(
        final RegionAllocator allocator,
        final AllocatorModel model,
        final long size,
        final long newSize,
        final char fit,
        final long alignment,
        final long newAlignment)
    {
        final LiveBlock left = model.allocated(allocator.allocate(size, 8), size, 8);
        final LiveBlock block = model.allocated(allocator.allocate(size, alignment), size, alignment);
        final LiveBlock right = model.allocated(allocator.allocate(size, 8), size, 8);
        final long passed = block.fitting(fit, newSize);
        final long address = allocator.grow(block.address(), passed, alignment, newSize, newAlignment);
        model.resized(block, address, passed, newSize, newAlignment);
        free(allocator, model, left);
        free(allocator, model, block);
        free(allocator, model, right);
    }

    @Test
    default void a17ShouldKeepTheBytesWantedWhenShrinking()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            for (final long newSize : SIZES)
            {
                for (final char fit : FITS)
                {
                    for (final long newAlignment : new long[]{ 1, 8, 64, 4096 })
                    {
                        if (newSize <= size)
                        {
                            shrink(allocator, model, size, newSize, fit, newAlignment);
                        }
                    }
                }
            }
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    private static void shrink(
        final RegionAllocator allocator,
        final AllocatorModel model,
        final long size,
        final long newSize,
        final char fit,
        final long newAlignment)
    {
        final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
        final LiveBlock right = model.allocated(allocator.allocate(size, 8), size, 8);
        final long passed = block.fitting(fit, Long.MAX_VALUE);
        final long address = allocator.shrink(block.address(), passed, 8, newSize, newAlignment);
        model.resized(block, address, newSize, newSize, newAlignment);
        // What the shrink gave back is used again before the block is looked at.
        final LiveBlock filler = model.allocated(allocator.allocate(size, 1), size, 1);
        free(allocator, model, block);
        free(allocator, model, right);
        free(allocator, model, filler);
    }

    @Test
    default void a08ShouldTakeEveryFittingSizeAfterAShrink()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : new long[]{ 100, 1000, 1500, 3000 })
        {
            for (long newSize = 1; newSize <= size; newSize += size / 7)
            {
                for (long excess = 0; excess >= 0; excess = afterShrink(allocator, model, size, newSize, excess))
                {
                    model.checkStats(allocator.stats());
                }
            }
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    /** Frees with newSize + excess; returns the next excess, or -1. */
    private static long afterShrink(
        final RegionAllocator allocator,
        final AllocatorModel model,
        final long size,
        final long newSize,
        final long excess)
    {
        final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
        final LiveBlock other = model.allocated(allocator.allocate(newSize, 8), newSize, 8);
        model.resized(block, allocator.shrink(block.address(), size, 8, newSize, 8), newSize, newSize, 8);
        final long fitting = Math.min(newSize + excess, block.length());
        final boolean last = fitting == block.length();
        if (0 == (excess & 1))
        {
            allocator.deallocate(block.address(), fitting, 8);
        }
        else
        {
            final long grown = allocator.grow(block.address(), fitting, 8, fitting + 50, 8);
            model.resized(block, grown, fitting, fitting + 50, 8);
            allocator.deallocate(grown, block.length(), 8);
        }
        model.freed(block);
        free(allocator, model, other);
        return last ? -1 : excess + 1 + excess / 8;
    }

    @Test
    default void a03ShouldFitTheNewSizeAfterAResize()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(40, 8), 40, 8);
        model.resized(block, allocator.grow(block.address(), 40, 8, 5000, 8), 40, 5000, 8);
        model.resized(block, allocator.shrink(block.address(), 5000, 8, 30, 1), 30, 30, 1);
        model.resized(block, allocator.grow(block.address(), block.length(), 1, 4100, 128), 30, 4100, 128);
        model.resizedZeroed(block, allocator.growZeroed(block.address(), 4100, 128, 9000, 8), 4100, 9000, 8);
        free(allocator, model, block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void a19ShouldRefuseTheWrongDirection()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(100, 8), 100, 8);
        final Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> allocator.grow(block.address(), 100, 8, 99, 8));
        assertThrows(refused, () -> allocator.growZeroed(block.address(), 100, 8, 99, 8));
        assertThrows(refused, () -> allocator.shrink(block.address(), 100, 8, 101, 8));
        assertThrows(refused, () -> allocator.shrink(8, 0, 8, 1, 8));
        model.check(block);
        model.checkStats(allocator.stats());
    }

    @Test
    default void a15ShouldKeepTheBlockWhenGrowFails()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> blocks = ContractSubject.exhaust(allocator, model);
        final Object before = allocator.stats();
        final long tooLong = allocator.region().capacity() / 2;
        for (final LiveBlock block : blocks)
        {
            final long at = block.address();
            final long size = block.size();
            final long alignment = block.alignment();
            assertFails(() -> allocator.grow(at, size, alignment, size + tooLong, alignment));
            assertFails(() -> allocator.growZeroed(at, size, alignment, size + tooLong, alignment));
            assertFails(() -> allocator.grow(at, block.length(), alignment, Long.MAX_VALUE - alignment, alignment));
            assertFails(() -> allocator.growZeroed(at, block.length(), alignment, 1L << 62, alignment));
            assertFails(() -> allocator.grow(at, size, alignment, (1L << 32) + 16, alignment));
            assertEquals(Allocator.NULL, allocator.realloc(at, size, alignment, size + tooLong));
            assertEquals(Allocator.NULL, allocator.realloc(at, size, alignment, 1L << 62));
            assertFalse(allocator.tryResize(at, size, alignment, size + tooLong));
            assertFalse(allocator.tryResize(at, size, alignment, Long.MAX_VALUE - alignment));
        }
        assertEquals(before, allocator.stats());
        ContractSubject.freeShuffled(allocator, model, blocks, 15);
        model.checkStats(allocator.stats());
    }

    @Test
    default void a17ShouldKeepTheBlockWhenAShrinkToAStricterAlignmentFails()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> blocks = ContractSubject.exhaust(allocator, model);
        int failed = 0;
        for (final LiveBlock block : blocks)
        {
            final long stricter = Long.lowestOneBit(block.address()) << 1;
            if (stricter > block.alignment() && stricter <= 1 << 16)
            {
                // Walking all metadata takes a while in a large region: not for each of thousands of blocks.
                final Object before = failed < MOST_COMPARED ? allocator.stats() : null;
                try
                {
                    // A slot that only blocks of this size can have may be free even now.
                    final long moved = allocator.shrink(
                        block.address(), block.size(), block.alignment(), block.size(), stricter);
                    model.resized(block, moved, block.size(), block.size(), stricter);
                }
                catch (final AllocError expected)
                {
                    assertEquals(before, null == before ? null : allocator.stats());
                    model.check(block);
                    failed++;
                }
            }
        }
        assertTrue(failed > 0, "no block was met that would have to move");
        ContractSubject.freeShuffled(allocator, model, blocks, 17);
        model.checkStats(allocator.stats());
    }

    @Test
    default void a17ShouldAlwaysShrinkWithAnAlignmentThatTheAddressMeets()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        int i = 0;
        for (final LiveBlock block : ContractSubject.exhaust(allocator, model))
        {
            final long newSize = Math.max(1, block.size() * (i % 5) / 4);
            final long alignment = 0 == (i++ & 1) ? block.alignment() : 1;
            final long address = 0 == i % 3 ?
                allocator.realloc(block.address(), block.size(), block.alignment(), newSize) :
                allocator.shrink(block.address(), block.fitting('m', Long.MAX_VALUE), block.alignment(), newSize,
                    alignment);
            model.resized(block, address, newSize, newSize, 0 == i % 3 ? block.alignment() : alignment);
        }
        model.checkAll();
        model.checkStats(allocator.stats());
        ContractSubject.freeShuffled(allocator, model, model.liveBlocks(), 18);
    }

    @Test
    default void shouldResizeInPlaceOrChangeNothing()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            assertTrue(allocator.tryResize(block.address(), size, 8, size));
            assertTrue(allocator.tryResize(block.address(), size, 8, block.length()));
            model.resized(block, block.address(), size, block.length(), 8);
            for (final long newSize : SIZES)
            {
                final long passed = block.fitting('h', Long.MAX_VALUE);
                final Object before = allocator.stats();
                if (allocator.tryResize(block.address(), passed, 8, newSize))
                {
                    model.resized(block, block.address(), Math.min(passed, newSize), newSize, 8);
                }
                else
                {
                    model.check(block);
                    assertEquals(before, allocator.stats());
                }
            }
            free(allocator, model, block);
        }
        assertEquals(0, allocator.stats().allocatedBytes());
    }

    @Test
    default void shouldChangeNothingWhenTheHoleOnTheRightIsTooShort()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            final LiveBlock hole = model.allocated(allocator.allocate(size, 8), size, 8);
            final LiveBlock wall = model.allocated(allocator.allocate(size, 8), size, 8);
            free(allocator, model, hole);
            final Object before = allocator.stats();
            final long room = block.length() + hole.length();
            if (hole.address() == block.address() + block.length() && wall.address() == block.address() + room)
            {
                for (final long excess : new long[]{ 1, 16, 64, 4096 })
                {
                    assertFalse(allocator.tryResize(block.address(), size, 8, room + excess));
                    model.check(block);
                    assertEquals(before, allocator.stats());
                }
            }
            free(allocator, model, wall);
            free(allocator, model, block);
        }
    }
}
