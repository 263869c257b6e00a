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

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * A region between threads, and between its users and the garbage collector. Where these fail the JVM may crash.
 */
@Timeout(120)
class RegionThreadsTest
{
    /** The C library gives so large a piece back to the system at once: touched too late, it ends the JVM. */
    private static final int CAPACITY = 33 << 20;
    private static final int THREADS = 3;

    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop()
    {
        executor.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(ints = { 8, 60, 1000, 100_000, 16 << 20 })
    void shouldWaitForCopyAndZeroWhenClosing(final int length) throws Exception
    {
        for (int round = 0; round < 8; round++)
        {
            final Region region = Region.allocate(CAPACITY);
            final CountDownLatch started = new CountDownLatch(THREADS);
            final List<Future<IllegalStateException>> ends = new ArrayList<>();
            for (int i = 0; i < THREADS; i++)
            {
                final int number = i;
                ends.add(executor.submit(() -> hammer(region, length, number, started)));
            }
            started.await();
            region.close();
            for (final Future<IllegalStateException> end : ends)
            {
                assertTrue(end.get().getMessage().contains("is closed"), end.get().getMessage());
            }
        }
    }

    @Test
    void shouldStayOpenWhileTheSystemReadsIntoAView() throws Exception
    {
        assumeFalse(RegionMemory.UNGUARDED, "before JDK 22 nothing tells that a view is in use");
        final Region region = Region.allocate(4096);
        final ByteBuffer view = region.byteBuffer(region.address(), 4);
        final Pipe pipe = Pipe.open();
        final Future<Integer> read = executor.submit(() -> pipe.source().read(view));
        RegionJvmTest.await(() -> isInRead(), "the reader to wait for bytes");
        assertThrows(IllegalStateException.class, region::close);
        assertTrue(region.isOpen());
        region.zero(region.address() + 4, 8);
        pipe.sink().write(ByteBuffer.wrap(new byte[]{ 1, 2, 3, 4 }));
        assertEquals(4, read.get());
        assertEquals(4, view.get(3));
        region.close();
        assertFalse(region.isOpen());
        pipe.sink().close();
        pipe.source().close();
    }

    private static boolean isInRead()
    {
        final String ours = RegionThreadsTest.class.getName();
        return Thread.getAllStackTraces().values().stream().anyMatch(
            frames -> frames.length > 0 && frames[0].isNativeMethod() && frames[0].getMethodName().startsWith("read") &&
                Arrays.stream(frames).anyMatch(frame -> frame.getClassName().equals(ours)));
    }

    @Test
    void shouldLetOneThreadClaim() throws Exception
    {
        for (int round = 0; round < 200; round++)
        {
            try (Region region = Region.allocate(4096))
            {
                final List<RegionClaim> claims = inAllThreads(() -> region.claim("one of many"));
                assertEquals(1, claims.size());
                claims.get(0).release(region.address());
            }
        }
    }

    @Test
    void shouldEitherCloseOrClaim() throws Exception
    {
        final AtomicInteger turn = new AtomicInteger();
        for (int round = 0; round < 200; round++)
        {
            final Region region = Region.allocate(4096);
            final List<RegionClaim> claims = inAllThreads(() ->
            {
                if (turn.getAndIncrement() % 2 == 0)
                {
                    region.close();
                    return null;
                }
                return region.claim("late or early");
            });
            if (region.isOpen())
            {
                final RegionClaim claim = claims.stream().filter(c -> null != c).findAny().orElseThrow();
                claim.zero(region.address(), 4096);
                claim.release(region.address());
                region.close();
            }
            assertFalse(region.isOpen());
            assertThrows(IllegalStateException.class, () -> region.zero(region.address(), 1));
        }
    }

    @Test
    void shouldKeepTheHighestEndThatWasHandedOut() throws Exception
    {
        try (Region region = Region.allocate(1 << 20))
        {
            final AtomicInteger turn = new AtomicInteger();
            for (int round = 0; round < 100; round++)
            {
                inAllThreads(() -> region.byteBuffer(region.address() + turn.incrementAndGet() * 100L, 0));
            }
            final RegionClaim claim = region.claim("later");
            assertEquals(region.address() + turn.get() * 100L, claim.zeroFrom());
            claim.release(region.address());
        }
    }

    @Test
    void shouldLiveAsLongAsAView()
    {
        final List<WeakReference<Region>> lost = new ArrayList<>();
        final ByteBuffer view = onlyAView(lost);
        RegionJvmTest.await(() -> null == lost.get(0).get(), "the region to be garbage");
        // Memory freed wrongly would be gone by now, or be had by these.
        for (int i = 0; i < 10; i++)
        {
            System.gc();
            Region.allocate(1 << 20).close();
        }
        assertEquals(0x5EED, view.getLong(0));
        view.putLong(0, 1);
        assertEquals(1, view.getLong(0));
    }

    private static ByteBuffer onlyAView(final List<WeakReference<Region>> lost)
    {
        final Region region = Region.allocate(CAPACITY);
        lost.add(new WeakReference<>(region));
        final ByteBuffer view = region.byteBuffer(region.address() + CAPACITY - 64, 64);
        view.putLong(16, 0x5EED);
        return view.slice(8, 40).order(view.order()).duplicate().slice(8, 8).order(view.order());
    }

    private static IllegalStateException hammer(
        final Region region, final int length, final int number, final CountDownLatch started)
    {
        final long from = region.address();
        final long to = region.address() + CAPACITY - length;
        started.countDown();
        try
        {
            for (int i = number; ; i++)
            {
                if (i % 2 == 0)
                {
                    region.copy(from, to, length);
                }
                else
                {
                    region.zero(to, length);
                }
            }
        }
        catch (final IllegalStateException ex)
        {
            return ex;
        }
    }

    /** What the threads returned that were not refused. */
    private <T> List<T> inAllThreads(final Callable<T> call)
        throws InterruptedException
    {
        final CountDownLatch ready = new CountDownLatch(THREADS);
        final List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++)
        {
            futures.add(executor.submit(() ->
            {
                ready.countDown();
                ready.await();
                return call.call();
            }));
        }
        final List<T> results = new ArrayList<>();
        for (final Future<T> future : futures)
        {
            try
            {
                results.add(future.get());
            }
            catch (final ExecutionException ex)
            {
                assertEquals(IllegalStateException.class, ex.getCause().getClass(), ex.toString());
            }
        }
        return results;
    }
}
