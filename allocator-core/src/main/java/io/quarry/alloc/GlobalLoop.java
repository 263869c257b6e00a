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
 * Finds {@link Global} beneath an allocator that is to be the one that {@code Global} goes to: the first call would
 * never end. Looks through the wrappers of this package; what a user's own wrapper stands on is not known.
 */
final class GlobalLoop
{
    private GlobalLoop()
    {
    }

    /**
     * Whether a call of an allocator gets to {@link Global}.
     *
     * @param allocator of either contract.
     * @return true if so; false if not, as far as can be seen.
     */
    static boolean isClosedBy(final Object allocator)
    {
        if (allocator instanceof GlobalAllocAdapter adapter)
        {
            return isClosedBy(adapter.target());
        }
        if (allocator instanceof AllocatorAdapter adapter)
        {
            return isClosedBy(adapter.target());
        }
        if (allocator instanceof SynchronizedAllocator wrapper)
        {
            return isClosedBy(wrapper.target);
        }
        if (allocator instanceof TracingAllocator wrapper)
        {
            return isClosedBy(wrapper.upstream);
        }
        if (allocator instanceof CheckedAllocator wrapper)
        {
            return isClosedBy(wrapper.blocks.target);
        }
        if (allocator instanceof FallbackAllocator fallback)
        {
            return isClosedBy(fallback.first) || isClosedBy(fallback.second);
        }
        return allocator instanceof ArenaAllocator arena ? isClosedBy(arena.chain.upstream) :
            allocator instanceof Global;
    }
}
