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
package io.quarry.perf;

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The example of README.md; {@link DocumentsTest} compares it with the page.
 */
class ReadmeExampleTest
{
    @Test
    void shouldRun()
    {
        assertEquals(42, example());
    }

    private static long example()
    {
        // listing:begin
        try (Region region = Region.allocate(64 << 20);
            RegionAllocator allocator = new SlabAllocator(new RunAllocator(region)))
        {
            long order = allocator.allocate(48, 16);                        // an address, a multiple of 16
            region.buffer(order).putLong(region.bufferOffset(order), 42);   // no flag, no garbage

            order = allocator.grow(order, 48, 16, 4000, 64);                // may move; the 48 bytes are kept
            final long value = region.buffer(order).getLong(region.bufferOffset(order));

            allocator.deallocate(order, 4000, 64);                          // size and alignment, as in Rust
            allocator.verify();                                             // checks every invariant; for tests
            return value;
        }
        // listing:end
    }
}
