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
import java.util.concurrent.locks.ReentrantLock;

/**
 * Any allocator behind one lock, so that any thread may call it. Choose it where threads meet at the allocator seldom,
 * or where only a one-thread allocator is tight enough; where many threads allocate at once choose an allocator that is
 * made for it. For a {@link RegionAllocator} take {@link SynchronizedRegionAllocator}, which can be an upstream.
 * <p>
 * The allocator that is wrapped must not be called by any other way. One call is atomic, two are not.
 * <p>
 * <b>Threads.</b> Any. Every call waits for the lock, one that only asks included: what it asks may be changing.
 * Threads that wait are served in no order. A thread that is stopped in a call holds up all others.
 * <p>
 * The lock is a {@link ReentrantLock} and not a monitor for the sake of virtual threads: from JDK 21 to 23 one that
 * waits for a monitor keeps its carrier thread, and a few of them can keep all carriers; at this lock it gives the
 * carrier up on every release. From JDK 24 on monitors do so too, and the two are alike.
 * <p>
 * <b>Cost.</b> A call takes and releases the lock: two atomic operations when no thread waits. No object is made; a
 * thread that has to wait makes a small one, a node of the lock's queue.
 */
public class SynchronizedAllocator implements Allocator, Verifiable
{
    final Allocator target;
    private final ReentrantLock lock = new BriefLock();

    /**
     * Puts an allocator behind a lock.
     *
     * @param target that nobody else calls.
     */
    public SynchronizedAllocator(final Allocator target)
    {
        this.target = Objects.requireNonNull(target, "target");
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.allocate(size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.allocateZeroed(size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        lock.lock();
        try
        {
            target.deallocate(address, size, alignment);
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
        lock.lock();
        try
        {
            return target.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        lock.lock();
        try
        {
            return target.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        lock.lock();
        try
        {
            return target.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        lock.lock();
        try
        {
            return target.tryResize(address, oldSize, alignment, newSize);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.usableSize(address, size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.goodSize(size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long maxSize()
    {
        lock.lock();
        try
        {
            return target.maxSize();
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.diagnose(size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        lock.lock();
        try
        {
            return target.allocateBatch(size, alignment, addresses, from, count);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        lock.lock();
        try
        {
            return target.deallocateBatch(size, alignment, addresses, from, count);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public boolean owns(final long address)
    {
        lock.lock();
        try
        {
            return target.owns(address);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public Region regionOf(final long address)
    {
        lock.lock();
        try
        {
            return target.regionOf(address);
        }
        finally
        {
            lock.unlock();
        }
    }

    /**
     * That any thread may call it.
     *
     * @return true.
     */
    @Override
    public final boolean isThreadSafe()
    {
        return true;
    }

    @Override
    public void verify()
    {
        if (target instanceof Verifiable verifiable)
        {
            lock.lock();
            try
            {
                verifiable.verify();
            }
            finally
            {
                lock.unlock();
            }
        }
    }

    /**
     * What is behind the lock, for people. Doesn't take the lock.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return getClass().getSimpleName() + "[" + target + "]";
    }

    /** The lock that every call takes. */
    final ReentrantLock lock()
    {
        return lock;
    }
}
