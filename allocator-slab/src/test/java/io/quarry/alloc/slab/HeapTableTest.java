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

import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Which thread gets a heap of its own, when there are hardly any left. */
class HeapTableTest
{
    /** Places that a thread may have in the table, all of them taken by threads with the same id. */
    private static final int PLACES = 8;

    private final Region region = Region.allocate(1 << 20);
    private final SynchronizedRegionAllocator upstream =
        new SynchronizedRegionAllocator(new RunAllocator(region));
    private final HeapBacking backing = new HeapBacking(this, upstream, 1 << 18);
    private final HeapTable heaps = new HeapTable(backing, PLACES + 1, 2);

    HeapTableTest()
    {
        backing.serve(heaps);
    }

    @AfterEach
    void close()
    {
        backing.close();
        upstream.close();
        region.close();
    }

    @Test
    void shouldNotLookAgainForAHeapWhileThereIsNone() throws InterruptedException
    {
        assertFalse(isFoundAfterALookAmidWhich(heap -> assertFalse(heap.isClosed())));
    }

    @Test
    void shouldLookAgainForAHeapThatWasGivenUpAmidTheLookForOne() throws InterruptedException
    {
        assertTrue(isFoundAfterALookAmidWhich(Heap::close));
    }

    /** Whether a thread that found all places taken gets one at its next call; something happens to the first amid. */
    private boolean isFoundAfterALookAmidWhich(final Consumer<Heap> action) throws InterruptedException
    {
        final List<Heap> taken = new ArrayList<>();
        final CountDownLatch end = new CountDownLatch(1);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PLACES; i++)
        {
            final CountDownLatch entered = new CountDownLatch(1);
            threads.add(new Looker(() ->
            {
                taken.add(heaps.enter());
                entered.countDown();
                ConcurrentSlabAllocatorTest.await(end);
            }, null));
            threads.get(i).start();
            ConcurrentSlabAllocatorTest.await(entered);
        }
        taken.forEach(heap -> assertFalse(isStripe(heap)));
        final boolean[] isFound = new boolean[1];
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread looker = new Looker(
            () -> isFound[0] = isFoundAtTheSecondCall(), () -> action.accept(taken.get(0)));
        looker.setUncaughtExceptionHandler((thread, ex) -> failure.set(ex));
        looker.start();
        looker.join();
        assertNull(failure.get(), () -> "" + failure.get());
        end.countDown();
        for (final Thread thread : threads)
        {
            thread.join();
        }
        return isFound[0];
    }

    private boolean isFoundAtTheSecondCall()
    {
        final Looker self = (Looker)Thread.currentThread();
        self.lookups = 0;
        final Heap first = heaps.enter();
        assertTrue(self.lookups > Looker.LAST_PLACE, "lookups=" + self.lookups + ": nothing has happened");
        assertTrue(isStripe(first));
        heaps.leave(first);
        final Heap second = heaps.enter();
        heaps.leave(second);
        return !isStripe(second);
    }

    private boolean isStripe(final Heap heap)
    {
        assertNotNull(heap);
        assertSame(heap, heaps.heap(heap.id));
        return heap.id <= heaps.ids() - heaps.mostHeaps();
    }

    /** A thread with the id 0, which counts how often it is asked for it. */
    private static final class Looker extends Thread
    {
        /** One to find the thread's heap, and one for each place. */
        private static final int LAST_PLACE = 1 + PLACES;

        private final Runnable action;
        private int lookups;

        Looker(final Runnable task, final Runnable action)
        {
            super(task);
            this.action = action;
        }

        @Override
        public long getId()
        {
            if (++lookups == LAST_PLACE && null != action)
            {
                action.run();
            }
            return 0;
        }
    }

    @Test
    void shouldRoundUpToAPowerOfTwo()
    {
        for (int shift = 0; shift < 30; shift++)
        {
            final int power = 1 << shift;
            assertEquals(power, HeapTable.ceilingPowerOfTwo(power));
            assertEquals(2 * power, HeapTable.ceilingPowerOfTwo(power + 1), "power=" + power);
        }
        assertEquals(1, HeapTable.ceilingPowerOfTwo(0));
    }
}
