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
 * A {@link GlobalAlloc} on any {@link Allocator}: to register one for the whole program, or to give it to code written
 * to the lower contract. An allocator that has both needs none.
 * <p>
 * The exact layout that the lower contract wants fits every block, so all that changes is how failure is told: an
 * {@link AllocError} becomes {@link Allocator#NULL}. A block may be freed through the adapter or through what it
 * adapts.
 * <p>
 * Threads: as the adapted one. Cost: a call more; no garbage of its own, in failure neither.
 */
public final class GlobalAllocAdapter implements GlobalAlloc
{
    private final Allocator target;

    /**
     * Adapts an allocator.
     *
     * @param target that has the blocks.
     */
    public GlobalAllocAdapter(final Allocator target)
    {
        this.target = Objects.requireNonNull(target, "target");
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        try
        {
            return target.allocate(size, alignment);
        }
        catch (final AllocError ex)
        {
            return Allocator.NULL;
        }
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        try
        {
            return target.allocateZeroed(size, alignment);
        }
        catch (final AllocError ex)
        {
            return Allocator.NULL;
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        target.deallocate(address, size, alignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        LayoutChecks.nonEmpty("newSize", newSize, alignment);
        try
        {
            return newSize >= size ? target.grow(address, size, alignment, newSize, alignment) :
                target.shrink(address, size, alignment, newSize, alignment);
        }
        catch (final AllocError ex)
        {
            return Allocator.NULL;
        }
    }

    @Override
    public Region regionOf(final long address)
    {
        return target.regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return target.isThreadSafe();
    }

    /**
     * What is adapted, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "GlobalAllocAdapter[" + target + "]";
    }

    /** What is adapted. */
    Allocator target()
    {
        return target;
    }
}
