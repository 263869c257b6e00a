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
package io.quarry.alloc;

import io.quarry.alloc.testing.AllocatorSubject;

/**
 * An {@link AllocatorSubject} of allocators whose blocks have exactly their size: so that is what they count by.
 */
class ExactSubject extends AllocatorSubject
{
    private long liveBytes;

    ExactSubject(final RegionAllocator base, final Allocator upper, final GlobalAlloc lower)
    {
        super(base, upper, lower);
    }

    @Override
    protected void added(final long address, final long size, final long alignment)
    {
        liveBytes += size;
    }

    @Override
    protected void removed(final long address, final long size)
    {
        liveBytes -= size;
    }

    @Override
    public AllocatorStats stats()
    {
        final AllocatorStats stats = super.stats();
        return new AllocatorStats(liveBytes, stats.liveBlocks(), stats.freeBytes(), stats.largestFreeRun(),
            stats.highWaterBytes(), stats.metadataBytes());
    }
}
