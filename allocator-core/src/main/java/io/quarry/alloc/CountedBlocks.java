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

import java.util.List;

/**
 * Blocks that are the target's own, counted, and some of them sampled: the levels {@link CheckLevel#COUNT} and
 * {@link CheckLevel#SITE}. A block counts by its usable size, which is the same whatever fitting size it is freed by.
 */
final class CountedBlocks extends CheckedBlocks
{
    private final SizeCounters counters;
    /** Null if there are no samples. */
    private final SampledSites sites;
    private boolean isClosed;

    CountedBlocks(final Allocator target, final CheckOptions options)
    {
        super(target, options);
        counters = new SizeCounters(target.isThreadSafe());
        sites = CheckLevel.SITE == options.level() ? new SampledSites(options.sampling()) : null;
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        checkOpen(size);
        return added(target.allocate(size, alignment), size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        checkOpen(size);
        return added(target.allocateZeroed(size, alignment), size, alignment);
    }

    @Override
    long allocUpTo(final long minSize, final long size, final long alignment)
    {
        checkOpen(size);
        final long address = ((RegionAllocator)target).allocUpTo(minSize, size, alignment);
        return NULL == address ? address : added(address, minSize, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        checkOpen(size);
        final int had = target.allocateBatch(size, alignment, addresses, from, count);
        for (int i = from; i < from + had; i++)
        {
            added(addresses[i], size, alignment);
        }
        return had;
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        if (0 == size)
        {
            target.deallocate(address, size, alignment);
            return;
        }
        final long length = lengthOf("deallocate", address, size, alignment);
        final int sample = leaveForGood(address);
        try
        {
            target.deallocate(address, size, alignment);
        }
        catch (final RuntimeException | Error ex)
        {
            throw failed(ex, "deallocate", sample, address, size, alignment);
        }
        left(sample, length);
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        if (0 == oldSize)
        {
            checkOpen(newSize);
            return added(target.grow(address, oldSize, oldAlignment, newSize, newAlignment), newSize, newAlignment);
        }
        final long length = lengthOf("grow", address, oldSize, oldAlignment);
        final int sample = leave(address);
        final long block;
        try
        {
            block = target.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        catch (final RuntimeException | Error ex)
        {
            throw failed(ex, "grow", sample, address, oldSize, oldAlignment);
        }
        return resized(sample, address, length, block, newSize, newAlignment);
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        if (0 == oldSize)
        {
            checkOpen(newSize);
            return added(
                target.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment), newSize, newAlignment);
        }
        final long length = lengthOf("growZeroed", address, oldSize, oldAlignment);
        final int sample = leave(address);
        final long block;
        try
        {
            block = target.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        catch (final RuntimeException | Error ex)
        {
            throw failed(ex, "growZeroed", sample, address, oldSize, oldAlignment);
        }
        return resized(sample, address, length, block, newSize, newAlignment);
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        if (0 == oldSize)
        {
            return target.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        final long length = lengthOf("shrink", address, oldSize, oldAlignment);
        final int sample = 0 == newSize ? leaveForGood(address) : leave(address);
        final long block;
        try
        {
            block = target.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        catch (final RuntimeException | Error ex)
        {
            throw failed(ex, "shrink", sample, address, oldSize, oldAlignment);
        }
        if (0 == newSize)
        {
            left(sample, length);
            return block;
        }
        return resized(sample, address, length, block, newSize, newAlignment);
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        if (0 == oldSize)
        {
            return target.tryResize(address, oldSize, alignment, newSize);
        }
        final long length = lengthOf("tryResize", address, oldSize, alignment);
        final int sample = leave(address);
        final boolean isDone;
        try
        {
            isDone = target.tryResize(address, oldSize, alignment, newSize);
        }
        catch (final RuntimeException | Error ex)
        {
            throw failed(ex, "tryResize", sample, address, oldSize, alignment);
        }
        if (isDone)
        {
            resized(sample, address, length, address, newSize, alignment);
        }
        else
        {
            stays(sample, address);
        }
        return isDone;
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        return 0 == size ? target.usableSize(address, size, alignment) :
            lengthOf("usableSize", address, size, alignment);
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        return target.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return target.maxSize();
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        return target.diagnose(size, alignment);
    }

    @Override
    LeakReport leaks()
    {
        return new LeakReport(options.level(), null == sites ? 1 : options.sampling(), counters.blocks(),
            counters.bytes(), counters.classes(), null == sites ? List.of() : sites.liveSites(),
            null == sites ? 0 : sites.lost());
    }

    @Override
    void check()
    {
        // Nothing is kept of the bytes.
    }

    @Override
    long flush()
    {
        return 0;
    }

    @Override
    long heldBytes()
    {
        return 0;
    }

    @Override
    AllocatorStats stats(final AllocatorStats ofTarget)
    {
        return new AllocatorStats(ofTarget.allocatedBytes(), ofTarget.liveBlocks(), ofTarget.freeBytes(),
            ofTarget.largestFreeRun(), ofTarget.highWaterBytes(), ofTarget.metadataBytes() +
            counters.metadataBytes() + (null == sites ? 0 : sites.metadataBytes()));
    }

    @Override
    void end()
    {
        isClosed = true;
    }

    private void checkOpen(final long size)
    {
        if (isClosed && 0 != size)
        {
            throw closed();
        }
    }

    private long added(final long address, final long size, final long alignment)
    {
        if (0 != size)
        {
            counters.add(target.usableSize(address, size, alignment));
            if (null != sites)
            {
                sites.allocated(address, size, alignment);
            }
        }
        return address;
    }

    /** The block's length; what is no block is refused here, before anything is done. */
    private long lengthOf(final String call, final long address, final long size, final long alignment)
    {
        checkOpen(size);
        try
        {
            return target.usableSize(address, size, alignment);
        }
        catch (final IllegalArgumentException | IllegalStateException ex)
        {
            throw explained(ex, call, address, size, alignment);
        }
    }

    private int leave(final long address)
    {
        return null == sites ? SampledSites.NO_SAMPLE : sites.leave(address);
    }

    private void stays(final int sample, final long address)
    {
        if (null != sites)
        {
            sites.stays(sample, address);
        }
    }

    private int leaveForGood(final long address)
    {
        final int sample = leave(address);
        if (null != sites)
        {
            sites.freeing(sample, address);
        }
        return sample;
    }

    private void left(final int sample, final long length)
    {
        counters.remove(length);
        if (null != sites)
        {
            sites.left(sample);
        }
    }

    private long resized(
        final int sample, final long address, final long length,
        final long block, final long newSize, final long newAlignment)
    {
        counters.remove(length);
        counters.add(target.usableSize(block, newSize, newAlignment));
        if (null != sites)
        {
            sites.resized(sample, address, block, newSize, newAlignment);
        }
        return block;
    }

    /** After a call that the target has not done: nothing has changed by it. */
    private RuntimeException failed(
        final Throwable thrown, final String call, final int sample,
        final long address, final long size, final long alignment)
    {
        if (thrown instanceof IllegalStateException refusal && SampledSites.NO_SAMPLE != sample)
        {
            // The block lived when its length was looked up: another thread has freed it since, without the sample.
            return doubleFree(refusal, call, address, size, alignment, sites.freedByOther(sample, address));
        }
        stays(sample, address);
        if (thrown instanceof Error error)
        {
            throw error;
        }
        return thrown instanceof AllocError error ? error :
            explained((RuntimeException)thrown, call, address, size, alignment);
    }

    /** A refusal, with the sites if the block was freed before and they are known. */
    private RuntimeException explained(
        final RuntimeException refusal, final String call, final long address, final long size, final long alignment)
    {
        final MisuseReport.BlockInfo block = null == sites ? null : sites.freedAt(address);
        return null == block ? refusal : doubleFree(refusal, call, address, size, alignment, block);
    }

    private static RuntimeException doubleFree(
        final RuntimeException refusal, final String call, final long address, final long size, final long alignment,
        final MisuseReport.BlockInfo block)
    {
        return new MisuseReport(MisuseReport.Kind.DOUBLE_FREE, call, address, size, alignment, block, null,
            SiteTable.current()).exception(refusal);
    }
}
