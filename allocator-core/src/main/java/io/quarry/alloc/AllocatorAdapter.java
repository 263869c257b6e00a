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

import java.util.Objects;

/**
 * An {@link Allocator} on any {@link GlobalAlloc}: for an allocator written to the lower contract where the upper one
 * is wanted. An allocator that has both needs none.
 * <p>
 * Blocks have exactly the size asked for, so {@link #usableSize} is the size, {@link #tryResize} is true for an equal
 * size only, and a resize to another alignment moves. A block may be freed through the adapter or, with its exact
 * layout, through what it adapts. If that is an {@code Allocator} too, more is known: {@link #owns}, {@link #maxSize},
 * what {@link #diagnose} and an {@linkplain AllocError#isUnsupported() error} tell, which wrong calls to refuse; and a
 * {@link #shrink} that can't move stays where the address meets the alignment, instead of failing.
 * <p>
 * Threads: as the adapted one. Cost: a call more, and when a request fails that of the {@code Allocator}, if it is one,
 * for the reason; no garbage of its own while a block stays in one region.
 */
public final class AllocatorAdapter extends ExactAllocator
{
    private final GlobalAlloc target;

    /**
     * Adapts an allocator.
     *
     * @param target that has the blocks.
     */
    public AllocatorAdapter(final GlobalAlloc target)
    {
        this.target = Objects.requireNonNull(target, "target");
    }

    /**
     * What is adapted, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "AllocatorAdapter[" + target + "]";
    }

    @Override
    GlobalAlloc target()
    {
        return target;
    }
}
