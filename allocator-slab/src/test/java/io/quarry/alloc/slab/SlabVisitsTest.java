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
package io.quarry.alloc.slab;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.WordVisits;
import io.quarry.alloc.buddy.RunAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The words that the slabs' own part of a call visits, in states that are bad for it and in random ones.
 */
class SlabVisitsTest
{
    private static final int CAPACITY = 4 << 20;
    private static final int LEVELS = new BitTree(CAPACITY >>> SlabSizing.UNIT_SHIFT + 6).levels();

    private final Region region = Region.allocate(CAPACITY);
    private final WatchedUpstream upstream = new WatchedUpstream(new RunAllocator(region));
    private final SlabAllocator slab = new SlabAllocator(upstream);

    @BeforeEach
    void shouldCountAtAll()
    {
        assertTrue(WordVisits.ENABLED, "the tests run with -Dquarry.countVisits=true");
        WordVisits.take();
    }

    @AfterEach
    void close()
    {
        slab.verify();
        slab.close();
        region.close();
    }

    @Test
    void shouldHoldTheBoundWhereEachSlotIsInASlabOfItsOwn()
    {
        final long[] blocks = new long[64 * 400];
        for (int i = 0; i < blocks.length; i++)
        {
            blocks[i] = slab.alloc(64, 16);
            count();
        }
        for (int stride = 64; stride >= 1; stride >>= 1)
        {
            for (int i = 0; i < blocks.length; i += stride)
            {
                free(blocks, i, 64);
            }
            for (int i = 0; i < blocks.length && stride > 1; i += stride)
            {
                blocks[i] = slab.alloc(64, 16);
                count();
            }
        }
    }

    @Test
    void shouldHoldTheBoundInRandomStates()
    {
        final long seed = 90_210;
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] blocks = new long[4000];
        final int[] sizes = new int[blocks.length];
        for (int i = 0; i < 200_000; i++)
        {
            final int at = random.nextInt(blocks.length);
            if (Allocator.NULL != blocks[at])
            {
                free(blocks, at, sizes[at]);
                continue;
            }
            sizes[at] = 1 + random.nextInt(1 << random.nextInt(12));
            blocks[at] = slab.alloc(sizes[at], 16);
            count();
        }
    }

    private void free(final long[] blocks, final int at, final int size)
    {
        if (Allocator.NULL != blocks[at])
        {
            slab.dealloc(blocks[at], size, 16);
            blocks[at] = Allocator.NULL;
            count();
        }
    }

    /** Memory never runs out here, so no call trims. */
    private void count()
    {
        final long visits = upstream.takeVisitsAbove();
        assertTrue(visits <= 31L * (2 * LEVELS + 370), () -> "visits=" + visits + ", levels=" + LEVELS);
    }
}
