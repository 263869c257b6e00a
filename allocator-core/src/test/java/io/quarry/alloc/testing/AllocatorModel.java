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
import io.quarry.alloc.Region;

import java.util.ArrayList;
import java.util.List;

/**
 * What must be true of an allocator's blocks, kept beside the allocator by whoever calls it. After each call the
 * caller tells the model what came back; the model throws a {@link Deviation} at the first null or misaligned address,
 * block outside its region, length below the size, overlap with a live block, lost or changed byte, byte that should
 * be zero and isn't, or count that differs from the allocator's own.
 * <p>
 * The model owns the contents: it writes a pattern over the whole usable size of each block, and checks all of it
 * before the block is resized or freed. The calls themselves are the caller's, so that any entry of the contract can
 * be used.
 * <p>
 * Threads: one. Cost: one object a live block, time proportional to the bytes of the blocks touched.
 */
public final class AllocatorModel
{
    private final Allocator allocator;
    private final LiveBlocks blocks;
    private long nextId;
    private long nextSeed = 1;

    /**
     * A model of an allocator that has no live block.
     *
     * @param allocator that the blocks will be of.
     */
    public AllocatorModel(final Allocator allocator)
    {
        this.allocator = allocator;
        this.blocks = new LiveBlocks(allocator);
    }

    /**
     * Takes note of a new block, and fills it.
     *
     * @param address   that was returned.
     * @param size      that was asked for.
     * @param alignment that was asked for.
     * @return the block.
     */
    public LiveBlock allocated(final long address, final long size, final long alignment)
    {
        final LiveBlock block = newBlock(address, size, alignment);
        fill(block);
        return block;
    }

    /**
     * Takes note of a new block whose every byte must be zero, and fills it.
     *
     * @param address   that was returned.
     * @param size      that was asked for.
     * @param alignment that was asked for.
     * @return the block.
     */
    public LiveBlock allocatedZeroed(final long address, final long size, final long alignment)
    {
        final LiveBlock block = newBlock(address, size, alignment);
        checkZero(block, 0, block.length);
        fill(block);
        return block;
    }

    /**
     * Takes note of a new block of which only {@code size} bytes must be zero, as
     * {@link io.quarry.alloc.GlobalAlloc#allocZeroed(long, long)} promises, and fills it.
     *
     * @param address   that was returned.
     * @param size      that was asked for.
     * @param alignment that was asked for.
     * @return the block.
     */
    public LiveBlock allocatedZeroedToSize(final long address, final long size, final long alignment)
    {
        final LiveBlock block = newBlock(address, size, alignment);
        checkZero(block, 0, block.size);
        fill(block);
        return block;
    }

    /**
     * Takes note of a resize that succeeded, in place or not: checks the bytes that were to come through, and fills the
     * block again.
     *
     * @param block     that was resized.
     * @param address   that was returned.
     * @param kept      bytes that must have come through.
     * @param size      that was asked for.
     * @param alignment that was asked for.
     */
    public void resized(
        final LiveBlock block, final long address, final long kept, final long size, final long alignment)
    {
        move(block, address, size, alignment);
        checkPattern(block, 0, kept);
        fill(block);
    }

    /**
     * Takes note of a resize that succeeded and had to zero every byte from {@code kept} on.
     *
     * @param block     that was resized.
     * @param address   that was returned.
     * @param kept      bytes that must have come through.
     * @param size      that was asked for.
     * @param alignment that was asked for.
     */
    public void resizedZeroed(
        final LiveBlock block, final long address, final long kept, final long size, final long alignment)
    {
        move(block, address, size, alignment);
        checkPattern(block, 0, kept);
        checkZero(block, kept, block.length);
        fill(block);
    }

    /**
     * Takes note of a block that was freed. Its content must be checked before it is freed: see {@link #check}.
     *
     * @param block that was freed.
     */
    public void freed(final LiveBlock block)
    {
        blocks.remove(block);
    }

    /**
     * Checks a live block: that its bytes are what was written last, and that the allocator still knows its length.
     *
     * @param block that lives.
     */
    public void check(final LiveBlock block)
    {
        final long usable = allocator.usableSize(block.address, block.size, block.alignment);
        if (usable != block.length)
        {
            throw new Deviation(block.toString(), "usableSize=" + block.length, "usableSize=" + usable);
        }
        checkPattern(block, 0, block.length);
    }

    /**
     * Checks every live block.
     */
    public void checkAll()
    {
        for (final LiveBlock block : blocks.inOrder())
        {
            check(block);
        }
    }

    /**
     * Checks what the allocator says of itself.
     *
     * @param stats taken now, at rest.
     */
    public void checkStats(final AllocatorStats stats)
    {
        if (stats.liveBlocks() != blocks.count())
        {
            throw new Deviation("stats", "liveBlocks=" + blocks.count(), "liveBlocks=" + stats.liveBlocks());
        }
        if (stats.allocatedBytes() != blocks.bytes())
        {
            throw new Deviation("stats", "allocatedBytes=" + blocks.bytes(),
                "allocatedBytes=" + stats.allocatedBytes());
        }
        if (stats.largestFreeRun() < 0 || stats.largestFreeRun() > stats.freeBytes())
        {
            throw new Deviation("stats", "largestFreeRun in 0.." + stats.freeBytes(),
                "largestFreeRun=" + stats.largestFreeRun());
        }
    }

    /**
     * The blocks that live and have bytes, by address.
     *
     * @return a copy.
     */
    public List<LiveBlock> liveBlocks()
    {
        final List<LiveBlock> list = new ArrayList<>();
        blocks.inOrder().forEach(list::add);
        return list;
    }

    /**
     * How many blocks live and have bytes.
     *
     * @return the count.
     */
    public int liveCount()
    {
        return blocks.count();
    }

    /**
     * The sum of the usable sizes of the live blocks.
     *
     * @return bytes.
     */
    public long liveBytes()
    {
        return blocks.bytes();
    }

    /**
     * Whether a live block starts at an address.
     *
     * @param address any.
     * @return true if so.
     */
    public boolean isStart(final long address)
    {
        return blocks.isStart(address);
    }

    private LiveBlock newBlock(final long address, final long size, final long alignment)
    {
        if (Allocator.NULL == address)
        {
            throw new Deviation("allocate", "an address", "address=0");
        }
        final long length = allocator.usableSize(address, size, alignment);
        final LiveBlock block = new LiveBlock(nextId++, address, size, alignment, length);
        blocks.add(block);
        return block;
    }

    private void move(final LiveBlock block, final long address, final long size, final long alignment)
    {
        blocks.remove(block);
        if (Allocator.NULL == address)
        {
            throw new Deviation(block.toString(), "a resized block", "address=0");
        }
        block.address = address;
        block.size = size;
        block.alignment = alignment;
        block.length = allocator.usableSize(address, size, alignment);
        blocks.add(block);
    }

    /** With a fresh seed each time: bytes left over from an earlier life of the memory don't pass for the content. */
    private void fill(final LiveBlock block)
    {
        block.seed = nextSeed;
        nextSeed += 1L << 40;
        if (0 != block.length)
        {
            PatternBytes.write(allocator.regionOf(block.address), block.address, 0, block.length, block.seed);
        }
    }

    private void checkPattern(final LiveBlock block, final long from, final long to)
    {
        if (from < to)
        {
            final Region region = allocator.regionOf(block.address);
            final long at = PatternBytes.mismatch(region, block.address, from, to, block.seed);
            if (at >= 0)
            {
                throw new Deviation(block + " content", "byte[" + at + "]=" + hex(PatternBytes.byteAt(block.seed, at)),
                    "byte[" + at + "]=" + hex(byteOf(region, block.address + at)));
            }
        }
    }

    private void checkZero(final LiveBlock block, final long from, final long to)
    {
        if (from < to)
        {
            final Region region = allocator.regionOf(block.address);
            final long at = PatternBytes.firstNonZero(region, block.address, from, to);
            if (at >= 0)
            {
                throw new Deviation(block + " content from byte " + from, "byte[" + at + "]=0",
                    "byte[" + at + "]=" + hex(byteOf(region, block.address + at)));
            }
        }
    }

    private static byte byteOf(final Region region, final long address)
    {
        return region.buffer(address).get(region.bufferOffset(address));
    }

    private static String hex(final byte value)
    {
        return Misuse.hex(value & 0xFF);
    }
}
