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

import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.MetadataContract;

import org.junit.jupiter.params.provider.Arguments;

import java.util.stream.Stream;

class MetadataTest extends MetadataContract
{
    static Stream<Arguments> allocators()
    {
        return Stream.of(
            allocator("slab over run", region -> new SlabAllocator(new RunAllocator(region))),
            allocator("concurrent slab", region -> new ConcurrentSlabAllocator(new ConcurrentBuddyAllocator(region))));
    }
}
