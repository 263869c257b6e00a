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
 * A {@link CheckedAllocator} of an allocator of one region, as which it can be used itself. Put it around the outermost
 * allocator, which the program calls: one that stands on another, as slabs on runs, goes by the lengths of the blocks
 * that it was given rather than by what it asked for, which {@link CheckLevel#FULL} would take for mistakes.
 * <p>
 * Threads and cost: as there. {@link #close()} closes the target, too. At level {@code FULL} the {@link #stats()} count
 * blocks by their exact sizes, and what is in quarantine as free; {@link #trim()} empties that.
 */
public final class CheckedRegionAllocator extends CheckedAllocator implements RegionAllocator
{
    private final RegionAllocator target;
    private final GlobalAllocAdapter lower;

    /**
     * Checks an allocator at a level, with the options that {@link CheckOptions#of} has.
     *
     * @param target that nobody else calls.
     * @param level  how much is looked at.
     */
    public CheckedRegionAllocator(final RegionAllocator target, final CheckLevel level)
    {
        this(target, CheckOptions.of(level));
    }

    /**
     * Checks an allocator.
     *
     * @param target  that nobody else calls; {@link #close()} closes it.
     * @param options what is to be done.
     */
    public CheckedRegionAllocator(final RegionAllocator target, final CheckOptions options)
    {
        super(target, options);
        this.target = target;
        lower = new GlobalAllocAdapter(blocks);
    }

    /**
     * Checks an allocator, if the system property {@link CheckOptions#LEVEL_PROPERTY} asks for it.
     *
     * @param allocator that is called only through what is returned, from now on.
     * @return a checked allocator of it, or the allocator itself.
     * @throws IllegalArgumentException if a property has a value that it can't have.
     */
    public static RegionAllocator guard(final RegionAllocator allocator)
    {
        Objects.requireNonNull(allocator, "allocator");
        final CheckOptions options = CheckOptions.ofProperties();
        return null == options ? allocator : new CheckedRegionAllocator(allocator, options);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        return lower.alloc(size, alignment);
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        return lower.allocZeroed(size, alignment);
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        lower.dealloc(address, size, alignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        return lower.realloc(address, size, alignment, newSize);
    }

    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        return blocks.allocUpTo(minSize, size, alignment);
    }

    @Override
    public long trim()
    {
        return blocks.flush() + target.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        return blocks.stats(target.stats());
    }

    @Override
    public Region region()
    {
        return target.region();
    }

    @Override
    public RegionClaim claim()
    {
        return target.claim();
    }

    /**
     * Ends the allocator as {@link CheckedAllocator#close()} does, and closes the target.
     */
    @Override
    public void close()
    {
        super.close();
    }

    @Override
    void closeTarget()
    {
        target.close();
    }
}
