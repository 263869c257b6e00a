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

import io.quarry.alloc.testing.AllocatorSubject;

import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A system allocator as the contract suite wants one: with a budget of a region's capacity for what would be the
 * region, and an end at which its blocks die. The region itself holds none of the blocks.
 */
final class SystemSubject extends ExactSubject
{
    private final SystemAllocator system;
    private final boolean least;

    private SystemSubject(final SystemAllocator system, final Base base, final boolean least)
    {
        super(base, base, base);
        this.system = system;
        this.least = least;
    }

    static SystemSubject of(final Region region, final boolean sharing)
    {
        return of(region, sharing, false);
    }

    /** For scripts, which go on with the least size of an allocUpTo: one that always has no more than that. */
    static SystemSubject ofLeast(final Region region, final boolean sharing)
    {
        return of(region, sharing, true);
    }

    private static SystemSubject of(final Region region, final boolean sharing, final boolean least)
    {
        final SystemAllocator system = new SystemAllocator(new SystemBudget(region.capacity()), sharing);
        return new SystemSubject(system, new Base(system, region), least);
    }

    /** Only a block's exact size fits it, so who asked for a range can't tell afterwards which size was had. */
    @Override
    public long allocUpTo(final long minSize, final long size, final long alignment)
    {
        if (least && minSize > 0 && minSize <= size)
        {
            return alloc(minSize, alignment);
        }
        return super.allocUpTo(minSize, size, alignment);
    }

    @Override
    public AllocatorStats stats()
    {
        final AllocatorStats stats = super.stats();
        assertEquals(stats.allocatedBytes(), system.allocatedBytes(), "bytes that the allocator itself counts");
        return stats;
    }

    /** Keeps note of the blocks, to free them in the end. */
    private static final class Base extends AllocatorSubject
    {
        private final TreeMap<Long, Layout> live = new TreeMap<>();
        private final SystemAllocator system;
        private final Region region;
        private final RegionClaim claim;
        private boolean closed;

        Base(final SystemAllocator system, final Region region)
        {
            super(null, system, system);
            this.system = system;
            this.region = region;
            claim = region.claim(this);
        }

        private void checkOpen()
        {
            if (closed)
            {
                throw Misuse.closed(this);
            }
        }

        private void checkOpen(final long size)
        {
            if (0 != size)
            {
                checkOpen();
            }
        }

        @Override
        protected void added(final long address, final long size, final long alignment)
        {
            live.put(address, new Layout(size, alignment));
        }

        @Override
        protected void removed(final long address, final long size)
        {
            live.remove(address);
        }

        @Override
        public long allocate(final long size, final long alignment)
        {
            checkOpen(size);
            return super.allocate(size, alignment);
        }

        @Override
        public long allocateZeroed(final long size, final long alignment)
        {
            checkOpen(size);
            return super.allocateZeroed(size, alignment);
        }

        @Override
        public long grow(
            final long address, final long oldSize, final long oldAlignment, final long newSize,
            final long newAlignment)
        {
            checkOpen(newSize);
            return super.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }

        @Override
        public int allocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            checkOpen();
            return super.allocateBatch(size, alignment, addresses, from, count);
        }

        @Override
        public Diagnosis diagnose(final long size, final long alignment)
        {
            checkOpen();
            return super.diagnose(size, alignment);
        }

        @Override
        public long alloc(final long size, final long alignment)
        {
            checkOpen(size);
            return super.alloc(size, alignment);
        }

        @Override
        public long allocZeroed(final long size, final long alignment)
        {
            checkOpen(size);
            return super.allocZeroed(size, alignment);
        }

        @Override
        public Region region()
        {
            return region;
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
            return system.trim();
        }

        @Override
        public AllocatorStats stats()
        {
            final long free = system.budget() - system.reservedBytes();
            return new AllocatorStats(0, system.liveBlocks(), free, free, 0, 0);
        }

        @Override
        public void verify()
        {
            assertEquals(live.size(), system.liveBlocks(), "blocks that the allocator itself counts");
            live.forEach((address, layout) -> system.usableSize(address, layout.size(), layout.align()));
        }

        @Override
        public void close()
        {
            if (!closed)
            {
                closed = true;
                live.forEach((address, layout) -> system.deallocate(address, layout.size(), layout.align()));
                live.clear();
                system.trim();
                assertEquals(0, system.reservedBytes(), "bytes kept from the JDK");
                claim.release(region.address());
            }
        }
    }
}
