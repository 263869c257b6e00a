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

import io.quarry.alloc.Checks;
import io.quarry.alloc.ForkedJvm;
import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.ThreadKind;

import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A heap that a second thread calls: refused where checks are full, by each call, with both threads named. */
class HeapThreadsTest
{
    @Test
    void shouldNameBothThreadsWhereChecksAreFull()
    {
        final String all = String.join(System.lineSeparator(),
            "refused: [allocate, allocateZeroed, alloc, allocZeroed, refill, large, deallocate, dealloc, grow," +
            " realloc, growZeroed, shrink, tryResize, usableSize, diagnose, allocateBatch, deallocateBatch," +
            " allocUpTo, flush, trim, close]",
            "unchanged: true", "open to any: true", "of a dead thread: \"gone\" then none", "own: true",
            "striped: true");
        assertEquals(new ForkedJvm.Result(0, all + System.lineSeparator(), ""), run("full"));
    }

    @Test
    void shouldNotLookForASecondThreadOtherwise()
    {
        for (final String level : new String[]{ "off", "on" })
        {
            assertEquals(new ForkedJvm.Result(0, "refused: []" + System.lineSeparator(), ""), run(level));
        }
    }

    private static ForkedJvm.Result run(final String level)
    {
        return ForkedJvm.withClassesOf(Checks.class, Heap.class, RunAllocator.class, Main.class, ThreadKind.class)
            .flags("-D" + Checks.PROPERTY + "=" + level).run(Main.class);
    }

    static final class Main
    {
        private static final int REGION = 4 << 20;

        private Main()
        {
        }

        public static void main(final String[] args) throws InterruptedException
        {
            try (Region region = Region.allocate(REGION);
                ConcurrentSlabAllocator allocator = over(region, 1 << 18, 8))
            {
                if (Checks.FULL)
                {
                    checkRefusals(allocator);
                    checkDeadThread(allocator);
                    checkOwnThread(allocator);
                }
                else
                {
                    final Heap heap = allocator.heap();
                    System.out.println("refused: [" + refused(() -> heap.allocate(64, 8)) + "]");
                }
            }
            if (Checks.FULL)
            {
                checkStripes();
            }
        }

        private static ConcurrentSlabAllocator over(final Region region, final long budget, final int heaps)
        {
            return new ConcurrentSlabAllocator(
                new SynchronizedRegionAllocator(new RunAllocator(region)), budget, heaps);
        }

        private static void checkRefusals(final ConcurrentSlabAllocator allocator) throws InterruptedException
        {
            final Heap heap = allocator.heap();
            final long address = heap.allocate(64, 8);
            heap.deallocate(heap.allocate(64, 8), 64, 8);
            final String before = state(heap);
            final Map<String, Runnable> calls = calls(heap, address);
            for (final Map.Entry<String, Runnable> call : calls.entrySet())
            {
                final String refusal = refused(call.getValue());
                final Thread owner = Thread.currentThread();
                call.setValue(refusal.startsWith("Heap is for one thread, has owner=\"" + owner.getName() + "\" id=" +
                    owner.getId() + ", called by thread=\"second\" id=") ? null : call.getValue());
            }
            calls.values().removeIf(call -> null != call);
            System.out.println("refused: " + calls.keySet());
            System.out.println("unchanged: " + before.equals(state(heap)));
            System.out.println("open to any: " + refused(() ->
            {
                heap.stats();
                heap.verify();
                heap.goodSize(64, 8);
                heap.maxSize();
                heap.owns(address);
                heap.regionOf(address);
                allocator.deallocate(address, 64, 8);
            }).isEmpty());
        }

        private static String state(final Heap heap)
        {
            heap.verify();
            return heap.stats() + " closed=" + heap.isClosed() + " inStore=" + heap.cache.count(SizeClasses.ofSize(64));
        }

        private static Map<String, Runnable> calls(final Heap heap, final long address)
        {
            final Map<String, Runnable> calls = new LinkedHashMap<>();
            calls.put("allocate", () -> heap.allocate(64, 8));
            calls.put("allocateZeroed", () -> heap.allocateZeroed(64, 8));
            calls.put("alloc", () -> heap.alloc(64, 8));
            calls.put("allocZeroed", () -> heap.allocZeroed(64, 8));
            calls.put("refill", () -> heap.allocate(2_000, 8));
            calls.put("large", () -> heap.allocate(20_000, 4096));
            calls.put("deallocate", () -> heap.deallocate(address, 64, 8));
            calls.put("dealloc", () -> heap.dealloc(address, 64, 8));
            calls.put("grow", () -> heap.grow(address, 64, 8, 100, 8));
            calls.put("realloc", () -> heap.realloc(address, 64, 8, 64));
            calls.put("growZeroed", () -> heap.growZeroed(address, 64, 8, 100, 8));
            calls.put("shrink", () -> heap.shrink(address, 64, 8, 32, 8));
            calls.put("tryResize", () -> heap.tryResize(address, 64, 8, 60));
            calls.put("usableSize", () -> heap.usableSize(address, 64, 8));
            calls.put("diagnose", () -> heap.diagnose(64, 8));
            calls.put("allocateBatch", () -> heap.allocateBatch(64, 8, new long[2], 0, 2));
            calls.put("deallocateBatch", () -> heap.deallocateBatch(64, 8, new long[]{ address }, 0, 1));
            calls.put("allocUpTo", () -> heap.allocUpTo(64, 128, 8));
            calls.put("flush", heap::flush);
            calls.put("trim", heap::trim);
            calls.put("close", heap::close);
            return calls;
        }

        private static void checkDeadThread(final ConcurrentSlabAllocator allocator) throws InterruptedException
        {
            final Heap[] heap = new Heap[1];
            run("gone", () -> heap[0] = allocator.heap());
            final String gone = refused(() -> heap[0].allocate(64, 8));
            allocator.trim();
            final String none = refused(() -> heap[0].allocate(64, 8));
            System.out.println("of a dead thread: " + owner(gone) + " then " + owner(none));
        }

        private static String owner(final String refusal)
        {
            return refusal.replaceAll("Heap is for one thread, has owner=(\"gone\"|none).*", "$1");
        }

        /** All of them work for the thread itself, and it is told of a closed heap. */
        private static void checkOwnThread(final ConcurrentSlabAllocator allocator)
        {
            final Heap heap = allocator.heap();
            for (final String name : calls(heap, 0).keySet())
            {
                final long address = heap.allocate(64, 8);
                calls(heap, address).get(name).run();
            }
            try
            {
                heap.allocate(64, 8);
                System.out.println("own: not closed");
            }
            catch (final IllegalStateException ex)
            {
                System.out.println("own: " + "Heap is closed".equals(ex.getMessage()));
            }
        }

        /** Those that threads share are called by all, in turn. */
        private static void checkStripes() throws InterruptedException
        {
            try (Region region = Region.allocate(REGION);
                ConcurrentSlabAllocator allocator = over(region, 1 << 18, 0))
            {
                final Runnable task = () ->
                {
                    for (int i = 0; i < 1_000; i++)
                    {
                        final long address = allocator.allocate(64, 8);
                        allocator.deallocate(allocator.grow(address, 64, 8, 200, 8), 200, 8);
                    }
                };
                String refusals = refused(task);
                for (final ThreadKind kind : ThreadKind.available())
                {
                    final Thread[] threads = new Thread[4];
                    for (int i = 0; i < threads.length; i++)
                    {
                        threads[i] = kind.newThread(task);
                        threads[i].start();
                    }
                    for (final Thread thread : threads)
                    {
                        thread.join();
                    }
                }
                refusals += refused(task);
                System.out.println("striped: " + (refusals.isEmpty() && 0 == allocator.stats().liveBlocks()));
            }
        }

        /** The message of the refusal of a call by a second thread, or nothing. */
        private static String refused(final Runnable call) throws InterruptedException
        {
            return run("second", call);
        }

        private static String run(final String name, final Runnable call) throws InterruptedException
        {
            final String[] message = { "" };
            final Thread thread = new Thread(call, name);
            thread.setUncaughtExceptionHandler((t, ex) ->
                message[0] = ex instanceof IllegalStateException ? ex.getMessage() : ex.toString());
            thread.start();
            thread.join();
            return message[0];
        }
    }
}
