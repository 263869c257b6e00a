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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;

import java.util.HashMap;
import java.util.Map;

/**
 * Allocators that go wrong when a block is resized.
 */
final class ResizeMistakes
{
    private ResizeMistakes()
    {
    }

    static final class GrowIgnoresAlignment extends FirstFitAllocator
    {
        GrowIgnoresAlignment(final Region region)
        {
            super(region);
        }

        @Override
        public long grow(final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            final boolean empty = 0 == oldSize;
            return super.grow(address, oldSize, oldAlign, size, empty ? align : Math.min(align, oldAlign));
        }
    }

    static final class EqualSizeIsNoResize extends FirstFitAllocator
    {
        EqualSizeIsNoResize(final Region region)
        {
            super(region);
        }

        @Override
        public long grow(final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            return oldSize == size && 0 != size && blockLength(address, oldSize, oldAlign) >= size ?
                address : super.grow(address, oldSize, oldAlign, size, align);
        }
    }

    static final class ShrinkIgnoresAlignment extends FirstFitAllocator
    {
        ShrinkIgnoresAlignment(final Region region)
        {
            super(region);
        }

        @Override
        public long shrink(
            final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            return super.shrink(address, oldSize, oldAlign, size, 0 == size ? align : Math.min(align, oldAlign));
        }
    }

    /** Takes the size of the first allocation for the least that fits, whatever was asked for since. */
    static final class KeepsFirstSize extends FirstFitAllocator
    {
        private final Map<Long, Long> sizes = new HashMap<>();

        KeepsFirstSize(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            final long address = super.takeBlock(size, alignment);
            sizes.put(address, size);
            return address;
        }

        @Override
        protected void returnBlock(final long address, final long size, final long alignment)
        {
            final long length = blockLength(address, size, alignment);
            if (size < sizes.get(address) && sizes.get(address) <= length)
            {
                throw Misuse.tooLarge(address, size, length);
            }
            super.returnBlock(address, size, alignment);
        }
    }

    static final class FailedGrowHasFreed extends FirstFitAllocator
    {
        FailedGrowHasFreed(final Region region)
        {
            super(region);
        }

        @Override
        public long grow(final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            try
            {
                return super.grow(address, oldSize, oldAlign, size, align);
            }
            catch (final AllocError ex)
            {
                super.returnBlock(address, oldSize, oldAlign);
                throw ex;
            }
        }
    }

    static final class FailedGrowScribbles extends FirstFitAllocator
    {
        FailedGrowScribbles(final Region region)
        {
            super(region);
        }

        @Override
        public long growZeroed(
            final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            try
            {
                return super.growZeroed(address, oldSize, oldAlign, size, align);
            }
            catch (final AllocError ex)
            {
                if (oldSize > 0)
                {
                    claim().zero(address + oldSize - 1, 1);
                }
                throw ex;
            }
        }
    }

    static final class ShrinkToZeroLeaks extends FirstFitAllocator
    {
        ShrinkToZeroLeaks(final Region region)
        {
            super(region);
        }

        @Override
        public long shrink(
            final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            return 0 == size && 0 != oldSize ? align : super.shrink(address, oldSize, oldAlign, size, align);
        }
    }

    static final class ShrinkCopiesOldSize extends FirstFitAllocator
    {
        ShrinkCopiesOldSize(final Region region)
        {
            super(region);
        }

        @Override
        public long shrink(
            final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            final long most = region().address() + region().capacity();
            final long moved = 0 == size ? NULL : takeBlock(size, align);
            if (NULL == moved)
            {
                return super.shrink(address, oldSize, oldAlign, size, align);
            }
            claim().copy(address, moved, Math.min(oldSize, most - moved));
            returnBlock(address, oldSize, oldAlign);
            return moved;
        }
    }

    /** Leaves what is cut off neither live nor free. */
    static final class ShrinkLosesTail extends FirstFitAllocator
    {
        ShrinkLosesTail(final Region region)
        {
            super(region);
        }

        @Override
        protected boolean resizeBlock(final long address, final long length, final long newSize)
        {
            if (newSize < length && roundUp(newSize) < length)
            {
                live.put(address, roundUp(newSize));
                return true;
            }
            return super.resizeBlock(address, length, newSize);
        }
    }

    /** Copies one byte too few when a block moves. */
    static final class MoveLosesLastByte extends FirstFitAllocator
    {
        MoveLosesLastByte(final Region region)
        {
            super(region);
        }

        @Override
        public long grow(final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            final long grown = super.grow(address, oldSize, oldAlign, size, align);
            if (grown != address && oldSize > 0)
            {
                claim().zero(grown + oldSize - 1, 1);
            }
            return grown;
        }
    }

    /** Keeps what was first asked for, though the caller may use, and pass, the whole length. */
    static final class MoveKeepsFirstSizeOnly extends FirstFitAllocator
    {
        private final Map<Long, Long> sizes = new HashMap<>();

        MoveKeepsFirstSizeOnly(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            final long address = super.takeBlock(size, alignment);
            sizes.put(address, size);
            return address;
        }

        @Override
        public long grow(final long address, final long oldSize, final long oldAlign, final long size, final long align)
        {
            final long known = sizes.getOrDefault(address, oldSize);
            final long grown = super.grow(address, oldSize, oldAlign, size, align);
            if (grown != address && known < oldSize)
            {
                claim().zero(grown + known, oldSize - known);
            }
            return grown;
        }
    }

    /** Says no, but has taken what was free on the right. */
    static final class TryResizeGrowsHalfway extends FirstFitAllocator
    {
        TryResizeGrowsHalfway(final Region region)
        {
            super(region);
        }

        @Override
        public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
        {
            final boolean done = super.tryResize(address, oldSize, alignment, newSize);
            if (!done && newSize > oldSize && oldSize > 0)
            {
                super.resizeBlock(address, live.get(address), live.get(address) + UNIT);
            }
            return done;
        }
    }
}
