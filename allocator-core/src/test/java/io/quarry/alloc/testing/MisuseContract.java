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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import static io.quarry.alloc.testing.ContractSubject.assertRefused;
import static io.quarry.alloc.testing.ContractSubject.assumeMisuseIsDetected;
import static io.quarry.alloc.testing.ContractSubject.free;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Wrong calls: each is refused at once and changes nothing. Skipped where misuse isn't looked for.
 */
interface MisuseContract extends ContractSubject
{
    /** Sizes of blocks that allocators keep in different ways. */
    long[] SIZES = { 1, 16, 24, 64, 100, 512, 1000, 2048, 3000, 4096, 10_000, 100_000 };

    /**
     * Every method that takes an address, called with one that should be refused. What has changed is looked at once
     * for all: statistics of a large region take long.
     */
    private static void assertAllRefused(
        final RegionAllocator allocator, final String what, final long at, final long size, final long alignment)
    {
        final String name = what + " address=" + Long.toHexString(at) + " size=" + size + " alignment=" + alignment;
        final Object before = allocator.stats();
        assertRefused("deallocate " + name, () -> allocator.deallocate(at, size, alignment));
        assertRefused("dealloc " + name, () -> allocator.dealloc(at, size, alignment));
        assertRefused("grow " + name, () -> allocator.grow(at, size, alignment, size, alignment));
        assertRefused("growZeroed " + name,
            () -> allocator.growZeroed(at, size, alignment, size, alignment));
        assertRefused("shrink " + name, () -> allocator.shrink(at, size, alignment, size, alignment));
        assertRefused("shrink to 0 " + name, () -> allocator.shrink(at, size, alignment, 0, alignment));
        assertRefused("shrink to 1 " + name, () -> allocator.shrink(at, size, alignment, 1, 1));
        assertRefused("realloc " + name, () -> allocator.realloc(at, size, alignment, size));
        assertRefused("tryResize " + name, () -> allocator.tryResize(at, size, alignment, size));
        assertRefused("usableSize " + name, () -> allocator.usableSize(at, size, alignment));
        assertEquals(before, allocator.stats(), name + ": changed by a call that was refused");
    }

    @Test
    default void shouldRefuseForeignAddresses()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(100, 8), 100, 8);
        final Region region = allocator.region();
        final long end = region.address() + region.capacity();
        final long[] foreign = {
            Allocator.NULL, 1, 8, 4096, region.address() - 1, region.address() - 4096, end, end + 1, end + 4096,
            block.address() + (1L << 32), block.address() - (1L << 32), block.address() ^ Long.MIN_VALUE, -1,
            Long.MIN_VALUE, Long.MAX_VALUE };
        for (final long address : foreign)
        {
            assertAllRefused(allocator, "foreign", address, 1, 1);
            assertAllRefused(allocator, "foreign", address, 100, 1);
        }
        final Region other = resources().close(Region.allocate(1 << 16));
        assertAllRefused(allocator, "foreign", other.address(), 16, 8);
        free(allocator, model, block);
    }

    @Test
    default void shouldRefuseInteriorAddresses()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            for (long offset = 1; offset < block.length(); offset = offset < 80 ? offset + 1 : offset * 2)
            {
                assertAllRefused(allocator, "interior", block.address() + offset, 1, 1);
            }
            assertAllRefused(allocator, "interior", block.address() + block.length() / 2, 1, 1);
            if (block.length() > 1)
            {
                assertAllRefused(allocator, "interior", block.address() + block.length() - 1, 1, 1);
            }
            model.check(block);
        }
        ContractSubject.freeShuffled(allocator, model, model.liveBlocks(), 1);
    }

    @Test
    default void shouldRefuseMemoryNeverAllocated()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final Region region = allocator.region();
        assertAllRefused(allocator, "never allocated", region.address(), 1, 1);
        for (long offset = 16; offset < region.capacity(); offset *= 2)
        {
            assertAllRefused(allocator, "never allocated", region.address() + offset, 16, 1);
        }
        assertAllRefused(allocator, "never allocated", region.address() + region.capacity() - 1, 1, 1);
    }

    @Test
    default void shouldRefuseASecondFree()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock keeper = model.allocated(allocator.allocate(size, 8), size, 8);
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            free(allocator, model, block);
            assertAllRefused(allocator, "dead", block.address(), size, 8);
            free(allocator, model, keeper);
            assertAllRefused(allocator, "dead", keeper.address(), size, 8);
            allocator.trim();
            assertAllRefused(allocator, "dead", block.address(), size, 8);
        }
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldRefuseASecondFreeWithAnotherBetween()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock p = model.allocated(allocator.allocate(size, 8), size, 8);
            final LiveBlock q = model.allocated(allocator.allocate(size, 8), size, 8);
            free(allocator, model, p);
            free(allocator, model, q);
            assertRefused(allocator, "p, q, p size=" + size, () -> allocator.deallocate(p.address(), size, 8));
            assertRefused(allocator, "p, q, p size=" + size, () -> allocator.dealloc(p.address(), size, 8));
            // Were the second free of p taken, the same block would now come out twice.
            for (int i = 0; i < 4; i++)
            {
                model.allocated(allocator.allocate(size, 8), size, 8);
            }
        }
        model.checkAll();
        ContractSubject.freeShuffled(allocator, model, model.liveBlocks(), 2);
        model.checkStats(allocator.stats());
    }

    @Test
    default void shouldRefuseTheOldAddressAfterAMove()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            final LiveBlock right = model.allocated(allocator.allocate(size, 8), size, 8);
            final long old = block.address();
            final long newSize = 2 * block.length() + 1;
            model.resized(block, allocator.grow(old, size, 8, newSize, 8), size, newSize, 8);
            if (old != block.address())
            {
                assertAllRefused(allocator, "moved away", old, size, 8);
            }
            free(allocator, model, block);
            free(allocator, model, right);
        }
    }

    @Test
    default void shouldRefuseSizesAboveTheUsableSize()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            final LiveBlock right = model.allocated(allocator.allocate(size, 8), size, 8);
            final long length = block.length();
            for (final long tooLarge : new long[]{
                length + 1, length + 16, 2 * length, length + (1L << 32), 1L << 62, Long.MAX_VALUE - 7 })
            {
                assertAllRefused(allocator, "too large", block.address(), tooLarge, 8);
            }
            model.check(block);
            model.check(right);
        }
        ContractSubject.freeShuffled(allocator, model, model.liveBlocks(), 3);
    }

    @Test
    default void shouldRefuseTheOldSizeAfterAShrinkThatGaveBytesBack()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            final long old = block.length();
            final long newSize = (size + 3) / 4;
            model.resized(block, allocator.shrink(block.address(), size, 8, newSize, 8), newSize, newSize, 8);
            if (block.length() < old)
            {
                assertAllRefused(allocator, "too large", block.address(), old, 8);
            }
            free(allocator, model, block);
        }
    }

    @Test
    default void shouldRefuseAnAlignmentThatTheAddressDoesNotMeet()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : SIZES)
        {
            final LiveBlock block = model.allocated(allocator.allocate(size, 8), size, 8);
            final long unmet = Long.lowestOneBit(block.address()) << 1;
            assertAllRefused(allocator, "misaligned", block.address(), size, unmet);
            assertAllRefused(allocator, "misaligned", block.address(), size, unmet << 4);
            free(allocator, model, block);
        }
    }
}
