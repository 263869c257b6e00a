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
import java.util.concurrent.atomic.AtomicReference;

/**
 * Finds out where a second thread calls an allocator that is for one: a defect that otherwise shows much later, as two
 * blocks in one place. Where a program makes such an allocator it writes
 * <pre>{@code
 *   RegionAllocator allocator = OneThreadAllocator.guard(new SlabAllocator(upstream));
 * }</pre>
 * and that is the slab allocator itself, and costs nothing, unless the JVM is started with
 * {@code -Dquarry.checks=full}; then it is one of these around it, and a call by another thread throws an
 * {@link IllegalStateException} that names both, with nothing changed.
 * <p>
 * The thread that calls first has the allocator; to make one and pass it to a worker needs nothing. A thread that has
 * called gives it up by {@link #handOver}, and must pass it on safely, as through a queue; that of a thread which has
 * ended is taken by the next that calls. What only asks, of the allocator and not of its blocks, any thread may call:
 * {@link #owns}, {@link #regionOf}, {@link #goodSize}, {@link #maxSize}.
 * <p>
 * Don't use it for an allocator that threads call in turn under a lock of theirs, which is no mistake.
 * {@link SynchronizedRegionAllocator} is that lock; put the guard around neither. Nor around a share of an allocator
 * that is found by thread, as a heap of a concurrent one: when its thread has ended another may be given it unseen.
 * Such a heap knows its thread, and looks for itself where checks are full.
 * <p>
 * <b>Threads.</b> One at a time, and that is held. A call by a second thread is found even if the first is in a call.
 * <p>
 * <b>Cost.</b> A volatile read a call where the guard is on. The thread that has the allocator stays reachable.
 */
public final class OneThreadAllocator implements RegionAllocator
{
    private final RegionAllocator target;
    private final AtomicReference<Thread> owner = new AtomicReference<>();

    /**
     * Puts a guard around an allocator, whatever the level of checks.
     *
     * @param target that nobody else calls.
     */
    public OneThreadAllocator(final RegionAllocator target)
    {
        this.target = Objects.requireNonNull(target, "target");
    }

    /**
     * Guards an allocator, if checks are full and it is for one thread.
     *
     * @param allocator that is called only by what is returned, from now on.
     * @return a guard around it, or the allocator itself.
     */
    public static RegionAllocator guard(final RegionAllocator allocator)
    {
        Objects.requireNonNull(allocator, "allocator");
        return Checks.FULL && !allocator.isThreadSafe() ? new OneThreadAllocator(allocator) : allocator;
    }

    /**
     * Gives an allocator up: the thread that calls next has it.
     *
     * @param allocator that {@link #guard} returned. If it isn't guarded nothing happens.
     * @throws IllegalStateException if another thread has it.
     */
    public static void handOver(final RegionAllocator allocator)
    {
        if (allocator instanceof OneThreadAllocator guarded)
        {
            guarded.checkThread();
            guarded.owner.set(null);
        }
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        checkThread();
        return target.allocate(size, alignment);
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        checkThread();
        return target.allocateZeroed(size, alignment);
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        checkThread();
        target.deallocate(address, size, alignment);
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        checkThread();
        return target.grow(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        checkThread();
        return target.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        checkThread();
        return target.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        checkThread();
        return target.tryResize(address, oldSize, alignment, newSize);
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        checkThread();
        return target.usableSize(address, size, alignment);
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        checkThread();
        return target.diagnose(size, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        checkThread();
        return target.allocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        checkThread();
        return target.deallocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        checkThread();
        return target.alloc(size, alignment);
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        checkThread();
        return target.allocZeroed(size, alignment);
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        checkThread();
        target.dealloc(address, size, alignment);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        checkThread();
        return target.realloc(address, size, alignment, newSize);
    }

    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        checkThread();
        return target.allocUpTo(minSize, size, alignment);
    }

    @Override
    public long trim()
    {
        checkThread();
        return target.trim();
    }

    @Override
    public AllocatorStats stats()
    {
        checkThread();
        return target.stats();
    }

    @Override
    public void verify()
    {
        checkThread();
        target.verify();
    }

    @Override
    public void close()
    {
        checkThread();
        target.close();
    }

    @Override
    public Region region()
    {
        return target.region();
    }

    @Override
    public RegionClaim claim()
    {
        return target.claim();
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
    public boolean owns(final long address)
    {
        return target.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return target.regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public String toString()
    {
        return "OneThreadAllocator(" + target + ")";
    }

    private void checkThread()
    {
        final Thread caller = Thread.currentThread();
        final Thread present = owner.get();
        if (present != caller)
        {
            take(present, caller);
        }
    }

    private void take(final Thread present, final Thread caller)
    {
        if (null != present && present.isAlive() || !owner.compareAndSet(present, caller))
        {
            final Thread other = null == present || !present.isAlive() ? owner.get() : present;
            throw Misuse.otherThread(target, other, caller);
        }
    }
}
