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

import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What level {@link CheckLevel#COUNT} tells; and the options and the end, which all levels share.
 */
class CheckedCountTest
{
    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 20));
    private final FirstFitAllocator target = FirstFitAllocator.over(region);
    private final List<LeakReport> reported = new ArrayList<>();
    private final CheckedRegionAllocator allocator = resources.close(new CheckedRegionAllocator(target,
        CheckOptions.of(CheckLevel.COUNT).onLeak(reported::add)));

    @Test
    void shouldCountBlocksAndBytesByPowersOfTwo()
    {
        for (final long size : new long[]{ 1, 64, 65, 128, 129, 256, 257, 5000 })
        {
            allocator.allocate(size, 8);
        }
        allocator.allocate(0, 8);
        final LeakReport leaks = allocator.leaks();
        // Usable sizes are multiples of 64.
        assertEquals(List.of(new LeakReport.SizeClass(64, 2, 128), new LeakReport.SizeClass(128, 2, 256),
            new LeakReport.SizeClass(256, 2, 448), new LeakReport.SizeClass(512, 1, 320),
            new LeakReport.SizeClass(8192, 1, 5056)), leaks.classes());
        assertEquals(8, leaks.blocks());
        assertEquals(128 + 256 + 448 + 320 + 5056, leaks.bytes());
        assertEquals(List.of(), leaks.sites());
        assertEquals("leak: blocks=8 bytes=6208\n    up to size=64: blocks=2 bytes=128\n" +
            "    up to size=128: blocks=2 bytes=256\n    up to size=256: blocks=2 bytes=448\n" +
            "    up to size=512: blocks=1 bytes=320\n    up to size=8192: blocks=1 bytes=5056", leaks.toString());
    }

    @Test
    void shouldHaveAClassForEverySize()
    {
        for (int bits = 1; bits < 63; bits++)
        {
            assertEquals(bits, SizeCounters.classOf(1L << bits));
            assertEquals(bits + 1, SizeCounters.classOf((1L << bits) + 1));
        }
        assertEquals(0, SizeCounters.classOf(1));
        assertEquals(63, SizeCounters.classOf(Long.MAX_VALUE));
    }

    /** Each way to make, resize and free a block, told by what the target itself counts. */
    @Test
    void shouldAgreeWithTheTargetAfterEveryCall()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] at = new long[30];
        final long[] size = new long[at.length];
        for (int i = 0; i < 20_000; i++)
        {
            final int n = random.nextInt(at.length);
            final long newSize = 1 + random.nextLong(3000);
            step(random.nextInt(10), at, size, n, newSize);
            final AllocatorStats stats = target.stats();
            assertEquals(stats.liveBlocks(), allocator.leaks().blocks(), "seed=" + seed);
            assertEquals(stats.allocatedBytes(), allocator.leaks().bytes(), "seed=" + seed);
        }
    }

    private void step(final int call, final long[] at, final long[] size, final int n, final long newSize)
    {
        if (0 == size[n])
        {
            final long[] batch = new long[1];
            at[n] = switch (call)
            {
                case 0 -> allocator.allocateZeroed(newSize, 8);
                case 1 -> allocator.alloc(newSize, 8);
                case 2 -> allocator.allocZeroed(newSize, 8);
                case 3 -> allocator.allocUpTo(newSize, newSize, 8);
                case 4 -> allocator.grow(8, 0, 8, newSize, 8);
                case 5 -> allocator.growZeroed(8, 0, 8, newSize, 8);
                case 6 -> 1 == allocator.allocateBatch(newSize, 8, batch, 0, 1) ? batch[0] : 0;
                default -> allocator.allocate(newSize, 8);
            };
            size[n] = newSize;
            return;
        }
        final boolean larger = newSize >= size[n];
        switch (call)
        {
            case 0 -> at[n] = larger ? allocator.grow(at[n], size[n], 8, newSize, 8) :
                allocator.shrink(at[n], size[n], 8, newSize, 8);
            case 1 -> at[n] = larger ? allocator.growZeroed(at[n], size[n], 8, newSize, 8) :
                allocator.shrink(at[n], size[n], 8, newSize, 8);
            case 2, 3 -> at[n] = allocator.realloc(at[n], size[n], 8, newSize);
            default -> finish(call, at, size, n, newSize);
        }
        size[n] = call < 4 ? newSize : size[n];
    }

    private void finish(final int call, final long[] at, final long[] size, final int n, final long newSize)
    {
        switch (call)
        {
            case 4 -> size[n] = allocator.tryResize(at[n], size[n], 8, newSize) ? newSize : size[n];
            case 5 ->
            {
                allocator.shrink(at[n], size[n], 8, 0, 8);
                size[n] = 0;
            }
            case 6 ->
            {
                allocator.deallocateBatch(size[n], 8, new long[]{ at[n] }, 0, 1);
                size[n] = 0;
            }
            case 7 ->
            {
                // Refused: nothing is counted.
                assertThrows(IllegalArgumentException.class, () -> allocator.deallocate(at[n], 1 << 20, 8));
                assertThrows(AllocError.class, () -> allocator.grow(at[n], size[n], 8, 1 << 21, 8));
            }
            default ->
            {
                allocator.deallocate(at[n], allocator.usableSize(at[n], size[n], 8), 8);
                size[n] = 0;
            }
        }
    }

    @Test
    void shouldReportOnCloseAndRefuseCallsAfter()
    {
        final CheckedAllocator plain = new CheckedAllocator(SystemAllocator.INSTANCE,
            CheckOptions.of(CheckLevel.COUNT).onLeak(reported::add));
        final long block = plain.allocate(100, 8);
        plain.close();
        plain.close();
        assertEquals(1, reported.size());
        assertEquals(100, reported.get(0).bytes());
        assertThrows(IllegalStateException.class, () -> plain.allocate(1, 1));
        assertThrows(IllegalStateException.class, () -> plain.deallocate(block, 100, 8));
        assertEquals(8, plain.allocate(0, 8));
        SystemAllocator.INSTANCE.deallocate(block, 100, 8);
    }

    @ParameterizedTest
    @EnumSource(CheckLevel.class)
    void shouldEndAsEverWhenTheActionFillsTheStack(final CheckLevel level)
    {
        allocator.close();
        final CheckedRegionAllocator above = new CheckedRegionAllocator(FirstFitAllocator.over(region),
            CheckOptions.of(level).onLeak(CheckedCountTest::fillStack));
        above.allocate(100, 8);
        above.verify();

        assertThrows(StackOverflowError.class, above::close);

        above.close();
        assertThrows(IllegalStateException.class, () -> above.allocate(1, 1));
        // The region is free to be claimed by another, and whole.
        final FirstFitAllocator next = FirstFitAllocator.over(region);
        next.verify();
        assertEquals(next.stats().freeBytes(), next.stats().largestFreeRun());
        next.close();
    }

    private static void fillStack(final LeakReport leaks)
    {
        fillStack(leaks);
        assertFalse(leaks.isEmpty());
    }

    @Test
    void shouldThrowLeaksIfNothingElseIsSaid()
    {
        final CheckedAllocator plain = new CheckedAllocator(SystemAllocator.INSTANCE, CheckLevel.COUNT);
        final long block = plain.allocate(100, 8);
        final String text = assertThrows(IllegalStateException.class, plain::close).getMessage();
        assertEquals("leak: blocks=1 bytes=100\n    up to size=128: blocks=1 bytes=100", text);
        SystemAllocator.INSTANCE.deallocate(block, 100, 8);
        final CheckedAllocator clean = new CheckedAllocator(SystemAllocator.INSTANCE, CheckLevel.COUNT);
        clean.deallocate(clean.allocate(100, 8), 100, 8);
        clean.close();
    }

    @Test
    void shouldTakeItsOptionsFromTheProperties()
    {
        final String level = System.getProperty(CheckOptions.LEVEL_PROPERTY);
        final String sampling = System.getProperty(CheckOptions.SAMPLING_PROPERTY);
        try
        {
            System.clearProperty(CheckOptions.LEVEL_PROPERTY);
            assertNull(CheckOptions.ofProperties());
            assertSame(target, CheckedAllocator.guard((Allocator)target));
            assertSame(target, CheckedRegionAllocator.guard(target));
            System.setProperty(CheckOptions.LEVEL_PROPERTY, "site");
            System.setProperty(CheckOptions.SAMPLING_PROPERTY, "7");
            assertEquals(7, CheckOptions.ofProperties().sampling());
            assertTrue(CheckedRegionAllocator.guard(target).toString().startsWith("CheckedRegionAllocator[SITE, "));
            System.setProperty(CheckOptions.LEVEL_PROPERTY, "full");
            assertTrue(CheckedAllocator.guard((Allocator)target).toString().startsWith("CheckedAllocator[FULL, "));
            System.setProperty(CheckOptions.LEVEL_PROPERTY, "count");
            assertEquals(CheckLevel.COUNT, CheckOptions.ofProperties().level());
            for (final String wrong : new String[]{ "", "FULL", "on" })
            {
                System.setProperty(CheckOptions.LEVEL_PROPERTY, wrong);
                assertThrows(IllegalArgumentException.class, CheckOptions::ofProperties, wrong);
            }
            System.setProperty(CheckOptions.LEVEL_PROPERTY, "site");
            for (final String wrong : new String[]{ "0", "-1", "x", "" })
            {
                System.setProperty(CheckOptions.SAMPLING_PROPERTY, wrong);
                assertThrows(IllegalArgumentException.class, CheckOptions::ofProperties, wrong);
            }
        }
        finally
        {
            restore(CheckOptions.LEVEL_PROPERTY, level);
            restore(CheckOptions.SAMPLING_PROPERTY, sampling);
        }
    }

    private static void restore(final String name, final String value)
    {
        if (null == value)
        {
            System.clearProperty(name);
        }
        else
        {
            System.setProperty(name, value);
        }
    }

    @Test
    void shouldRefuseWrongOptions()
    {
        final CheckOptions options = CheckOptions.of(CheckLevel.SITE);
        assertThrows(IllegalArgumentException.class, () -> options.withSampling(0));
        assertThrows(IllegalArgumentException.class, () -> options.withQuarantine(-1));
        assertThrows(NullPointerException.class, () -> options.onLeak(null));
        assertThrows(NullPointerException.class, () -> CheckOptions.of(null));
        assertThrows(NullPointerException.class, () -> new CheckedAllocator(null, CheckLevel.COUNT));
        assertFalse(allocator.isThreadSafe());
    }
}
