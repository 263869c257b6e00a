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
import io.quarry.alloc.testing.AllocatorContract;

/** By a thread that holds its heap. */
class HeapContractTest extends AllocatorContract
{
    private static final long CACHE_BUDGET = 256 * 1024;

    @Override
    protected RegionAllocator create(final Region region)
    {
        return new HeldHeap(ConcurrentSlabAllocatorTest.over(region, CACHE_BUDGET, 4));
    }
}
