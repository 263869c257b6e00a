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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;

import java.util.Map;

/**
 * Allocators that lose count, believe the caller, or break a rule for empty blocks and failure.
 */
final class BookkeepingMistakes
{
    private BookkeepingMistakes()
    {
    }

    /** Frees as many bytes as the size that was passed needs, not those the block has. */
    static final class FreesByPassedSize extends FirstFitAllocator
    {
        FreesByPassedSize(final Region region)
        {
            super(region);
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            blockLength(address, size, alignment);
            live.remove(address);
            giveBack(address, roundUp(size));
        }

        /** Stays as it is for sizes a little smaller, so that there is a passed size that tells. */
        @Override
        protected boolean resizeBlock(final long address, final long length, final long newSize)
        {
            return newSize < length && newSize >= length / 2 || super.resizeBlock(address, length, newSize);
        }
    }

    static final class NeverMerges extends FirstFitAllocator
    {
        NeverMerges(final Region region)
        {
            super(region);
        }

        @Override
        void giveBack(final long address, final long length)
        {
            free.put(address, length);
        }
    }

    static final class MergesWithoutRight extends FirstFitAllocator
    {
        MergesWithoutRight(final Region region)
        {
            super(region);
        }

        @Override
        void giveBack(final long address, final long length)
        {
            final Map.Entry<Long, Long> left = free.lowerEntry(address);
            if (null != left && left.getKey() + left.getValue() == address)
            {
                free.put(left.getKey(), left.getValue() + length);
            }
            else
            {
                free.put(address, length);
            }
        }
    }

    static final class CountsFailures extends FirstFitAllocator
    {
        private long drift;

        CountsFailures(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            final long address = super.takeBlock(size, alignment);
            drift += NULL == address ? 1 : 0;
            return address;
        }

        @Override
        public AllocatorStats stats()
        {
            final AllocatorStats stats = super.stats();
            return new AllocatorStats(stats.allocatedBytes() + drift, stats.liveBlocks(), stats.freeBytes(),
                stats.largestFreeRun(), stats.highWaterBytes(), stats.metadataBytes());
        }
    }

    static final class TakesSecondFree extends FirstFitAllocator
    {
        TakesSecondFree(final Region region)
        {
            super(region);
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            checkOpen();
            if (owns(address) && null == live.get(address) && isAligned(address, alignment))
            {
                return;
            }
            super.returnBlock(address, size, alignment);
        }
    }

    /** Puts a block that is freed a second time among the free ones once more. */
    static final class HandsOutTwice extends FirstFitAllocator
    {
        private long lastFreed;
        private long lastLength;
        private boolean pending;

        HandsOutTwice(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            if (pending && lastLength == roundUp(size) && isAligned(lastFreed, alignment))
            {
                pending = false;
                return lastFreed;
            }
            return super.takeBlock(size, alignment);
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            if (null != free.get(address) && size <= free.get(address))
            {
                lastFreed = address;
                lastLength = roundUp(size);
                pending = true;
                return;
            }
            super.returnBlock(address, size, alignment);
        }
    }

    static final class TakesInteriorAddresses extends FirstFitAllocator
    {
        TakesInteriorAddresses(final Region region)
        {
            super(region);
        }

        @Override
        protected long blockLength(final long address, final long size, final long alignment)
        {
            final long start = owns(address) ? address & -UNIT : address;
            return super.blockLength(start, size, isAligned(start, alignment) ? alignment : 1);
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            super.returnBlock(owns(address) ? address & -UNIT : address, size, alignment);
        }
    }

    static final class TakesTooLargeSizes extends FirstFitAllocator
    {
        TakesTooLargeSizes(final Region region)
        {
            super(region);
        }

        @Override
        protected long blockLength(final long address, final long size, final long alignment)
        {
            return super.blockLength(address, Math.min(size, 1), alignment);
        }
    }

    static final class TakesAnyAlignment extends FirstFitAllocator
    {
        TakesAnyAlignment(final Region region)
        {
            super(region);
        }

        @Override
        protected long blockLength(final long address, final long size, final long alignment)
        {
            return super.blockLength(address, size, 1);
        }
    }

    static final class NullForSizeZero extends FirstFitAllocator
    {
        NullForSizeZero(final Region region)
        {
            super(region);
        }

        @Override
        public long allocate(final long size, final long alignment)
        {
            return 0 == size ? NULL : super.allocate(size, alignment);
        }
    }

    static final class FreesEmptyBlocks extends FirstFitAllocator
    {
        FreesEmptyBlocks(final Region region)
        {
            super(region);
        }

        @Override
        public void deallocate(final long address, final long size, final long alignment)
        {
            checkLayout(size, alignment);
            returnBlock(address, size, alignment);
        }
    }

    static final class GlobalAllocThrows extends FirstFitAllocator
    {
        GlobalAllocThrows(final Region region)
        {
            super(region);
        }

        @Override
        public long alloc(final long size, final long alignment)
        {
            return allocate(size, alignment);
        }
    }

    static final class WorksAfterClose extends FirstFitAllocator
    {
        WorksAfterClose(final Region region)
        {
            super(region);
        }

        @Override
        void checkOpen()
        {
        }
    }
}
