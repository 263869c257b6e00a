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
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.Verifiable;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.function.BiFunction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * An upstream whose n-th request fails, for every n that a script makes: alone, with all that follow, or by an error
 * that no allocator throws. After each failure the state verifies and every block is as it was; when all is freed the
 * upstream's region is one run again. What stands on an upstream has a subclass.
 */
public abstract class FailingUpstreamContract
{
    private static final int CAPACITY = 1 << 19;
    private static final int STEPS = 160;
    private static final int SEGMENT = 20;
    private static final int LEAST_REQUESTS = 20;
    private static final int LEAST_REQUESTS_OF_BUFFERS = 5;

    /**
     * Makes the allocator under test.
     *
     * @param upstream that fails.
     * @return the allocator.
     */
    protected abstract Allocator create(RegionAllocator upstream);

    /**
     * Makes what really serves.
     *
     * @param region of it.
     * @return the upstream's target.
     */
    protected abstract RegionAllocator target(Region region);

    /**
     * Runs a part of the script: by default here.
     *
     * @param number of the part, from 0.
     * @param part   to be run, to its end.
     */
    protected void run(final int number, final Runnable part)
    {
        part.run();
    }

    /**
     * Gives all back that is not in use.
     *
     * @param allocator from {@link #create}, without a live block.
     */
    protected void giveBack(final Allocator allocator)
    {
        if (allocator instanceof RegionAllocator regional)
        {
            regional.trim();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 31, 32, 33 })
    final void shouldSurviveTheFailureOfAnyOneRequest(final long seed)
    {
        assertTrue(runAll(Script::new, seed, false, null) > LEAST_REQUESTS);
    }

    @ParameterizedTest
    @ValueSource(longs = { 41, 42, 43 })
    final void shouldSurviveTheFailureOfAllRequestsFromAnyOneOn(final long seed)
    {
        assertTrue(runAll(Script::new, seed, true, null) > LEAST_REQUESTS);
    }

    @ParameterizedTest
    @ValueSource(longs = { 51, 52 })
    final void shouldSurviveAnErrorThrownByAnyOneRequest(final long seed)
    {
        assertTrue(runAll(Script::new, seed, false, new StackOverflowError("thrown on purpose")) > LEAST_REQUESTS);
    }

    @Tag("agrona")
    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    final void shouldKeepBuffersAsTheyAreWhoseGrowthFails(final boolean allThatFollow)
    {
        assertTrue(runAll(FailingBufferScript::new, 61, allThatFollow, null) > LEAST_REQUESTS_OF_BUFFERS);
    }

    @Tag("agrona")
    @Test
    final void shouldKeepBuffersAsTheyAreWhoseGrowthEndsByAnError()
    {
        assertTrue(runAll(FailingBufferScript::new, 62, false, new StackOverflowError("thrown on purpose")) >
            LEAST_REQUESTS_OF_BUFFERS);
    }

    private int runAll(
        final BiFunction<Allocator, SplittableRandom, Part> script,
        final long seed,
        final boolean allThatFollow,
        final Throwable failure)
    {
        int n = 1;
        while (runOnce(script, seed, n, allThatFollow ? Long.MAX_VALUE : n, failure))
        {
            n++;
        }
        return n;
    }

    /** Whether any request failed, that is, whether the script makes so many. */
    private boolean runOnce(
        final BiFunction<Allocator, SplittableRandom, Part> script,
        final long seed,
        final long first,
        final long last,
        final Throwable failure)
    {
        try (Region region = Region.allocate(CAPACITY); RegionAllocator target = target(region))
        {
            final AllocatorStats fresh = target.stats();
            final WatchedAllocator watched = WatchedAllocator.over(target);
            final Allocator allocator = create(watched.regionAllocator());
            final Part part = script.apply(allocator, new SplittableRandom(seed));
            watched.failRequests(first, last);
            watched.failWith(failure);
            try
            {
                for (int i = 0; i < STEPS / SEGMENT; i++)
                {
                    run(i, part);
                }
                part.freeAll();
                giveBack(allocator);
                target.trim();
                target.verify();
                assertEquals(fresh.largestFreeRun(), target.stats().largestFreeRun(), "largestFreeRun");
                assertEquals(0, target.stats().liveBlocks(), "liveBlocks");
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw Deviation.at("seed=" + seed + " failing requests=" + first + ".." + last + " by=" + failure, ex);
            }
            return watched.failures() > 0;
        }
    }

    /** A part of a script, which can be run again and again, and then ended. */
    interface Part extends Runnable
    {
        void freeAll();
    }

    /** Random calls of the upper contract, and the model of what they did. */
    private static final class Script implements Part
    {
        private static final long[] SIZES = { 1, 16, 40, 100, 200, 500, 1024, 1100, 2048, 2049, 3000, 9000, 30_000 };

        private final Allocator allocator;
        private final AllocatorModel model;
        private final SplittableRandom random;

        private Script(final Allocator allocator, final SplittableRandom random)
        {
            this.allocator = allocator;
            this.random = random;
            model = new AllocatorModel(allocator);
        }

        @Override
        public void run()
        {
            for (int i = 0; i < SEGMENT; i++)
            {
                try
                {
                    step(SIZES[random.nextInt(SIZES.length)], 1L << random.nextInt(11));
                }
                catch (final AllocError | StackOverflowError failure)
                {
                    verify();
                }
            }
        }

        private void verify()
        {
            if (allocator instanceof Verifiable verifiable)
            {
                verifiable.verify();
            }
            model.checkAll();
            if (allocator instanceof RegionAllocator regional)
            {
                model.checkStats(regional.stats());
            }
        }

        private void step(final long size, final long alignment)
        {
            final int choice = random.nextInt(12);
            if (choice < 3 || 0 == model.liveCount())
            {
                model.allocated(allocator.allocate(size, alignment), size, alignment);
            }
            else if (choice < 5)
            {
                model.allocatedZeroed(allocator.allocateZeroed(size, alignment), size, alignment);
            }
            else if (5 == choice)
            {
                batch(size, alignment);
            }
            else
            {
                withBlock(choice, model.liveBlocks().get(random.nextInt(model.liveCount())), size, alignment);
            }
        }

        /** What was had before something else than a failure was thrown stands in the array. */
        private void batch(final long size, final long alignment)
        {
            final long[] addresses = new long[6];
            try
            {
                allocator.allocateBatch(size, alignment, addresses, 0, addresses.length);
            }
            finally
            {
                for (final long address : addresses)
                {
                    if (Allocator.NULL != address)
                    {
                        model.allocated(address, size, alignment);
                    }
                }
            }
        }

        private void withBlock(final int choice, final LiveBlock block, final long size, final long alignment)
        {
            final long address = block.address();
            final long old = block.size();
            if (choice < 8)
            {
                model.check(block);
                allocator.deallocate(address, old, block.alignment());
                model.freed(block);
            }
            else if (size < old)
            {
                shrink(block, size);
            }
            else if (8 == choice)
            {
                if (allocator.tryResize(address, old, block.alignment(), size))
                {
                    model.resized(block, address, old, size, block.alignment());
                }
            }
            else if (9 == choice)
            {
                final long grown = allocator.growZeroed(address, old, block.alignment(), size, alignment);
                model.resizedZeroed(block, grown, old, size, alignment);
            }
            else
            {
                model.resized(block, allocator.grow(address, old, block.alignment(), size, alignment), old, size,
                    alignment);
            }
        }

        private void shrink(final LiveBlock block, final long size)
        {
            final long address = block.address();
            model.resized(block, allocator.shrink(address, block.size(), block.alignment(), size, block.alignment()),
                size, size, block.alignment());
        }

        @Override
        public void freeAll()
        {
            verify();
            for (final LiveBlock block : model.liveBlocks())
            {
                model.check(block);
                allocator.deallocate(block.address(), block.size(), block.alignment());
                model.freed(block);
            }
            verify();
        }
    }
}
