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
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.RegionAllocator;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/**
 * The model of an allocator that several threads call: every block carries the stamp of who allocated it, and is
 * checked for it before it is resized or freed. If two blocks that live overlap, or a block is handed out before it is
 * free, one of the owners finds the other's stamp.
 * <p>
 * Any thread may call at any time; a {@link Held} belongs to one thread at a time, which may hand it to another as it
 * would any object.
 */
public final class StampedBlocks
{
    // a stamp, one long at a multiple of 8 bytes:
    //
    //   +-----------------+--------------------+-------------------------+
    //   | 63..48 owner    | 47..24 which block | 23..0 offset, xored in  |
    //   +-----------------+--------------------+-------------------------+

    private static final int OWNER_SHIFT = 48;
    private static final int SERIAL_SHIFT = 24;
    private static final long SERIAL_MASK = 0xFFFFFF;
    /** Up to here every 8 bytes are stamped, beyond it one in 64, and the last. */
    private static final long DENSE = 256;

    private final RegionAllocator allocator;
    private final LongAdder liveBytes = new LongAdder();
    private final LongAdder liveBlocks = new LongAdder();

    /**
     * Makes the model.
     *
     * @param allocator without a block, called through this model only.
     */
    public StampedBlocks(final RegionAllocator allocator)
    {
        this.allocator = allocator;
    }

    /**
     * A block in the hands of one thread.
     */
    public static final class Held
    {
        private final long alignment;
        private final long stamp;
        private long address;
        private long size;
        private long length;

        private Held(final long address, final long size, final long alignment, final long stamp)
        {
            this.address = address;
            this.size = size;
            this.alignment = alignment;
            this.stamp = stamp;
        }

        /**
         * Where it is.
         *
         * @return the address.
         */
        public long address()
        {
            return address;
        }

        /**
         * What was asked for.
         *
         * @return bytes.
         */
        public long size()
        {
            return size;
        }

        /**
         * What was asked for.
         *
         * @return a power of two.
         */
        public long alignment()
        {
            return alignment;
        }

        /**
         * What it takes of the region.
         *
         * @return bytes, at least {@link #size()}.
         */
        public long length()
        {
            return length;
        }

        @Override
        public String toString()
        {
            return "block[" + Misuse.hex(address) + ", size=" + size + ", alignment=" + alignment + ", length=" +
                length + ", " + describe(stamp) + "]";
        }
    }

    /**
     * Allocates and stamps a block.
     *
     * @param owner     who asks, 1 to 65,535.
     * @param serial    which of the owner's blocks; of a large number the lowest 24 bits.
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     * @return the block, or null if the allocator had no place for it.
     */
    public Held allocate(final int owner, final long serial, final long size, final long alignment)
    {
        final long address = allocator.alloc(size, alignment);
        return Allocator.NULL == address ? null : add(owner, serial, address, size, alignment);
    }

    /**
     * Allocates a block of zeros, sees that it is, and stamps it.
     *
     * @param owner     who asks, 1 to 65,535.
     * @param serial    which of the owner's blocks; of a large number the lowest 24 bits.
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     * @return the block, or null if the allocator had no place for it.
     */
    public Held allocateZeroed(final int owner, final long serial, final long size, final long alignment)
    {
        final long address = allocator.allocZeroed(size, alignment);
        if (Allocator.NULL == address)
        {
            return null;
        }
        final long at = PatternBytes.firstNonZero(allocator.region(), address, 0, size);
        if (at >= 0)
        {
            throw new Deviation("zeroed block at " + Misuse.hex(address) + " size=" + size, "byte[" + at + "]=0",
                "another byte");
        }
        return add(owner, serial, address, size, alignment);
    }

    private Held add(final int owner, final long serial, final long address, final long size, final long alignment)
    {
        final long stamp = (long)owner << OWNER_SHIFT | (serial & SERIAL_MASK) << SERIAL_SHIFT;
        final Held block = new Held(address, size, alignment, stamp);
        if (0 != (address & alignment - 1))
        {
            throw new Deviation(block.toString(), "a multiple of alignment=" + alignment, Misuse.hex(address));
        }
        measure(block);
        liveBlocks.increment();
        return block;
    }

    private void measure(final Held block)
    {
        block.length = allocator.usableSize(block.address, block.size, block.alignment);
        if (block.length < block.size || !allocator.region().contains(block.address, block.length))
        {
            throw new Deviation(block.toString(), "a length of at least its size, inside the region",
                "length=" + block.length);
        }
        liveBytes.add(block.length);
        stamp(block);
    }

    /**
     * Checks a block and resizes it, where it is or elsewhere, by {@code realloc}.
     *
     * @param block   of the calling thread.
     * @param newSize bytes, from 1.
     * @return whether it has that size now; if not it is as it was.
     */
    public boolean resize(final Held block, final long newSize)
    {
        check(block);
        final long address = allocator.realloc(block.address, block.size, block.alignment, newSize);
        if (Allocator.NULL == address)
        {
            check(block);
            return false;
        }
        resized(block, address, newSize);
        return true;
    }

    /**
     * Checks a block and resizes it where it is.
     *
     * @param block   of the calling thread.
     * @param newSize bytes, from 1.
     * @return whether it has that size now; if not it is as it was.
     */
    public boolean tryResize(final Held block, final long newSize)
    {
        check(block);
        if (!allocator.tryResize(block.address, block.size, block.alignment, newSize))
        {
            check(block);
            return false;
        }
        resized(block, block.address, newSize);
        return true;
    }

    private void resized(final Held block, final long address, final long newSize)
    {
        liveBytes.add(-block.length);
        block.address = address;
        checkStamps(block, Math.min(block.size, newSize), false);
        block.size = newSize;
        measure(block);
    }

    /**
     * Checks that a block still has its stamps.
     *
     * @param block of the calling thread.
     */
    public void check(final Held block)
    {
        checkStamps(block, block.size, true);
    }

    /**
     * Checks a block and frees it.
     *
     * @param block of the calling thread, which must forget it.
     */
    public void free(final Held block)
    {
        check(block);
        liveBlocks.decrement();
        liveBytes.add(-block.length);
        allocator.dealloc(block.address, block.size, block.alignment);
    }

    /**
     * Blocks that live. Exact when no thread is in a call.
     *
     * @return the count.
     */
    public long liveBlocks()
    {
        return liveBlocks.sum();
    }

    /**
     * The lengths of all blocks that live. Exact when no thread is in a call.
     *
     * @return bytes.
     */
    public long liveBytes()
    {
        return liveBytes.sum();
    }

    /**
     * Compares the allocator's figures with those of the model, and has it verify itself. No thread may be in a call.
     */
    public void checkAtRest()
    {
        allocator.verify();
        final AllocatorStats stats = allocator.stats();
        if (stats.liveBlocks() != liveBlocks() || stats.allocatedBytes() != liveBytes())
        {
            throw new Deviation("stats", "liveBlocks=" + liveBlocks() + " allocatedBytes=" + liveBytes(),
                "liveBlocks=" + stats.liveBlocks() + " allocatedBytes=" + stats.allocatedBytes());
        }
    }

    private void stamp(final Held block)
    {
        final ByteBuffer buffer = allocator.region().byteBuffer(block.address, block.size);
        final int end = (int)(block.size & -8);
        for (int at = 0; at < end; at = next(at, end))
        {
            buffer.putLong(at, block.stamp ^ at & SERIAL_MASK);
        }
        for (int at = end; at < block.size; at++)
        {
            buffer.put(at, (byte)(block.stamp >>> SERIAL_SHIFT));
        }
    }

    private void checkStamps(final Held block, final long size, final boolean toTheEnd)
    {
        final ByteBuffer buffer = allocator.region().byteBuffer(block.address, size);
        final int end = (int)(block.size & -8);
        for (int at = 0; at < end && at + 8 <= size; at = next(at, end))
        {
            final long found = buffer.getLong(at) ^ at & SERIAL_MASK;
            if (found != block.stamp)
            {
                throw new Deviation(block + " offset=" + at, describe(block.stamp), describe(found));
            }
        }
        for (int at = end; toTheEnd && at < block.size; at++)
        {
            if (buffer.get(at) != (byte)(block.stamp >>> SERIAL_SHIFT))
            {
                throw new Deviation(block + " offset=" + at, describe(block.stamp), "byte=" + buffer.get(at));
            }
        }
    }

    /** The next offset that is stamped, below the end or at it. */
    private static int next(final int at, final int end)
    {
        final int next = at < DENSE ? at + 8 : at + 64;
        return next >= end && at < end - 8 ? end - 8 : next;
    }

    private static String describe(final long stamp)
    {
        return "owner=" + (stamp >>> OWNER_SHIFT) + " serial=" + (stamp >>> SERIAL_SHIFT & SERIAL_MASK) +
            (0 == (stamp & SERIAL_MASK) ? "" : " (no stamp)");
    }
}
