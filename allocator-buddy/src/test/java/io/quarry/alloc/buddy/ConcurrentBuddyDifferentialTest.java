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
package io.quarry.alloc.buddy;

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.testing.ConformanceScript;
import io.quarry.alloc.testing.ConformanceScripts;
import io.quarry.alloc.testing.StampedBlocks;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * The concurrent form driven by one thread beside the one-thread form: the same success and content where both have
 * room, and in the same state never a failure where the other one succeeds. Addresses may differ.
 */
class ConcurrentBuddyDifferentialTest
{
    @TestFactory
    Stream<DynamicTest> shouldAgreeOnAllScripts()
    {
        return ConformanceScripts.names().stream().map(name -> DynamicTest.dynamicTest(name, () ->
        {
            final ConformanceScript script = ConformanceScripts.read(name);
            try (Region region = Region.allocate(script.regionSize());
                Region other = Region.allocate(script.regionSize());
                RegionAllocator concurrent = new ConcurrentBuddyAllocator(region);
                RegionAllocator single = new BuddyAllocator(other))
            {
                assertEquals(script.run(single), script.run(concurrent));
                assertEquals(single.stats().liveBlocks(), concurrent.stats().liveBlocks());
                assertEquals(single.stats().freeBytes(), concurrent.stats().freeBytes());
                assertEquals(single.stats().largestFreeRun(), concurrent.stats().largestFreeRun());
                concurrent.verify();
            }
        }));
    }

    /** At most a quarter of the region lives, and no block is longer than a 64th: neither form may fail. */
    @ParameterizedTest
    @ValueSource(ints = { 64, 512 })
    void shouldAgreeWhereThereIsRoom(final int unitSize)
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final long size = (1 << 21) + 4096 * 3 + 77;
        try (Region region = Region.allocate(size);
            Region other = Region.allocate(size);
            RegionAllocator concurrent = new ConcurrentBuddyAllocator(region, unitSize);
            RegionAllocator single = new BuddyAllocator(other, unitSize))
        {
            final StampedBlocks one = new StampedBlocks(concurrent);
            final StampedBlocks two = new StampedBlocks(single);
            final List<StampedBlocks.Held[]> live = new ArrayList<>();
            for (int i = 0; i < 30_000; i++)
            {
                final long wanted = 1 + random.nextLong(1L << random.nextInt(16));
                final boolean isFull = two.liveBytes() + wanted + 2 * unitSize > size / 4;
                if (!isFull && random.nextBoolean() || live.isEmpty())
                {
                    final long alignment = 1L << random.nextInt(8);
                    live.add(new StampedBlocks.Held[]{
                        one.allocate(1, i, wanted, alignment), two.allocate(1, i, wanted, alignment) });
                    continue;
                }
                final StampedBlocks.Held[] pair = live.remove(random.nextInt(live.size()));
                if (!isFull && 0 == random.nextInt(3))
                {
                    assertEquals(two.resize(pair[1], wanted), one.resize(pair[0], wanted), "seed=" + seed);
                    live.add(pair);
                }
                else
                {
                    one.free(pair[0]);
                    two.free(pair[1]);
                }
                assertEquals(two.liveBytes(), one.liveBytes(), "seed=" + seed);
            }
            one.checkAtRest();
            two.checkAtRest();
        }
    }

    /** The same units taken in both, at random and in all densities; every request is then asked of both. */
    @ParameterizedTest
    @ValueSource(ints = { 1, 63, 64, 65, 200, 1_000, 4_096, 4_096 + 130, 9_999 })
    void shouldNotFailWhereTheOtherSucceedsNorWhereThereIsARun(final int units)
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int density = 0; density <= 10; density++)
        {
            final RadixWords single = new RadixWords(units);
            final ConcurrentWords concurrent = new ConcurrentWords(units);
            final boolean[] isTaken = new boolean[units];
            final int longest = 1 << random.nextInt(8);
            for (int at = 0; at < units; )
            {
                final int to = Math.min(units, at + 1 + random.nextInt(longest));
                if (random.nextInt(10) < density)
                {
                    assertTrue(single.claim(at, to));
                    assertTrue(RunClaim.claim(concurrent, at, to));
                    Arrays.fill(isTaken, at, to, true);
                }
                at = to;
            }
            for (int i = 0; i < 100; i++)
            {
                final int count = 1 + random.nextInt(Math.min(units, 1 << random.nextInt(14)));
                final int alignment = 1 << random.nextInt(9);
                final int first = random.nextInt(alignment);
                check(single, concurrent, isTaken, count, first, alignment, "seed=" + seed + " density=" + density);
            }
        }
    }

    private static void check(
        final RadixWords single, final ConcurrentWords concurrent, final boolean[] isTaken,
        final int count, final int first, final int alignment, final String when)
    {
        final String what = when + " count=" + count + " first=" + first + " alignment=" + alignment;
        final boolean is = isThere(isTaken, count, first, alignment);
        final int unit = 1 == alignment ? concurrent.take(count) : concurrent.takeAligned(count, first, alignment);
        assertEquals(is, unit >= 0, what);
        assertTrue(is || !single.canTake(count, first, alignment), what);
        if (unit >= 0)
        {
            assertTrue(1 == alignment || 0 == (unit - first & alignment - 1), what + " unit=" + unit);
            for (int i = unit; i < unit + count; i++)
            {
                assertTrue(!isTaken[i], what + " unit=" + unit);
            }
            concurrent.release(unit, unit + count);
        }
        for (int word = 0; word << 6 < isTaken.length; word++)
        {
            long free = 0;
            for (int i = word << 6; i < Math.min(isTaken.length, word + 1 << 6); i++)
            {
                free |= isTaken[i] ? 0 : 1L << i;
            }
            if (free != concurrent.freeUnits(word))
            {
                fail(what + " word=" + word);
            }
        }
    }

    private static boolean isThere(final boolean[] isTaken, final int count, final int first, final int alignment)
    {
        for (int from = 1 == alignment ? 0 : first; from + count <= isTaken.length; from += alignment)
        {
            int at = from;
            while (at < from + count && !isTaken[at])
            {
                at++;
            }
            if (at == from + count)
            {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldFindARunThatIsSpreadOverAllLevels()
    {
        final ConcurrentWords words = new ConcurrentWords(2 * 4096);
        final int all = words.take(2 * 4096);
        assertEquals(0, all);
        words.release(10, 4096 + 4096 - 10);
        assertEquals(10, words.take(2 * 4096 - 20));
        words.release(10, 2 * 4096 - 10);
        assertEquals(-1, words.take(2 * 4096 - 19));
        assertEquals(-1, words.takeAligned(7 * 1024, 0, 1024));
        assertEquals(1024, words.takeAligned(6 * 1024, 0, 1024));
    }
}
