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
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.OldBytes;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashSet;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each way in which a slot comes to be used again, taken on purpose: no byte that was there before is seen in what was
 * to be zero.
 */
class ReusedSlotsTest
{
    private static final int CAPACITY = 1 << 16;
    private static final int BUDGET = 16 * 1024;
    private static final int SIZE = 100;
    private static final int MANY = 200;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private RegionAllocator allocator;
    private OldBytes old;

    private enum Kind
    {
        SLAB, HEAP, CONCURRENT, STRIPED
    }

    private void open(final Kind kind)
    {
        final Region region = resources.close(Region.allocate(CAPACITY));
        allocator = switch (kind)
        {
            case SLAB -> resources.close(new SlabAllocator(new RunAllocator(region)));
            case HEAP -> resources.close(ConcurrentSlabAllocatorTest.over(region, BUDGET, 4)).heap();
            case CONCURRENT -> resources.close(ConcurrentSlabAllocatorTest.over(region, BUDGET, 4));
            default -> resources.close(ConcurrentSlabAllocatorTest.over(region, BUDGET, 0));
        };
        old = new OldBytes(allocator, region);
    }

    private long[] dirtyMany(final int count, final int size)
    {
        final long[] blocks = new long[count];
        for (int i = 0; i < count; i++)
        {
            blocks[i] = old.dirty(size);
        }
        return blocks;
    }

    private void freeAll(final long[] blocks, final int size)
    {
        for (final long block : blocks)
        {
            old.free(block, size);
        }
    }

    /** Asks for as many zeroed blocks as were there before; tells how many are at the same addresses. */
    private int zeroedMany(final long[] blocks, final int size)
    {
        final Set<Long> before = new HashSet<>();
        for (final long block : blocks)
        {
            before.add(block);
        }
        int same = 0;
        for (int i = 0; i < blocks.length; i++)
        {
            final long address = 0 == i % 2 ? allocator.allocateZeroed(size, 16) : allocator.allocZeroed(size, 16);
            same += before.contains(old.assertZero(address, 0, size)) ? 1 : 0;
        }
        return same;
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroASlotOfAMagazine(final Kind kind)
    {
        open(kind);
        final long block = old.dirty(SIZE);
        old.free(block, SIZE);
        assertEquals(block, old.assertZeroOverOld(allocator.allocateZeroed(SIZE, 16), 0, SIZE));
        old.fill(block, SIZE);
        old.free(block, SIZE);
        assertEquals(block, old.assertZeroOverOld(allocator.allocZeroed(SIZE, 16), 0, SIZE));
        old.fill(block, SIZE);
        old.free(block, SIZE);
        assertEquals(block, old.assertZeroOverOld(allocator.allocateZeroed(SIZE, 1), 0, SIZE));
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroSlotsThatOverflowedTheirMagazine(final Kind kind)
    {
        open(kind);
        final long keeper = old.dirty(SIZE);
        final long[] blocks = dirtyMany(MANY, SIZE);
        freeAll(blocks, SIZE);
        assertTrue(zeroedMany(blocks, SIZE) > 0);
        old.free(keeper, SIZE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroSlotsOfSlabsThatATrimEmptiedAndOneBlockKept(final Kind kind)
    {
        open(kind);
        final long[] blocks = dirtyMany(MANY, SIZE);
        for (int i = 1; i < MANY; i++)
        {
            if (0 != i % 7)
            {
                old.free(blocks[i], SIZE);
                blocks[i] = 0;
            }
        }
        allocator.trim();
        for (int i = 0; i < MANY / 2; i++)
        {
            old.assertZero(allocator.allocateZeroed(SIZE, 16), 0, SIZE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroANewSlabOnMemoryOfALargeBlock(final Kind kind)
    {
        open(kind);
        final long large = old.dirty(CAPACITY / 2);
        old.free(large, CAPACITY / 2);
        for (final int size : new int[]{ 16, 48, SIZE, 600, 2048 })
        {
            old.assertZeroOverOld(allocator.allocateZeroed(size, 16), 0, size);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroANewSlabOnMemoryOfAnotherClass(final Kind kind)
    {
        open(kind);
        freeAll(dirtyMany(MANY, SIZE), SIZE);
        allocator.trim();
        for (int i = 0; i < 20; i++)
        {
            old.assertZero(allocator.allocateZeroed(500, 16), 0, 500);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroALargeBlockOnMemoryOfSlabs(final Kind kind)
    {
        open(kind);
        freeAll(dirtyMany(MANY, SIZE), SIZE);
        allocator.trim();
        old.assertZero(allocator.allocateZeroed(CAPACITY / 2, 16), 0, CAPACITY / 2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroWhatGrowsInItsSlot(final Kind kind)
    {
        open(kind);
        final long block = old.dirty(1);
        assertEquals(block, allocator.growZeroed(block, 1, 16, 16, 16));
        old.assertZeroOverOld(block, 1, 16);
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroWhatGrowsToAUsedSlot(final Kind kind)
    {
        open(kind);
        final long to = old.dirty(900);
        old.free(to, 900);
        final long block = old.dirty(SIZE);
        final long grown = allocator.growZeroed(block, SIZE, 16, 900, 16);
        assertEquals(to, grown);
        old.assertZeroOverOld(grown, SIZE, 900);
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroAfterAShrink(final Kind kind)
    {
        open(kind);
        for (final int size : new int[]{ 20, SIZE, 1500, 6000 })
        {
            final long block = old.dirty(size);
            final int less = size * 2 / 3;
            final long shrunk = allocator.shrink(block, size, 16, less, 16);
            old.assertZero(allocator.growZeroed(shrunk, less, 16, size, 16), less, size);
        }
    }

    @Test
    void shouldZeroSlotsThatAnotherThreadFreed() throws InterruptedException
    {
        open(Kind.CONCURRENT);
        final long[] blocks = dirtyMany(MANY, SIZE);
        ConcurrentSlabAllocatorTest.inThread(() ->
        {
            freeAll(blocks, SIZE);
            ((ConcurrentSlabAllocator)allocator).flush();
        });
        assertTrue(zeroedMany(blocks, SIZE) > MANY / 2);
    }

    @Test
    void shouldZeroSlotsOfADeadThreadsHeap() throws InterruptedException
    {
        open(Kind.CONCURRENT);
        final long[][] blocks = new long[1][];
        ConcurrentSlabAllocatorTest.inThread(() ->
        {
            blocks[0] = dirtyMany(MANY, SIZE);
            freeAll(blocks[0], SIZE);
        });
        allocator.trim();
        assertTrue(zeroedMany(blocks[0], SIZE) > 0);
    }

    @Test
    void shouldZeroSlotsOfAHeapThatWasClosed()
    {
        open(Kind.CONCURRENT);
        final long[] blocks = dirtyMany(MANY, SIZE);
        freeAll(blocks, SIZE);
        ((ConcurrentSlabAllocator)allocator).heap().close();
        assertTrue(zeroedMany(blocks, SIZE) > 0);
    }
}
