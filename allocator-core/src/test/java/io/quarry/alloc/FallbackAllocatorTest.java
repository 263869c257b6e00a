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

import io.quarry.alloc.testing.AllocatorModel;
import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.LiveBlock;
import io.quarry.alloc.testing.VerifyAfterEach;
import io.quarry.alloc.testing.WatchedAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two regions, so that to move across is to copy from one to the other. */
class FallbackAllocatorTest
{
    private static final long SMALL = 4096;
    private static final long LARGE = 1 << 20;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final FirstFitAllocator first = over(smallRegion());
    /** Less than what the second can serve, and more than the first happens to have. */
    private final long stricter = Long.lowestOneBit(first.region().address()) << 1;
    private final FirstFitAllocator second = over(resources.close(Region.allocate(LARGE)));
    private final FallbackAllocator fallback = resources.verify(new FallbackAllocator(first, second));
    private final AllocatorModel model = new AllocatorModel(fallback);

    /** One whose address is a multiple of no more than an alignment that the second can serve. */
    private Region smallRegion()
    {
        Region region = resources.close(Region.allocate(SMALL));
        while (Long.lowestOneBit(region.address()) > LARGE / 4)
        {
            region = resources.close(Region.allocate(SMALL));
        }
        return region;
    }

    private FirstFitAllocator over(final Region region)
    {
        return resources.close(resources.verify(FirstFitAllocator.over(region)));
    }

    @Test
    void shouldAskTheFirstAndThenTheSecond()
    {
        final long a = fallback.allocate(SMALL, 8);
        final long b = fallback.allocateZeroed(64, 8);
        assertTrue(first.owns(a) && second.owns(b));
        assertTrue(fallback.owns(a) && fallback.owns(b) && !fallback.owns(1));
        assertSame(first.region(), fallback.regionOf(a));
        assertSame(second.region(), fallback.regionOf(b));
        fallback.deallocate(a, SMALL, 8);
        assertTrue(first.owns(fallback.allocate(64, 8)));
        fallback.deallocate(b, 64, 8);
        assertEquals(0, second.stats().liveBlocks());
        assertThrows(IllegalArgumentException.class, () -> fallback.deallocate(1 << 20, 64, 8));
        assertThrows(IllegalStateException.class, () -> fallback.deallocate(b, 64, 8));
        assertEquals(LARGE, fallback.maxSize());
        assertFalse(fallback.isThreadSafe());
        assertThrows(IllegalArgumentException.class, () -> new FallbackAllocator(first, first));
    }

    @Test
    void shouldRefuseAFirstThatDoesNotKnowItsBlocks()
    {
        assertThrows(
            UnsupportedOperationException.class, () -> new FallbackAllocator(Global.INSTANCE, second));
        final FallbackAllocator last = new FallbackAllocator(first, Global.INSTANCE);
        final long block = last.allocate(2 * SMALL, 8);
        last.deallocate(block, 2 * SMALL, 8);
        assertThrows(UnsupportedOperationException.class, () -> last.owns(block));
    }

    @Test
    void shouldMoveAcrossToGrow()
    {
        final LiveBlock block = model.allocated(fallback.allocate(3000, 8), 3000, 8);
        model.resized(block, fallback.grow(block.address(), 3000, 8, 5000, 8), 3000, 5000, 8);
        assertTrue(second.owns(block.address()));
        assertEquals(0, first.stats().liveBlocks());
        final LiveBlock other = model.allocated(fallback.allocate(4000, 8), 4000, 8);
        model.resizedZeroed(other, fallback.growZeroed(other.address(), 4000, 8, 9000, 64), 4000, 9000, 64);
        assertTrue(second.owns(other.address()));
        assertEquals(0, first.stats().liveBlocks());
        model.checkAll();
    }

    @Test
    void shouldMoveAcrossToShrinkToAnAlignmentAndBackFromTheSecond()
    {
        final LiveBlock block = model.allocated(fallback.allocate(3000, 8), 3000, 8);
        model.resized(block, fallback.shrink(block.address(), 3000, 8, 2000, stricter), 2000, 2000, stricter);
        assertTrue(second.owns(block.address()));
        fallback.deallocate(block.address(), block.size(), block.alignment());
        model.freed(block);
        final long filler = first.allocate(SMALL, 8);
        final LiveBlock small = model.allocated(fallback.allocate(64, 8), 64, 8);
        final LiveBlock rest = model.allocated(second.allocate(LARGE - 64, 8), LARGE - 64, 8);
        first.deallocate(filler, SMALL, 8);
        model.resized(small, fallback.grow(small.address(), 64, 8, 4000, 8), 64, 4000, 8);
        assertTrue(first.owns(small.address()));
        model.check(rest);
    }

    @Test
    void shouldKeepTheOldBlockWhenNeitherHasRoom()
    {
        final LiveBlock block = model.allocated(fallback.allocate(3000, 8), 3000, 8);
        final LiveBlock all = model.allocated(fallback.allocate(LARGE, 8), LARGE, 8);
        assertFalse(assertThrows(AllocError.class,
            () -> fallback.grow(block.address(), 3000, 8, 5000, 8)).isUnsupported());
        assertTrue(assertThrows(AllocError.class,
            () -> fallback.growZeroed(block.address(), 3000, 8, LARGE + 1, 8)).isUnsupported());
        assertFalse(fallback.tryResize(block.address(), 3000, 8, 5000));
        model.check(block);
        model.check(all);
        assertTrue(first.owns(block.address()));
    }

    @Test
    void shouldTellALayoutThatNeitherEverHas()
    {
        assertTrue(assertThrows(AllocError.class, () -> fallback.allocate(LARGE + 1, 8)).isUnsupported());
        fallback.allocate(LARGE, 8);
        final FallbackAllocator reversed = new FallbackAllocator(second, first);
        for (final FallbackAllocator one : new FallbackAllocator[]{ fallback, reversed })
        {
            assertFalse(assertThrows(AllocError.class, () -> one.allocate(5000, 8)).isUnsupported());
            assertFalse(assertThrows(AllocError.class, () -> one.allocateZeroed(5000, 8)).isUnsupported());
        }
        fallback.allocate(SMALL, 8);
        assertFalse(assertThrows(AllocError.class, () -> fallback.allocateZeroed(64, 8)).isUnsupported());
        assertEquals(Diagnosis.Reason.EXHAUSTED, fallback.diagnose(64, 8).reason());
        assertEquals(Diagnosis.Reason.EXHAUSTED, fallback.diagnose(5000, 8).reason());
        assertEquals(Diagnosis.Reason.TOO_LARGE, fallback.diagnose(LARGE + 1, 8).reason());
    }

    @Test
    void shouldDiagnoseBothAsOne()
    {
        final FallbackAllocator reversed = new FallbackAllocator(second, first);
        for (final FallbackAllocator one : new FallbackAllocator[]{ fallback, reversed })
        {
            final Diagnosis empty = one.diagnose(5000, 8);
            assertTrue(empty.wouldSucceed());
            assertEquals(SMALL + LARGE, empty.freeBytes());
            assertEquals(LARGE, empty.largestFreeRun());
            assertEquals(LARGE, empty.maxSize());
            assertEquals(Diagnosis.Reason.ALIGNMENT, one.diagnose(5000, 1L << 62).reason());
            assertEquals(Diagnosis.Reason.TOO_LARGE, one.diagnose(LARGE + 1, 8).reason());
        }
        second.allocate(LARGE - 4096, 8);
        assertEquals(Diagnosis.Reason.FRAGMENTED, fallback.diagnose(5000, 8).reason());
        assertEquals(Diagnosis.Reason.EXHAUSTED, fallback.diagnose(9000, 8).reason());
    }

    @Test
    void shouldMoveWhateverLimitsAUserSetOnABuffer()
    {
        final LiveBlock block = model.allocated(fallback.allocate(3000, 8), 3000, 8);
        first.region().buffer(block.address()).limit(0);
        model.resized(block, fallback.grow(block.address(), 3000, 8, 5000, 8), 3000, 5000, 8);
        first.region().buffer(first.region().address()).clear();
        assertTrue(second.owns(block.address()));
        assertEquals(0, first.stats().liveBlocks());
    }

    @ParameterizedTest
    @ValueSource(strings = { "regionOf", "deallocate" })
    void shouldKeepTheOldBlockOnlyWhenTheMoveFails(final String step)
    {
        final LiveBlock block = model.allocated(fallback.allocate(3000, 8), 3000, 8);
        for (final Throwable refusal : new Throwable[]{ new IllegalStateException(step), new InternalError(step) })
        {
            final Allocator broken = new FallbackAllocator(
                WatchedAllocator.over(first).refusing(step, refusal).allocator(), second);
            final long at = block.address();
            final Executable[] moves = {
                () -> broken.grow(at, 3000, 8, 5000, 8),
                () -> broken.growZeroed(at, 3000, 8, 5000, 64),
                () -> broken.shrink(at, 3000, 8, 2000, stricter) };
            for (final Executable move : moves)
            {
                assertSame(refusal, assertThrows(Throwable.class, move));
                assertEquals(0, second.stats().liveBlocks(), "the new block is left of " + refusal);
                assertEquals(1, first.stats().liveBlocks());
                model.check(block);
            }
        }
    }

    @Test
    void shouldTellASizeThatEveryBlockHas()
    {
        final AllocatorAdapter exact = new AllocatorAdapter(new GlobalAllocAdapter(over(smallRegion())));
        final Allocator[] kinds = { first, second, exact };
        for (final Allocator a : kinds)
        {
            for (final Allocator b : kinds)
            {
                if (a != b)
                {
                    checkGoodSizes(a, b);
                }
            }
        }
    }

    private static void checkGoodSizes(final Allocator a, final Allocator b)
    {
        final Allocator both = new FallbackAllocator(a, b);
        for (long size = 1; size <= 2 * SMALL; size += 13)
        {
            final long good = both.goodSize(size, 8);
            long least = Long.MAX_VALUE;
            // Once from each, as if the one before it were full.
            for (final Allocator from : new Allocator[]{ a, b })
            {
                if (size <= from.maxSize())
                {
                    final long address = from.allocate(size, 8);
                    assertTrue(good <= both.usableSize(address, size, 8), "goodSize=" + good + " of size=" + size);
                    least = Math.min(least, both.usableSize(address, size, 8));
                    both.deallocate(address, size, 8);
                }
            }
            assertEquals(Long.MAX_VALUE == least ? size : least, good, "size=" + size);
        }
        assertEquals(0, both.goodSize(0, 64));
        assertEquals(LARGE + 1, both.goodSize(LARGE + 1, 8));
    }

    @Test
    void shouldShareABatch()
    {
        final long[] addresses = new long[102];
        assertEquals(100, fallback.allocateBatch(64, 8, addresses, 1, 100));
        assertEquals(64, first.stats().liveBlocks());
        assertEquals(36, second.stats().liveBlocks());
        assertEquals(0, addresses[0] | addresses[101]);
        final long moved = addresses[1];
        addresses[1] = addresses[90];
        addresses[90] = moved;
        addresses[50] = Allocator.NULL;
        addresses[95] = 12345;
        assertThrows(IllegalArgumentException.class, () -> fallback.deallocateBatch(64, 8, addresses, 0, 102));
        assertEquals(12345, addresses[95]);
        assertEquals(0, addresses[94]);
        addresses[95] = Allocator.NULL;
        assertEquals(5, fallback.deallocateBatch(64, 8, addresses, 0, 102));
        assertEquals(2, first.stats().liveBlocks() + second.stats().liveBlocks());
        assertEquals(0, fallback.deallocateBatch(64, 8, addresses, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> fallback.deallocateBatch(64, 8, addresses, 100, 3));
    }

    @ParameterizedTest
    @ValueSource(longs = { 31, 32, 33 })
    void shouldSurviveTheFailureOfAnyUpstreamRequest(final long seed)
    {
        for (int last = 0; last < 2; last++)
        {
            int n = 0;
            boolean failed;
            do
            {
                n++;
                final WatchedAllocator a = WatchedAllocator.over(first);
                final WatchedAllocator b = WatchedAllocator.over(second);
                a.failRequests(n, 0 == last ? n : Long.MAX_VALUE);
                b.failRequests(1 + n / 2, 0 == last ? 1 + n / 2 : Long.MAX_VALUE);
                runScript(new FallbackAllocator(a.allocator(), b.allocator()), new SplittableRandom(seed));
                failed = a.failures() + b.failures() > 0;
            }
            while (failed);
            assertTrue(n > 50, "seed=" + seed + " requests=" + n + ": too few to tell anything");
        }
    }

    private void runScript(final Allocator allocator, final SplittableRandom random)
    {
        final AllocatorModel blocks = new AllocatorModel(allocator);
        for (int step = 0; step < 120; step++)
        {
            try
            {
                step(allocator, blocks, random);
            }
            catch (final AllocError expected)
            {
                blocks.checkAll();
            }
        }
        for (final LiveBlock block : blocks.liveBlocks())
        {
            blocks.check(block);
            allocator.deallocate(block.address(), block.size(), block.alignment());
        }
        assertEquals(0, first.stats().liveBlocks() + second.stats().liveBlocks());
    }

    private static void step(final Allocator allocator, final AllocatorModel blocks, final SplittableRandom random)
    {
        final long size = 1 + random.nextLong(900);
        final int kind = random.nextInt(5);
        if (kind < 2 || 0 == blocks.liveCount())
        {
            final long address = 0 == kind ? allocator.allocate(size, 16) : allocator.allocateZeroed(size, 16);
            blocks.allocated(address, size, 16);
            return;
        }
        final LiveBlock block = blocks.liveBlocks().get(random.nextInt(blocks.liveCount()));
        final long at = block.address();
        final long old = block.size();
        blocks.check(block);
        if (2 == kind)
        {
            blocks.resized(block, allocator.grow(at, old, 16, old + size, 16), old, old + size, 16);
        }
        else if (3 == kind)
        {
            final long kept = (old + 1) / 2;
            blocks.resized(block, allocator.shrink(at, old, 16, kept, 16), kept, kept, 16);
        }
        else
        {
            allocator.deallocate(at, old, 16);
            blocks.freed(block);
        }
    }
}
