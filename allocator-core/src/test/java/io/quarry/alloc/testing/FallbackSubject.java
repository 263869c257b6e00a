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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.FallbackAllocator;
import io.quarry.alloc.Region;

/**
 * A {@link FallbackAllocator} of the lowest quarter of a region and the rest of it.
 */
final class FallbackSubject extends AllocatorSubject
{
    private final FirstFitAllocator lower;
    private final FirstFitAllocator upper;
    private final FallbackAllocator fallback;
    private boolean closed;

    private FallbackSubject(
        final FirstFitAllocator lower, final FirstFitAllocator upper, final FallbackAllocator fallback)
    {
        super(lower, fallback);
        this.lower = lower;
        this.upper = upper;
        this.fallback = fallback;
    }

    static FallbackSubject over(final Region region)
    {
        final long start = region.address();
        final long end = start + region.capacity();
        final long middle = start + region.capacity() / 4 + FirstFitAllocator.UNIT - 1 & -FirstFitAllocator.UNIT;
        final FirstFitAllocator lower = new FirstFitAllocator(region, null, start, middle);
        final FirstFitAllocator upper = new FirstFitAllocator(region, lower.claim(), middle, end);
        return new FallbackSubject(lower, upper, new FallbackAllocator(
            WatchedAllocator.over(lower).owning(at -> at >= start && at < middle).allocator(),
            WatchedAllocator.over(upper).owning(at -> at >= middle && at < end).allocator()));
    }

    /** When both parts are empty the region is one free run, though no one block may have more than the larger. */
    @Override
    public AllocatorStats stats()
    {
        final AllocatorStats a = lower.stats();
        final AllocatorStats b = upper.stats();
        final long free = a.freeBytes() + b.freeBytes();
        final long live = a.liveBlocks() + b.liveBlocks();
        return new AllocatorStats(a.allocatedBytes() + b.allocatedBytes(), live, free,
            0 == live ? free : Math.max(a.largestFreeRun(), b.largestFreeRun()),
            Math.max(a.highWaterBytes(), b.highWaterBytes()), 0);
    }

    /** The longest run is that of {@link #stats}, which differs while both parts are empty. */
    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        final Diagnosis found = fallback.diagnose(size, alignment);
        final boolean isEmpty = 0 == lower.stats().liveBlocks() + upper.stats().liveBlocks();
        return new Diagnosis(found.reason(), size, alignment, found.freeBytes(),
            isEmpty ? found.freeBytes() : found.largestFreeRun(), found.maxSize());
    }

    @Override
    public long trim()
    {
        return lower.trim() + upper.trim();
    }

    @Override
    public void verify()
    {
        fallback.verify();
    }

    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            // The first one to close ends the claim they share, so it is to be the one that used the region farthest.
            final boolean upperUsed = upper.stats().highWaterBytes() > 0;
            (upperUsed ? upper : lower).close();
            (upperUsed ? lower : upper).close();
        }
    }
}
