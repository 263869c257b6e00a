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
import io.quarry.alloc.testing.VerifyAfterEach;
import io.quarry.alloc.testing.WatchedAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ArenaAllocatorTest
{
    private static final long LINK = 4096;
    private static final long LIMIT = 16 * LINK;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 20));
    private final FirstFitAllocator below = resources.close(resources.verify(FirstFitAllocator.over(region)));
    private final WatchedAllocator watch = WatchedAllocator.over(below);
    private final ArenaAllocator arena =
        resources.close(resources.verify(new ArenaAllocator(watch.allocator(), LINK, LIMIT, 4)));

    @Test
    void shouldTakeNothingBeforeTheFirstBlockAndOneLinkForMany()
    {
        assertEquals(0, arena.reservedBytes());
        assertEquals(0, below.stats().liveBlocks());
        final long first = arena.allocate(100, 8);
        assertEquals(first + 104, arena.allocate(10, 8));
        assertEquals(first + 114, arena.allocate(1, 1));
        assertEquals(1, below.stats().liveBlocks());
        assertEquals(LINK, arena.reservedBytes());
        assertEquals(115, arena.usedBytes());
    }

    @Test
    void shouldChainLinksUpToTheLimitAndNoFurther()
    {
        for (int i = 0; i < 16; i++)
        {
            arena.allocate(3000, 8);
        }
        assertEquals(LIMIT, arena.reservedBytes());
        assertFalse(assertThrows(AllocError.class, () -> arena.allocate(3000, 8)).isUnsupported());
        assertEquals(Diagnosis.Reason.EXHAUSTED, arena.diagnose(3000, 8).reason());
        assertTrue(arena.diagnose(1000, 8).wouldSucceed());
        arena.allocate(1000, 8);
        assertTrue(assertThrows(AllocError.class, () -> arena.allocate(LIMIT + 1, 8)).isUnsupported());
        assertEquals(Diagnosis.Reason.TOO_LARGE, arena.diagnose(LIMIT + 1, 8).reason());
        assertEquals(LIMIT, arena.maxSize());
        assertEquals(101, arena.goodSize(101, 8));
    }

    @Test
    void shouldTellWhyWhenItsLimitIsReached()
    {
        assertEquals(Diagnosis.Reason.ALIGNMENT, arena.diagnose(8, 1L << 62).reason());
        assertTrue(assertThrows(AllocError.class, () -> arena.allocate(8, 1L << 62)).isUnsupported());
        arena.allocate(LIMIT, 1);
        for (final long alignment : new long[]{ 1, 64, 1L << 62 })
        {
            final Diagnosis diagnosis = arena.diagnose(8, alignment);
            final boolean forEver = alignment > 64;
            assertEquals(forEver ? Diagnosis.Reason.ALIGNMENT : Diagnosis.Reason.EXHAUSTED, diagnosis.reason());
            assertEquals(0, diagnosis.freeBytes());
            assertEquals(forEver,
                assertThrows(AllocError.class, () -> arena.allocate(8, alignment)).isUnsupported());
        }
        assertEquals(1, below.stats().liveBlocks());
    }

    /** Upstreams that say at once what they can never have, and one that must be asked. */
    @Test
    void shouldTellWhatItsUpstreamCanNeverHaveWhateverIsLeft()
    {
        final Allocator asked = watch.allocator();
        final Allocator system = new SystemAllocator(new SystemBudget(1 << 20), false);
        for (final Allocator upstream : new Allocator[]{ below, asked, system, new AllocatorAdapter(below) })
        {
            try (ArenaAllocator one = new ArenaAllocator(upstream, LINK, LIMIT))
            {
                for (long left = LIMIT; left >= 0; left -= LINK)
                {
                    for (int bits = 0; bits < Long.SIZE; bits++)
                    {
                        checkAgrees(one, 8, 1L << bits, left);
                        checkAgrees(one, LIMIT, 1L << bits, left);
                    }
                    one.allocate(Math.max(8, Math.min(left, LINK) - (left > LINK ? 0 : 8)), 8);
                }
                assertEquals(LIMIT, one.reservedBytes());
            }
        }
        assertEquals(0, below.stats().liveBlocks());
    }

    private static void checkAgrees(
        final ArenaAllocator one, final long size, final long alignment, final long left)
    {
        if (!Layout.isValid(size, alignment))
        {
            return;
        }
        final Diagnosis diagnosis = one.diagnose(size, alignment);
        if (!diagnosis.wouldSucceed())
        {
            assertEquals(diagnosis.reason().isForEver(),
                assertThrows(AllocError.class, () -> one.allocate(size, alignment)).isUnsupported(),
                () -> "left=" + left + ": " + diagnosis);
        }
        if (1L << 62 == alignment)
        {
            assertEquals(Diagnosis.Reason.ALIGNMENT, diagnosis.reason());
        }
    }

    @Test
    void shouldTakeALongerLinkForALongerBlock()
    {
        final long block = arena.allocate(3 * LINK, 4096);
        assertEquals(0, block % 4096);
        assertEquals(3 * LINK, arena.reservedBytes());
        arena.reset();
        assertEquals(block, arena.allocate(2 * LINK, 16));
    }

    @Test
    void shouldResetToAMark()
    {
        final AllocatorModel model = new AllocatorModel(arena);
        final var kept = model.allocated(arena.allocate(1000, 8), 1000, 8);
        final long mark = arena.mark();
        final long next = arena.allocate(100, 8);
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 12; i++)
            {
                arena.allocate(2500, 8);
            }
            arena.reset(mark);
            arena.verify();
            assertEquals(next, arena.allocate(100, 8));
            model.check(kept);
        }
        arena.reset(mark);
        assertEquals(1000, arena.usedBytes());
        final long reserved = arena.reservedBytes();
        assertEquals(reserved - LINK, arena.trim());
        assertEquals(0, arena.trim());
        assertEquals(1, below.stats().liveBlocks());
        model.check(kept);
    }

    @Test
    void shouldResetToNestedMarks()
    {
        final long start = arena.mark();
        final long a = arena.allocate(64, 8);
        final long middle = arena.mark();
        final long b = arena.allocate(64, 8);
        final long inner = arena.mark();
        assertEquals(inner, arena.mark());
        arena.allocate(64, 8);
        arena.reset(middle);
        assertThrows(IllegalArgumentException.class, () -> arena.reset(inner));
        assertEquals(b, arena.allocate(64, 8));
        arena.reset(middle);
        arena.reset(start);
        assertThrows(IllegalArgumentException.class, () -> arena.reset(middle));
        assertEquals(a, arena.allocate(64, 8));
        arena.reset();
        assertThrows(IllegalArgumentException.class, () -> arena.reset(start));
        assertEquals(0, arena.usedBytes());
    }

    @Test
    void shouldKnowADeadMarkAtAPlaceThatIsMarkedAgain()
    {
        final long start = arena.mark();
        arena.allocate(64, 8);
        final long dead = arena.mark();
        arena.reset(start);
        arena.allocate(64, 8);
        final long mark = arena.mark();
        assertNotEquals(dead, mark);
        assertThrows(IllegalArgumentException.class, () -> arena.reset(dead));
        try (ArenaAllocator other = new ArenaAllocator(below, LINK, LIMIT))
        {
            other.mark();
            other.allocate(64, 8);
            final long foreign = other.mark();
            assertThrows(IllegalArgumentException.class, () -> arena.reset(foreign));
        }
        assertThrows(IllegalArgumentException.class, () -> arena.reset(0));
        assertThrows(IllegalArgumentException.class, () -> arena.reset(-1));
        arena.reset(mark);
    }

    @Test
    void shouldRefuseMoreMarksThanItHasRoomFor()
    {
        for (int i = 0; i < 4; i++)
        {
            arena.allocate(1, 1);
            arena.mark();
        }
        arena.mark();
        arena.allocate(1, 1);
        assertThrows(IllegalStateException.class, arena::mark);
        arena.reset();
        arena.mark();
    }

    @Test
    void shouldGrowShrinkAndFreeTheLastBlockInPlace()
    {
        final long first = arena.allocate(100, 4);
        final long last = arena.allocate(100, 4);
        assertEquals(last, arena.grow(last, 100, 4, 3000, 4));
        assertEquals(3100, arena.usedBytes());
        assertTrue(arena.tryResize(last, 3000, 4, LINK - 100));
        assertFalse(arena.tryResize(last, LINK - 100, 4, LINK - 99));
        assertEquals(last, arena.shrink(last, LINK - 100, 4, 20, 4));
        assertEquals(120, arena.usedBytes());
        arena.deallocate(last, 20, 4);
        assertEquals(100, arena.usedBytes());
        assertEquals(last, arena.allocate(8, 4));
        assertEquals(first, arena.shrink(first, 100, 4, 50, 4));
        arena.deallocate(first, 50, 4);
        assertEquals(108, arena.usedBytes());
        assertNotEquals(first, arena.grow(first, 50, 4, 60, 4));
    }

    @Test
    void shouldLeaveWhatIsBelowAMarkWhereItIs()
    {
        final AllocatorModel model = new AllocatorModel(arena);
        final long old = arena.allocate(100, 4);
        final long mark = arena.mark();
        assertFalse(arena.tryResize(old, 100, 4, 101));
        assertNotEquals(old, arena.grow(old, 100, 4, 200, 4));
        arena.reset(mark);
        final var block = model.allocated(arena.allocate(100, 4), 100, 4);
        arena.deallocate(old, 100, 4);
        assertEquals(200, arena.usedBytes());
        model.check(block);
    }

    @Test
    void shouldCopyFromLinkToLink()
    {
        final AllocatorModel model = new AllocatorModel(arena);
        final var block = model.allocated(arena.allocate(3000, 8), 3000, 8);
        model.resized(block, arena.grow(block.address(), 3000, 8, 5000, 64), 3000, 5000, 64);
        model.resizedZeroed(block, arena.growZeroed(block.address(), 5000, 64, 9000, 64), 5000, 9000, 64);
        final long address = arena.shrink(block.address(), 9000, 64, 4000, 4096);
        model.resized(block, address, 4000, 4000, 4096);
        model.check(block);
    }

    @Test
    void shouldGiveBackKeptLinksThatAreTooShortForALongerOne()
    {
        while (arena.reservedBytes() < LIMIT)
        {
            arena.allocate(LINK, 1);
        }
        arena.reset();
        final long block = arena.allocate(LIMIT, 8);
        assertTrue(arena.owns(block + LIMIT - 1));
        assertEquals(1, below.stats().liveBlocks());
    }

    @Test
    void shouldTakeShorterLinksWhenTheUpstreamHasNothingElse()
    {
        watch.failRequests(1, 1);
        arena.allocate(100, 8);
        assertEquals(FirstFitAllocator.UNIT * 2, arena.reservedBytes());
    }

    @Test
    void shouldRefuseTheMisuseItCanSee()
    {
        assumeTrue(Checks.ENABLED);
        final long first = arena.allocate(100, 8);
        final long last = arena.allocate(100, 8);
        final Class<IllegalArgumentException> wrong = IllegalArgumentException.class;
        assertThrows(wrong, () -> arena.deallocate(region.address() + region.capacity(), 8, 8));
        assertThrows(wrong, () -> arena.deallocate(below.allocate(8, 8), 8, 8));
        assertThrows(wrong, () -> arena.deallocate(last + 8, 8, 8));
        assertThrows(wrong, () -> arena.deallocate(last, 101, 8));
        assertThrows(wrong, () -> arena.deallocate(first, 105, 8));
        assertThrows(wrong, () -> arena.deallocate(last, 100, Long.lowestOneBit(last) << 1));
        assertThrows(wrong, () -> arena.usableSize(last, 101, 8));
        assertThrows(wrong, () -> arena.grow(last, 101, 8, 200, 8));
        assertThrows(wrong, () -> arena.regionOf(region.address() + region.capacity()));
        arena.deallocate(last, 100, 8);
        assertThrows(IllegalStateException.class, () -> arena.deallocate(last, 100, 8));
        assertThrows(IllegalStateException.class, () -> arena.tryResize(last, 100, 8, 50));
        arena.allocate(LINK, 1);
        assertThrows(IllegalStateException.class, () -> arena.deallocate(last, 100, 8));
        assertThrows(wrong, () -> arena.deallocate(first, LINK, 8));
        arena.reset();
        assertThrows(IllegalStateException.class, () -> arena.deallocate(first, 100, 8));
    }

    @Test
    void shouldGiveAllBackAndRefuseCallsWhenClosed()
    {
        final long mark = arena.mark();
        for (int i = 0; i < 5; i++)
        {
            arena.allocate(3000, 8);
        }
        arena.close();
        arena.close();
        resources.forget(arena);
        assertEquals(0, below.stats().liveBlocks());
        assertThrows(IllegalStateException.class, () -> arena.allocate(8, 8));
        assertThrows(IllegalStateException.class, arena::mark);
        assertThrows(IllegalStateException.class, () -> arena.reset(mark));
        assertThrows(IllegalStateException.class, arena::reset);
        assertThrows(IllegalStateException.class, arena::trim);
        assertThrows(IllegalStateException.class, () -> arena.diagnose(8, 8));
        assertThrows(IllegalStateException.class, arena::verify);
        // As with every other allocator: they are in no link.
        assertEquals(64, arena.allocate(0, 64));
        assertEquals(64, arena.allocateZeroed(0, 64));
        assertEquals(8, arena.grow(64, 0, 64, 0, 8));
        assertEquals(0, arena.usableSize(64, 0, 64));
        arena.deallocate(64, 0, 64);
        assertThrows(IllegalStateException.class, () -> arena.grow(64, 0, 64, 8, 8));
    }

    @Test
    void shouldRefuseSizesThatMakeNoArena()
    {
        final Class<IllegalArgumentException> wrong = IllegalArgumentException.class;
        assertThrows(wrong, () -> new ArenaAllocator(below, 63, LIMIT));
        assertThrows(wrong, () -> new ArenaAllocator(below, LIMIT + 1, LIMIT));
        assertThrows(wrong, () -> new ArenaAllocator(below, 64, 1L << 40));
        assertThrows(wrong, () -> new ArenaAllocator(below, 64, 64, -1));
        assertThrows(NullPointerException.class, () -> new ArenaAllocator(null, 64, 64));
    }

    @Test
    void shouldSurviveTheFailureOfAnyUpstreamRequest()
    {
        for (int last = 0; last < 2; last++)
        {
            int n = 0;
            do
            {
                n++;
                watch.failRequests(n, 0 == last ? n : Long.MAX_VALUE);
                fillTwice();
            }
            while (watch.failures() > 0);
            assertTrue(n > 10, "requests=" + n + ": too few to tell anything");
        }
    }

    private void fillTwice()
    {
        for (int round = 0; round < 2; round++)
        {
            final AllocatorModel model = new AllocatorModel(arena);
            for (int i = 0; i < 25; i++)
            {
                final long size = 100 + i * 97 % 3000;
                try
                {
                    final var block = model.allocated(arena.allocate(size, 8), size, 8);
                    final long grown = arena.grow(block.address(), size, 8, 2 * size, 16);
                    model.resized(block, grown, size, 2 * size, 16);
                }
                catch (final AllocError expected)
                {
                    model.checkAll();
                }
                arena.verify();
            }
            model.checkAll();
            arena.reset();
        }
        arena.trim();
        assertEquals(0, arena.reservedBytes());
        assertEquals(0, below.stats().liveBlocks());
    }

    @Test
    void shouldMakeNoGarbage()
    {
        try (ArenaAllocator first = new ArenaAllocator(below, LINK, LIMIT);
            ArenaAllocator second = new ArenaAllocator(below, LINK, LIMIT))
        {
            final Allocator both = new SynchronizedAllocator(new FallbackAllocator(first, second));
            // The first round takes the links.
            assertEquals(0, Garbage.leastOf(() ->
            {
                for (int i = 0; i < 200; i++)
                {
                    churn(first, both);
                    second.reset();
                }
            }));
            assertTrue(second.reservedBytes() > 0);
        }
    }

    private static void churn(final ArenaAllocator first, final Allocator both)
    {
        first.reset();
        final long mark = first.mark();
        for (int i = 0; i < 30; i++)
        {
            final long block = both.allocate(1000, 8);
            final long grown = both.grow(block, 1000, 8, 1500, 8);
            both.deallocate(both.growZeroed(grown, 1500, 8, 2500, 64), 2500, 64);
        }
        try
        {
            both.allocate(LIMIT, 8);
        }
        catch (final AllocError expected)
        {
            first.reset(mark);
        }
    }
}
