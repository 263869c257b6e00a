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
import io.quarry.alloc.Layout;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

import static io.quarry.alloc.testing.ContractSubject.assertFails;
import static io.quarry.alloc.testing.ContractSubject.exhaust;
import static io.quarry.alloc.testing.ContractSubject.free;
import static io.quarry.alloc.testing.ContractSubject.freeShuffled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is known before a request is made, and why one fails: goodSize, maxSize, diagnose.
 */
interface DiagnosisContract extends ContractSubject
{
    /** Sizes about the borders of whatever an allocator rounds to. */
    long[] ASKED = {
        1, 8, 15, 16, 17, 63, 64, 65, 100, 129, 511, 512, 513, 1000, 1025, 2047, 2048, 2049, 3000, 4095, 4096, 4097,
        10_000, 65_537, 100_000, 300_001 };

    /**
     * Whether the free bytes of {@link AllocatorStats} are what blocks may have, so that they tell what must fail. If
     * not, what is diagnosed is still compared with what comes of the request.
     */
    default boolean freeBytesAreForBlocks()
    {
        return true;
    }

    @Test
    default void shouldTellTheUsableSizeBeforehand()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final AllocatorStats fresh = allocator.stats();
        for (final long size : ASKED)
        {
            for (long alignment = 1; alignment <= Math.min(8192, largestAlignment()); alignment *= 2)
            {
                final long good = allocator.goodSize(size, alignment);
                assertTrue(good >= size, "goodSize=" + good + " of size=" + size);
                assertEquals(good, allocator.goodSize(new Layout(size, alignment)));
                final LiveBlock block = model.allocated(allocator.allocate(size, alignment), size, alignment);
                final LiveBlock zeroed =
                    model.allocatedZeroed(allocator.allocateZeroed(good, alignment), good, alignment);
                final String what = "of size=" + size + " alignment=" + alignment;
                assertEquals(good, block.length(), what);
                assertEquals(good, zeroed.length(), "the good size has a better one, " + what);
                free(allocator, model, block);
                free(allocator, model, zeroed);
            }
        }
        assertEquals(fresh.allocatedBytes(), allocator.stats().allocatedBytes());
    }

    @Test
    default void shouldTellGoodSizesThatNoAllocatorCanHave()
    {
        final RegionAllocator allocator = open();
        final Object before = allocator.stats();
        for (int bits = 0; bits < Long.SIZE; bits++)
        {
            final long alignment = 1L << bits;
            assertEquals(0, allocator.goodSize(0, alignment));
            final long most = Long.MAX_VALUE - (alignment - 1);
            for (long size = most; size > allocator.maxSize(); size = size / 2 + 1)
            {
                assertEquals(size, allocator.goodSize(size, alignment), "alignment=" + alignment);
            }
            assertTrue(allocator.goodSize(Math.min(1, most), alignment) >= Math.min(1, most));
        }
        assertEquals(before, allocator.stats());
    }

    @Test
    default void shouldServeTheLargestSizeWhenEmptyAndNeverMore()
    {
        for (final long regionSize : new long[]{ 8192, 65_536, 100_000, 1_234_567, (1 << 20) - 64, (1 << 20) + 3 })
        {
            final RegionAllocator allocator = open(regionSize);
            final AllocatorModel model = new AllocatorModel(allocator);
            final long most = allocator.maxSize();
            assertTrue(most > regionSize / 2 && most <= regionSize, "maxSize=" + most + " of " + regionSize);
            assertNever(allocator, most + 1, 1, Diagnosis.Reason.TOO_LARGE);
            assertNever(allocator, Long.MAX_VALUE, 1, Diagnosis.Reason.TOO_LARGE);
            final LiveBlock all = model.allocated(allocator.allocate(most, 1), most, 1);
            assertEquals(most, allocator.maxSize(), "it depends on what is allocated");
            assertNever(allocator, most + 1, 1, Diagnosis.Reason.TOO_LARGE);
            assertFalse(diagnosed(allocator, most, 1).reason().isForEver());
            free(allocator, model, all);
            freeShuffled(allocator, model, exhaust(allocator, model), regionSize);
            allocator.trim();
            free(allocator, model, model.allocated(allocator.allocate(most, 1), most, 1));
        }
    }

    @Test
    default void shouldDiagnoseAnEmptyAllocator()
    {
        final RegionAllocator allocator = open(1 << 18);
        final long most = allocator.maxSize();
        for (int bits = 0; bits < Long.SIZE && Long.compareUnsigned(1L << bits, largestAlignment()) <= 0; bits++)
        {
            final long alignment = 1L << bits;
            for (final long size : new long[]{ 0, 1, 64, 700, 4096, 100_000, most / 2, most - 8192, most - 1, most })
            {
                if (Layout.isValid(size, alignment))
                {
                    final Diagnosis diagnosis = diagnosed(allocator, size, alignment);
                    assertTrue(diagnosis.wouldSucceed() || Diagnosis.Reason.ALIGNMENT == diagnosis.reason(),
                        "of an empty allocator: " + diagnosis);
                }
            }
        }
        assertTrue(allocator.diagnose(new Layout(100, 8)).wouldSucceed());
        assertNever(allocator, 1, 1L << 62, Diagnosis.Reason.ALIGNMENT);
    }

    @Test
    default void shouldDiagnoseExhaustion()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final List<LiveBlock> blocks = exhaust(allocator, model);
        assertFalse(diagnosed(allocator, 1, 1).wouldSucceed());
        assertTrue(diagnosed(allocator, 0, 8).wouldSucceed());
        for (final long size : ASKED)
        {
            // Some of these may still have slots of their own.
            diagnosed(allocator, size, 8);
        }
        final long more = allocator.stats().freeBytes() + 1;
        assertEquals(Diagnosis.Reason.EXHAUSTED, diagnosed(allocator, more, 1).reason());
        assertEquals(Diagnosis.Reason.TOO_LARGE, diagnosed(allocator, allocator.maxSize() + 1, 1).reason());
        assertEquals(Diagnosis.Reason.ALIGNMENT, diagnosed(allocator, 1, 1L << 62).reason());
        model.checkAll();
        freeShuffled(allocator, model, blocks, 3);
    }

    @Test
    default void shouldDiagnoseFragmentation()
    {
        final RegionAllocator allocator = open();
        final AllocatorModel model = new AllocatorModel(allocator);
        final long size = 8192;
        for (long at = allocator.alloc(size, 1); Allocator.NULL != at; at = allocator.alloc(size, 1))
        {
            model.allocated(at, size, 1);
        }
        // In order of addresses, so that no two holes touch.
        final List<LiveBlock> blocks = model.liveBlocks().stream()
            .sorted((a, b) -> Long.compare(a.address(), b.address())).toList();
        for (int i = 0; i < blocks.size(); i += 2)
        {
            free(allocator, model, blocks.get(i));
        }
        final Diagnosis diagnosis = diagnosed(allocator, 4 * size, 1);
        assertEquals(Diagnosis.Reason.FRAGMENTED, diagnosis.reason(), diagnosis::toString);
        assertTrue(diagnosis.freeBytes() > 4 * size && diagnosis.largestFreeRun() < 4 * size, diagnosis::toString);
        assertTrue(diagnosed(allocator, size, 1).wouldSucceed());
        freeShuffled(allocator, model, model.liveBlocks(), 4);
    }

    @Test
    default void shouldAgreeWithAllocateInEveryState()
    {
        final RegionAllocator allocator = open(1 << 18);
        final AllocatorModel model = new AllocatorModel(allocator);
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++)
        {
            final long size = 1 + random.nextLong(1L << random.nextInt(18));
            final long alignment = Math.min(1L << random.nextInt(15), largestAlignment());
            final List<LiveBlock> live = model.liveBlocks();
            if (0 != random.nextInt(3) || live.isEmpty())
            {
                final Diagnosis diagnosis = diagnosed(allocator, size, alignment);
                final long address = allocator.alloc(size, alignment);
                assertEquals(diagnosis.wouldSucceed(), Allocator.NULL != address, "seed=" + seed + ": " + diagnosis);
                if (Allocator.NULL != address)
                {
                    model.allocated(address, size, alignment);
                }
            }
            else
            {
                free(allocator, model, live.get(random.nextInt(live.size())));
            }
        }
        freeShuffled(allocator, model, model.liveBlocks(), seed);
    }

    private void assertNever(
        final RegionAllocator allocator, final long size, final long alignment, final Diagnosis.Reason reason)
    {
        final Diagnosis diagnosis = diagnosed(allocator, size, alignment);
        assertEquals(reason, diagnosis.reason(), diagnosis::toString);
        assertTrue(diagnosis.reason().isForEver());
    }

    /** Diagnoses a request, sees that nothing has changed, makes the request, and compares. */
    private Diagnosis diagnosed(final RegionAllocator allocator, final long size, final long alignment)
    {
        final AllocatorStats before = allocator.stats();
        final Diagnosis diagnosis = allocator.diagnose(size, alignment);
        final AllocatorStats after = allocator.stats();
        checkUnchanged(before, after);
        checkFigures(diagnosis, after, allocator, size, alignment);
        final String text = diagnosis.toString();
        assertTrue(text.startsWith("size=" + size + " alignment=" + Long.toUnsignedString(alignment) +
            " freeBytes=" + after.freeBytes() + " largestFreeRun=" + after.largestFreeRun()), text);
        if (diagnosis.wouldSucceed())
        {
            final long address = allocator.allocate(size, alignment);
            assertEquals(allocator.goodSize(size, alignment), allocator.usableSize(address, size, alignment), text);
            allocator.deallocate(address, size, alignment);
            assertTrue(allocator.diagnose(size, alignment).wouldSucceed(), "what was just freed: " + text);
        }
        else
        {
            assertEquals(Allocator.NULL, allocator.alloc(size, alignment), text);
            assertEquals(diagnosis.reason().isForEver(),
                assertFails(() -> allocator.allocate(size, alignment)).isUnsupported(), text);
            assertEquals(diagnosis.reason(), allocator.diagnose(size, alignment).reason(), "asked again: " + text);
        }
        return diagnosis;
    }

    /** What was cached may have been given back, and so become one run with what was free; nothing else. */
    private void checkUnchanged(final AllocatorStats before, final AllocatorStats after)
    {
        assertEquals(before.allocatedBytes(), after.allocatedBytes());
        assertEquals(before.liveBlocks(), after.liveBlocks());
        assertEquals(before.highWaterBytes(), after.highWaterBytes());
        assertEquals(before.metadataBytes(), after.metadataBytes());
        if (freeBytesAreForBlocks())
        {
            assertTrue(after.freeBytes() >= before.freeBytes(), before + " became " + after);
            assertTrue(after.largestFreeRun() >= before.largestFreeRun(), before + " became " + after);
        }
    }

    private void checkFigures(
        final Diagnosis diagnosis, final AllocatorStats stats,
        final RegionAllocator allocator, final long size, final long alignment)
    {
        assertEquals(size, diagnosis.size());
        assertEquals(alignment, diagnosis.alignment());
        assertEquals(stats.freeBytes(), diagnosis.freeBytes());
        assertEquals(stats.largestFreeRun(), diagnosis.largestFreeRun());
        assertEquals(allocator.maxSize(), diagnosis.maxSize());
        final boolean known = freeBytesAreForBlocks();
        final boolean enough = stats.freeBytes() >= allocator.goodSize(size, alignment);
        switch (diagnosis.reason())
        {
            case TOO_LARGE -> assertTrue(size > diagnosis.maxSize(), diagnosis::toString);
            case EXHAUSTED -> assertFalse(known && enough, diagnosis::toString);
            case WOULD_SUCCEED, FRAGMENTED -> assertTrue(!known || enough, diagnosis::toString);
            default -> assertNotEquals(1, alignment, diagnosis::toString);
        }
    }
}
