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
package io.quarry.alloc.testing;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Old bytes, and the proof that a block which should be zero lies where they were.
 */
public final class OldBytes
{
    private final Allocator allocator;
    private final Region region;
    private final boolean[] dirty;

    /**
     * Of one allocator in one region of less than 2 GiB.
     *
     * @param allocator whose blocks are made dirty.
     * @param region    that they are in.
     */
    public OldBytes(final Allocator allocator, final Region region)
    {
        this.allocator = allocator;
        this.region = region;
        dirty = new boolean[(int)region.capacity()];
    }

    /**
     * Allocates a block and makes every byte of it, up to the usable size, other than zero.
     *
     * @param size bytes.
     * @return the block, of alignment 16.
     */
    public long dirty(final long size)
    {
        return fill(allocator.allocate(size, 16), size);
    }

    /**
     * Makes every byte of a block other than zero.
     *
     * @param address of the block, of alignment 16.
     * @param size    of the block.
     * @return the address.
     */
    public long fill(final long address, final long size)
    {
        final long length = allocator.usableSize(address, size, 16);
        for (long i = 0; i < length; i++)
        {
            region.buffer(address + i).put(region.bufferOffset(address + i), (byte)(1 + i % 255));
            dirty[(int)(address + i - region.address())] = true;
        }
        return address;
    }

    /**
     * Frees a dirty block.
     *
     * @param address of the block.
     * @param size    of the block.
     */
    public void free(final long address, final long size)
    {
        allocator.deallocate(address, size, 16);
    }

    /**
     * Checks a block that was asked for zeroed: that it is, and that each byte of it lay under an old one.
     *
     * @param address of the block, of alignment 16.
     * @param from    the first byte that should be zero.
     * @param size    of the block.
     * @return the address.
     */
    public long assertZeroOverOld(final long address, final long from, final long size)
    {
        for (long i = from; i < size; i++)
        {
            assertTrue(dirty[(int)(address + i - region.address())], "byte " + i + " was never used: nothing is shown");
        }
        return assertZero(address, from, size);
    }

    /**
     * Checks a block that was asked for zeroed, up to its usable size.
     *
     * @param address of the block, of alignment 16.
     * @param from    the first byte that should be zero.
     * @param size    of the block.
     * @return the address.
     */
    public long assertZero(final long address, final long from, final long size)
    {
        final long length = allocator.usableSize(address, size, 16);
        assertEquals(-1, PatternBytes.firstNonZero(region, address, from, length), "a byte that isn't zero");
        return address;
    }
}
