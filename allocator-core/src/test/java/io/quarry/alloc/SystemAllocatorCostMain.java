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

import java.util.SplittableRandom;

/**
 * Measures what a block of {@link SystemAllocator} costs: one of so many live blocks, chosen at random, is freed and
 * another one taken; and the bytes of objects that this makes. The least of several rounds. Not a test.
 */
final class SystemAllocatorCostMain
{
    private static final long BUDGET = 2L << 30;
    private static final int ROUNDS = 12;
    private static final long ROUND_NS = 150_000_000;

    private SystemAllocatorCostMain()
    {
    }

    public static void main(final String[] args)
    {
        final SystemAllocator allocator = new SystemAllocator(new SystemBudget(BUDGET), !RegionMemory.UNGUARDED);
        for (final int live : new int[]{ 1, 1_000, 8_192, 100_000 })
        {
            report(allocator, 64, live);
        }
        report(allocator, 1 << 20, 1);
    }

    private static void report(final SystemAllocator allocator, final long size, final int live)
    {
        final long[] blocks = new long[live];
        if (live != allocator.allocateBatch(size, 8, blocks, 0, live))
        {
            throw AllocError.exhausted();
        }
        final SplittableRandom random = new SplittableRandom(42);
        double leastNs = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++)
        {
            final long start = System.nanoTime();
            long pairs = 0;
            long end;
            do
            {
                replaceSixteen(allocator, size, blocks, random);
                pairs += 16;
                end = System.nanoTime();
            }
            while (end - start < ROUND_NS);
            leastNs = Math.min(leastNs, (double)(end - start) / pairs);
        }
        final long bytes = Garbage.leastOf(() -> replaceSixteen(allocator, size, blocks, random)) / 16;
        System.out.printf("size=%d live=%d: %.2f us, %d bytes of objects, a pair%n",
            size, live, leastNs / 1000, bytes);
        allocator.deallocateBatch(size, 8, blocks, 0, live);
    }

    private static void replaceSixteen(
        final SystemAllocator allocator, final long size, final long[] blocks, final SplittableRandom random)
    {
        for (int i = 0; i < 16; i++)
        {
            final int victim = random.nextInt(blocks.length);
            allocator.deallocate(blocks[victim], size, 8);
            blocks[victim] = allocator.allocate(size, 8);
        }
    }
}
