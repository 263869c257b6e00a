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

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Blocks with zones around them that nobody should write, each known by its exact layout: level
 * {@link CheckLevel#FULL}.
 */
final class GuardedBlocks extends CheckedBlocks
{
    // A call first looks whether it is right, then makes room in the quarantine, then takes memory, and only then
    // changes anything: what throws before has changed nothing but what was in the quarantine.

    private final ReentrantLock lock = new ReentrantLock();
    private final GuardedMemory memory;
    private boolean isClosed;

    GuardedBlocks(final Allocator target, final CheckOptions options)
    {
        super(target, options);
        memory = new GuardedMemory(target, options.quarantineBytes());
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        return 0 == size ? alignment : make(size, size, alignment, false);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        return 0 == size ? alignment : make(size, size, alignment, true);
    }

    @Override
    long allocUpTo(final long minSize, final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        if (minSize < 1 || minSize > size)
        {
            throw Misuse.minSize(minSize, size);
        }
        try
        {
            return make(minSize, size, alignment, false);
        }
        catch (final AllocError noMore)
        {
            return minSize < size ? allocUpTo(minSize, minSize, alignment) : NULL;
        }
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
            return;
        }
        lock.lock();
        try
        {
            final GuardedBlock block = rightBlock("deallocate", address, size, alignment);
            memory.misuse.checkZones("deallocate", block);
            memory.makeRoom("deallocate", block);
            memory.retire(block);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("grow", oldSize, oldAlignment, newSize, newAlignment, newSize >= oldSize);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, oldAlignment);
            return allocate(newSize, newAlignment);
        }
        return resize("grow", address, oldSize, oldAlignment, newSize, newAlignment, false);
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("growZeroed", oldSize, oldAlignment, newSize, newAlignment, newSize >= oldSize);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, oldAlignment);
            return allocateZeroed(newSize, newAlignment);
        }
        return resize("growZeroed", address, oldSize, oldAlignment, newSize, newAlignment, true);
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("shrink", oldSize, oldAlignment, newSize, newAlignment, newSize <= oldSize);
        if (0 == newSize)
        {
            deallocate(address, oldSize, oldAlignment);
            return newAlignment;
        }
        return resize("shrink", address, oldSize, oldAlignment, newSize, newAlignment, false);
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        LayoutChecks.resize("tryResize", oldSize, alignment, newSize, alignment, true);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, alignment);
            return 0 == newSize;
        }
        lock.lock();
        try
        {
            final GuardedBlock block = rightBlock("tryResize", address, oldSize, alignment);
            memory.misuse.checkZones("tryResize", block);
            return 0 != newSize && memory.stay(block, newSize, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
            return 0;
        }
        lock.lock();
        try
        {
            return rightBlock("usableSize", address, size, alignment).size;
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        return size;
    }

    @Override
    public long maxSize()
    {
        return Math.max(0, target.maxSize() - 2 * GuardedBlock.ZONE);
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        lock.lock();
        try
        {
            checkOpen();
            final long total = GuardedBlock.total(size, alignment);
            final boolean isLayout = 0 != size && Layout.isValid(total, alignment);
            Diagnosis found = isLayout ? target.diagnose(total, alignment) : target.diagnose(size, alignment);
            if (isLayout && !found.wouldSucceed() && memory.quarantine.bytes() > 0)
            {
                memory.flush("diagnose");
                found = target.diagnose(total, alignment);
            }
            return new Diagnosis(reason(found.reason(), size, isLayout), size, alignment,
                found.freeBytes() + memory.quarantine.bytes(), found.largestFreeRun(), maxSize());
        }
        finally
        {
            lock.unlock();
        }
    }

    private Diagnosis.Reason reason(final Diagnosis.Reason ofTarget, final long size, final boolean isLayout)
    {
        if (size > maxSize())
        {
            return Diagnosis.Reason.TOO_LARGE;
        }
        // What is too large for the target is so for the zones, and these are long for the alignment's sake.
        return 0 != size && (!isLayout || ofTarget.isForEver()) ? Diagnosis.Reason.ALIGNMENT : ofTarget;
    }

    @Override
    LeakReport leaks()
    {
        lock.lock();
        try
        {
            final SizeCounters counters = new SizeCounters(false);
            final Map<Integer, LeakReport.Site> bySite = new HashMap<>();
            for (final GuardedBlock block : memory.live.values())
            {
                counters.add(block.size);
                final CallSite allocated = block.info(memory.sites).allocated();
                bySite.merge(block.allocationSite, new LeakReport.Site(
                    allocated, 1, block.size, block.address, block.size, block.alignment), SampledSites::sum);
            }
            return new LeakReport(CheckLevel.FULL, 1, memory.live.size(), memory.liveBytes(), counters.classes(),
                SampledSites.mostFirst(bySite), 0);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    void check()
    {
        lock.lock();
        try
        {
            if (!isClosed)
            {
                memory.check();
            }
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    long flush()
    {
        lock.lock();
        try
        {
            checkOpen();
            return memory.flush("trim");
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    long heldBytes()
    {
        lock.lock();
        try
        {
            return memory.quarantine.bytes();
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    AllocatorStats stats(final AllocatorStats ofTarget)
    {
        lock.lock();
        try
        {
            return new AllocatorStats(memory.liveBytes(), memory.live.size(),
                ofTarget.freeBytes() + memory.quarantine.bytes(),
                ofTarget.largestFreeRun(), ofTarget.highWaterBytes(), ofTarget.metadataBytes());
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    void end()
    {
        lock.lock();
        try
        {
            isClosed = true;
            memory.end();
        }
        finally
        {
            lock.unlock();
        }
    }

    private long make(final long minSize, final long size, final long alignment, final boolean isZeroed)
    {
        lock.lock();
        try
        {
            checkOpen();
            final GuardedBlock block = memory.take(size, alignment, isZeroed);
            block.minSize = minSize;
            return block.address;
        }
        finally
        {
            lock.unlock();
        }
    }

    private long resize(
        final String call, final long address, final long oldSize, final long oldAlignment,
        final long newSize, final long newAlignment, final boolean isZeroed)
    {
        lock.lock();
        try
        {
            final GuardedBlock block = rightBlock(call, address, oldSize, oldAlignment);
            memory.misuse.checkZones(call, block);
            memory.makeRoom(call, block);
            final GuardedBlock moved;
            try
            {
                moved = memory.take(newSize, newAlignment, isZeroed);
            }
            catch (final AllocError noMore)
            {
                return resizeInPlace(block, oldSize, newSize, newAlignment, isZeroed, noMore);
            }
            memory.move(block, moved, Math.min(oldSize, newSize));
            return moved.address;
        }
        finally
        {
            lock.unlock();
        }
    }

    private long resizeInPlace(
        final GuardedBlock block, final long oldSize, final long newSize, final long newAlignment,
        final boolean isZeroed, final AllocError noMore)
    {
        if (0 != (block.address & newAlignment - 1) || !memory.stay(block, newSize, newAlignment))
        {
            throw noMore;
        }
        if (isZeroed)
        {
            target.regionOf(block.base).zero(block.address + oldSize, newSize - oldSize);
        }
        return block.address;
    }

    private GuardedBlock rightBlock(final String call, final long address, final long size, final long alignment)
    {
        checkOpen();
        final GuardedBlock block = memory.live.get(address);
        if (null == block)
        {
            throw memory.misuse.noBlock(call, address, size, alignment);
        }
        if (!block.fits(size, alignment))
        {
            throw memory.misuse.wrongLayout(call, address, size, alignment, block);
        }
        return block;
    }

    private void checkOpen()
    {
        if (isClosed)
        {
            throw closed();
        }
    }
}
