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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.Region;
import io.quarry.alloc.TracingAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * From a program's calls to a file and back: what a replay reads is what the program did.
 */
@Timeout(120)
class RecordedTraceTest
{
    private static final int EVENTS = 20_000;

    @TempDir
    private Path folder;

    /** A block as the program knows it. */
    private record Held(long address, int size, int alignment)
    {
    }

    /** A slab allocator behind a lock, of which nothing but the lock orders the calls. */
    private static final class Locked implements Allocator
    {
        private final Allocator upstream;

        Locked(final Allocator upstream)
        {
            this.upstream = upstream;
        }

        @Override
        public synchronized long allocate(final long size, final long alignment)
        {
            return upstream.allocate(size, alignment);
        }

        @Override
        public synchronized long allocateZeroed(final long size, final long alignment)
        {
            return upstream.allocateZeroed(size, alignment);
        }

        @Override
        public synchronized void deallocate(final long address, final long size, final long alignment)
        {
            upstream.deallocate(address, size, alignment);
        }

        @Override
        public synchronized long grow(
            final long address,
            final long oldSize,
            final long oldAlignment,
            final long newSize,
            final long newAlignment)
        {
            return upstream.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }

        @Override
        public synchronized long growZeroed(
            final long address,
            final long oldSize,
            final long oldAlignment,
            final long newSize,
            final long newAlignment)
        {
            return upstream.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }

        @Override
        public synchronized long shrink(
            final long address,
            final long oldSize,
            final long oldAlignment,
            final long newSize,
            final long newAlignment)
        {
            return upstream.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }

        @Override
        public synchronized boolean tryResize(
            final long address, final long oldSize, final long alignment, final long newSize)
        {
            return upstream.tryResize(address, oldSize, alignment, newSize);
        }

        @Override
        public synchronized long usableSize(final long address, final long size, final long alignment)
        {
            return upstream.usableSize(address, size, alignment);
        }

        @Override
        public boolean owns(final long address)
        {
            return upstream.owns(address);
        }

        @Override
        public Region regionOf(final long address)
        {
            return upstream.regionOf(address);
        }

        @Override
        public boolean isThreadSafe()
        {
            return true;
        }

        @Override
        public long goodSize(final long size, final long alignment)
        {
            return upstream.goodSize(size, alignment);
        }

        @Override
        public long maxSize()
        {
            return upstream.maxSize();
        }

        @Override
        public synchronized Diagnosis diagnose(final long size, final long alignment)
        {
            return upstream.diagnose(size, alignment);
        }
    }

    /** One thread's random calls, and what it should see of itself in the trace. */
    private static final class Program implements Runnable
    {
        private final Allocator allocator;
        private final SplittableRandom random;
        private final ConcurrentLinkedQueue<Held> handedOver;
        private final List<Held> held = new ArrayList<>();
        private final List<String> log = new ArrayList<>();
        private Throwable failure;

        Program(final Allocator allocator, final long seed, final ConcurrentLinkedQueue<Held> handedOver)
        {
            this.allocator = allocator;
            this.random = new SplittableRandom(seed);
            this.handedOver = handedOver;
        }

        @Override
        public void run()
        {
            try
            {
                for (int i = 0; i < EVENTS; i++)
                {
                    step();
                }
            }
            catch (final RuntimeException | Error ex)
            {
                failure = ex;
            }
        }

        private void step()
        {
            final Held other = 0 == random.nextInt(4) ? handedOver.poll() : null;
            if (null != other)
            {
                held.add(other);
            }
            final int what = held.isEmpty() ? 0 : random.nextInt(held.size() > 200 ? 10 : 7);
            if (what < 3)
            {
                alloc();
                return;
            }
            final int index = random.nextInt(held.size());
            final Held block = held.get(index);
            held.set(index, held.get(held.size() - 1));
            held.remove(held.size() - 1);
            if (3 == what)
            {
                resize(block);
            }
            else if (4 == what)
            {
                handedOver.add(block);
            }
            else
            {
                log.add("free " + block.size + "/" + block.alignment);
                allocator.deallocate(block.address, block.size, block.alignment);
            }
        }

        private void alloc()
        {
            final int size = size();
            final int alignment = 1 << random.nextInt(8);
            try
            {
                final boolean zeroed = random.nextBoolean();
                final long address = zeroed ?
                    allocator.allocateZeroed(size, alignment) : allocator.allocate(size, alignment);
                log.add("alloc " + size + "/" + alignment + (zeroed && size > 0 ? " zeroed" : ""));
                held.add(new Held(address, size, alignment));
            }
            catch (final AllocError expected)
            {
                // Nothing happened, and nothing must be in the trace.
            }
        }

        private void resize(final Held block)
        {
            final int size = size();
            final int alignment = random.nextBoolean() ? block.alignment : 1 << random.nextInt(8);
            final boolean zeroed = size >= block.size && random.nextBoolean();
            Held now = block;
            try
            {
                final long address = size < block.size ?
                    allocator.shrink(block.address, block.size, block.alignment, size, alignment) :
                    zeroed ? allocator.growZeroed(block.address, block.size, block.alignment, size, alignment) :
                        allocator.grow(block.address, block.size, block.alignment, size, alignment);
                log.add("resize " + block.size + "/" + block.alignment + " to " + size + "/" + alignment +
                    (zeroed ? " zeroed" : ""));
                now = new Held(address, size, alignment);
            }
            catch (final AllocError expected)
            {
                // The block is as it was.
            }
            held.add(now);
        }

        private int size()
        {
            return switch (random.nextInt(20))
            {
                case 0 -> 0;
                case 1 -> 5000 + random.nextInt(50_000);
                default -> 1 + random.nextInt(300);
            };
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 4 })
    void shouldReadBackWhatEachThreadDid(final int threads) throws Exception
    {
        final long seed = System.nanoTime();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final List<Program> programs = run(threads, seed, out, 1 << 10);

        final Trace trace = TraceReader.read("name", "file", new ByteArrayInputStream(out.toByteArray()));
        final List<List<String>> seen = new ArrayList<>();
        for (int i = 0; i < threads; i++)
        {
            seen.add(new ArrayList<>());
        }
        for (int i = 0; i < trace.events().length; i += Trace.INTS)
        {
            seen.get(trace.events()[i] >>> Trace.THREAD_SHIFT).add(words(trace.events(), i));
        }
        final List<List<String>> wanted = new ArrayList<>();
        programs.forEach(program -> wanted.add(program.log));
        // Which program came first is not known: each must be found in what one thread of the trace did.
        for (final List<String> log : wanted)
        {
            assertTrue(seen.remove(log), "seed=" + seed + ": no thread of the trace did what a program did");
        }
        assertHeldIsLeft(programs, trace, seed);
    }

    private static void assertHeldIsLeft(final List<Program> programs, final Trace trace, final long seed)
    {
        final Map<String, Integer> left = new HashMap<>();
        for (int i = 0; i < trace.left().length; i += Trace.INTS)
        {
            left.merge(words(trace.left(), i), 1, Integer::sum);
        }
        final Map<String, Integer> held = new HashMap<>();
        final List<Held> all = new ArrayList<>(programs.get(0).handedOver);
        programs.forEach(program -> all.addAll(program.held));
        all.forEach(block -> held.merge("free " + block.size + "/" + block.alignment, 1, Integer::sum));
        assertEquals(held, left, "seed=" + seed);
    }

    private static List<Program> run(
        final int threads, final long seed, final OutputStream out, final int capacity) throws InterruptedException
    {
        final List<Program> programs = new ArrayList<>();
        try (Region region = Region.allocate(4 << 20);
            SlabAllocator slab = new SlabAllocator(new RunAllocator(region)))
        {
            final TracingAllocator tracing = new TracingAllocator(new Locked(slab), out, capacity);
            final ConcurrentLinkedQueue<Held> handedOver = new ConcurrentLinkedQueue<>();
            final List<Thread> running = new ArrayList<>();
            for (int i = 0; i < threads; i++)
            {
                programs.add(new Program(tracing, seed + i, handedOver));
                running.add(new Thread(programs.get(i)));
            }
            running.forEach(Thread::start);
            for (final Thread thread : running)
            {
                thread.join();
            }
            tracing.close();
            for (final Program program : programs)
            {
                assertEquals(null, program.failure, "seed=" + seed);
            }
            assertEquals(0, tracing.unmatchedEvents(), "seed=" + seed);
            assertEquals(0, tracing.lostEvents(), "seed=" + seed);
            assertEquals(programs.stream().mapToLong(program -> program.log.size()).sum(), tracing.recordedEvents());
        }
        return programs;
    }

    private static String words(final int[] events, final int i)
    {
        final int head = events[i];
        final String block = events[i + Trace.SIZE] + "/" + Trace.alignment(head);
        final int op = head & Trace.OP_MASK;
        final int alignment = Trace.REALLOC == op ? Trace.alignment(head) : Trace.oldAlignment(head);
        final String resize = "resize " + events[i + Trace.OLD_SIZE] + "/" + alignment + " to " + block;
        return switch (op)
        {
            case Trace.ALLOC, Trace.ALLOC_EMPTY -> "alloc " + block;
            case Trace.ALLOC_ZEROED -> "alloc " + block + " zeroed";
            case Trace.FREE, Trace.FREE_EMPTY -> "free " + block;
            case Trace.RESIZE_ZEROED -> resize + " zeroed";
            default -> resize;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = { "slab.trace.gz", "slab.trace" })
    void shouldReplayRecordedFileWithContentsChecked(final String name) throws Exception
    {
        final Path file = folder.resolve(name);
        try (Region region = Region.allocate(4 << 20);
            SlabAllocator slab = new SlabAllocator(new RunAllocator(region)))
        {
            final TracingAllocator tracing = TracingAllocator.recordTo(slab, file);
            new Program(tracing, 1, new ConcurrentLinkedQueue<>()).run();
            tracing.close();
        }

        final Trace trace = Traces.read(file.toString());

        assertTrue(trace.eventCount() > EVENTS / 2);
        assertEquals(name.endsWith(".gz"), 0x1F == Files.readAllBytes(file)[0]);
        for (final Subject subject : Subject.usual())
        {
            if (null == subject.unavailable())
            {
                try (ReplayTarget target = subject.open(trace, 16 << 20))
                {
                    new ContentReplay(trace, target).run();
                }
            }
        }
    }

    @Test
    void shouldMakeNoGarbage() throws Exception
    {
        try (Region region = Region.allocate(4 << 20);
            SlabAllocator slab = new SlabAllocator(new RunAllocator(region));
            TracingAllocator tracing = new TracingAllocator(slab, OutputStream.nullOutputStream(), 256))
        {
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 10 && least > 0; round++)
            {
                final long before = ThreadMeter.allocatedBytes();
                churn(tracing);
                least = Math.min(least, ThreadMeter.allocatedBytes() - before);
            }
            assertEquals(0, least);
        }
    }

    private static void churn(final TracingAllocator tracing)
    {
        for (int i = 0; i < 20_000; i++)
        {
            final long block = tracing.allocate(64, 16);
            final long grown = tracing.growZeroed(tracing.grow(block, 64, 16, 200, 16), 200, 16, 300, 64);
            tracing.tryResize(grown, 300, 64, 300);
            tracing.deallocate(tracing.shrink(grown, 300, 64, 8, 16), 8, 16);
            tracing.deallocate(tracing.allocateZeroed(0, 16), 0, 16);
        }
    }
}
