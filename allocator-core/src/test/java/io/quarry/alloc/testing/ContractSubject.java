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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What the parts of the contract are tested on, and what they share.
 */
interface ContractSubject
{
    /** Makes the allocator under test. */
    RegionAllocator newAllocator(Region region);

    /** Bytes of the region that most tests use. */
    long defaultRegionSize();

    /** The largest alignment that the allocator must serve, unsigned, if the region can hold it. */
    long largestAlignment();

    /** Makes a region of zeros, of the size given. */
    default Region newRegion(final long size)
    {
        return Region.allocate(size);
    }

    /** Verifies and closes after each test. */
    VerifyAfterEach resources();

    /** An allocator of a fresh region, verified and closed after the test. */
    default RegionAllocator open()
    {
        return open(defaultRegionSize());
    }

    /**
     * An allocator of a fresh region, verified and closed after the test; if the test has freed everything the region
     * must be whole again.
     */
    default RegionAllocator open(final long regionSize)
    {
        final Region region = resources().close(newRegion(regionSize));
        final RegionAllocator allocator = resources().close(resources().verify(newAllocator(region)));
        final AllocatorStats fresh = allocator.stats();
        resources().verify(() -> checkWholeIfEmpty(allocator, fresh));
        return allocator;
    }

    private static void checkWholeIfEmpty(final RegionAllocator allocator, final AllocatorStats fresh)
    {
        if (0 == allocator.stats().liveBlocks())
        {
            allocator.trim();
            ScriptRunner.checkWhole(fresh, allocator.stats());
        }
    }

    /**
     * Allocates mixed sizes until nothing is left: not one byte more can be had, at any alignment.
     *
     * @return the blocks.
     */
    static List<LiveBlock> exhaust(final RegionAllocator allocator, final AllocatorModel model)
    {
        final List<LiveBlock> blocks = new ArrayList<>();
        final SplittableRandom random = new SplittableRandom(7);
        long most = Math.max(1, allocator.region().capacity() / 64);
        while (most > 0)
        {
            final long size = 1 + random.nextLong(most);
            final long alignment = 1L << random.nextInt(5);
            final long address = allocator.alloc(size, alignment);
            if (Allocator.NULL == address)
            {
                most /= 2;
            }
            else
            {
                blocks.add(model.allocated(address, size, alignment));
            }
        }
        for (long address = allocator.alloc(1, 1); Allocator.NULL != address; address = allocator.alloc(1, 1))
        {
            blocks.add(model.allocated(address, 1, 1));
        }
        return blocks;
    }

    /** Frees blocks in random order, and checks each before. */
    static void freeShuffled(
        final RegionAllocator allocator, final AllocatorModel model, final List<LiveBlock> blocks, final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<LiveBlock> left = new ArrayList<>(blocks);
        while (!left.isEmpty())
        {
            final int index = random.nextInt(left.size());
            final LiveBlock block = left.get(index);
            left.set(index, left.get(left.size() - 1));
            left.remove(left.size() - 1);
            free(allocator, model, block);
        }
    }

    /** Checks a block and frees it. */
    static void free(final RegionAllocator allocator, final AllocatorModel model, final LiveBlock block)
    {
        model.check(block);
        allocator.deallocate(block.address(), block.size(), block.alignment());
        model.freed(block);
    }

    /** Expects exhaustion, or that the region can't hold such a block at all. */
    static AllocError assertFails(final Executable call)
    {
        try
        {
            call.execute();
        }
        catch (final AllocError expected)
        {
            assertEquals("memory allocation failed", expected.getMessage());
            return expected;
        }
        catch (final Throwable other)
        {
            throw new AssertionError("wanted AllocError, got " + other, other);
        }
        return fail("wanted AllocError, got no exception");
    }

    /** Expects a wrong call to be refused, and nothing to have changed. */
    static void assertRefused(final RegionAllocator allocator, final String what, final Executable call)
    {
        final Object before = allocator.stats();
        assertRefused(what, call);
        assertEquals(before, allocator.stats(), what + ": changed by a call that was refused");
    }

    /** Expects a wrong call to be refused. */
    static void assertRefused(final String what, final Executable call)
    {
        try
        {
            call.execute();
        }
        catch (final IllegalArgumentException | IllegalStateException expected)
        {
            return;
        }
        catch (final Throwable other)
        {
            throw new AssertionError(what + ": wanted a refusal, got " + other, other);
        }
        fail(what + ": wanted a refusal, got no exception");
    }

    /** Skips the test if misuse isn't looked for. */
    static void assumeMisuseIsDetected()
    {
        assumeTrue(Checks.ENABLED, "misuse is not looked for: " + Checks.PROPERTY + "=off");
    }
}
