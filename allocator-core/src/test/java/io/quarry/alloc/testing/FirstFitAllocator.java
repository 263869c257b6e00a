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

import io.quarry.alloc.AbstractRegionAllocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionClaim;

import java.util.Map;
import java.util.TreeMap;

/**
 * An allocator that is easy to believe: two sorted maps, one of the free runs and one of the live blocks, lengths
 * rounded up to whole units, first fit. For tests, of the kit itself and of what stands on an upstream; slow, and it
 * makes garbage.
 * <p>
 * Threads: one.
 */
public class FirstFitAllocator extends AbstractRegionAllocator
{
    /**
     * Lengths are multiples of this, so that most blocks are longer than what was asked for.
     */
    public static final long UNIT = 64;

    /** Length of each free run by its address; never two that touch. */
    final TreeMap<Long, Long> free = new TreeMap<>();
    /** Length of each live block by its address. */
    final TreeMap<Long, Long> live = new TreeMap<>();

    private final RegionClaim claim;
    private final long maxSize;
    private long usedTo;
    private boolean closed;

    FirstFitAllocator(final Region region)
    {
        this(region, null, region.address(), region.address() + region.capacity());
    }

    /** Of a part of a region that another one has claimed; null to claim it here. */
    FirstFitAllocator(final Region region, final RegionClaim claim, final long start, final long end)
    {
        super(region);
        this.claim = null == claim ? region.claim(this) : claim;
        usedTo = region.address();
        final long from = (start + UNIT - 1) & -UNIT;
        final long length = (end - from) & -UNIT;
        maxSize = Math.max(0, length);
        if (length > 0)
        {
            free.put(from, length);
        }
    }

    /**
     * Makes an allocator of a region.
     *
     * @param region that no other allocator has.
     * @return the allocator.
     */
    public static FirstFitAllocator over(final Region region)
    {
        return new FirstFitAllocator(region);
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        final Map.Entry<Long, Long> run = find(size, alignment);
        if (null == run)
        {
            return NULL;
        }
        final long address = run.getKey() + (-run.getKey() & (alignment - 1));
        takeFrom(run.getKey(), run.getValue(), address, roundUp(size));
        live.put(address, roundUp(size));
        return address;
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        return null != find(size, alignment);
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        final long address = takeBlock(size, alignment);
        if (NULL != address)
        {
            claim.zero(address, live.get(address));
        }
        return address;
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        final long length = blockLength(address, size, alignment);
        live.remove(address);
        giveBack(address, length);
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        checkOpen();
        if (!owns(address))
        {
            throw Misuse.foreign(address, region());
        }
        if (!isAligned(address, alignment))
        {
            throw Misuse.misaligned(address, alignment);
        }
        final Map.Entry<Long, Long> block = live.floorEntry(address);
        if (null == block || address - block.getKey() >= block.getValue())
        {
            throw Misuse.dead(address);
        }
        if (block.getKey() != address)
        {
            throw Misuse.interior(address);
        }
        if (size > block.getValue())
        {
            throw Misuse.tooLarge(address, size, block.getValue());
        }
        return block.getValue();
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        if (newSize > region().capacity())
        {
            return false;
        }
        final long newLength = roundUp(newSize);
        if (newLength < length)
        {
            live.put(address, newLength);
            giveBack(address + newLength, length - newLength);
        }
        else if (newLength > length)
        {
            final Long right = free.get(address + length);
            if (null == right || right < newLength - length)
            {
                return false;
            }
            takeFrom(address + length, right, address + length, newLength - length);
            live.put(address, newLength);
        }
        return true;
    }

    @Override
    public RegionClaim claim()
    {
        return claim;
    }

    @Override
    public long trim()
    {
        checkOpen();
        return 0;
    }

    @Override
    public AllocatorStats stats()
    {
        checkOpen();
        long freeBytes = 0;
        long largestFreeRun = 0;
        for (final long length : free.values())
        {
            freeBytes += length;
            largestFreeRun = Math.max(largestFreeRun, length);
        }
        final long allocatedBytes = live.values().stream().mapToLong(Long::longValue).sum();
        return new AllocatorStats(
            allocatedBytes, live.size(), freeBytes, largestFreeRun, usedTo - region().address(), 0);
    }

    @Override
    public void verify()
    {
        checkOpen();
        long end = region().address();
        boolean lastFree = false;
        final TreeMap<Long, Long> all = new TreeMap<>(free);
        all.putAll(live);
        for (final Map.Entry<Long, Long> run : all.entrySet())
        {
            final boolean isFree = free.containsKey(run.getKey());
            if (run.getKey() < end || isFree && live.containsKey(run.getKey()))
            {
                throw new IllegalStateException("run at " + Misuse.hex(run.getKey()) + " overlaps the one before");
            }
            if (isFree && lastFree && run.getKey() == end)
            {
                throw new IllegalStateException("free run at " + Misuse.hex(run.getKey()) + " touches another");
            }
            end = run.getKey() + run.getValue();
            lastFree = isFree;
        }
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            claim.release(usedTo);
        }
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        checkLayout(size, alignment);
        return size > maxSize ? size : roundUp(size);
    }

    @Override
    public long maxSize()
    {
        return maxSize;
    }

    /** Adds a run to the free ones, merged with its neighbours. */
    void giveBack(final long address, final long length)
    {
        long from = address;
        long end = address + length;
        final Map.Entry<Long, Long> left = free.lowerEntry(address);
        if (null != left && left.getKey() + left.getValue() == address)
        {
            from = left.getKey();
        }
        final Long right = free.remove(end);
        if (null != right)
        {
            end += right;
        }
        free.put(from, end - from);
    }

    void checkOpen()
    {
        if (closed)
        {
            throw Misuse.closed(this);
        }
    }

    static long roundUp(final long size)
    {
        return (size + UNIT - 1) & -UNIT;
    }

    /** The lowest free run with a place, or null. */
    private Map.Entry<Long, Long> find(final long size, final long alignment)
    {
        checkOpen();
        if (size > maxSize)
        {
            return null;
        }
        final long length = roundUp(size);
        for (final Map.Entry<Long, Long> run : free.entrySet())
        {
            final long padding = -run.getKey() & (alignment - 1);
            if (padding <= run.getValue() && length <= run.getValue() - padding)
            {
                return run;
            }
        }
        return null;
    }

    private void takeFrom(final long run, final long runLength, final long address, final long length)
    {
        free.remove(run);
        if (run < address)
        {
            free.put(run, address - run);
        }
        final long end = address + length;
        if (end < run + runLength)
        {
            free.put(end, run + runLength - end);
        }
        usedTo = Math.max(usedTo, end);
    }
}
