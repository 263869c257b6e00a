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
 * Hands out and takes back blocks of off-heap memory: the contract of Rust's {@code core::alloc::Allocator}.
 * <p>
 * An <b>address</b> is the absolute address of a block's first byte; 0 ({@link #NULL}) is never a block. Sizes and
 * alignments are bytes; together they make a {@link Layout}, and a pair that is no valid layout is refused with an
 * {@link IllegalArgumentException} that names it.
 *
 * <h2>Terms</h2>
 * <p>
 * A block is <b>currently allocated</b> by an allocator when its address came out of {@code allocate},
 * {@code allocateZeroed}, {@code grow}, {@code growZeroed} or {@code shrink} of that allocator, and since then was not
 * passed to {@code deallocate}, nor to a {@code grow}, {@code growZeroed} or {@code shrink} that <em>succeeded</em>.
 * A resize that fails leaves the block currently allocated, at the same address, with the same content.
 * <p>
 * A size and an alignment <b>fit</b> a currently allocated block when the alignment equals the one the block was last
 * allocated or resized with, and the size is from the size last asked for up to the block's usable size, both included.
 * After a resize the new size, the new usable size and the new alignment count.
 * <p>
 * Every currently allocated block may be passed to every method, with any size and alignment that fit.
 *
 * <h2>Zero size</h2>
 * <p>
 * A layout of size 0 always succeeds and takes no memory: the address is the alignment itself, its usable size is 0,
 * {@link #owns} is false for it, and to free it does nothing. To pass size 0 with any other address is refused.
 *
 * <h2>Misuse</h2>
 * <p>
 * To free or resize an address that is foreign, inside a block, or freed already, or with a size above the block's
 * usable size, throws at once and changes nothing: {@link IllegalArgumentException} for an address that can't be a
 * block or a size that can't be the block's, {@link IllegalStateException} where no block lives any more. With
 * {@code -Dquarry.checks=off} this is not promised; nothing else changes.
 */
public interface Allocator
{
    /**
     * The address of no block.
     */
    long NULL = 0;

    /**
     * Allocates a block.
     *
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return the address, a multiple of {@code alignment}, of at least {@code size} bytes of unspecified content.
     * @throws AllocError               if no such block is free, or none ever can be; nothing has changed.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout.
     */
    long allocate(long size, long alignment);

    /**
     * Allocates a block whose every byte, up to its usable size, is zero.
     *
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return the address, as from {@link #allocate(long, long)}.
     * @throws AllocError               if no such block is free, or none ever can be; nothing has changed.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout.
     */
    long allocateZeroed(long size, long alignment);

    /**
     * Frees a block.
     *
     * @param address   of a currently allocated block; it must not be used again.
     * @param size      bytes, a size that fits the block.
     * @param alignment the alignment the block was last allocated or resized with.
     * @throws IllegalArgumentException if the address can't be a block, or the size is above the block's.
     * @throws IllegalStateException    if no block lives there any more, or this allocator is closed.
     */
    void deallocate(long address, long size, long alignment);

    /**
     * Makes a block larger, in place where possible. An equal size is allowed.
     *
     * @param address      of a currently allocated block; on failure still the caller's, its bytes untouched.
     * @param oldSize      bytes, a size that fits the block; so many bytes come through.
     * @param oldAlignment the alignment the block was last allocated or resized with.
     * @param newSize      bytes, at least {@code oldSize}.
     * @param newAlignment a power of two, larger or smaller than the old one or equal.
     * @return the block that now holds the old bytes, the others unspecified; {@code address} must not be used again
     *         unless it is what was returned.
     * @throws AllocError               if no such block is free; the old one is untouched.
     * @throws IllegalArgumentException if the layouts are invalid, in the wrong direction, or don't fit.
     * @throws IllegalStateException    if no block lives there any more, or this allocator is closed.
     */
    long grow(long address, long oldSize, long oldAlignment, long newSize, long newAlignment);

    /**
     * Makes a block larger, as {@link #grow(long, long, long, long, long)}, and zeroes every byte from {@code oldSize}
     * up to the new usable size.
     *
     * @param address      of a currently allocated block; on failure still the caller's, its bytes untouched.
     * @param oldSize      bytes, a size that fits the block; so many bytes come through.
     * @param oldAlignment the alignment the block was last allocated or resized with.
     * @param newSize      bytes, at least {@code oldSize}.
     * @param newAlignment a power of two, larger or smaller than the old one or equal.
     * @return the block that now holds the old bytes and zeros.
     * @throws AllocError               if no such block is free; the old one is untouched.
     * @throws IllegalArgumentException if the layouts are invalid, in the wrong direction, or don't fit.
     * @throws IllegalStateException    if no block lives there any more, or this allocator is closed.
     */
    long growZeroed(long address, long oldSize, long oldAlignment, long newSize, long newAlignment);

    /**
     * Makes a block smaller, in place where possible. An equal size is allowed. With an alignment that the address
     * meets already this does not fail.
     *
     * @param address      of a currently allocated block; on failure still the caller's, its bytes untouched.
     * @param oldSize      bytes, a size that fits the block.
     * @param oldAlignment the alignment the block was last allocated or resized with.
     * @param newSize      bytes, at most {@code oldSize}; so many bytes come through.
     * @param newAlignment a power of two, larger or smaller than the old one or equal.
     * @return the block that now holds the first {@code newSize} bytes.
     * @throws AllocError               if a stricter alignment needs another block and none is free; the old one is
     *                                  untouched.
     * @throws IllegalArgumentException if the layouts are invalid, in the wrong direction, or don't fit.
     * @throws IllegalStateException    if no block lives there any more, or this allocator is closed.
     */
    long shrink(long address, long oldSize, long oldAlignment, long newSize, long newAlignment);

    /**
     * Resizes a block where it is, or says no. Never moves it and never copies.
     *
     * @param address   of a currently allocated block.
     * @param oldSize   bytes, a size that fits the block.
     * @param alignment the alignment the block was last allocated or resized with; it stays.
     * @param newSize   bytes, larger or smaller than {@code oldSize} or equal.
     * @return true if the block now has {@code newSize}; false if nothing has changed.
     * @throws IllegalArgumentException if the layouts are invalid or don't fit.
     * @throws IllegalStateException    if no block lives there any more, or this allocator is closed.
     */
    boolean tryResize(long address, long oldSize, long alignment, long newSize);

    /**
     * The length of a block: all of it may be used, and any size up to it fits.
     *
     * @param address   of a currently allocated block.
     * @param size      bytes, a size that fits the block.
     * @param alignment the alignment the block was last allocated or resized with.
     * @return bytes, at least {@code size}.
     * @throws IllegalArgumentException if the address can't be a block, or the size is above the block's.
     * @throws IllegalStateException    if no block lives there any more, or this allocator is closed.
     */
    long usableSize(long address, long size, long alignment);

    /**
     * The usable size that a block has which is allocated with a size and an alignment now: what it costs to ask for
     * more, up to this, is nothing. It is a function of the layout alone and never allocates. An allocator that can't
     * know the length beforehand answers with a length that every such block has.
     *
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return bytes, at least {@code size}; 0 for 0. The size itself if it is above {@link #maxSize}.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout.
     */
    long goodSize(long size, long alignment);

    /**
     * The limit of a request: a larger one never succeeds, not even when nothing is allocated.
     *
     * @return bytes.
     */
    long maxSize();

    /**
     * Why a request fails, or that it would succeed: at this moment, when no other thread is in a call. For reports and
     * logs: it makes an object, and may read all metadata. Nothing that is allocated changes, and nothing is; what is
     * cached may be given back, as it is before a request fails.
     *
     * @param size      bytes, from 0.
     * @param alignment a power of two, bytes.
     * @return the reason and the figures.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout.
     * @throws IllegalStateException    if this allocator is closed.
     */
    Diagnosis diagnose(long size, long alignment);

    /**
     * Allocates several blocks of one layout, as many of them as can be had. That there are fewer is no error.
     *
     * @param size      bytes of each, from 0.
     * @param alignment a power of two, bytes.
     * @param addresses where the addresses are put, from index {@code from} on without a gap; no other entry changes.
     * @param from      the first index.
     * @param count     how many are wanted, from 0.
     * @return how many were had, at most {@code count}: with fewer, the next such block isn't to be had.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout, or the array has no
     *                                  such range; nothing has changed.
     */
    default int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        LayoutChecks.batch(size, alignment, addresses, from, count);
        for (int had = 0; had < count; had++)
        {
            try
            {
                addresses[from + had] = allocate(size, alignment);
            }
            catch (final AllocError noMore)
            {
                return had;
            }
        }
        return count;
    }

    /**
     * Frees several blocks of one layout, in the order of the array. Each entry becomes {@link #NULL} as soon as its
     * block is freed, and one that is so already is passed over. So what {@link #allocateBatch} left out does no harm,
     * and after a refusal the first entry that isn't {@code NULL} is the wrong one: those before it are freed, it and
     * those after it are as they were.
     *
     * @param size      bytes, a size that fits every block.
     * @param alignment the alignment that each was last allocated or resized with.
     * @param addresses of currently allocated blocks, or {@link #NULL}.
     * @param from      the first index.
     * @param count     how many entries, from 0.
     * @return how many blocks were freed.
     * @throws IllegalArgumentException if {@code size} and {@code alignment} make no valid layout, or the array has no
     *                                  such range, and nothing has changed; or an address can't be a block, or the size
     *                                  is above the block's.
     * @throws IllegalStateException    if no block lives at an address any more, or this allocator is closed.
     */
    default int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        LayoutChecks.batch(size, alignment, addresses, from, count);
        int freed = 0;
        for (int i = from; i < from + count; i++)
        {
            final long address = addresses[i];
            if (NULL != address)
            {
                deallocate(address, size, alignment);
                addresses[i] = NULL;
                freed++;
            }
        }
        return freed;
    }

    /**
     * Whether an address lies in the memory that this allocator hands out. It says nothing of a block living there.
     *
     * @param address any address.
     * @return true if a block of this allocator could hold that byte.
     */
    boolean owns(long address);

    /**
     * The region that holds a block's bytes.
     *
     * @param address that this allocator {@link #owns}.
     * @return the region.
     * @throws IllegalArgumentException if the address isn't owned.
     */
    Region regionOf(long address);

    /**
     * Whether any thread may call this allocator at any time.
     *
     * @return false if it is for one thread at a time.
     */
    boolean isThreadSafe();

    /**
     * Allocates a block, as {@link #allocate(long, long)}.
     *
     * @param layout size and alignment.
     * @return the address.
     * @throws AllocError if no such block is free, or none ever can be.
     */
    default long allocate(final Layout layout)
    {
        return allocate(layout.size(), layout.align());
    }

    /**
     * Allocates a zeroed block, as {@link #allocateZeroed(long, long)}.
     *
     * @param layout size and alignment.
     * @return the address.
     * @throws AllocError if no such block is free, or none ever can be.
     */
    default long allocateZeroed(final Layout layout)
    {
        return allocateZeroed(layout.size(), layout.align());
    }

    /**
     * The usable size that such a block has, as {@link #goodSize(long, long)}.
     *
     * @param layout size and alignment.
     * @return bytes, at least the layout's size.
     */
    default long goodSize(final Layout layout)
    {
        return goodSize(layout.size(), layout.align());
    }

    /**
     * Why such a request fails, as {@link #diagnose(long, long)}.
     *
     * @param layout size and alignment.
     * @return the reason and the figures.
     */
    default Diagnosis diagnose(final Layout layout)
    {
        return diagnose(layout.size(), layout.align());
    }

    /**
     * Frees a block, as {@link #deallocate(long, long, long)}.
     *
     * @param address of a currently allocated block.
     * @param layout  that fits the block.
     */
    default void deallocate(final long address, final Layout layout)
    {
        deallocate(address, layout.size(), layout.align());
    }

    /**
     * Makes a block larger, as {@link #grow(long, long, long, long, long)}.
     *
     * @param address   of a currently allocated block.
     * @param oldLayout that fits the block.
     * @param newLayout of at least the old size.
     * @return the block that now holds the old bytes.
     * @throws AllocError if no such block is free; the old one is untouched.
     */
    default long grow(final long address, final Layout oldLayout, final Layout newLayout)
    {
        return grow(address, oldLayout.size(), oldLayout.align(), newLayout.size(), newLayout.align());
    }

    /**
     * Makes a block larger and zeroes what was added, as {@link #growZeroed(long, long, long, long, long)}.
     *
     * @param address   of a currently allocated block.
     * @param oldLayout that fits the block.
     * @param newLayout of at least the old size.
     * @return the block that now holds the old bytes and zeros.
     * @throws AllocError if no such block is free; the old one is untouched.
     */
    default long growZeroed(final long address, final Layout oldLayout, final Layout newLayout)
    {
        return growZeroed(address, oldLayout.size(), oldLayout.align(), newLayout.size(), newLayout.align());
    }

    /**
     * Makes a block smaller, as {@link #shrink(long, long, long, long, long)}.
     *
     * @param address   of a currently allocated block.
     * @param oldLayout that fits the block.
     * @param newLayout of at most the old size.
     * @return the block that now holds the bytes kept.
     * @throws AllocError if a stricter alignment needs another block and none is free; the old one is untouched.
     */
    default long shrink(final long address, final Layout oldLayout, final Layout newLayout)
    {
        return shrink(address, oldLayout.size(), oldLayout.align(), newLayout.size(), newLayout.align());
    }

    /**
     * An allocator that is this one: a block of either may be freed and resized through the other.
     *
     * @return this allocator.
     */
    default Allocator byRef()
    {
        return this;
    }
}
