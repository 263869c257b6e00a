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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run of a conformance script. Bytes between a block's size and its length are filled before they might be taken
 * for content or for zeros: with {@link #FILLER}, also before a grow that zeroes, which is the stricter of the two
 * readings.
 */
final class ConformanceRun
{
    private static final byte FILLER = (byte)0xA5;

    private final Allocator allocator;
    private final LiveBlocks blocks;
    private final Map<Long, LiveBlock> byId = new TreeMap<>();

    ConformanceRun(final Allocator allocator)
    {
        this.allocator = allocator;
        this.blocks = new LiveBlocks(allocator);
    }

    void accept(final ConformanceOperation op)
    {
        if (op.fails())
        {
            expectFailure(op);
            return;
        }
        switch (op.kind())
        {
            case 'A', 'Z' -> allocate(op);
            case 'G' -> grow(op);
            case 'Y' -> growZeroed(op);
            case 'S' -> shrink(op);
            case 'D' -> free(op);
            case 'W' -> write(byId.get(op.id()), op.offset(), op.offset() + op.length(), op.seed());
            case 'C' -> check(op);
            default -> throw new IllegalStateException("kind=" + op.kind());
        }
    }

    void freeAll()
    {
        for (final LiveBlock block : byId.values())
        {
            blocks.remove(block);
            allocator.deallocate(block.address, block.size, block.alignment);
        }
        byId.clear();
        checkAllocator();
    }

    private void allocate(final ConformanceOperation op)
    {
        final long address = 'Z' == op.kind() ?
            allocator.allocateZeroed(op.size(), op.alignment()) : allocator.allocate(op.size(), op.alignment());
        final LiveBlock block = new LiveBlock(op.id(), address, op.size(), op.alignment(),
            usableSize(address, op.size(), op.alignment()));
        blocks.add(block);
        byId.put(op.id(), block);
        if ('Z' == op.kind())
        {
            checkZero(block, 0);
        }
        else
        {
            write(block, 0, op.size(), op.seed());
        }
    }

    private void grow(final ConformanceOperation op)
    {
        final LiveBlock block = byId.get(op.id());
        final long oldSize = block.size;
        final long passed = block.fitting(op.fit(), op.size());
        fillUp(block, passed);
        final byte[] kept = content(block, passed);
        final long address = allocator.grow(block.address, passed, block.alignment, op.size(), op.alignment());
        resized(block, address, op);
        checkContent(block, kept);
        write(block, oldSize, op.size(), op.seed());
    }

    private void growZeroed(final ConformanceOperation op)
    {
        final LiveBlock block = byId.get(op.id());
        final long oldSize = block.size;
        fillUp(block, block.length);
        final byte[] kept = content(block, oldSize);
        final long address =
            allocator.growZeroed(block.address, oldSize, block.alignment, op.size(), op.alignment());
        resized(block, address, op);
        checkContent(block, kept);
        checkZero(block, oldSize);
    }

    private void shrink(final ConformanceOperation op)
    {
        final LiveBlock block = byId.get(op.id());
        final long passed = block.fitting(op.fit(), Long.MAX_VALUE);
        fillUp(block, passed);
        final byte[] kept = content(block, op.size());
        final long address = allocator.shrink(block.address, passed, block.alignment, op.size(), op.alignment());
        resized(block, address, op);
        checkContent(block, kept);
    }

    private void free(final ConformanceOperation op)
    {
        final LiveBlock block = byId.remove(op.id());
        checkHash(block.toString(), op.hash(),
            PatternBytes.hash(PatternBytes.EMPTY_HASH, content(block, block.size)));
        blocks.remove(block);
        allocator.deallocate(block.address, block.fitting(op.fit(), Long.MAX_VALUE), block.alignment);
    }

    private void check(final ConformanceOperation op)
    {
        long hash = PatternBytes.EMPTY_HASH;
        long bytes = 0;
        for (final LiveBlock block : byId.values())
        {
            hash = PatternBytes.hash(hash, block.id);
            hash = PatternBytes.hash(hash, block.size);
            hash = PatternBytes.hash(hash, content(block, block.size));
            bytes += block.size;
        }
        if (byId.size() != op.size() || bytes != op.length())
        {
            throw new Deviation("checkpoint", "blocks=" + op.size() + " bytes=" + op.length(),
                "blocks=" + byId.size() + " bytes=" + bytes);
        }
        checkHash("checkpoint", op.hash(), hash);
        checkAllocator();
    }

    private void expectFailure(final ConformanceOperation op)
    {
        final LiveBlock block = byId.get(op.id());
        final boolean resize = 'G' == op.kind() || 'Y' == op.kind();
        final byte[] kept = resize ? content(block, block.size) : null;
        final long address;
        try
        {
            address = switch (op.kind())
            {
                case 'A' -> allocator.allocate(op.size(), op.alignment());
                case 'Z' -> allocator.allocateZeroed(op.size(), op.alignment());
                case 'G' -> allocator.grow(
                    block.address, block.size, block.alignment, op.size(), op.alignment());
                default -> allocator.growZeroed(
                    block.address, block.size, block.alignment, op.size(), op.alignment());
            };
        }
        catch (final AllocError expected)
        {
            if (resize)
            {
                checkUntouched(block, kept);
            }
            return;
        }
        throw new Deviation("outcome", "AllocError", "address=" + address);
    }

    private void checkUntouched(final LiveBlock block, final byte[] kept)
    {
        final long length = usableSize(block.address, block.size, block.alignment);
        if (length != block.length)
        {
            throw new Deviation(block.toString(), "usableSize=" + block.length, "usableSize=" + length);
        }
        checkContent(block, kept);
    }

    private void resized(final LiveBlock block, final long address, final ConformanceOperation op)
    {
        blocks.remove(block);
        block.address = address;
        block.size = op.size();
        block.alignment = op.alignment();
        block.length = usableSize(address, op.size(), op.alignment());
        blocks.add(block);
    }

    /** An allocator that returns null is asked no more about it: the check of the block tells. */
    private long usableSize(final long address, final long size, final long alignment)
    {
        return Allocator.NULL == address ? size : allocator.usableSize(address, size, alignment);
    }

    private void checkAllocator()
    {
        if (allocator instanceof RegionAllocator regionAllocator)
        {
            regionAllocator.verify();
            final AllocatorStats stats = regionAllocator.stats();
            if (stats.liveBlocks() != blocks.count() || stats.allocatedBytes() != blocks.bytes())
            {
                throw new Deviation("stats",
                    "liveBlocks=" + blocks.count() + " allocatedBytes=" + blocks.bytes(),
                    "liveBlocks=" + stats.liveBlocks() + " allocatedBytes=" + stats.allocatedBytes());
            }
        }
    }

    private void fillUp(final LiveBlock block, final long to)
    {
        if (block.size < to)
        {
            PatternBytes.fill(regionOf(block), block.address, block.size, to, FILLER);
        }
    }

    private void write(final LiveBlock block, final long from, final long to, final long seed)
    {
        if (from < to)
        {
            PatternBytes.write(regionOf(block), block.address, from, to, seed);
        }
    }

    private byte[] content(final LiveBlock block, final long size)
    {
        return 0 == size ? new byte[0] : PatternBytes.copy(regionOf(block), block.address, size);
    }

    private void checkContent(final LiveBlock block, final byte[] kept)
    {
        final byte[] content = content(block, kept.length);
        final int at = Arrays.mismatch(kept, content);
        if (at >= 0)
        {
            throw new Deviation(block + " content", "byte[" + at + "]=" + kept[at], "byte[" + at + "]=" + content[at]);
        }
    }

    private void checkZero(final LiveBlock block, final long from)
    {
        if (from < block.length)
        {
            final long at = PatternBytes.firstNonZero(regionOf(block), block.address, from, block.length);
            if (at >= 0)
            {
                throw new Deviation(block + " content from byte " + from, "byte[" + at + "]=0",
                    "byte[" + at + "]=" + content(block, at + 1)[(int)at]);
            }
        }
    }

    private static void checkHash(final String what, final long wanted, final long got)
    {
        if (wanted != got)
        {
            throw new Deviation(what + " content", String.format("hash=%016x", wanted),
                String.format("hash=%016x", got));
        }
    }

    private Region regionOf(final LiveBlock block)
    {
        return allocator.regionOf(block.address);
    }
}
