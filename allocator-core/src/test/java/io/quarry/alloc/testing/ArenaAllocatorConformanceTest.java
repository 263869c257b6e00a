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

/**
 * The recorded scripts hold for an arena that has room for all their blocks, live and dead.
 */
class ArenaAllocatorConformanceTest extends ConformanceScriptContract
{
    private static final long REGION_SIZE = 64 << 20;

    @Override
    protected RegionAllocator create(final Region region)
    {
        return ArenaSubject.over(region);
    }

    @Override
    protected long regionSize(final ConformanceScript script)
    {
        return Math.max(REGION_SIZE, script.regionSize());
    }
}
