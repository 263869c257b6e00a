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

import io.quarry.alloc.testing.AllocatorSubject;

/** An allocator by a thread that holds its heap: the heap is called, and the allocator trimmed and closed. */
final class HeldHeap extends AllocatorSubject
{
    private final Heap heap;

    HeldHeap(final ConcurrentSlabAllocator allocator)
    {
        super(allocator, allocator.heap(), allocator.heap());
        heap = allocator.heap();
    }

    /** Without the copy that the parent makes, as garbage is counted. */
    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return heap.deallocateBatch(size, alignment, addresses, from, count);
    }
}
