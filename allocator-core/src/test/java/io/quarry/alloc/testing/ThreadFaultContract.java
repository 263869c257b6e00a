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

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

import static io.quarry.alloc.testing.ContractSubject.freeShuffled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What befalls the calling thread: an interrupt changes nothing, and a stack that has {@link #STACK_OF_A_CALL} left is
 * enough. What a stack that is full may cost is not tested: Java ends a method anywhere then, between a lock's being
 * taken and its caller's knowing that as well.
 */
interface ThreadFaultContract extends ContractSubject
{
    /** Bytes: enough for any call, as interpreted code, too. */
    int STACK_OF_A_CALL = 64 * 1024;

    /** Bytes of a whole stack. */
    int STACK = 512 * 1024;

    /** Until the frames that are counted are those of compiled code. */
    int WARM_UP = 100;

    @Test
    default void shouldServeAnInterruptedThreadAsAnyOther()
    {
        final Region region = resources().close(newRegion(defaultRegionSize()));
        final RegionAllocator allocator = newAllocator(region);
        final AllocatorModel model = new AllocatorModel(allocator);
        try
        {
            Thread.currentThread().interrupt();
            useAll(allocator, model, new SplittableRandom(5));
            allocator.trim();
            allocator.verify();
            allocator.diagnose(100, 8);
            model.checkStats(allocator.stats());
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt was lost");
            allocator.close();
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt was lost");
        }
        finally
        {
            Thread.interrupted();
        }
    }

    private static void useAll(
        final RegionAllocator allocator, final AllocatorModel model, final SplittableRandom random)
    {
        for (int i = 0; i < 100; i++)
        {
            final long size = 1 + random.nextInt(6000);
            final LiveBlock block = model.allocatedZeroed(allocator.allocateZeroed(size, 16), size, 16);
            final long more = size + random.nextInt(3000);
            model.resizedZeroed(
                block, allocator.growZeroed(block.address(), size, 16, more, 16), size, more, 16);
            final long less = 1 + random.nextLong(more);
            model.resized(block, allocator.realloc(block.address(), more, 16, less), less, less, 16);
        }
        freeShuffled(allocator, model, model.liveBlocks(), 7);
    }

    @Test
    default void shouldServeAThreadWhoseStackIsNearlyFull() throws InterruptedException
    {
        final Region region = resources().close(newRegion(defaultRegionSize()));
        final RegionAllocator allocator = resources().close(newAllocator(region));
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        inThread(STACK, () ->
        {
            int frames = 0;
            for (int i = 0; i < WARM_UP; i++)
            {
                frames = descend(-1, () ->
                {
                });
            }
            descend(frames / (STACK / STACK_OF_A_CALL), () -> useSome(allocator, thrown));
        });
        if (null != thrown.get())
        {
            throw new AssertionError(thrown.get());
        }
        allocator.verify();
        assertEquals(0, allocator.stats().liveBlocks());
    }

    /** Without the model, whose own frames would be counted. */
    private static void useSome(final RegionAllocator allocator, final AtomicReference<Throwable> thrown)
    {
        try
        {
            useSome(allocator);
        }
        catch (final RuntimeException | Error ex)
        {
            thrown.set(ex);
        }
    }

    private static void useSome(final RegionAllocator allocator)
    {
        final long[] addresses = new long[64];
        for (int i = 0; i < addresses.length; i++)
        {
            addresses[i] = allocator.allocateZeroed(16L << i % 10, 8);
            addresses[i] = allocator.grow(addresses[i], 16L << i % 10, 8, 24L << i % 10, 8);
        }
        for (int i = 0; i < addresses.length; i++)
        {
            allocator.deallocate(addresses[i], 24L << i % 10, 8);
        }
    }

    /**
     * Goes down until the stack is full, comes back a number of frames, and runs a task there, once.
     *
     * @return how many frames there were.
     */
    private static int descend(final int left, final Runnable task)
    {
        int below;
        try
        {
            below = 1 + descend(left, task);
        }
        catch (final StackOverflowError full)
        {
            below = 0;
        }
        if (below == left)
        {
            task.run();
        }
        return below;
    }

    private static void inThread(final int stack, final Runnable task) throws InterruptedException
    {
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final Thread thread = new Thread(null, task, "a small stack", stack);
        thread.setUncaughtExceptionHandler((t, ex) -> thrown.set(ex));
        thread.start();
        thread.join();
        if (null != thrown.get())
        {
            throw new AssertionError(thrown.get());
        }
    }
}
