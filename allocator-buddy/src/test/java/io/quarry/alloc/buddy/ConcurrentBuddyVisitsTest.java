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
import io.quarry.alloc.WordVisits;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The words that calls visit, against the bounds that {@link ConcurrentBuddyAllocator} states, one thread calling.
 */
class ConcurrentBuddyVisitsTest
{
    private static final int UNIT = 64;
    private static final int CALLS = 20_000;

    @BeforeEach
    void shouldCount()
    {
        assertTrue(WordVisits.ENABLED, "the tests run with -Dquarry.countVisits=true");
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 64, 1_000, 64 * 64, 64 * 64 * 3 + 77, 1 << 17 })
    void shouldVisitNoMoreWordsThanStated(final int units)
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        try (Region region = Region.allocate((long)units * UNIT, UNIT);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, UNIT))
        {
            final Bounds bounds = new Bounds(units);
            final long[] blocks = new long[Math.max(2, units / 40)];
            final int[] counts = new int[blocks.length];
            int served = 0;
            for (int i = 0; i < CALLS; i++)
            {
                final int index = random.nextInt(blocks.length);
                if (0 != counts[index])
                {
                    WordVisits.take();
                    buddy.deallocate(blocks[index], (long)counts[index] * UNIT, UNIT);
                    assertAtMost(bounds.deallocate(counts[index]), "deallocate", seed);
                    counts[index] = 0;
                    continue;
                }
                final int count = 1 + random.nextInt(0 == random.nextInt(8) ? Math.min(units, 1_000) : 64);
                WordVisits.take();
                blocks[index] = buddy.alloc((long)count * UNIT, UNIT);
                final boolean isFound = Allocator.NULL != blocks[index];
                counts[index] = isFound ? count : 0;
                final long visits = WordVisits.take();
                if (count <= 64)
                {
                    served += visits <= bounds.hints ? 1 : 0;
                    assertTrue(visits <= bounds.everything(),
                        "allocate: visits=" + visits + " most=" + bounds.everything() + " seed=" + seed);
                }
            }
            assertTrue(served > CALLS / 4, "served=" + served + " seed=" + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 64, 1_000, 64 * 64 * 3 + 77 })
    void shouldFindByHintsWhereEveryWordHasRoom(final int units)
    {
        try (Region region = Region.allocate((long)units * UNIT, UNIT);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, UNIT))
        {
            final Bounds bounds = new Bounds(units);
            final long base = buddy.allocate(UNIT, UNIT);
            final long[] blocks = new long[units];
            blocks[0] = base;
            for (int i = 1; i < units; i++)
            {
                blocks[i] = buddy.allocate(UNIT, UNIT);
            }
            // Nothing is left, so no word is whole: a request looks everywhere, once.
            WordVisits.take();
            assertEquals(Allocator.NULL, buddy.alloc(UNIT, UNIT));
            assertAtMost(5 * bounds.hints + bounds.levels * bounds.words, "failure", 0);
            for (int i = 0; i < units; i += 2)
            {
                buddy.deallocate(blocks[i], UNIT, UNIT);
            }
            for (int i = 0; i < units; i += 2)
            {
                WordVisits.take();
                buddy.allocate(UNIT, UNIT);
                assertAtMost(bounds.hints, "allocate", 0);
            }
        }
    }

    /**
     * The blocks make every word whole when they are freed, and leave it a hint; then one of them is resized over them
     * all, which takes the words where they are and leaves the hints behind: 65,535 that are wrong.
     */
    @ParameterizedTest
    @ValueSource(ints = { 1, 64, 100, 5_000 })
    void shouldVisitNoMoreWordsThanStatedWhereAllHintsAreStale(final int count)
    {
        final int units = 32 << 17;
        final long size = 32 * UNIT;
        try (Region region = Region.allocate((long)units * UNIT, UNIT);
            ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, UNIT))
        {
            final long first = buddy.allocate(size, UNIT);
            final long[] blocks = new long[(1 << 17) - 1];
            assertEquals(blocks.length, buddy.allocateBatch(size, UNIT, blocks, 0, blocks.length));
            assertEquals(blocks.length, buddy.deallocateBatch(size, UNIT, blocks, 0, blocks.length));
            assertTrue(buddy.tryResize(first, size, UNIT, buddy.maxSize()));
            assertEquals(buddy.maxSize(), buddy.usableSize(first, size, UNIT));
            final long stale = buddy.words.levels[0].hints[ConcurrentLevel.CLASSES - 1].next(1);
            assertTrue(stale >= 0, "no hint is stale");
            final Bounds bounds = new Bounds(units);
            WordVisits.take();
            assertEquals(Allocator.NULL, buddy.alloc((long)count * UNIT, UNIT));
            assertAtMost(5 * bounds.hints + (bounds.levels + 8L * bounds.depths) * bounds.words, "failure", 0);
            assertEquals(Allocator.NULL, buddy.alloc((long)count * UNIT, UNIT));
            assertAtMost(5 * bounds.hints + bounds.levels * bounds.words, "failure with the hints set right", 0);
        }
    }

    private static void assertAtMost(final long most, final String call, final long seed)
    {
        final long visits = WordVisits.take();
        assertTrue(visits <= most, call + ": visits=" + visits + " most=" + most + " seed=" + seed);
    }

    /** The sums of the Javadoc. */
    private static final class Bounds
    {
        final long hints;
        private final long words;
        private final int levels;
        private final int depths;

        Bounds(final int units)
        {
            words = units + 63 >>> 6;
            levels = log64(units);
            depths = log64((int)words);
            hints = levels * (690L * depths + 219) + 5;
        }

        private static int log64(final int value)
        {
            return Math.max(1, (32 - Integer.numberOfLeadingZeros(value - 1) + 5) / 6);
        }

        long deallocate(final int count)
        {
            return count <= 64 ? 4 + 4 * depths : 2 + 2L * levels * (1 + 2 * depths);
        }

        /** Where any word may be wholly free, and made a slot on the way. */
        long everything()
        {
            return 5 * hints + levels * words + words * (hints / 64 + 8 * depths);
        }
    }
}
