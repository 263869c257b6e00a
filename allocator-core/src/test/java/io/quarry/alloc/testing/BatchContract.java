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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import static io.quarry.alloc.testing.ContractSubject.assumeMisuseIsDetected;
import static io.quarry.alloc.testing.ContractSubject.free;
import static io.quarry.alloc.testing.ContractSubject.freeShuffled;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Several blocks at once: allocateBatch, deallocateBatch.
 */
interface BatchContract extends ContractSubject
{
    /** What an entry has that no batch should touch. */
    long UNTOUCHED = -77;

    /** Sizes of blocks that allocators keep in different ways. */
    long[] BATCH_SIZES = { 1, 16, 24, 100, 512, 2000, 2048, 2049, 5000 };

    @Test
    default void shouldAllocateAndFreeBatches()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        for (final long size : BATCH_SIZES)
        {
            for (long alignment = 1; alignment <= Math.min(4096, largestAlignment()); alignment *= 8)
            {
                for (final int count : new int[]{ 0, 1, 2, 7, 61, 62, 63, 100 })
                {
                    final long[] addresses = untouched(count + 5);
                    assertEquals(count, allocator.allocateBatch(size, alignment, addresses, 3, count));
                    final List<LiveBlock> blocks = noted(model, size, alignment, addresses, 3, count);
                    assertUntouched(addresses, 0, 3);
                    assertUntouched(addresses, 3 + count, addresses.length);
                    model.checkStats(allocator.stats());
                    blocks.forEach(model::check);
                    assertEquals(count, allocator.deallocateBatch(size, alignment, addresses, 3, count));
                    blocks.forEach(model::freed);
                    assertArrayEquals(new long[count], Arrays.copyOfRange(addresses, 3, 3 + count));
                    assertUntouched(addresses, 0, 3);
                    assertUntouched(addresses, 3 + count, addresses.length);
                    model.checkStats(allocator.stats());
                }
            }
        }
    }

    @Test
    default void shouldMixBatchesWithSingleCalls()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] addresses = new long[64];
        for (int i = 0; i < 600; i++)
        {
            final long size = BATCH_SIZES[random.nextInt(BATCH_SIZES.length)];
            final int wanted = random.nextInt(addresses.length + 1);
            final int had = allocator.allocateBatch(size, 8, addresses, 0, wanted);
            noted(model, size, 8, addresses, 0, had);
            for (List<LiveBlock> live = model.liveBlocks(); model.liveBytes() > defaultRegionSize() / 4;)
            {
                // Blocks of batches are freed one by one, and single ones as well as those of many batches in one.
                final LiveBlock block = live.get(random.nextInt(live.size()));
                final List<LiveBlock> alike = live.stream()
                    .filter(other -> other.size() == block.size()).limit(addresses.length).toList();
                freeTogether(allocator, model, alike, 0 == random.nextInt(2));
                live = model.liveBlocks();
            }
            final long address = allocator.alloc(size, 8);
            model.allocated(address, size, 8);
        }
        model.checkAll();
        freeShuffled(allocator, model, model.liveBlocks(), seed);
        model.checkStats(allocator.stats());
    }

    private static void freeTogether(
        final RegionAllocator allocator, final AllocatorModel model, final List<LiveBlock> blocks, final boolean batch)
    {
        if (!batch)
        {
            blocks.forEach(block -> free(allocator, model, block));
            return;
        }
        blocks.forEach(model::check);
        final long[] addresses = blocks.stream().mapToLong(LiveBlock::address).toArray();
        assertEquals(addresses.length,
            allocator.deallocateBatch(blocks.get(0).size(), 8, addresses, 0, addresses.length));
        blocks.forEach(model::freed);
    }

    @Test
    default void shouldHandOutAsManyAsThereAre()
    {
        for (final long size : BATCH_SIZES)
        {
            final RegionAllocator allocator = open(1 << 18);
            final AllocatorModel model = new AllocatorModel(allocator);
            final long[] addresses = untouched((1 << 18) / 16 + 10);
            final int had = allocator.allocateBatch(size, 8, addresses, 1, addresses.length - 1);
            assertTrue(had > 0 && had < addresses.length - 1, "had=" + had);
            noted(model, size, 8, addresses, 1, had);
            assertUntouched(addresses, 0, 1);
            assertUntouched(addresses, 1 + had, addresses.length);
            model.checkAll();
            model.checkStats(allocator.stats());
            final Diagnosis diagnosis = allocator.diagnose(size, 8);
            assertTrue(!diagnosis.wouldSucceed() && !diagnosis.reason().isForEver(), diagnosis::toString);
            assertEquals(0, allocator.allocateBatch(size, 8, addresses, 1 + had, 2));
            assertUntouched(addresses, 1 + had, addresses.length);
            assertEquals(had, allocator.deallocateBatch(size, 8, addresses, 1, had));
            assertEquals(0, allocator.stats().allocatedBytes());
            final int again = allocator.allocateBatch(size, 8, addresses, 1, had);
            assertTrue(again > had / 2, "of had=" + had + " that were freed again=" + again);
            assertEquals(again, allocator.deallocateBatch(size, 8, addresses, 1, had));
        }
    }

    @Test
    default void shouldHandOutNoneOfWhatCanNeverBeHad()
    {
        final RegionAllocator allocator = open();
        final Object before = allocator.stats();
        final long[] addresses = untouched(4);
        assertEquals(0, allocator.allocateBatch(allocator.maxSize() + 1, 1, addresses, 0, 4));
        assertEquals(0, allocator.allocateBatch(Long.MAX_VALUE, 1, addresses, 0, 4));
        assertEquals(0, allocator.allocateBatch(1, 1L << 62, addresses, 0, 4));
        assertUntouched(addresses, 0, 4);
        assertEquals(before, allocator.stats());
    }

    @Test
    default void shouldServeBatchesOfSizeZero()
    {
        final RegionAllocator allocator = open();
        final Object before = allocator.stats();
        final long[] addresses = untouched(6);
        assertEquals(4, allocator.allocateBatch(0, 32, addresses, 1, 4));
        assertArrayEquals(new long[]{ UNTOUCHED, 32, 32, 32, 32, UNTOUCHED }, addresses);
        assertEquals(4, allocator.deallocateBatch(0, 32, addresses, 1, 4));
        assertArrayEquals(new long[]{ UNTOUCHED, 0, 0, 0, 0, UNTOUCHED }, addresses);
        assertEquals(before, allocator.stats());
    }

    @Test
    default void shouldPassOverEntriesThatAreNull()
    {
        final RegionAllocator allocator = open();
        final long[] addresses = new long[10];
        assertEquals(0, allocator.deallocateBatch(100, 8, addresses, 0, 10));
        assertEquals(3, allocator.allocateBatch(100, 8, addresses, 2, 3));
        addresses[9] = allocator.allocate(100, 8);
        assertEquals(4, allocator.deallocateBatch(100, 8, addresses, 0, 10));
        assertEquals(0, allocator.stats().liveBlocks());
        assertEquals(0, allocator.deallocateBatch(100, 8, addresses, 0, 10));
    }

    @Test
    default void shouldRefuseRangesThatTheArrayDoesNotHave()
    {
        final RegionAllocator allocator = open();
        final long[] addresses = new long[8];
        assertEquals(8, allocator.allocateBatch(100, 8, addresses, 0, 8));
        final int[][] ranges = {
            { -1, 1 }, { 0, -1 }, { 0, 9 }, { 8, 1 }, { 9, 0 }, { 1, 8 }, { 4, Integer.MAX_VALUE },
            { Integer.MAX_VALUE, 1 }, { Integer.MAX_VALUE, Integer.MAX_VALUE }, { Integer.MIN_VALUE, 8 },
            { Integer.MIN_VALUE, Integer.MIN_VALUE }, { 8, Integer.MIN_VALUE } };
        for (final int[] range : ranges)
        {
            for (final long size : new long[]{ 0, 100, 100_000 })
            {
                final String named = "from=" + range[0] + " count=" + range[1];
                assertRefusedByName(allocator, addresses, named,
                    () -> allocator.allocateBatch(size, 8, addresses, range[0], range[1]));
                assertRefusedByName(allocator, addresses, named,
                    () -> allocator.deallocateBatch(size, 8, addresses, range[0], range[1]));
            }
        }
        assertEquals(0, allocator.allocateBatch(100, 8, addresses, 8, 0));
        assertEquals(0, allocator.deallocateBatch(100, 8, addresses, 8, 0));
        assertRefusedByName(allocator, addresses, "alignment=3", () -> allocator.allocateBatch(1, 3, addresses, 0, 1));
        assertRefusedByName(allocator, addresses, "alignment=3",
            () -> allocator.deallocateBatch(1, 3, addresses, 0, 1));
        assertThrows(NullPointerException.class, () -> allocator.allocateBatch(1, 1, null, 0, 0));
        assertEquals(8, allocator.deallocateBatch(100, 8, addresses, 0, 8));
    }

    private static void assertRefusedByName(
        final RegionAllocator allocator, final long[] addresses, final String named, final Executable call)
    {
        final AllocatorStats before = allocator.stats();
        final long[] entries = addresses.clone();
        final String message = assertThrows(IllegalArgumentException.class, call, named).getMessage();
        assertTrue(message.contains(named), message);
        assertArrayEquals(entries, addresses, named);
        assertEquals(before, allocator.stats(), named);
    }

    @Test
    default void shouldStopAtTheEntryThatIsWrong()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        final Region other = resources().close(Region.allocate(8192));
        for (final long size : BATCH_SIZES)
        {
            for (int wrong = 0; wrong < 4; wrong++)
            {
                final long[] addresses = new long[9];
                assertEquals(9, allocator.allocateBatch(size, 8, addresses, 0, 9));
                final long right = addresses[5];
                addresses[5] = switch (wrong)
                {
                    case 0 -> addresses[2];
                    case 1 -> other.address();
                    case 2 -> right + 1;
                    default -> -1;
                };
                final long[] entries = addresses.clone();
                assertRefused(() -> allocator.deallocateBatch(size, 8, addresses, 1, 8));
                Arrays.fill(entries, 1, 5, Allocator.NULL);
                assertArrayEquals(entries, addresses, "size=" + size + " wrong=" + wrong);
                assertEquals(5, allocator.stats().liveBlocks());
                addresses[5] = right;
                assertEquals(5, allocator.deallocateBatch(size, 8, addresses, 0, 9));
                assertEquals(0, allocator.stats().liveBlocks());
            }
        }
    }

    @Test
    default void shouldStopAtTheBlockThatIsShorter()
    {
        assumeMisuseIsDetected();
        final RegionAllocator allocator = open();
        for (final long size : BATCH_SIZES)
        {
            final long[] addresses = new long[3];
            assertEquals(3, allocator.allocateBatch(allocator.goodSize(size, 8) + 1, 8, addresses, 0, 3));
            final long large = addresses[1];
            addresses[1] = allocator.allocate(size, 8);
            final long[] entries = { Allocator.NULL, addresses[1], addresses[2] };
            final long tooLarge = allocator.goodSize(size, 8) + 1;
            assertRefused(() -> allocator.deallocateBatch(tooLarge, 8, addresses, 0, 3));
            assertArrayEquals(entries, addresses);
            allocator.deallocate(addresses[1], size, 8);
            addresses[1] = large;
            assertEquals(2, allocator.deallocateBatch(tooLarge, 8, addresses, 0, 3));
            assertEquals(0, allocator.stats().liveBlocks());
        }
    }

    private static void assertRefused(final Executable call)
    {
        final RuntimeException refusal = assertThrows(RuntimeException.class, call);
        assertTrue(refusal instanceof IllegalArgumentException || refusal instanceof IllegalStateException,
            refusal::toString);
    }

    private static long[] untouched(final int length)
    {
        final long[] addresses = new long[length];
        Arrays.fill(addresses, UNTOUCHED);
        return addresses;
    }

    private static void assertUntouched(final long[] addresses, final int from, final int to)
    {
        for (int i = from; i < to; i++)
        {
            assertEquals(UNTOUCHED, addresses[i], "index=" + i);
        }
    }

    private static List<LiveBlock> noted(
        final AllocatorModel model, final long size, final long alignment,
        final long[] addresses, final int from, final int count)
    {
        final List<LiveBlock> blocks = new ArrayList<>();
        for (int i = from; i < from + count; i++)
        {
            blocks.add(model.allocated(addresses[i], size, alignment));
        }
        return blocks;
    }
}
