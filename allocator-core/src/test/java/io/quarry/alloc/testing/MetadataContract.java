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

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What allocators say of their own metadata is what they hold. A subclass has a static method {@code allocators} that
 * gives a stream of {@link #allocator}s.
 */
public abstract class MetadataContract
{
    private static final int CAPACITY = (8 << 20) + 4096;
    private static final int CALLS = 1500;

    /**
     * A subject.
     *
     * @param name  for the report.
     * @param maker of the allocator.
     * @return the two.
     */
    protected static Arguments allocator(final String name, final Function<Region, RegionAllocator> maker)
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
