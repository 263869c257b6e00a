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

import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OneThreadAllocatorTest
{
    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 16));
    private final OneThreadAllocator allocator = resources.close(resources.verify(
        new OneThreadAllocator(FirstFitAllocator.over(region))));

    @TestFactory
    Stream<DynamicTest> shouldRefuseEveryCallOfAnotherThreadWithNothingChanged()
    {
        final long address = allocator.allocate(64, 8);
        final AllocatorStats before = allocator.stats();
        return calls(address).entrySet().stream().map(call -> DynamicTest.dynamicTest(call.getKey(), () ->
        {
            final Throwable refused = thrownInThread("second", call.getValue());
            assertInstanceOf(IllegalStateException.class, refused);
            final String message = refused.getMessage();
            final Thread first = Thread.currentThread();
            assertTrue(message.contains("owner=\"" + first.getName() + "\" id=" + first.getId()), message);
            assertTrue(message.contains("thread=\"second\" id="), message);
            assertEquals(before, allocator.stats());
            assertEquals(64, allocator.usableSize(address, 64, 8));
        }));
    }

    private Map<String, Executable> calls(final long address)
    {
        final Map<String, Executable> calls = new LinkedHashMap<>();
        calls.put("allocate", () -> allocator.allocate(64, 8));
        calls.put("allocateZeroed", () -> allocator.allocateZeroed(64, 8));
        calls.put("deallocate", () -> allocator.deallocate(address, 64, 8));
        calls.put("grow", () -> allocator.grow(address, 64, 8, 128, 8));
        calls.put("growZeroed", () -> allocator.growZeroed(address, 64, 8, 128, 8));
        calls.put("shrink", () -> allocator.shrink(address, 64, 8, 32, 8));
        calls.put("tryResize", () -> allocator.tryResize(address, 64, 8, 32));
        calls.put("usableSize", () -> allocator.usableSize(address, 64, 8));
        calls.put("diagnose", () -> allocator.diagnose(64, 8));
        calls.put("allocateBatch", () -> allocator.allocateBatch(64, 8, new long[2], 0, 2));
        calls.put("deallocateBatch", () -> allocator.deallocateBatch(64, 8, new long[]{ address }, 0, 1));
        calls.put("alloc", () -> allocator.alloc(64, 8));
        calls.put("allocZeroed", () -> allocator.allocZeroed(64, 8));
        calls.put("dealloc", () -> allocator.dealloc(address, 64, 8));
        calls.put("realloc", () -> allocator.realloc(address, 64, 8, 32));
        calls.put("allocUpTo", () -> allocator.allocUpTo(64, 128, 8));
        calls.put("trim", allocator::trim);
        calls.put("stats", allocator::stats);
        calls.put("verify", allocator::verify);
        calls.put("close", allocator::close);
        calls.put("handOver", () -> OneThreadAllocator.handOver(allocator));
        return calls;
    }

    @Test
    void shouldBeOfTheThreadThatCallsFirstAndNotOfItsMaker() throws InterruptedException
    {
        final AtomicReference<Throwable> mine = new AtomicReference<>();
        assertNull(thrownInThread("worker", () ->
        {
            allocator.deallocate(allocator.allocate(64, 8), 64, 8);
            mine.set(thrownInThread("other", allocator::stats));
        }));
        assertTrue(mine.get().getMessage().contains("owner=\"worker\""), () -> "" + mine.get());
        assertEquals(0, allocator.stats().liveBlocks(), "a thread that has ended has nothing");
    }

    @Test
    void shouldBeHandedOver() throws InterruptedException
    {
        final long address = allocator.allocate(64, 8);
        OneThreadAllocator.handOver(allocator);
        assertNull(thrownInThread("next", () ->
        {
            allocator.deallocate(address, 64, 8);
            OneThreadAllocator.handOver(allocator);
        }));
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    void shouldLetAnyThreadAskWhatDoesNotChange() throws InterruptedException
    {
        final long address = allocator.allocate(64, 8);
        assertNull(thrownInThread("second", () ->
        {
            assertTrue(allocator.owns(address));
            assertSame(region, allocator.regionOf(address));
            assertTrue(allocator.goodSize(64, 8) <= allocator.maxSize());
        }));
    }

    @Test
    void shouldGuardOnlyWhereChecksAreFull()
    {
        for (final String level : new String[]{ "off", "on", "full" })
        {
            assertEquals(new ForkedJvm.Result(0, String.valueOf("full".equals(level)), ""),
                ForkedJvm.withClassesOf(Checks.class, Guarded.class)
                    .flags("-D" + Checks.PROPERTY + "=" + level).run(Guarded.class));
        }
    }

    private static Throwable thrownInThread(final String name, final Executable call) throws InterruptedException
    {
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final Thread thread = new Thread(() ->
        {
            try
            {
                call.execute();
            }
            catch (final Throwable ex)
            {
                thrown.set(ex);
            }
        }, name);
        thread.start();
        thread.join();
        return thrown.get();
    }

    static final class Guarded
    {
        private Guarded()
        {
        }

        public static void main(final String[] args)
        {
            try (Region region = Region.allocate(1 << 16);
                RegionAllocator plain = FirstFitAllocator.over(region))
            {
                final RegionAllocator guarded = OneThreadAllocator.guard(plain);
                final RegionAllocator locked = new SynchronizedRegionAllocator(plain);
                if (OneThreadAllocator.guard(locked) != locked)
                {
                    throw new IllegalStateException("guarded, although for many threads");
                }
                System.out.print(guarded != plain);
            }
        }
    }
}
