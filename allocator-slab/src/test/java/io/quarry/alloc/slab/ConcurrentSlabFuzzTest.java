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
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.FuzzContract;

/** Scripts that a fuzzer made up, of one thread: over both kinds of upstream, with striped heaps, without a cache. */
class ConcurrentSlabFuzzTest extends FuzzContract
{
    private static final long CACHE_BUDGET = 256 * 1024;
    private static final int HEAPS = 4;

    @Override
    protected RegionAllocator create(final Region region, final int variant)
    {
        return switch (variant % 4)
        {
            case 0 -> new ConcurrentSlabAllocator(new SynchronizedRegionAllocator(new RunAllocator(region)));
            case 1 -> new ConcurrentSlabAllocator(new ConcurrentBuddyAllocator(region));
            case 2 -> ConcurrentSlabAllocatorTest.over(region, CACHE_BUDGET, 0);
            default -> ConcurrentSlabAllocatorTest.over(region, 0, HEAPS);
        };
    }
}
