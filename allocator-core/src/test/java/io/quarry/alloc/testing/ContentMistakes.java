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

import io.quarry.alloc.Region;

/**
 * Allocators that give memory of the wrong content, size or place.
 */
final class ContentMistakes
{
    private ContentMistakes()
    {
    }

    static final class GrowZeroedFromOldLength extends FirstFitAllocator
    {
        GrowZeroedFromOldLength(final Region region)
        {
            super(region);
        }

        @Override
        public long growZeroed(
            final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            if (0 == oldSize || size < oldSize)
            {
                return super.growZeroed(address, oldSize, oldAlign, size, align);
            }
            final long oldLength = blockLength(address, oldSize, oldAlign);
            final long grown = grow(address, oldSize, oldAlign, size, align);
            final long length = live.get(grown);
            if (length > oldLength)
            {
                claim().zero(grown + oldLength, length - oldLength);
            }
            return grown;
        }
    }

    static final class ZeroesRequestedBytesOnly extends FirstFitAllocator
    {
        ZeroesRequestedBytesOnly(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeZeroedBlock(final long size, final long alignment)
        {
            final long address = takeBlock(size, alignment);
            if (NULL != address)
            {
                claim().zero(address, size);
            }
            return address;
        }
    }

    static final class TrustsReusedMemory extends FirstFitAllocator
    {
        TrustsReusedMemory(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeZeroedBlock(final long size, final long alignment)
        {
            return takeBlock(size, alignment);
        }
    }

    /** Takes memory below the highest block for used, but forgets what lies in a block that spans the border. */
    static final class ZeroesUsedMemoryByStart extends FirstFitAllocator
    {
        ZeroesUsedMemoryByStart(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeZeroedBlock(final long size, final long alignment)
        {
            final long usedTo = region().address() + stats().highWaterBytes();
            final long address = takeBlock(size, alignment);
            if (NULL != address && address + live.get(address) <= usedTo)
            {
                claim().zero(address, live.get(address));
            }
            return address;
        }
    }

    static final class NarrowsToInt extends FirstFitAllocator
    {
        NarrowsToInt(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            return (int)size <= 0 ? NULL : super.takeBlock((int)size, alignment);
        }
    }

    static final class RoundsUpFirst extends FirstFitAllocator
    {
        RoundsUpFirst(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            // A header, and up to the next power of two: 0 for sizes above 2^62.
            final long length = Long.highestOneBit(size + 8) << 1;
            return super.takeBlock(length <= 0 ? UNIT : size, alignment);
        }
    }

    static final class MisalignsAboveUnit extends FirstFitAllocator
    {
        MisalignsAboveUnit(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            return super.takeBlock(size, alignment > UNIT && alignment < 8192 ? UNIT : alignment);
        }
    }

    /** Frees the last unit of every block of three units while it lives. */
    static final class Overlaps extends FirstFitAllocator
    {
        Overlaps(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            final long address = super.takeBlock(size, alignment);
            if (NULL != address && 3 * UNIT == live.get(address))
            {
                giveBack(address + 2 * UNIT, UNIT);
            }
            return address;
        }
    }

    /** Reports more than the block has. */
    static final class ReportsTooMuch extends FirstFitAllocator
    {
        ReportsTooMuch(final Region region)
        {
            super(region);
        }

        @Override
        public long usableSize(final long address, final long size, final long alignment)
        {
            return super.usableSize(address, size, alignment) + (size > 1000 ? 8 : 0);
        }
    }

    /** Writes a mark of its own before each block that it frees. */
    static final class WritesBesideBlocks extends FirstFitAllocator
    {
        WritesBesideBlocks(final Region region)
        {
            super(region);
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            super.returnBlock(address, size, alignment);
            if (address - 8 >= region().address())
            {
                claim().zero(address - 8, 8);
            }
        }
    }

    static final class FailsTooEarly extends FirstFitAllocator
    {
        FailsTooEarly(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            final long allocated = live.values().stream().mapToLong(Long::longValue).sum();
            return allocated + size > region().capacity() / 8 ? NULL : super.takeBlock(size, alignment);
        }
    }
}
