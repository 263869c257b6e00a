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
 * An allocator whose blocks all lie in one {@link Region}. It can stand alone, or be the upstream of another one.
 * <p>
 * It keeps no record of alignments: where {@link Allocator} wants the alignment that a block was last allocated with,
 * any that the address is a multiple of will do.
 */
public interface RegionAllocator extends Allocator, GlobalAlloc, Verifiable, AutoCloseable
{
    /**
     * The region that holds every block.
     *
     * @return the region.
     */
    Region region();

    /**
     * The hold on the region, through which this allocator copies and zeroes, and one that stands on it does.
     *
     * @return the claim; it ends when the allocator that made it is closed.
     */
    RegionClaim claim();

    /**
     * Allocates a block of any size in a range: for a caller that prefers the length of a hole at hand to a longer
     * block that would have to be cut from memory not used before.
     *
     * @param minSize   bytes, from 1: a smaller block is of no use.
     * @param size      bytes, at least {@code minSize}: what is wanted.
     * @param alignment a power of two, bytes.
     * @return the address; {@code usableSize(address, minSize, alignment)} tells what was had. {@link Allocator#NULL}
     *         if not even {@code minSize} bytes are free.
     * @throws IllegalArgumentException if a size is out of range or the layout invalid.
     */
    default long allocUpTo(final long minSize, final long size, final long alignment)
    {
        if (minSize < 1 || minSize > size)
        {
            throw Misuse.minSize(minSize, size);
        }
        final long address = alloc(size, alignment);
        return Allocator.NULL == address && minSize < size ? alloc(minSize, alignment) : address;
    }

    @Override
    default int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return AllocBatch.fill(this, size, alignment, addresses, from, count);
    }

    /**
     * Gives back what is cached and not in use: to the upstream, or to the free memory that any request can draw on.
     *
     * @return bytes that were given back.
     */
    long trim();

    /**
     * What is allocated and what is free. Reads the metadata; for reports and tests, not for hot paths.
     *
     * @return a snapshot, exact when no other thread is in a call.
     */
    AllocatorStats stats();

    /**
     * Ends the allocator: every block dies, later calls are refused with an {@link IllegalStateException}, and the
     * region may be claimed by another allocator. Blocks of size 0 take no memory: to allocate and to free them goes
     * on. A second call does nothing. The region itself stays open; it is closed by who made it.
     */
    @Override
    void close();
}
