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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.Region;

/**
 * Mistakes in what an allocator says of itself, and in batches.
 */
final class AnswerMistakes
{
    private AnswerMistakes()
    {
    }

    static final class GoodSizeIsSize extends FirstFitAllocator
    {
        GoodSizeIsSize(final Region region)
        {
            super(region);
        }

        @Override
        public long goodSize(final long size, final long alignment)
        {
            checkLayout(size, alignment);
            return size;
        }
    }

    static final class MaxSizeIsCapacity extends FirstFitAllocator
    {
        MaxSizeIsCapacity(final Region region)
        {
            super(region);
        }

        @Override
        public long maxSize()
        {
            return region().capacity();
        }
    }

    static final class MaxSizeIsWhatIsFree extends FirstFitAllocator
    {
        MaxSizeIsWhatIsFree(final Region region)
        {
            super(region);
        }

        @Override
        public long maxSize()
        {
            return stats().largestFreeRun();
        }
    }

    static final class DiagnosesByTheLongestRun extends FirstFitAllocator
    {
        DiagnosesByTheLongestRun(final Region region)
        {
            super(region);
        }

        @Override
        protected boolean canTakeBlock(final long size, final long alignment)
        {
            return size <= maxSize() && roundUp(size) <= stats().largestFreeRun();
        }
    }

    /** Takes the block to see whether it can, and gives it back: it was used to there since. */
    static final class DiagnosesByTaking extends FirstFitAllocator
    {
        DiagnosesByTaking(final Region region)
        {
            super(region);
        }

        @Override
        protected boolean canTakeBlock(final long size, final long alignment)
        {
            final long address = takeBlock(size, alignment);
            if (NULL != address)
            {
                returnBlock(address, size, alignment);
            }
            return NULL != address;
        }
    }

    static final class CallsAllFailuresExhaustion extends FirstFitAllocator
    {
        CallsAllFailuresExhaustion(final Region region)
        {
            super(region);
        }

        @Override
        public Diagnosis diagnose(final long size, final long alignment)
        {
            final Diagnosis right = super.diagnose(size, alignment);
            return right.wouldSucceed() ? right : new Diagnosis(Diagnosis.Reason.EXHAUSTED, size, alignment,
                right.freeBytes(), right.largestFreeRun(), right.maxSize());
        }
    }

    static final class BatchIsAllOrNothing extends FirstFitAllocator
    {
        BatchIsAllOrNothing(final Region region)
        {
            super(region);
        }

        @Override
        public int allocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            final int had = super.allocateBatch(size, alignment, addresses, from, count);
            if (had < count)
            {
                deallocateBatch(size, alignment, addresses, from, had);
                return 0;
            }
            return had;
        }
    }

    static final class BatchBeginsAtZero extends FirstFitAllocator
    {
        BatchBeginsAtZero(final Region region)
        {
            super(region);
        }

        @Override
        public int allocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            return super.allocateBatch(size, alignment, addresses, 0, count);
        }
    }

    /** Writes NULL behind the last block that was had. */
    static final class BatchClearsTheRest extends FirstFitAllocator
    {
        BatchClearsTheRest(final Region region)
        {
            super(region);
        }

        @Override
        public int allocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            final int had = super.allocateBatch(size, alignment, addresses, from, count);
            for (int i = from + had; i < from + count; i++)
            {
                addresses[i] = NULL;
            }
            return had;
        }
    }

    static final class BatchLeavesFreedEntries extends FirstFitAllocator
    {
        BatchLeavesFreedEntries(final Region region)
        {
            super(region);
        }

        @Override
        public int deallocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            return super.deallocateBatch(size, alignment, addresses.clone(), from, count);
        }
    }

    /** Goes on behind an entry that is wrong. */
    static final class BatchSkipsMisuse extends FirstFitAllocator
    {
        BatchSkipsMisuse(final Region region)
        {
            super(region);
        }

        @Override
        public int deallocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            super.deallocateBatch(size, alignment, addresses, from, 0);
            RuntimeException refusal = null;
            int freed = 0;
            for (int i = from; i < from + count; i++)
            {
                try
                {
                    freed += super.deallocateBatch(size, alignment, addresses, i, 1);
                }
                catch (final IllegalArgumentException | IllegalStateException ex)
                {
                    refusal = ex;
                }
            }
            if (null != refusal)
            {
                throw refusal;
            }
            return freed;
        }
    }

    /** Finds out that the array is too short only once it is full. */
    static final class BatchChecksNoRange extends FirstFitAllocator
    {
        BatchChecksNoRange(final Region region)
        {
            super(region);
        }

        @Override
        public int allocateBatch(
            final long size, final long alignment, final long[] addresses, final int from, final int count)
        {
            checkLayout(size, alignment);
            int had = 0;
            for (; had < count; had++)
            {
                final long address = 0 == size ? alignment : takeBlock(size, alignment);
                if (Allocator.NULL == address)
                {
                    break;
                }
                addresses[from + had] = address;
            }
            return had;
        }
    }
}
