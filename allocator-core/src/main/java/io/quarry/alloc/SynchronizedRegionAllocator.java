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

import java.util.concurrent.locks.ReentrantLock;

/**
 * An allocator of one region behind a lock: a {@link SynchronizedAllocator} that can be the upstream of another
 * allocator, and the program's global one.
 * <p>
 * Threads and cost: as there. Copying and zeroing through {@link #claim()} take no lock; they touch the caller's blocks
 * only.
 */
public final class SynchronizedRegionAllocator extends SynchronizedAllocator implements RegionAllocator
{
    private final RegionAllocator target;
    private final ReentrantLock lock;

    /**
     * Puts an allocator behind a lock.
     *
     * @param target that nobody else calls; {@link #close()} closes it.
     */
    public SynchronizedRegionAllocator(final RegionAllocator target)
    {
        super(target);
        this.target = target;
        this.lock = lock();
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.alloc(size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.allocZeroed(size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        lock.lock();
        try
        {
            target.dealloc(address, size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        lock.lock();
        try
        {
            return target.realloc(address, size, alignment, newSize);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        lock.lock();
        try
        {
            return target.allocUpTo(minSize, size, alignment);
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public long trim()
    {
        lock.lock();
        try
        {
            return target.trim();
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public AllocatorStats stats()
    {
        lock.lock();
        try
        {
            return target.stats();
        }
        finally
        {
            lock.unlock();
        }
    }

    @Override
    public void close()
    {
        lock.lock();
        try
        {
            target.close();
        }
        finally
        {
            lock.unlock();
        }
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
}
