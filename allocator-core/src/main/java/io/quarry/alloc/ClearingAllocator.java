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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Zeroes every byte that a user gives up before anybody else can be given it: secrets don't outlive their block. What
 * is cleared is
 * <ul>
 * <li>a block that is freed, one by one or in a batch, or shrunk to nothing: all of it, to its usable size;</li>
 * <li>the old place of a block that moves, in a grow or a shrink;</li>
 * <li>the tail of a block that is resized where it is: from the new size to the end that it had;</li>
 * <li>on {@link #close()}, all memory that ever held a block, those that still live with it.</li>
 * </ul>
 * <p>
 * Choose it for keys, credentials and personal data. It is not needed for blocks to be zero when they are handed out:
 * {@link #allocateZeroed} of any allocator sees to that. Not cleared is what lies elsewhere: copies that the program
 * made, the pages of a mapped file that were written out before, memory that the operating system has swapped.
 * <p>
 * It clears by what it knows of a block's length, and so must be the only way to the target; {@link #close()} closes
 * that. A resize never moves a block only because a shorter place would suit it better.
 * <p>
 * <b>Threads.</b> As the target. Where two threads free one block in the same moment, which the target refuses the
 * second, that one may have cleared the block after a third was given it.
 * <p>
 * <b>Cost.</b> The zeroing of what is given up, and a look-up of the block's length a call. No object is made; no byte
 * is kept beside the target's.
 */
public final class ClearingAllocator extends AbstractRegionAllocator
{
    private final RegionAllocator target;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Has an allocator's memory cleared.
     *
     * @param target that nobody else calls.
     */
    public ClearingAllocator(final RegionAllocator target)
    {
        super(Objects.requireNonNull(target, "target").region());
        this.target = target;
    }

    @Override
    protected long takeBlock(final long size, final long alignment)
    {
        return target.alloc(size, alignment);
    }

    @Override
    protected long takeZeroedBlock(final long size, final long alignment)
    {
        try
        {
            // Not allocZeroed, which promises zeros to the size only.
            return target.allocateZeroed(size, alignment);
        }
        catch (final AllocError noMore)
        {
            return NULL;
        }
    }

    @Override
    protected boolean canTakeBlock(final long size, final long alignment)
    {
        return target.diagnose(size, alignment).wouldSucceed();
    }

    @Override
    protected void returnBlock(final long address, final long size, final long alignment)
    {
        // Refuses what is no block, before anything is written.
        final long length = target.usableSize(address, size, alignment);
        zeroBytes(address, length);
        target.dealloc(address, size, alignment);
    }

    @Override
    protected long blockLength(final long address, final long size, final long alignment)
    {
        return target.usableSize(address, size, alignment);
    }

    @Override
    protected boolean resizeBlock(final long address, final long length, final long newSize)
    {
        if (newSize < length)
        {
            // Before it is given up: another thread may be given it at once.
            zeroBytes(address + newSize, length - newSize);
        }
        // A block that the target leaves as long as it was may go by the smaller size all the same.
        return target.tryResize(address, length, 1, newSize) || newSize <= length;
    }

    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        return target.allocUpTo(minSize, size, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return target.allocateBatch(size, alignment, addresses, from, count);
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
    public RegionClaim claim()
    {
        return target.claim();
    }

    @Override
    public long trim()
    {
        return target.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        return target.stats();
    }

    @Override
    public boolean isThreadSafe()
    {
        return target.isThreadSafe();
    }

    @Override
    public void verify()
    {
        target.verify();
    }

    /**
     * Clears all memory that ever held a block, and closes the target. Takes as long as to zero it.
     */
    @Override
    public void close()
    {
        if (closed.compareAndSet(false, true))
        {
            try
            {
                claim().zero(region().address(), stats().highWaterBytes());
            }
            finally
            {
                target.close();
            }
        }
    }

    /**
     * What is cleared, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "ClearingAllocator[" + target + "]";
    }
}
