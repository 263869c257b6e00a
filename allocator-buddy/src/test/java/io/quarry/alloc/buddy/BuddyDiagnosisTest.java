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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A diagnosis says what a request would find, and leaves everything as it is: the one-thread form takes a run and gives
 * it back, the concurrent form only looks.
 */
class BuddyDiagnosisTest
{
    @Test
    void shouldLeaveTheWordsAsTheyAre()
    {
        // 3 is no power of 64, so that there is a reserve beyond the last whole slot; 4096 + 130 has one of two levels.
        for (final int units : new int[]{ 1, 63, 64, 65, 192 + 3, 4096, 4096 + 130, 3 * 4096 + 777 })
        {
            final RadixWords words = new RadixWords(units);
            final long seed = System.nanoTime();
            final SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 400; i++)
            {
                final int count = 1 + random.nextInt(Math.min(units, 1 << random.nextInt(14)));
                final int alignment = 1 << random.nextInt(9);
                final int first = random.nextInt(alignment);
                final String what = "seed=" + seed + " units=" + units + " count=" + count + " first=" + first +
                    " alignment=" + alignment;
                final String before = state(words);
                final boolean said = words.canTake(count, first, alignment);
                assertEquals(before, state(words), what);
                final int unit = 1 == alignment ? words.take(count) : words.takeAligned(count, first, alignment);
                assertEquals(said, unit >= 0, what);
                if (unit >= 0 && 0 == random.nextInt(4))
                {
                    words.release(unit, unit + count);
                }
            }
        }
    }

    @Test
    void shouldLeaveTheConcurrentWordsAsTheyAre()
    {
        for (final int units : new int[]{ 1, 63, 64, 65, 192 + 3, 4096, 4096 + 130, 3 * 4096 + 777 })
        {
            final ConcurrentWords words = new ConcurrentWords(units);
            final long seed = System.nanoTime();
            final SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 400; i++)
            {
                final int count = 1 + random.nextInt(Math.min(units, 1 << random.nextInt(14)));
                final int alignment = 1 << random.nextInt(9);
                final int first = random.nextInt(alignment);
                final String what = "seed=" + seed + " units=" + units + " count=" + count + " first=" + first +
                    " alignment=" + alignment;
                final String before = state(words);
                final boolean said = words.canTake(count, first, alignment);
                assertEquals(before, state(words), what);
                final int unit = words.takeAligned(count, first, alignment);
                assertEquals(said, unit >= 0, what);
                if (unit >= 0 && 0 == random.nextInt(4))
                {
                    words.release(unit, unit + count);
                }
            }
        }
    }

    private static String state(final ConcurrentWords words)
    {
        final StringBuilder state = new StringBuilder("open=" + words.open() + " any=" + words.transit.isAny());
        for (final ConcurrentLevel level : words.levels)
        {
            state.append(' ').append(Arrays.toString(level.words));
            for (final HintTree tree : level.hints)
            {
                state.append(Arrays.deepHashCode(tree.depths)).append(' ');
            }
        }
        return state.toString();
    }

    /** All that says what is free, and the index of it. */
    private static String state(final RadixWords words)
    {
        final StringBuilder state = new StringBuilder("open=" + words.open);
        for (final RadixLevel level : words.levels)
        {
            state.append(' ').append(Arrays.toString(level.words)).append(Arrays.toString(level.longest))
                .append(Arrays.hashCode(level.index)).append(' ').append(level.nonEmpty);
        }
        return state.toString();
    }

    @Test
    void shouldPutLaterBlocksWhereTheyWouldHaveBeen()
    {
        final long size = (4096 + 130) * 64;
        try (Region region = Region.allocate(size); Region other = Region.allocate(size);
            BuddyAllocator asked = new BuddyAllocator(region); BuddyAllocator left = new BuddyAllocator(other))
        {
            final SplittableRandom random = new SplittableRandom(5);
            final List<long[]> live = new ArrayList<>();
            for (int i = 0; i < 5000; i++)
            {
                asked.diagnose(1 + random.nextLong(1L << random.nextInt(19)), 1L << random.nextInt(10));
                if (0 == random.nextInt(3) && !live.isEmpty())
                {
                    final long[] block = live.remove(random.nextInt(live.size()));
                    asked.deallocate(region.address() + block[0], block[1], 1);
                    left.deallocate(other.address() + block[0], block[1], 1);
                    continue;
                }
                final long wanted = 1 + random.nextLong(1L << random.nextInt(16));
                final long address = asked.alloc(wanted, 1);
                final long unasked = left.alloc(wanted, 1);
                assertEquals(Allocator.NULL == unasked, Allocator.NULL == address, "i=" + i);
                if (Allocator.NULL != address)
                {
                    assertEquals(unasked - other.address(), address - region.address(), "i=" + i);
                    live.add(new long[]{ address - region.address(), wanted });
                }
            }
            asked.verify();
            assertEquals(left.stats(), asked.stats());
        }
    }

    @Test
    void shouldKnowWhatNoAlignmentAllows()
    {
        try (Region region = Region.allocate(64 * 64); BuddyAllocator buddy = new BuddyAllocator(region))
        {
            assertTrue(buddy.diagnose(buddy.maxSize(), 64).wouldSucceed());
            final long beyond = Long.highestOneBit(region.address() + region.capacity()) << 1;
            assertFalse(buddy.diagnose(1, beyond).wouldSucceed());
            assertTrue(buddy.diagnose(1, beyond).reason().isForEver());
        }
    }
}
