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

import io.quarry.alloc.MisuseReport.Kind;
import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;
import io.quarry.alloc.testing.WatchedAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What level {@link CheckLevel#FULL} finds, and that its reports name everything.
 */
class CheckedFullTest
{
    private static final long SIZE = 100;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 20));
    private final List<LeakReport> reported = new ArrayList<>();
    private final CheckedRegionAllocator allocator = resources.close(checked(CheckOptions.DEFAULT_QUARANTINE_BYTES));

    private CheckedRegionAllocator checked(final long quarantineBytes)
    {
        return new CheckedRegionAllocator(FirstFitAllocator.over(region),
            CheckOptions.of(CheckLevel.FULL).withQuarantine(quarantineBytes).onLeak(reported::add));
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 8, 16, 32, 64, 4096 })
    void shouldFindOneByteBehindABlock(final long alignment)
    {
        for (final long size : new long[]{ 1, 7, 8, 63, 64, 65, 1000, 5000 })
        {
            final long block = allocator.allocate(size, alignment);
            put(block + size, 0x11);
            final MisuseReport report = state(() -> allocator.deallocate(block, size, alignment));
            assertDamage(report, Kind.OVERRUN, block, size, size, 0xFD, 0x11);
            assertTrue(report.damage().dump().contains(" [11]"), report::toString);
            // Reported once: the block is as it was, and can be freed.
            allocator.deallocate(block, size, alignment);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 8, 16, 32, 64, 4096 })
    void shouldFindOneByteBeforeABlock(final long alignment)
    {
        for (final long size : new long[]{ 1, 64, 1000 })
        {
            final long block = allocator.allocate(size, alignment);
            put(block - 1, 0x22);
            final MisuseReport report = state(() -> allocator.deallocate(block, size, alignment));
            assertDamage(report, Kind.UNDERRUN, block, size, -1, 0xFD, 0x22);
            assertTrue(report.damage().dump().contains("fd [22]"), report::toString);
            allocator.deallocate(block, size, alignment);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 8, 16, 64, 4096, 1 << 18 })
    void shouldFindTheFarEndsOfTheZones(final long alignment)
    {
        final long block = allocator.allocate(SIZE, alignment);
        put(block + SIZE + 31, 0x33);
        assertEquals(SIZE + 31, state(allocator::check).damage().offset());
        final long front = Math.max(32, alignment);
        put(block - front, 0x44);
        assertEquals(-front, state(allocator::check).damage().offset());
        allocator.check();
        allocator.deallocate(block, SIZE, alignment);
    }

    @Test
    void shouldFindWhatWasWrittenBesideABlockWhenItIsResized()
    {
        final long block = allocator.allocate(SIZE, 8);
        final List<Executable> resizes = List.of(
            () -> allocator.grow(block, SIZE, 8, 200, 8), () -> allocator.growZeroed(block, SIZE, 8, 200, 8),
            () -> allocator.shrink(block, SIZE, 8, 50, 8), () -> allocator.tryResize(block, SIZE, 8, 50),
            () -> allocator.shrink(block, SIZE, 8, 0, 8), () -> allocator.realloc(block, SIZE, 8, 200),
            () -> allocator.dealloc(block, SIZE, 8),
            () -> allocator.deallocateBatch(SIZE, 8, new long[]{ block }, 0, 1));
        for (final Executable resize : resizes)
        {
            put(block + SIZE, 0x55);
            assertEquals(Kind.OVERRUN, state(resize).kind());
            assertEquals(SIZE, allocator.usableSize(block, SIZE, 8));
        }
        allocator.deallocate(block, SIZE, 8);
    }

    @Test
    void shouldCountTheBytesThatWereWritten()
    {
        final long block = allocator.allocate(SIZE, 8);
        for (int i = 0; i < 5; i++)
        {
            put(block + SIZE + 3 + 2 * i, 0xEE);
        }
        final MisuseReport.Damage damage = state(allocator::check).damage();
        assertEquals(SIZE + 3, damage.offset());
        assertEquals(5, damage.count());
        assertTrue(damage.dump().contains("\n         +96: cd cd cd cd fd fd fd [ee] fd [ee] fd [ee] fd [ee] fd [ee]"),
            damage::dump);
        allocator.deallocate(block, SIZE, 8);
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, SIZE - 1, 50 })
    void shouldFindAByteWrittenAfterTheFreeOnDemand(final long offset)
    {
        final long block = allocator.allocate(SIZE, 8);
        allocator.deallocate(block, SIZE, 8);
        allocator.check();
        put(block + offset, 0x66);
        final MisuseReport report = state(allocator::check);
        assertDamage(report, Kind.USE_AFTER_FREE, block, SIZE, offset, 0xDD, 0x66);
        assertNotNull(report.block().freed());
        allocator.check();
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, SIZE - 1 })
    void shouldFindAByteWrittenAfterTheFreeWhenTheBlockLeavesQuarantine(final long offset)
    {
        allocator.close();
        try (CheckedRegionAllocator small = checked(1000))
        {
            final long block = small.allocate(SIZE, 8);
            small.deallocate(block, SIZE, 8);
            put(block + offset, 0x77);
            final MisuseReport report = state(() -> fillQuarantine(small, block));
            assertDamage(report, Kind.USE_AFTER_FREE, block, SIZE, offset, 0xDD, 0x77);
            // The block whose free was refused for it is still its owner's.
            assertEquals(1, small.leaks().blocks());
            final LeakReport.Site left = small.leaks().sites().get(0);
            small.deallocate(left.address(), left.size(), left.alignment());
        }
        assertEquals(List.of(), reported);
    }

    private static void fillQuarantine(final Allocator small, final long block)
    {
        for (int i = 0; i < 10; i++)
        {
            final long other = small.allocate(200, 8);
            assertNotEquals(block, other);
            small.deallocate(other, 200, 8);
        }
    }

    @Test
    void shouldFindAByteWrittenAfterTheFreeWhenMemoryIsWanted()
    {
        final long block = allocator.allocate(SIZE, 8);
        allocator.deallocate(block, SIZE, 8);
        put(block, 0x12);
        assertEquals(Kind.USE_AFTER_FREE, state(() -> allocator.allocate(allocator.maxSize(), 1)).kind());
        allocator.deallocate(allocator.allocate(allocator.maxSize(), 1), allocator.maxSize(), 1);
    }

    @Test
    void shouldKeepFreedBlocksFromReuseAndGiveThemBackBeforeItFails()
    {
        final long block = allocator.allocate(SIZE, 8);
        allocator.deallocate(block, SIZE, 8);
        final long other = allocator.allocate(SIZE, 8);
        assertNotEquals(block, other);
        allocator.deallocate(other, SIZE, 8);
        assertTrue(allocator.trim() > 0);
        assertEquals(0, allocator.trim());
        final long again = allocator.allocate(SIZE, 8);
        assertEquals(block, again);
        allocator.deallocate(again, SIZE, 8);
        final long all = allocator.allocate(allocator.maxSize(), 1);
        allocator.deallocate(all, allocator.maxSize(), 1);
    }

    @Test
    void shouldBoundTheQuarantine()
    {
        allocator.close();
        try (CheckedRegionAllocator small = checked(10_000))
        {
            for (int i = 0; i < 1000; i++)
            {
                final long size = 1 + i * 7 % 20_000;
                small.deallocate(small.allocate(size, 8), size, 8);
                assertTrue(small.blocks.heldBytes() <= 10_000);
            }
            assertTrue(small.blocks.heldBytes() > 0);
        }
    }

    @Test
    void shouldFillNewAndFreedBlocks()
    {
        final long block = allocator.allocate(SIZE, 8);
        assertBytes(block, SIZE, 0xCD);
        assertBytes(block - 32, 32, 0xFD);
        assertBytes(block + SIZE, 32, 0xFD);
        allocator.deallocate(block, SIZE, 8);
        assertBytes(block, SIZE, 0xDD);
        final long zeroed = allocator.allocateZeroed(SIZE, 8);
        assertBytes(zeroed, SIZE, 0);
        assertBytes(zeroed + SIZE, 32, 0xFD);
        final long grown = allocator.growZeroed(zeroed, SIZE, 8, 3 * SIZE, 64);
        assertBytes(grown, 3 * SIZE, 0);
        assertBytes(zeroed, SIZE, 0xDD);
        allocator.deallocate(grown, 3 * SIZE, 64);
    }

    @Test
    void shouldFillWhatAResizeInPlaceGivesAndTakes()
    {
        final long block = allocator.allocateZeroed(SIZE, 8);
        assertTrue(allocator.tryResize(block, SIZE, 8, 40));
        assertBytes(block, 40, 0);
        assertBytes(block + 40, 32, 0xFD);
        assertTrue(allocator.tryResize(block, 40, 8, 5000));
        assertBytes(block, 40, 0);
        assertBytes(block + 40, 4960, 0xCD);
        assertBytes(block + 5000, 32, 0xFD);
        put(block + 5000, 1);
        assertEquals(5000, state(allocator::check).damage().offset());
        allocator.deallocate(block, 5000, 8);
    }

    @Test
    void shouldMoveABlockThatIsResized()
    {
        final long block = allocator.allocate(SIZE, 8);
        final long grown = allocator.grow(block, SIZE, 8, 2 * SIZE, 8);
        assertNotEquals(block, grown);
        assertEquals(Kind.DOUBLE_FREE, state(() -> allocator.deallocate(block, SIZE, 8)).kind());
        final long shrunk = allocator.shrink(grown, 2 * SIZE, 8, 1, 8);
        assertNotEquals(grown, shrunk);
        put(grown, 0x31);
        assertEquals(Kind.USE_AFTER_FREE, state(allocator::check).kind());
        allocator.deallocate(shrunk, 1, 8);
    }

    @Test
    void shouldNameAllThreeCallsAndThreadsOfADoubleFree() throws InterruptedException
    {
        final long[] block = new long[1];
        onThread("maker", () -> block[0] = makeHere());
        onThread("first", () -> freeHere(block[0]));
        final MisuseReport report = state(() -> freeAgainHere(block[0]));
        assertEquals(Kind.DOUBLE_FREE, report.kind());
        assertEquals("deallocate", report.call());
        assertEquals(block[0], report.address());
        assertEquals(block[0], report.block().address());
        assertEquals(SIZE, report.block().size());
        assertEquals(8, report.block().alignment());
        assertSite(report.block().allocated(), "maker", "makeHere");
        assertSite(report.block().freed(), "first", "freeHere");
        assertSite(report.found(), Thread.currentThread().getName(), "freeAgainHere");
        final String text = report.toString();
        for (final String part : List.of("double free", "address=" + Misuse.hex(block[0]), "size=100", "alignment=8",
            "thread=\"maker\"", "makeHere(", "thread=\"first\"", "freeHere(", "freeAgainHere("))
        {
            assertTrue(text.contains(part), () -> part + " missing in: " + text);
        }
    }

    @Test
    void shouldKnowADoubleFreeAfterTheQuarantine()
    {
        final long block = makeHere();
        freeHere(block);
        allocator.trim();
        final MisuseReport report = state(() -> freeAgainHere(block));
        assertEquals(Kind.DOUBLE_FREE, report.kind());
        assertSite(report.block().freed(), Thread.currentThread().getName(), "freeHere");
        // Another block is there by now, so the address is that one's.
        assertEquals(block, makeHere());
        freeHere(block);
    }

    @Test
    void shouldFindAResizeOfAFreedBlock()
    {
        final long block = makeHere();
        freeHere(block);
        assertEquals("grow", state(() -> allocator.grow(block, SIZE, 8, 200, 8)).call());
        assertEquals("shrink", state(() -> allocator.shrink(block, SIZE, 8, 50, 8)).call());
        assertEquals("tryResize", state(() -> allocator.tryResize(block, SIZE, 8, 50)).call());
        assertEquals(Kind.DOUBLE_FREE, state(() -> allocator.usableSize(block, SIZE, 8)).kind());
    }

    @Test
    void shouldRefuseEveryLayoutButTheBlocks()
    {
        final long block = makeHere();
        final long[][] wrong = { { 99, 8 }, { 101, 8 }, { 1, 8 }, { SIZE, 4 }, { SIZE, 1 }, { SIZE, 16 }, { 1, 1 } };
        for (final long[] layout : wrong)
        {
            final MisuseReport report = argument(() -> allocator.deallocate(block, layout[0], layout[1]));
            assertEquals(Kind.WRONG_LAYOUT, report.kind());
            assertEquals(layout[0], report.size());
            assertEquals(layout[1], report.alignment());
            assertEquals(SIZE, report.block().size());
            assertEquals(8, report.block().alignment());
            assertSite(report.block().allocated(), Thread.currentThread().getName(), "makeHere");
            assertNull(report.block().freed());
            argument(() -> allocator.grow(block, layout[0], layout[1], 1000, 8));
            argument(() -> allocator.tryResize(block, layout[0], layout[1], 1000));
        }
        freeHere(block);
    }

    @Test
    void shouldTellForeignInteriorAndNoBlocksApart()
    {
        final long block = makeHere();
        final MisuseReport interior = argument(() -> allocator.deallocate(block + 24, 8, 8));
        assertEquals(Kind.INTERIOR, interior.kind());
        assertEquals(block, interior.block().address());
        assertTrue(interior.toString().contains("offset=24"), interior::toString);
        assertEquals(Kind.INTERIOR, argument(() -> allocator.deallocate(block - 8, 8, 8)).kind());
        final MisuseReport foreign = argument(() -> allocator.deallocate(region.address() - 64, 8, 8));
        assertEquals(Kind.FOREIGN, foreign.kind());
        assertNull(foreign.block());
        assertEquals(Kind.NO_BLOCK, state(() -> allocator.deallocate(region.address() + 500_000, 8, 1)).kind());
        freeHere(block);
    }

    @Test
    void shouldReportLeaksByTheirSite()
    {
        for (int i = 0; i < 2; i++)
        {
            makeHere();
        }
        final long c = allocator.allocate(5000, 64);
        final LeakReport leaks = allocator.leaks();
        assertEquals(3, leaks.blocks());
        assertEquals(5200, leaks.bytes());
        assertEquals(List.of(new LeakReport.SizeClass(128, 2, 200), new LeakReport.SizeClass(8192, 1, 5000)),
            leaks.classes());
        assertEquals(2, leaks.sites().size());
        assertEquals(5000, leaks.sites().get(0).bytes());
        assertEquals(c, leaks.sites().get(0).address());
        assertEquals(64, leaks.sites().get(0).alignment());
        assertEquals(2, leaks.sites().get(1).blocks());
        assertEquals(200, leaks.sites().get(1).bytes());
        assertSite(leaks.sites().get(1).allocated(), Thread.currentThread().getName(), "makeHere");
        assertTrue(leaks.toString().contains("leak: blocks=3 bytes=5200"), leaks::toString);
        assertTrue(leaks.toString().contains("makeHere("), leaks::toString);
        allocator.close();
        assertEquals(1, reported.size());
        assertEquals(5200, reported.get(0).bytes());
        allocator.close();
        assertEquals(1, reported.size());
    }

    @Test
    void shouldFailOnALeakIfNothingElseIsSaid()
    {
        allocator.close();
        final CheckedRegionAllocator strict =
            new CheckedRegionAllocator(FirstFitAllocator.over(region), CheckLevel.FULL);
        strict.allocate(SIZE, 8);
        final String text = assertThrows(IllegalStateException.class, strict::close).getMessage();
        assertTrue(text.contains("leak: blocks=1 bytes=100") && text.contains("shouldFailOnALeak"), text);
        // The target is closed all the same: the region can be had again.
        FirstFitAllocator.over(region).close();
    }

    @Test
    void shouldReportDamageOnClose()
    {
        final long block = makeHere();
        put(block + SIZE, 1);
        final MisuseReport report = state(allocator::close);
        assertEquals(Kind.OVERRUN, report.kind());
        assertEquals(1, reported.size());
        FirstFitAllocator.over(region).close();
    }

    @Test
    void shouldReportAllDamageOnDemandAndOnce()
    {
        final long block = makeHere();
        final long other = makeHere();
        final long dead = makeHere();
        freeHere(dead);
        put(block - 3, 1);
        put(block + SIZE, 2);
        put(other + SIZE + 9, 3);
        put(dead + 7, 4);
        final IllegalStateException thrown = assertThrows(IllegalStateException.class, this::checkHere);
        final List<MisuseReport> reports = new ArrayList<>(List.of(MisuseReport.of(thrown)));
        for (final Throwable suppressed : thrown.getSuppressed())
        {
            reports.add(MisuseReport.of(suppressed));
        }
        assertEquals(List.of(Kind.UNDERRUN, Kind.OVERRUN, Kind.OVERRUN, Kind.USE_AFTER_FREE),
            reports.stream().map(MisuseReport::kind).toList());
        reports.forEach(report -> assertSite(report.found(), Thread.currentThread().getName(), "checkHere"));
        checkHere();
        freeHere(block);
        freeHere(other);
    }

    @Test
    void shouldBoundTheReportsOfOneCheck()
    {
        final List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 100; i++)
        {
            blocks.add(makeHere());
            put(blocks.get(i) - 1, i);
        }
        final IllegalStateException first = assertThrows(IllegalStateException.class, allocator::check);
        assertEquals(63, first.getSuppressed().length);
        final IllegalStateException second = assertThrows(IllegalStateException.class, allocator::check);
        assertEquals(35, second.getSuppressed().length);
        allocator.check();
        blocks.forEach(this::freeHere);
    }

    @Test
    void shouldCloseTheTargetWhateverGoesWrongOnTheWay()
    {
        makeHere();
        allocator.close();
        for (final RuntimeException wrong : List.of(new IllegalStateException("first"), new ArithmeticException("x")))
        {
            final WatchedAllocator watch = WatchedAllocator.over(FirstFitAllocator.over(region));
            final CheckedRegionAllocator unlucky = new CheckedRegionAllocator(watch.regionAllocator(),
                CheckOptions.of(CheckLevel.FULL).onLeak(leaks ->
                {
                    throw new AssertionError("second");
                }));
            unlucky.allocate(SIZE, 8);
            watch.refusing("regionOf", wrong);
            final Throwable thrown = assertThrows(RuntimeException.class, unlucky::close);
            assertSame(wrong, thrown);
            assertEquals("second", thrown.getSuppressed()[0].getMessage());
            unlucky.close();
        }
        // The region is free to be claimed by another.
        FirstFitAllocator.over(region).close();
    }

    @Test
    void shouldGiveTheMemoryBackWhenItCannotBeFilled()
    {
        allocator.close();
        final WatchedAllocator watch = WatchedAllocator.over(FirstFitAllocator.over(region));
        final RegionAllocator target = watch.regionAllocator();
        final CheckedRegionAllocator unlucky =
            resources.close(new CheckedRegionAllocator(target, CheckLevel.FULL));
        final long block = unlucky.allocate(SIZE, 8);
        put(block, 0x21);
        final long before = target.stats().freeBytes();
        for (final Throwable wrong : List.of(new InternalError("truncated"), new IllegalStateException("lost")))
        {
            watch.refusing("usableSize", wrong);
            assertSame(wrong, assertThrows(Throwable.class, () -> unlucky.allocate(SIZE, 8)));
            assertSame(wrong, assertThrows(Throwable.class, () -> unlucky.grow(block, SIZE, 8, 200, 8)));
            watch.refusing("", null);
            assertEquals(before, target.stats().freeBytes());
            assertEquals(1, unlucky.leaks().blocks());
            assertBytes(block, 1, 0x21);
            unlucky.check();
        }
        unlucky.deallocate(block, SIZE, 8);
    }

    /** Each request to the target fails once, alone and with all that follow. */
    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void shouldKeepEveryBlockWhicheverRequestFails(final boolean isForGood)
    {
        allocator.close();
        final WatchedAllocator watch = WatchedAllocator.over(FirstFitAllocator.over(region));
        final CheckedRegionAllocator failing = resources.close(new CheckedRegionAllocator(watch.regionAllocator(),
            CheckOptions.of(CheckLevel.FULL).onLeak(reported::add)));
        final long freeAtFirst = failing.stats().freeBytes();
        boolean hasFailed = true;
        for (int nth = 1; hasFailed; nth++)
        {
            final List<long[]> blocks = new ArrayList<>();
            watch.failRequests(nth, isForGood ? Long.MAX_VALUE : nth);
            resizeAll(failing, blocks);
            hasFailed = watch.failures() > 0;
            watch.failRequests(Long.MAX_VALUE, Long.MAX_VALUE);
            failing.check();
            assertEquals(blocks.size(), failing.leaks().blocks());
            for (final long[] block : blocks)
            {
                assertEquals(block[1], failing.usableSize(block[0], block[1], 8));
                failing.deallocate(block[0], block[1], 8);
            }
            assertTrue(failing.leaks().isEmpty());
            failing.trim();
            assertEquals(freeAtFirst, failing.stats().freeBytes());
            failing.verify();
        }
        assertEquals(List.of(), reported);
    }

    /** What lives afterwards, each with its size. A call that fails has left the block as it was. */
    private void resizeAll(final Allocator failing, final List<long[]> blocks)
    {
        for (int way = 0; way < 6; way++)
        {
            final long[] block = { Allocator.NULL, SIZE };
            try
            {
                block[0] = failing.allocate(SIZE, 8);
                blocks.add(block);
                assertBytes(block[0], SIZE, 0xCD);
                put(block[0], 0x61 + way);
                put(block[0] + 40, 0x61 + way);
                resize(failing, block, way);
            }
            catch (final AllocError noMore)
            {
                // The next one may be luckier.
            }
            if (Allocator.NULL != block[0])
            {
                assertBytes(block[0], 1, 0x61 + way);
                assertBytes(block[0] + 40, 1, 0x61 + way);
            }
        }
        final long[] batch = new long[5];
        final int had = failing.allocateBatch(SIZE, 8, batch, 0, 5);
        for (int i = 0; i < had; i++)
        {
            blocks.add(new long[]{ batch[i], SIZE });
        }
    }

    private void resize(final Allocator failing, final long[] block, final int way)
    {
        switch (way)
        {
            case 0 -> block[0] = failing.grow(block[0], SIZE, 8, 5000, 8);
            case 1 -> block[0] = failing.growZeroed(block[0], SIZE, 8, 5000, 8);
            case 2 -> block[0] = failing.shrink(block[0], SIZE, 8, 50, 8);
            case 3 -> block[0] = failing.grow(block[0], SIZE, 8, SIZE, 4096);
            default ->
            {
                final long wanted = 4 == way ? 200 : 41;
                block[1] = failing.tryResize(block[0], SIZE, 8, wanted) ? wanted : SIZE;
                return;
            }
        }
        if (1 == way)
        {
            assertBytes(block[0] + SIZE, 5000 - SIZE, 0);
        }
        block[1] = way < 2 ? 5000 : 2 == way ? 50 : SIZE;
        if (3 == way)
        {
            block[0] = failing.shrink(block[0], SIZE, 4096, SIZE, 8);
        }
    }

    @Test
    void shouldReportNoLeakWhenThereIsNone()
    {
        freeHere(makeHere());
        allocator.allocate(0, 64);
        assertTrue(allocator.leaks().isEmpty());
        assertEquals("no leak", allocator.leaks().toString());
        allocator.close();
        assertEquals(List.of(), reported);
    }

    @Test
    void shouldLeaveABlockOfAnyTargetAloneWhenItCloses()
    {
        final SystemAllocator system = SystemAllocator.INSTANCE;
        final long before = system.liveBlocks();
        final CheckedAllocator checked = new CheckedAllocator(system,
            CheckOptions.of(CheckLevel.FULL).onLeak(reported::add));
        assertTrue(checked.isThreadSafe());
        final long block = checked.allocate(SIZE, 8);
        checked.deallocate(checked.allocate(50, 8), 50, 8);
        assertEquals(2, system.liveBlocks() - before);
        checked.close();
        assertEquals(1, system.liveBlocks() - before);
        assertEquals(1, reported.get(0).blocks());
        assertThrows(IllegalStateException.class, () -> checked.deallocate(block, SIZE, 8));
        system.deallocate(block - 32, SIZE + 64, 8);
    }

    @Test
    void shouldLeaveTheOldBlockWhenAResizeFails()
    {
        final long block = allocator.allocate(SIZE, 8);
        final Object before = allocator.leaks();
        assertThrows(AllocError.class, () -> allocator.grow(block, SIZE, 8, 1 << 20, 8));
        assertThrows(AllocError.class, () -> allocator.growZeroed(block, SIZE, 8, Long.MAX_VALUE - 7, 8));
        assertThrows(AllocError.class, () -> allocator.shrink(block, SIZE, 8, 10, 1L << 40));
        assertTrue(assertThrows(AllocError.class, () -> allocator.allocate(1, 1L << 62)).isUnsupported());
        assertFalse(allocator.tryResize(block, SIZE, 8, Long.MAX_VALUE - 7));
        assertEquals(before.toString(), allocator.leaks().toString());
        assertBytes(block, SIZE, 0xCD);
        allocator.deallocate(block, SIZE, 8);
    }

    @Test
    void shouldTakeTheTargetsWordForTheRegion()
    {
        assertSame(region, allocator.region());
        final long block = makeHere();
        assertSame(region, allocator.regionOf(block));
        assertTrue(allocator.owns(block));
        freeHere(block);
    }

    @Test
    void shouldHoldWhileThreadsPassBlocksOn() throws InterruptedException
    {
        allocator.close();
        final ConcurrentLinkedQueue<long[]> passed = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        try (CheckedRegionAllocator shared = new CheckedRegionAllocator(
            new SynchronizedRegionAllocator(FirstFitAllocator.over(region)), CheckLevel.FULL))
        {
            assertTrue(shared.isThreadSafe());
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++)
            {
                final Thread thread = new Thread(() -> live(shared, passed));
                thread.setUncaughtExceptionHandler((any, ex) -> thrown.add(ex));
                threads.add(thread);
                thread.start();
            }
            shared.check();
            for (final Thread thread : threads)
            {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(thrown));
            assertEquals(passed.size(), shared.leaks().blocks());
            passed.forEach(block -> shared.deallocate(block[0], block[1], 8));
        }
    }

    private static void live(final Allocator shared, final ConcurrentLinkedQueue<long[]> passed)
    {
        for (int i = 0; i < 3000; i++)
        {
            final long size = 1 + i * 7 % 500;
            passed.add(new long[]{ shared.allocate(size, 8), size });
            final long[] other = passed.size() > 20 ? passed.poll() : null;
            if (null != other)
            {
                shared.deallocate(shared.grow(other[0], other[1], 8, other[1] + 9, 8), other[1] + 9, 8);
            }
        }
    }

    private long makeHere()
    {
        return allocator.allocate(SIZE, 8);
    }

    private void freeHere(final long block)
    {
        allocator.deallocate(block, SIZE, 8);
    }

    private void checkHere()
    {
        allocator.check();
    }

    private void freeAgainHere(final long block)
    {
        allocator.deallocate(block, SIZE, 8);
    }

    private static void onThread(final String name, final Runnable work) throws InterruptedException
    {
        final Thread thread = new Thread(work, name);
        thread.start();
        thread.join();
    }

    private static void assertSite(final CallSite site, final String thread, final String method)
    {
        assertEquals(thread, site.threadName());
        assertTrue(site.threadId() > 0);
        assertEquals(method, site.frames().get(0).getMethodName(), site::toString);
    }

    private static void assertDamage(
        final MisuseReport report, final Kind kind, final long block, final long size, final long offset,
        final int wanted, final int found)
    {
        assertEquals(kind, report.kind());
        assertEquals(block, report.address());
        assertEquals(size, report.size());
        assertEquals(offset, report.damage().offset());
        assertEquals(wanted, report.damage().wanted());
        assertEquals(found, report.damage().found());
        assertEquals(1, report.damage().count());
        assertFalse(report.block().allocated().frames().isEmpty());
        assertTrue(report.toString().contains(String.format("offset=%d: byte 0x%02x, wanted 0x%02x", offset, found,
            wanted)), report::toString);
    }

    private static MisuseReport state(final Executable call)
    {
        return reportOf(assertThrows(IllegalStateException.class, call));
    }

    private static MisuseReport argument(final Executable call)
    {
        return reportOf(assertThrows(IllegalArgumentException.class, call));
    }

    private static MisuseReport reportOf(final RuntimeException thrown)
    {
        final MisuseReport report = MisuseReport.of(thrown);
        assertNotNull(report, thrown::toString);
        assertEquals(report.toString(), thrown.getMessage());
        return report;
    }

    private void put(final long at, final int value)
    {
        region.buffer(at).put(region.bufferOffset(at), (byte)value);
    }

    private void assertBytes(final long at, final long length, final int value)
    {
        assertEquals(-1, GuardBytes.firstOther(region, at, length, (byte)value), () -> "at " + Misuse.hex(at));
    }
}
