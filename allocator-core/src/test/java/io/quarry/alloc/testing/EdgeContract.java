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
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static io.quarry.alloc.testing.ContractSubject.assertRefused;
import static io.quarry.alloc.testing.ContractSubject.free;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Numbers at the edges of {@code long} and {@code int}, at every entry: what makes no layout is refused, what no memory
 * holds fails, and nothing changes. What is what is worked out with numbers that can't wrap.
 */
interface EdgeContract extends ContractSubject
{
    /** Sizes at which a sum, a rounding or a narrowing goes wrong. */
    long[] EDGE_SIZES = {
        Long.MIN_VALUE, Long.MIN_VALUE + 1, -(1L << 32), -4096, -16, -8, -1,
        Integer.MAX_VALUE - 7L, Integer.MAX_VALUE, 1L << 31, (1L << 31) + 1, 0xFFFF_FFC0L, 0xFFFF_FFFFL,
        1L << 32, (1L << 32) + 1, (1L << 32) + 16, (1L << 32) + 4096, (1L << 33) + 100, 1L << 35, (1L << 36) + 512,
        (1L << 37) + 64, (1L << 38) + 1, (1L << 40) + 16, (1L << 41) + 512, 1L << 48, 1L << 61, (1L << 62) - 1,
        1L << 62, (1L << 62) + 1, Long.MAX_VALUE - (1L << 32), Long.MAX_VALUE - 65_536, Long.MAX_VALUE - 4096,
        Long.MAX_VALUE - 4095, Long.MAX_VALUE - 1024, Long.MAX_VALUE - 512, Long.MAX_VALUE - 511,
        Long.MAX_VALUE - 64, Long.MAX_VALUE - 63, Long.MAX_VALUE - 16, Long.MAX_VALUE - 15, Long.MAX_VALUE - 7,
        Long.MAX_VALUE - 1, Long.MAX_VALUE };

    /** Alignments that are none, that no region meets, and small ones. */
    long[] EDGE_ALIGNMENTS = {
        Long.MIN_VALUE, Long.MIN_VALUE + 1, -4096, -8, -1, 0, 3, 12, (1L << 32) + 1, (1L << 62) + 16, Long.MAX_VALUE,
        1, 8, 64, 4096, 1L << 62 };

    /** Whether Rust's {@code Layout::from_size_align} takes the two, as unsigned numbers, with an isize of 64 bits. */
    private static boolean isLayout(final long size, final long alignment)
    {
        final BigInteger mask = BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
        final BigInteger align = BigInteger.valueOf(alignment).and(mask);
        final BigInteger rounded = BigInteger.valueOf(size).and(mask).add(align).subtract(BigInteger.ONE);
        return 1 == align.bitCount() && rounded.bitLength() < Long.SIZE;
    }

    /** Runs a call and checks what comes of it. */
    private static void expect(final String what, final boolean isLayout, final Call call)
    {
        try
        {
            final long result = call.run();
            assertEquals(0, result, what + ": succeeded");
            if (!isLayout)
            {
                fail(what + ": wanted IllegalArgumentException, got no exception");
            }
        }
        catch (final AllocError error)
        {
            if (!isLayout)
            {
                fail(what + ": wanted IllegalArgumentException, got " + error);
            }
        }
        catch (final IllegalArgumentException refusal)
        {
            if (isLayout)
            {
                throw new AssertionError(what + ": wanted a failure, got " + refusal, refusal);
            }
        }
    }

    /** What a request that fails must not change; it may give back what was cached. */
    private static String living(final RegionAllocator allocator)
    {
        final AllocatorStats stats = allocator.stats();
        return stats.liveBlocks() + " blocks of " + stats.allocatedBytes() + " bytes";
    }

    /** A call, and what says that it had nothing: 0. */
    interface Call
    {
        long run();
    }

    private static long most(final RegionAllocator allocator)
    {
        return Math.max(allocator.maxSize(), allocator.region().capacity());
    }

    /** Every pair that makes no layout, or a block that can't be. */
    private static List<long[]> impossible(final RegionAllocator allocator)
    {
        final long most = most(allocator);
        final List<long[]> pairs = new ArrayList<>();
        for (final long alignment : EDGE_ALIGNMENTS)
        {
            for (final long size : EDGE_SIZES)
            {
                if (!isLayout(size, alignment) || size > most)
                {
                    pairs.add(new long[]{ size, alignment });
                }
            }
            if (!isLayout(1, alignment) || 1L << 62 == alignment)
            {
                pairs.add(new long[]{ 1, alignment });
                pairs.add(new long[]{ 100, alignment });
            }
        }
        return pairs;
    }

    @Test
    default void shouldRefuseOrFailRequestsAtTheEdges()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(100, 16), 100, 16);
        final String before = living(allocator);
        for (final long[] pair : impossible(allocator))
        {
            final long size = pair[0];
            final long alignment = pair[1];
            final boolean isLayout = isLayout(size, alignment);
            final String what = "size=" + size + " alignment=" + alignment + " ";
            expect(what + "allocate", isLayout, () -> allocator.allocate(size, alignment));
            expect(what + "allocateZeroed", isLayout, () -> allocator.allocateZeroed(size, alignment));
            expect(what + "alloc", isLayout, () -> allocator.alloc(size, alignment));
            expect(what + "allocZeroed", isLayout, () -> allocator.allocZeroed(size, alignment));
            expect(what + "allocUpTo", isLayout, () -> allocator.allocUpTo(size, size, alignment));
            final long[] addresses = { -5, -5 };
            expect(what + "allocateBatch", isLayout,
                () -> allocator.allocateBatch(size, alignment, addresses, 0, 2));
            assertArrayEquals(new long[]{ -5, -5 }, addresses);
            expect(what + "diagnose", isLayout,
                () -> allocator.diagnose(size, alignment).wouldSucceed() ? 1 : 0);
            expect(what + "goodSize", isLayout, () -> goodSizeAbove(allocator, size, alignment));
        }
        assertEquals(before, living(allocator));
        free(allocator, model, block);
    }

    /** 0 if the good size is at least the size, as it is to be even for what can't be had. */
    private static long goodSizeAbove(final RegionAllocator allocator, final long size, final long alignment)
    {
        return allocator.goodSize(size, alignment) >= size ? 0 : 1;
    }

    @Test
    default void shouldRefuseOrFailResizesToTheEdges()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final long most = most(allocator);
        for (final long had : new long[]{ 1, 100, 2048, 5000 })
        {
            final LiveBlock block = model.allocated(allocator.allocate(had, 16), had, 16);
            final long at = block.address();
            final String before = living(allocator);
            for (final long[] pair : impossible(allocator))
            {
                final long size = pair[0];
                final long alignment = pair[1];
                final boolean isLayout = isLayout(size, alignment) && size >= had;
                final String what = "from size=" + had + " to size=" + size + " alignment=" + alignment + " ";
                expect(what + "grow", isLayout, () -> allocator.grow(at, had, 16, size, alignment));
                expect(what + "growZeroed", isLayout,
                    () -> allocator.growZeroed(at, had, 16, size, alignment));
                expect(what + "shrink", isLayout(size, alignment) && size <= had,
                    () -> allocator.shrink(at, had, 16, size, alignment));
                if (!isLayout(size, 16) || size > most)
                {
                    final boolean isSize = isLayout(size, 16);
                    expect(what + "tryResize", isSize, () -> allocator.tryResize(at, had, 16, size) ? 1 : 0);
                    expect(what + "realloc", isSize, () -> allocator.realloc(at, had, 16, size));
                }
                model.check(block);
            }
            assertEquals(before, living(allocator));
            free(allocator, model, block);
        }
    }

    @Test
    default void shouldRefuseBlocksWithSizesAtTheEdges()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long had : new long[]{ 1, 100, 2048, 5000 })
        {
            final LiveBlock block = model.allocated(allocator.allocate(had, 16), had, 16);
            final Object before = allocator.stats();
            for (final long[] pair : impossible(allocator))
            {
                if (Checks.ENABLED || !isLayout(pair[0], pair[1]))
                {
                    assertAllRefused(allocator, block.address(), pair[0], pair[1]);
                }
            }
            model.check(block);
            assertEquals(before, allocator.stats());
            free(allocator, model, block);
        }
    }

    private static void assertAllRefused(
        final RegionAllocator allocator, final long at, final long size, final long alignment)
    {
        final String what = "size=" + size + " alignment=" + alignment + " ";
        final long[] addresses = { at };
        assertRefused(what + "deallocate", () -> allocator.deallocate(at, size, alignment));
        assertRefused(what + "dealloc", () -> allocator.dealloc(at, size, alignment));
        assertRefused(what + "deallocateBatch", () -> allocator.deallocateBatch(size, alignment, addresses, 0, 1));
        assertEquals(at, addresses[0], what);
        assertRefused(what + "grow", () -> allocator.grow(at, size, alignment, Long.MAX_VALUE, 1));
        assertRefused(what + "growZeroed", () -> allocator.growZeroed(at, size, alignment, Long.MAX_VALUE, 1));
        assertRefused(what + "shrink", () -> allocator.shrink(at, size, alignment, 1, 1));
        assertRefused(what + "tryResize", () -> allocator.tryResize(at, size, alignment, 1));
        assertRefused(what + "realloc", () -> allocator.realloc(at, size, alignment, 1));
        assertRefused(what + "usableSize", () -> allocator.usableSize(at, size, alignment));
    }

    @Test
    default void shouldRefuseLowerBoundsAtTheEdges()
    {
        final RegionAllocator allocator = open();
        final Object before = allocator.stats();
        for (final long minSize : new long[]{ Long.MIN_VALUE, -(1L << 32), -1, 0, 101, 1L << 32, Long.MAX_VALUE })
        {
            assertThrows(IllegalArgumentException.class, () -> allocator.allocUpTo(minSize, 100, 16),
                "minSize=" + minSize);
        }
        assertEquals(before, allocator.stats());
    }

    @Test
    default void shouldRefuseRangesOfBatchesAtTheEdges()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final LiveBlock block = model.allocated(allocator.allocate(100, 16), 100, 16);
        final long[] addresses = new long[8];
        Arrays.fill(addresses, block.address());
        final long[] were = addresses.clone();
        final Object before = allocator.stats();
        final int[] edges = { Integer.MIN_VALUE, Integer.MIN_VALUE + 1, -9, -8, -1, 0, 1, 7, 8, 9, 1 << 30,
            Integer.MAX_VALUE - 8, Integer.MAX_VALUE - 7, Integer.MAX_VALUE - 1, Integer.MAX_VALUE };
        for (final int from : edges)
        {
            for (final int count : edges)
            {
                if (from < 0 || count < 0 || (long)from + count > addresses.length)
                {
                    final String what = "from=" + from + " count=" + count;
                    assertThrows(IllegalArgumentException.class,
                        () -> allocator.allocateBatch(100, 16, addresses, from, count), what);
                    assertThrows(IllegalArgumentException.class,
                        () -> allocator.deallocateBatch(100, 16, addresses, from, count), what);
                    assertThrows(IllegalArgumentException.class,
                        () -> allocator.allocateBatch(0, 16, addresses, from, count), what);
                }
            }
        }
        assertArrayEquals(were, addresses);
        assertEquals(before, allocator.stats());
        free(allocator, model, block);
    }

    @Test
    default void shouldTakeTheEmptyBlockOfEveryAlignment()
    {
        final RegionAllocator allocator = open();
        for (int shift = 0; shift < Long.SIZE; shift++)
        {
            final long alignment = 1L << shift;
            assertEquals(alignment, allocator.allocate(0, alignment));
            assertEquals(alignment, allocator.allocateZeroed(0, alignment));
            assertEquals(0, allocator.usableSize(alignment, 0, alignment));
            assertEquals(0, allocator.goodSize(0, alignment));
            if (isLayout(1, alignment))
            {
                assertFalse(allocator.tryResize(alignment, 0, alignment, 1));
            }
            allocator.deallocate(alignment, 0, alignment);
        }
    }
}
