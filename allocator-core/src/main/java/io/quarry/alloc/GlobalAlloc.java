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
 * The lower contract of allocation, that of Rust's {@code core::alloc::GlobalAlloc}: failure is a
 * {@link Allocator#NULL} address and never an exception, sizes are never 0, and a block is freed with exactly the
 * layout it has.
 * <p>
 * A block has the alignment it was allocated with, and the size it was allocated with or last reallocated to.
 * Implementations must not allocate from the program's global allocator. Four methods are enough for one: the others
 * have defaults, which one that can do better overrides.
 */
public interface GlobalAlloc
{
    /**
     * Allocates a block of unspecified content.
     *
     * @param size      bytes, from 1.
     * @param alignment a power of two, bytes.
     * @return the address, or {@link Allocator#NULL} if none is free or the layout isn't supported.
     * @throws IllegalArgumentException if the size is 0 or the layout invalid.
     */
    long alloc(long size, long alignment);

    /**
     * Allocates a block of {@code size} zero bytes.
     *
     * @param size      bytes, from 1.
     * @param alignment a power of two, bytes.
     * @return the address, or {@link Allocator#NULL} if none is free or the layout isn't supported.
     * @throws IllegalArgumentException if the size is 0 or the layout invalid.
     */
    default long allocZeroed(final long size, final long alignment)
    {
        final long address = alloc(size, alignment);
        if (Allocator.NULL != address)
        {
            regionOf(address).zero(address, size);
        }
        return address;
    }

    /**
     * Frees a block.
     *
     * @param address   of a block allocated here and not freed since; it must not be used again.
     * @param size      bytes, the block's size.
     * @param alignment the block's alignment.
     */
    void dealloc(long address, long size, long alignment);

    /**
     * Changes a block's size, moving it if need be; its alignment stays.
     *
     * @param address   of a block allocated here and not freed since.
     * @param size      bytes, the block's size.
     * @param alignment the block's alignment.
     * @param newSize   bytes, from 1.
     * @return the block that holds the first min(size, newSize) bytes, {@code address} being dead unless it is the
     *         same; or {@link Allocator#NULL}, the old block untouched.
     * @throws IllegalArgumentException if the new size is 0 or invalid.
     */
    default long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        final long moved = alloc(newSize, alignment);
        if (Allocator.NULL != moved)
        {
            RegionCopy.move(this, address, size, alignment, moved, newSize, alignment);
        }
        return moved;
    }

    /**
     * The region that holds a block's bytes: what a pointer is in Rust, an address with its region is here.
     *
     * @param address of a block allocated here and not freed since.
     * @return the region.
     * @throws IllegalArgumentException if no block of this allocator can be there.
     */
    Region regionOf(long address);

    /**
     * Whether any thread may call this allocator at any time. One that is registered for the whole program must be.
     *
     * @return false if it is for one thread at a time.
     */
    boolean isThreadSafe();

    /**
     * Allocates a block, as {@link #alloc(long, long)}.
     *
     * @param layout size, not 0, and alignment.
     * @return the address or {@link Allocator#NULL}.
     */
    default long alloc(final Layout layout)
    {
        return alloc(layout.size(), layout.align());
    }

    /**
     * Allocates a zeroed block, as {@link #allocZeroed(long, long)}.
     *
     * @param layout size, not 0, and alignment.
     * @return the address or {@link Allocator#NULL}.
     */
    default long allocZeroed(final Layout layout)
    {
        return allocZeroed(layout.size(), layout.align());
    }

    /**
     * Frees a block, as {@link #dealloc(long, long, long)}.
     *
     * @param address of a block allocated here and not freed since.
     * @param layout  the block's.
     */
    default void dealloc(final long address, final Layout layout)
    {
        dealloc(address, layout.size(), layout.align());
    }

    /**
     * Changes a block's size, as {@link #realloc(long, long, long, long)}.
     *
     * @param address of a block allocated here and not freed since.
     * @param layout  the block's.
     * @param newSize bytes, from 1.
     * @return the block, moved or not, or {@link Allocator#NULL}, the old block untouched.
     */
    default long realloc(final long address, final Layout layout, final long newSize)
    {
        return realloc(address, layout.size(), layout.align(), newSize);
    }
}
