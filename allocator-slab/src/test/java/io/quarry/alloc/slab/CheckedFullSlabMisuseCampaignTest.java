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

import io.quarry.alloc.CheckLevel;
import io.quarry.alloc.CheckOptions;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.MisuseCampaignContract;

import java.util.function.Function;

/** With red zones, poison and a quarantine around it, a slab finds every kind. */
class CheckedFullSlabMisuseCampaignTest extends MisuseCampaignContract
{
    @Override
    protected RegionAllocator create(final Region region)
    {
        final CheckOptions options = CheckOptions.of(CheckLevel.FULL).onLeak(leaks ->
        {
        });
        return new CheckedRegionAllocator(new SlabAllocator(new RunAllocator(region)), options);
    }

    @Override
    protected Function<RegionAllocator, Runnable> check()
    {
        return allocator -> ((CheckedRegionAllocator)allocator)::check;
    }
}
