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
import io.quarry.alloc.buddy.BuddyAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.HeldArrays;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.Function;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What allocators say of their own metadata is what they hold.
 */
class MetadataTest
{
    private static final int CAPACITY = (8 << 20) + 4096;
    private static final int CALLS = 1500;

    static Stream<Arguments> allocators()
    {
        return Stream.of(
            allocator("run", RunAllocator::new),
            allocator("buddy", region -> new BuddyAllocator(region, 64)),
            allocator("buddy of pages", region -> new BuddyAllocator(region, 4096)),
            allocator("concurrent buddy", region -> new ConcurrentBuddyAllocator(region, 64)),
            allocator("slab over run", region -> new SlabAllocator(new RunAllocator(region))),
            allocator("concurrent slab", region -> new ConcurrentSlabAllocator(new ConcurrentBuddyAllocator(region))));
    }

    private static Arguments allocator(final String name, final Function<Region, RegionAllocator> maker)
    {
        return arguments(name, maker);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allocators")
    void shouldCountTheArraysThatItHolds(final String name, final Function<Region, RegionAllocator> maker)
    {
        try (Region region = Region.allocate(CAPACITY); RegionAllocator allocator = maker.apply(region))
        {
            assertEquals(HeldArrays.bytes(allocator), allocator.stats().metadataBytes());
            final long[] addresses = new long[CALLS];
            for (int i = 0; i < CALLS; i++)
            {
                addresses[i] = allocator.allocate(1 + i, 8);
            }
            assertEquals(HeldArrays.bytes(allocator), allocator.stats().metadataBytes());
            for (int i = 0; i < CALLS; i++)
            {
                allocator.deallocate(addresses[i], 1 + i, 8);
            }
        }
    }
}
