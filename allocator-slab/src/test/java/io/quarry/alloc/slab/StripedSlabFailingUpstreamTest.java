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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.testing.FailingUpstreamContract;

/** Threads without heaps of their own. */
class StripedSlabFailingUpstreamTest extends FailingUpstreamContract
{
    @Override
    protected RegionAllocator target(final Region region)
    {
        return new ConcurrentBuddyAllocator(region);
    }

    @Override
    protected Allocator create(final RegionAllocator upstream)
    {
        return new ConcurrentSlabAllocator(upstream, 64 * 1024, 0);
    }

    @Override
    protected void run(final int number, final Runnable part)
    {
        if (0 == number % 2)
        {
            part.run();
            return;
        }
        try
        {
            ConcurrentSlabAllocatorTest.inThread(part);
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
