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

/**
 * Why an allocator of one region has no block for a request, told from its figures. It is taken for granted that the
 * lengths of blocks, and their addresses, are multiples of a unit.
 */
final class RegionDiagnosis
{
    private RegionDiagnosis()
    {
    }

    /** A diagnosis, where it is known whether there is a block. */
    static Diagnosis of(
        final RegionAllocator allocator, final boolean isThere, final long size, final long alignment)
    {
        final AllocatorStats stats = allocator.stats();
        return new Diagnosis(
            isThere ? Diagnosis.Reason.WOULD_SUCCEED : reason(allocator, stats.freeBytes(), size, alignment),
            size, alignment, stats.freeBytes(), stats.largestFreeRun(), allocator.maxSize());
    }

    /**
     * Whether the region has a place for such a block when it is empty. With an alignment above the unit the first
     * multiple of it is one where a block can start; with one up to the unit every block that isn't too large has a
     * place, and the second comparison holds whenever the first does.
     */
    static boolean fitsWhenEmpty(final RegionAllocator allocator, final long size, final long alignment)
    {
        final Region region = allocator.region();
        final long offset = -region.address() & (alignment - 1);
        return size <= allocator.maxSize() && offset <= region.capacity() - allocator.goodSize(size, alignment);
    }

    private static Diagnosis.Reason reason(
        final RegionAllocator allocator, final long freeBytes, final long size, final long alignment)
    {
        if (size > allocator.maxSize())
        {
            return Diagnosis.Reason.TOO_LARGE;
        }
        if (!fitsWhenEmpty(allocator, size, alignment))
        {
            return Diagnosis.Reason.ALIGNMENT;
        }
        return allocator.goodSize(size, alignment) > freeBytes ?
            Diagnosis.Reason.EXHAUSTED : Diagnosis.Reason.FRAGMENTED;
    }
}
