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
package io.quarry.perf;

import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ThreadedReplayTest
{
    /**
     * Allocates nothing, but knows of each slot what its block is and who made it, in plain fields: they are right only
     * if a block's events have their order, and see each other.
     */
    private static final class Witness extends TargetOfArray
    {
        private final int[] sizes;
        private final Thread[] owners;
        private final AtomicLong crossThreadFrees = new AtomicLong();
        private final AtomicLong events = new AtomicLong();

        Witness(final Trace trace)
        {
            super(trace.slotCount());
            sizes = new int[trace.slotCount()];
            owners = new Thread[trace.slotCount()];
        }

        @Override
        void alloc(final int slot, final int size, final int alignment)
        {
            replace(slot, 0, size);
        }

        @Override
        void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
        {
            replace(slot, oldSize, newSize);
        }

        @Override
        void free(final int slot, final int size, final int alignment)
        {
            if (Thread.currentThread() != owners[slot])
            {
                crossThreadFrees.incrementAndGet();
            }
            replace(slot, size, 0);
        }

        private void replace(final int slot, final int oldSize, final int newSize)
        {
            if (sizes[slot] != oldSize)
            {
                throw new IllegalStateException("wanted size=" + oldSize + ", got size=" + sizes[slot]);
            }
            sizes[slot] = newSize;
            owners[slot] = Thread.currentThread();
            events.incrementAndGet();
        }
    }

    @ParameterizedTest
    @CsvSource({"zmq-marketdata, 2", "zmq-marketdata, 4", "kafka-client, 3", "ffmpeg-x264, 3", "ffmpeg-x264, 16"})
    void shouldKeepEachBlocksOrderAndFreeWhereItWasFreed(final String name, final int threads) throws TraceError
    {
        final Trace recorded = Traces.read(name);
        final ThreadedTrace dealt = new ThreadedTrace(recorded, threads);
        final Witness witness = new Witness(dealt.trace());

        try (ThreadedReplay replay = new ThreadedReplay(dealt, witness, Thread::new))
        {
            replay.pass();
            assertEquals(recorded.eventCount(), witness.events.get());
            assertEquals(crossThreadFrees(recorded, threads), witness.crossThreadFrees.get());
            replay.freeLeft();
            assertEquals(0, Arrays.stream(witness.sizes).sum());
            replay.pass();
        }
        assertEquals(2 * crossThreadFrees(recorded, threads), witness.crossThreadFrees.get());
    }

    private static long crossThreadFrees(final Trace recorded, final int threads)
    {
        final int[] owners = new int[recorded.slotCount()];
        long count = 0;
        for (int i = 0; i < recorded.events().length; i += Trace.INTS)
        {
            final int thread = (recorded.events()[i] >>> Trace.THREAD_SHIFT) % threads;
            final int slot = recorded.events()[i + Trace.SLOT];
            count += Trace.FREE == (recorded.events()[i] & Trace.OP_MASK) && owners[slot] != thread ? 1 : 0;
            owners[slot] = thread;
        }
        assertTrue(count > 0);
        return count;
    }

    @Test
    void shouldHoldFastThreadsBackWithinTheWindow() throws TraceError
    {
        final int pairs = 2 * ThreadedTrace.WINDOW;
        final TraceBytes bytes = new TraceBytes(1 + 2 * pairs, 1 + pairs, 2, 2, 2, 1, 1).bytes(0x80, 0).varint(1);
        for (int i = 0; i < pairs; i++)
        {
            bytes.bytes(0x80, 1).varint(1).bytes(0x02).varint(1);
        }
        final ThreadedTrace dealt = new ThreadedTrace(
            TraceReader.read("name", "file", new ByteArrayInputStream(bytes.plain())), 2);
        final AtomicInteger farthest = new AtomicInteger();
        final AtomicInteger farthestWhileHeld = new AtomicInteger();

        try (ThreadedReplay replay = new ThreadedReplay(dealt, new Witness(dealt.trace()), Thread::new))
        {
            replay.pass((thread) -> (events, i, sequence) ->
            {
                farthest.accumulateAndGet(sequence, Math::max);
                if (0 == sequence)
                {
                    while (farthest.get() < ThreadedTrace.WINDOW)
                    {
                        Thread.onSpinWait();
                    }
                    sleep(50);
                    farthestWhileHeld.set(farthest.get());
                }
            });
        }

        assertEquals(ThreadedTrace.WINDOW, farthestWhileHeld.get());
        assertEquals(2 * pairs, farthest.get());
    }

    private static void sleep(final int ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "zmq-marketdata, 2", "zmq-marketdata, 4",
        "kafka-client, 2", "kafka-client, 4",
        "ffmpeg-x264, 2", "ffmpeg-x264, 4"})
    void shouldFindContentsAsTheyMustBe(final String name, final int threads) throws TraceError
    {
        final ThreadedTrace dealt = new ThreadedTrace(Traces.read(name), threads);
        final Subject subject = Subject.CONCURRENT_SLAB;
        try (ReplayTarget target = subject.open(dealt.trace(), Subject.regionSize(dealt.trace()), threads);
            ThreadedReplay replay = new ThreadedReplay(dealt, target, subject::newThread))
        {
            replay.checkContents();
            replay.pass();
            replay.freeLeft();
            ContentCheck.verifyEmpty(target);
            assertTrue(replay.elapsedNs() > 0);
        }
    }

    /** Of the second format, with blocks of no bytes and resizes of all kinds. */
    @Test
    void shouldReplayOnEverySubjectThatServesThreads() throws TraceError
    {
        final Trace recorded =
            TraceReader.read("small", "file", new ByteArrayInputStream(SecondTraceReaderTest.SMALL));
        final ThreadedTrace dealt = new ThreadedTrace(recorded, 2);
        for (final Subject subject : Subject.byDefault(2))
        {
            if (null == subject.unavailable())
            {
                try (ReplayTarget target = subject.open(dealt.trace(), 1 << 20, 2);
                    ThreadedReplay replay = new ThreadedReplay(dealt, target, subject::newThread))
                {
                    replay.checkContents();
                    replay.pass();
                    replay.freeLeft();
                }
            }
        }
    }

    /** A right allocator, but for one block that it hands out a second time, and one that it never takes back. */
    private static final class Mistaken
    {
        private static final int AT_CALL = 20_000;

        private final RegionAllocator allocator;
        private final String mistake;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile long last;
        private volatile long lastSize;

        Mistaken(final RegionAllocator allocator, final String mistake)
        {
            this.allocator = allocator;
            this.mistake = mistake;
        }

        RegionAllocator proxy()
        {
            return (RegionAllocator)Proxy.newProxyInstance(
                RegionAllocator.class.getClassLoader(),
                new Class<?>[]{ RegionAllocator.class },
                (proxy, method, arguments) ->
                {
                    if ("twice".equals(mistake) && "allocate".equals(method.getName()) && 2 == arguments.length)
                    {
                        return allocate((long)arguments[0], (long)arguments[1]);
                    }
                    if ("lose".equals(mistake) && "deallocate".equals(method.getName()) &&
                        AT_CALL == calls.incrementAndGet())
                    {
                        return null;
                    }
                    try
                    {
                        return method.invoke(allocator, arguments);
                    }
                    catch (final InvocationTargetException ex)
                    {
                        throw ex.getCause();
                    }
                });
        }

        private long allocate(final long size, final long alignment)
        {
            if (calls.incrementAndGet() >= AT_CALL && size <= lastSize && alignment <= 16)
            {
                lastSize = 0;
                return last;
            }
            final long address = allocator.allocate(size, alignment);
            last = address;
            lastSize = size;
            return address;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 2, 4 })
    void shouldNoticeBlockHandedOutTwice(final int threads) throws TraceError
    {
        final String message = failureOfMistaken("twice", threads);

        assertTrue(message.matches("(?s)event \\d+: byte \\d+ of the block .*|refused: .*"), message);
    }

    @ParameterizedTest
    @ValueSource(ints = { 2, 4 })
    void shouldNoticeBlockThatWasLost(final int threads) throws TraceError
    {
        assertEquals("after all was freed: wanted liveBlocks=0, got liveBlocks=1", failureOfMistaken("lose", threads));
    }

    private static String failureOfMistaken(final String mistake, final int threads) throws TraceError
    {
        final ThreadedTrace dealt = new ThreadedTrace(Traces.read("kafka-client"), threads);
        final RegionStack stack = new RegionStack(
            16 << 20,
            dealt.trace().largestAlignment(),
            (region) -> new SynchronizedRegionAllocator(new RunAllocator(region)),
            (upstream) -> new Mistaken(new ConcurrentSlabAllocator(upstream), mistake).proxy());
        try (ReplayTarget target = new QuarryTarget(stack, dealt.trace().slotCount());
            ThreadedReplay replay = new ThreadedReplay(dealt, target, Thread::new))
        {
            return assertThrows(ReplayFailure.class, replay::checkContents).getMessage();
        }
    }
}
