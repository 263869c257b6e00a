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

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Takes blocks with zones around them from a target, fills them, resizes them where they are, and gives them back after
 * a time in quarantine. Knows all that live.
 * <p>
 * Threads: as {@link GuardedBlocks}, whose lock guards it.
 */
final class GuardedMemory
{
    private static final int SITES = 1 << 16;
    /** Of one check. */
    private static final int MOST_REPORTS = 64;

    final TreeMap<Long, GuardedBlock> live = new TreeMap<>();
    final SiteTable sites = new SiteTable(SITES);
    final Quarantine quarantine;
    final GuardedMisuse misuse;
    private final Allocator target;
    private long liveBytes;

    GuardedMemory(final Allocator target, final long quarantineBytes)
    {
        this.target = target;
        quarantine = new Quarantine(quarantineBytes);
        misuse = new GuardedMisuse(target, live, quarantine, sites);
    }

    /** What the blocks that live have, bytes. */
    long liveBytes()
    {
        return liveBytes;
    }

    /** Throws the report of the first damage, with those of the others as suppressed. */
    void check()
    {
        final List<IllegalStateException> found = new ArrayList<>();
        for (final GuardedBlock block : live.values())
        {
            checkAll(block, found);
        }
        for (final GuardedBlock block : quarantine.blocks())
        {
            checkAll(block, found);
        }
        if (!found.isEmpty())
        {
            final IllegalStateException first = found.remove(0);
            found.forEach(first::addSuppressed);
            throw first;
        }
    }

    private void checkAll(final GuardedBlock block, final List<IllegalStateException> found)
    {
        boolean isWhole = false;
        while (!isWhole && found.size() < MOST_REPORTS)
        {
            final IllegalStateException damage = damageOf("check", block);
            isWhole = null == damage;
            if (!isWhole)
            {
                found.add(damage);
            }
        }
    }

    /** The report of a block's damage, which is mended; null if there is none. */
    private IllegalStateException damageOf(final String call, final GuardedBlock block)
    {
        try
        {
            if (null == block.freeThreadName)
            {
                misuse.checkZones(call, block);
            }
            else
            {
                misuse.checkFreed(call, block);
            }
            return null;
        }
        catch (final IllegalStateException ex)
        {
            if (null == MisuseReport.of(ex))
            {
                throw ex;
            }
            return ex;
        }
    }

    /** Gives back what is in quarantine, unchecked. */
    void end()
    {
        for (GuardedBlock block = quarantine.poll(); null != block; block = quarantine.poll())
        {
            giveBack(block);
        }
    }

    /** Copies to a block that was taken for it, and has the old one die. */
    void move(final GuardedBlock block, final GuardedBlock moved, final long kept)
    {
        try
        {
            RegionCopy.copy(target.regionOf(block.base), block.address, target.regionOf(moved.base), moved.address,
                kept);
            poison(block);
        }
        catch (final RuntimeException | Error ex)
        {
            remove(moved);
            target.deallocate(moved.base, moved.baseSize, moved.baseAlignment);
            throw ex;
        }
        bury(block);
    }

    /** Resizes a block where it is, if the target can. */
    boolean stay(final GuardedBlock block, final long newSize, final long newAlignment)
    {
        final long total = newSize > Long.MAX_VALUE - GuardedBlock.ZONE - (block.address - block.base) ? -1 :
            block.address - block.base + newSize + GuardedBlock.ZONE;
        if (newSize > block.size || total < block.baseSize)
        {
            if (Layout.isValid(total, block.baseAlignment) &&
                target.tryResize(block.base, block.baseSize, block.baseAlignment, total))
            {
                block.baseSize = total;
                block.length = target.usableSize(block.base, total, block.baseAlignment);
            }
            else if (newSize > block.room())
            {
                return false;
            }
        }
        final Region region = target.regionOf(block.base);
        if (newSize > block.size)
        {
            GuardBytes.fill(region, block.end(), newSize - block.size, GuardBytes.NEW);
        }
        liveBytes += newSize - block.size;
        block.size = newSize;
        block.minSize = newSize;
        block.alignment = newAlignment;
        GuardBytes.fill(region, block.end(), block.base + block.length - block.end(), GuardBytes.ZONE);
        return true;
    }

    /**
     * A new block, noted and filled.
     *
     * @throws AllocError if there is none, not even with all given back that is in quarantine.
     */
    GuardedBlock take(final long size, final long alignment, final boolean isZeroed)
    {
        final long total = GuardedBlock.total(size, alignment);
        if (!Layout.isValid(total, alignment))
        {
            throw AllocError.unsupported();
        }
        final long base = takeFromTarget(total, alignment, isZeroed);
        try
        {
            final GuardedBlock block =
                new GuardedBlock(base, total, alignment, base + GuardedBlock.front(alignment));
            block.length = target.usableSize(base, total, alignment);
            block.minSize = size;
            block.size = size;
            block.alignment = alignment;
            block.allocationSite = sites.here();
            block.allocationThread = Thread.currentThread().getId();
            block.allocationThreadName = Thread.currentThread().getName();
            fillNew(block, isZeroed);
            live.put(block.address, block);
            quarantine.forget(block.address);
            liveBytes += size;
            return block;
        }
        catch (final RuntimeException | Error ex)
        {
            // A mapped file without memory, or no heap for the record.
            target.deallocate(base, total, alignment);
            throw ex;
        }
    }

    private void fillNew(final GuardedBlock block, final boolean isZeroed)
    {
        final Region region = target.regionOf(block.base);
        GuardBytes.fill(region, block.base, block.address - block.base, GuardBytes.ZONE);
        if (!isZeroed)
        {
            GuardBytes.fill(region, block.address, block.size, GuardBytes.NEW);
        }
        GuardBytes.fill(region, block.end(), block.base + block.length - block.end(), GuardBytes.ZONE);
    }

    private long takeFromTarget(final long total, final long alignment, final boolean isZeroed)
    {
        try
        {
            return isZeroed ? target.allocateZeroed(total, alignment) : target.allocate(total, alignment);
        }
        catch (final AllocError noMore)
        {
            if (0 == quarantine.bytes() || noMore.isUnsupported())
            {
                throw noMore;
            }
        }
        flush("allocate");
        return isZeroed ? target.allocateZeroed(total, alignment) : target.allocate(total, alignment);
    }

    /** The block dies: kept in quarantine, where room was made for it, or given back. */
    void retire(final GuardedBlock block)
    {
        // First, as it may fail, in a mapped file that has lost its memory: the block still lives then.
        poison(block);
        bury(block);
    }

    private void poison(final GuardedBlock block)
    {
        GuardBytes.fill(target.regionOf(block.base), block.address, block.size, GuardBytes.FREED);
    }

    private void bury(final GuardedBlock block)
    {
        remove(block);
        block.freeSite = sites.here();
        block.freeThread = Thread.currentThread().getId();
        block.freeThreadName = Thread.currentThread().getName();
        if (quarantine.wants(block))
        {
            quarantine.add(block);
        }
        else
        {
            giveBack(block);
        }
    }

    private void remove(final GuardedBlock block)
    {
        live.remove(block.address);
        liveBytes -= block.size;
    }

    /** Before a block is to die: gives back what has been in quarantine longest. */
    void makeRoom(final String call, final GuardedBlock block)
    {
        while (quarantine.wants(block) && !quarantine.hasRoomFor(block))
        {
            release(call, quarantine.poll());
        }
    }

    /** Gives back all that is in quarantine; bytes. */
    long flush(final String call)
    {
        long bytes = 0;
        for (GuardedBlock block = quarantine.poll(); null != block; block = quarantine.poll())
        {
            bytes += block.length;
            release(call, block);
        }
        return bytes;
    }

    /** Gives a block back that has left the quarantine; after that, says so if it was written meanwhile. */
    private void release(final String call, final GuardedBlock block)
    {
        final IllegalStateException damage = damageOf(call, block);
        giveBack(block);
        if (null != damage)
        {
            throw damage;
        }
    }

    private void giveBack(final GuardedBlock block)
    {
        quarantine.remember(block);
        target.deallocate(block.base, block.baseSize, block.baseAlignment);
    }
}
