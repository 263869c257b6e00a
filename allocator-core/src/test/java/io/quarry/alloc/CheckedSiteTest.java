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

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What level {@link CheckLevel#SITE} tells: of every block with a sampling of 1, of some with another.
 */
class CheckedSiteTest
{
    private static final long SIZE = 100;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(8 << 20));
    private CheckedRegionAllocator allocator = sampling(1);

    private CheckedRegionAllocator sampling(final int blocks)
    {
        return over(FirstFitAllocator.over(region), blocks);
    }

    private CheckedRegionAllocator over(final RegionAllocator target, final int blocks)
    {
        return resources.close(new CheckedRegionAllocator(target,
            CheckOptions.of(CheckLevel.SITE).withSampling(blocks).onLeak(leaks ->
            {
            })));
    }

    private void resample(final int blocks)
    {
        allocator.close();
        allocator = sampling(blocks);
    }

    @Test
    void shouldReportLeaksByTheirSite()
    {
        for (int i = 0; i < 3; i++)
        {
            makeHere();
        }
        final long other = allocator.allocate(5000, 64);
        freeHere(makeHere());
        final LeakReport leaks = allocator.leaks();
        assertEquals(4, leaks.blocks());
        assertEquals(2, leaks.sites().size());
        final LeakReport.Site large = leaks.sites().get(0);
        assertEquals(new LeakReport.Site(large.allocated(), 1, 5000, other, 5000, 64), large);
        final LeakReport.Site small = leaks.sites().get(1);
        assertEquals(3, small.blocks());
        assertEquals(300, small.bytes());
        assertSite(small.allocated(), Thread.currentThread().getName(), "makeHere");
        assertEquals(0, leaks.lostSamples());
        assertTrue(leaks.toString().contains("sites of one block in 1\n"), leaks::toString);
        assertTrue(leaks.toString().contains("makeHere("), leaks::toString);
    }

    @Test
    void shouldNameAllThreeCallsAndThreadsOfADoubleFree() throws InterruptedException
    {
        final long[] block = new long[1];
        onThread("maker", () -> block[0] = makeHere());
        onThread("first", () -> freeHere(block[0]));
        final RuntimeException thrown =
            assertThrows(IllegalStateException.class, () -> freeAgainHere(block[0]));
        final MisuseReport report = MisuseReport.of(thrown);
        assertNotNull(report, thrown::toString);
        assertEquals(Kind.DOUBLE_FREE, report.kind());
        assertEquals(block[0], report.address());
        assertEquals(SIZE, report.block().size());
        assertEquals(8, report.block().alignment());
        assertSite(report.block().allocated(), "maker", "makeHere");
        assertSite(report.block().freed(), "first", "freeHere");
        assertSite(report.found(), Thread.currentThread().getName(), "freeAgainHere");
        // What the target said.
        assertEquals(Misuse.dead(block[0]).getMessage(), thrown.getCause().getMessage());
        for (final String part : List.of("double free", Misuse.hex(block[0]), "\"maker\"", "makeHere(", "\"first\"",
            "freeHere(", "freeAgainHere("))
        {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
    }

    @Test
    void shouldNameTheSitesInEveryCallWithAFreedBlock()
    {
        final long block = makeHere();
        freeHere(block);
        assertEquals("grow", refused(() -> allocator.grow(block, SIZE, 8, 200, 8)).call());
        assertEquals("growZeroed", refused(() -> allocator.growZeroed(block, SIZE, 8, 200, 8)).call());
        assertEquals("shrink", refused(() -> allocator.shrink(block, SIZE, 8, 50, 8)).call());
        assertEquals("tryResize", refused(() -> allocator.tryResize(block, SIZE, 8, 50)).call());
        assertEquals("usableSize", refused(() -> allocator.usableSize(block, SIZE, 8)).call());
        assertEquals("deallocate", refused(() -> allocator.dealloc(block, SIZE, 8)).call());
    }

    @Test
    void shouldNotTakeWhatNeverWasABlockForAFreedOne()
    {
        freeHere(makeHere());
        for (final long address : new long[]{ 0, -1, 1, Long.MIN_VALUE })
        {
            final RuntimeException thrown =
                assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(address, SIZE, 1));
            assertNull(MisuseReport.of(thrown), thrown::toString);
        }
        final SampleTable table = new SampleTable(16);
        for (int i = 0; i < 8; i++)
        {
            assertNotEquals(SampleTable.NOT_FOUND, table.claimFree(-1));
        }
        // The place is another's, who is writing there.
        assertEquals(SampleTable.NOT_FOUND, table.claim(-1));
    }

    /** Both threads have found that the block lives, one has taken the sample, the other is first to free. */
    @Test
    void shouldNameTheBlockOfADoubleFreeThatItsOtherFreeHasOvertaken()
    {
        final boolean[] isOvertaken = new boolean[1];
        final WatchedAllocator watch = WatchedAllocator.over(FirstFitAllocator.over(Region.allocate(1 << 16)));
        final RegionAllocator target = watch.regionAllocator();
        final CheckedRegionAllocator[] shared = new CheckedRegionAllocator[1];
        watch.before("deallocate", () ->
        {
            if (!isOvertaken[0])
            {
                isOvertaken[0] = true;
                shared[0].deallocate(target.region().address(), SIZE, 8);
            }
        });
        shared[0] = over(target, 1);
        final long block = shared[0].allocate(SIZE, 8);
        assertEquals(target.region().address(), block);
        final MisuseReport report = refused(() -> shared[0].deallocate(block, SIZE, 8));
        assertEquals(Kind.DOUBLE_FREE, report.kind());
        assertEquals(SIZE, report.block().size());
        assertEquals("shouldNameTheBlockOfADoubleFreeThatItsOtherFreeHasOvertaken",
            report.block().allocated().frames().get(0).getMethodName());
        assertNull(report.block().freed());
        assertTrue(shared[0].leaks().isEmpty());
        assertEquals(List.of(), shared[0].leaks().sites());
    }

    @Test
    void shouldForgetAFreeWhenABlockIsThereAgain()
    {
        final long block = makeHere();
        freeHere(block);
        assertEquals(block, makeHere());
        // Refused for its size, not as freed already.
        assertNull(MisuseReport.of(assertThrows(IllegalArgumentException.class,
            () -> allocator.deallocate(block, 10_000, 8))));
        freeHere(block);
        assertNotNull(refused(() -> freeAgainHere(block)));
    }

    @Test
    void shouldKeepTheSiteOfABlockThatIsResized()
    {
        final long block = makeHere();
        final long wall = allocator.allocate(1, 1);
        final long moved = allocator.grow(block, SIZE, 8, 1000, 16);
        assertNotEquals(block, moved);
        assertTrue(allocator.tryResize(moved, 1000, 16, 300));
        final LeakReport.Site site = allocator.leaks().sites().stream()
            .filter(one -> one.address() == moved).findFirst().orElseThrow();
        assertEquals(300, site.size());
        assertEquals(16, site.alignment());
        assertSite(site.allocated(), Thread.currentThread().getName(), "makeHere");
        // The old place was freed by the grow.
        assertSite(refused(() -> freeAgainHere(block)).block().freed(), Thread.currentThread().getName(),
            "shouldKeepTheSiteOfABlockThatIsResized");
        allocator.shrink(moved, 300, 16, 0, 16);
        allocator.deallocate(wall, 1, 1);
        assertEquals(List.of(), allocator.leaks().sites());
    }

    @Test
    void shouldKeepASampleWhenACallFails()
    {
        final long block = makeHere();
        assertThrows(AllocError.class, () -> allocator.grow(block, SIZE, 8, 1 << 24, 8));
        assertThrows(AllocError.class, () -> allocator.growZeroed(block, SIZE, 8, 1 << 24, 8));
        assertThrows(AllocError.class, () -> allocator.shrink(block, SIZE, 8, 1, 1L << 40));
        assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(block, 1000, 8));
        assertThrows(IllegalArgumentException.class, () -> allocator.grow(block, SIZE, 8, 1, 8));
        assertFalse(allocator.tryResize(block, SIZE, 8, 1 << 24));
        assertEquals(1, allocator.leaks().sites().get(0).blocks());
        freeHere(block);
        assertTrue(allocator.leaks().sites().isEmpty());
    }

    @Test
    void shouldSampleOneBlockInSoMany()
    {
        for (final int every : new int[]{ 2, 10, 64 })
        {
            resample(every);
            final int blocks = 20_000;
            for (int i = 0; i < blocks; i++)
            {
                allocator.allocate(64, 8);
            }
            final LeakReport leaks = allocator.leaks();
            assertEquals(blocks, leaks.blocks());
            final double sampled = leaks.sites().get(0).blocks() + leaks.lostSamples();
            assertEquals(blocks / (double)every, sampled, 0.2 * blocks / every, "every=" + every);
            assertTrue(leaks.toString().contains("one block in " + every), leaks::toString);
        }
    }

    /** A program that repeats itself every 64 blocks must not have the same one of them sampled each time. */
    @Test
    void shouldNotFallInWithTheProgramsRhythm()
    {
        resample(64);
        for (int i = 0; i < 64 * 1000; i++)
        {
            if (0 == i % 64)
            {
                makeHere();
            }
            else
            {
                allocator.allocate(64, 8);
            }
        }
        final LeakReport leaks = allocator.leaks();
        assertEquals(2, leaks.sites().size());
        final LeakReport.Site seldom = leaks.sites().stream()
            .filter(site -> SIZE == site.size()).findFirst().orElseThrow();
        assertTrue(seldom.blocks() < 100, seldom::toString);
    }

    @Test
    void shouldCountTheSamplesThatItHasNoRoomFor()
    {
        for (int i = 0; i < 40_000; i++)
        {
            allocator.allocate(64, 8);
        }
        final LeakReport leaks = allocator.leaks();
        assertEquals(40_000, leaks.blocks());
        assertEquals(40_000, leaks.sites().get(0).blocks() + leaks.lostSamples());
        assertTrue(leaks.lostSamples() >= 40_000 - (1 << 14), leaks::toString);
        // Most of the room is used: a place is one of eight.
        assertTrue(leaks.sites().get(0).blocks() > 3 * (1 << 14) / 4, leaks::toString);
        assertTrue(leaks.toString().contains("lostSamples=" + leaks.lostSamples()), leaks::toString);
    }

    @Test
    void shouldLoseNoSampleAndKeepNoneWhenThreadsPassBlocksOn() throws InterruptedException
    {
        allocator.close();
        allocator = over(new SynchronizedRegionAllocator(FirstFitAllocator.over(region)), 1);
        final ConcurrentLinkedQueue<long[]> passed = new ConcurrentLinkedQueue<>();
        final List<Throwable> thrown = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++)
        {
            final long seed = i;
            threads.add(new Thread(() -> live(seed, passed)));
        }
        threads.forEach(thread -> thread.setUncaughtExceptionHandler((t, ex) -> thrown.add(ex)));
        threads.forEach(Thread::start);
        for (final Thread thread : threads)
        {
            thread.join();
        }
        assertEquals(List.of(), thrown);
        final long live = passed.size();
        final LeakReport leaks = allocator.leaks();
        assertEquals(live, leaks.blocks());
        assertEquals(live, leaks.sites().stream().mapToLong(LeakReport.Site::blocks).sum() + leaks.lostSamples());
        passed.forEach(block -> allocator.deallocate(block[0], block[1], 8));
        assertTrue(allocator.leaks().isEmpty(), () -> allocator.leaks().toString());
        assertEquals(List.of(), allocator.leaks().sites());
        assertEquals(List.of(), allocator.leaks().classes());
    }

    private void live(final long seed, final ConcurrentLinkedQueue<long[]> passed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++)
        {
            final long size = 1 + random.nextLong(300);
            passed.add(new long[]{ allocator.allocate(size, 8), size });
            if (passed.size() > 50)
            {
                final long[] other = passed.poll();
                if (null == other)
                {
                    continue;
                }
                if (random.nextBoolean())
                {
                    final long grown = allocator.grow(other[0], other[1], 8, other[1] + 100, 8);
                    allocator.deallocate(grown, other[1] + 100, 8);
                }
                else
                {
                    allocator.deallocate(other[0], other[1], 8);
                }
            }
        }
    }

    @Test
    void shouldFreeABatchThatWasSampled()
    {
        final long[] batch = new long[20];
        assertEquals(20, allocator.allocateBatch(SIZE, 8, batch, 0, 20));
        assertEquals(20, allocator.leaks().sites().get(0).blocks());
        final long[] again = batch.clone();
        assertEquals(20, allocator.deallocateBatch(SIZE, 8, batch, 0, 20));
        assertTrue(allocator.leaks().isEmpty());
        LongStream.of(again).forEach(block -> assertNotNull(refused(() -> freeAgainHere(block)).block()));
    }

    private long makeHere()
    {
        return allocator.allocate(SIZE, 8);
    }

    private void freeHere(final long block)
    {
        allocator.deallocate(block, SIZE, 8);
    }

    private void freeAgainHere(final long block)
    {
        allocator.deallocate(block, SIZE, 8);
    }

    private static MisuseReport refused(final Runnable call)
    {
        final MisuseReport report = MisuseReport.of(assertThrows(IllegalStateException.class, call::run));
        assertNotNull(report);
        assertEquals(Kind.DOUBLE_FREE, report.kind());
        return report;
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
}
