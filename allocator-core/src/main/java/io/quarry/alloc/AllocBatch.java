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
 * Several blocks of one layout from an allocator of the lower contract, which tells the end without an error.
 */
final class AllocBatch
{
    private AllocBatch()
    {
    }

    /** What {@link Allocator#allocateBatch} is. */
    static int fill(
        final GlobalAlloc allocator, final long size, final long alignment,
        final long[] addresses, final int from, final int count)
    {
        LayoutChecks.batch(size, alignment, addresses, from, count);
        for (int had = 0; had < count; had++)
        {
            final long address = 0 == size ? alignment : allocator.alloc(size, alignment);
            if (Allocator.NULL == address)
            {
                return had;
            }
            addresses[from + had] = address;
        }
        return count;
    }
}
