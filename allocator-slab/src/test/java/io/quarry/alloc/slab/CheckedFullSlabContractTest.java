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
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.AllocatorContract;

/**
 * Blocks with zones around them, of slabs for any thread.
 */
class CheckedFullSlabContractTest extends AllocatorContract
{
    @Override
    protected RegionAllocator create(final Region region)
    {
        return new CheckedRegionAllocator(
            new ConcurrentSlabAllocator(new SynchronizedRegionAllocator(new RunAllocator(region))),
            CheckOptions.of(CheckLevel.FULL).onLeak(leaks ->
            {
            }));
    }

    @Override
    protected boolean threadSafe()
    {
        return true;
    }

    /** It looks at the stack in every call. */
    @Override
    protected boolean garbageFree()
    {
        return false;
    }

    /** The zone before a block is as long as its alignment. */
    @Override
    protected long maxAlignment()
    {
        return 1L << 16;
    }

    /** A block takes more than its size. */
    @Override
    public boolean freeBytesAreForBlocks()
    {
        return false;
    }
}
