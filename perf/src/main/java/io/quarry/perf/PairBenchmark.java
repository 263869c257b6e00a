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

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import io.quarry.alloc.slab.SlabAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * What does it cost to allocate one block of 64 B and to free it again, on the same thread? Beside Netty's, and a bare
 * stack of numbers.
 * <pre>
 *   java -jar perf/target/quarry.jar bench PairBenchmark
 *   java -jar perf/target/quarry.jar bench PairBenchmark -t 2
 *   java -jar perf/target/quarry.jar bench PairBenchmark.concurrent -jvmArgsAppend -Djmh.executor=VIRTUAL
 * </pre>
 * The second shows, by the ratios to the first, how each scales to two threads on blocks of their own. The last one, on
 * JDK 21 and later, shows what virtual threads pay, which have no heap of their own.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {
    "-Djmh.executor=CUSTOM", "-Djmh.executor.class=io.quarry.perf.BenchmarkThreads" })
public class PairBenchmark
{
    private static final int SIZE = 64;
    private static final int ALIGNMENT = 8;
    private static final int REGION = 16 << 20;

    /** The allocator for one thread, one for each. */
    @State(Scope.Thread)
    public static class OneThread
    {
        private final RegionAllocator upstream = new RunAllocator(Region.allocate(REGION));
        private final SlabAllocator allocator = new SlabAllocator(upstream);

        /** Made by JMH. */
        public OneThread()
        {
        }

        /** Checks the allocator. */
        @TearDown
        public void tearDown()
        {
            allocator.verify();
        }
    }

    /** The allocator for any thread, one for all. */
    @State(Scope.Benchmark)
    public static class AnyThread
    {
        private final ConcurrentSlabAllocator allocator = new ConcurrentSlabAllocator(
            new SynchronizedRegionAllocator(new RunAllocator(Region.allocate(REGION))));

        /** Made by JMH. */
        public AnyThread()
        {
        }

        /** Checks the allocator. */
        @TearDown
        public void tearDown()
        {
            allocator.verify();
        }
    }

    /** A thread's own heap. */
    @State(Scope.Thread)
    public static class OwnHeap
    {
        private Heap heap;

        /** Made by JMH. */
        public OwnHeap()
        {
        }

        /**
         * Takes the thread's heap.
         *
         * @param any whose heap.
         */
        @Setup
        public void setUp(final AnyThread any)
        {
            heap = any.allocator.heap();
        }
    }

    /** An array and a count. */
    @State(Scope.Thread)
    public static class Stack
    {
        private final int[] numbers = new int[128];
        private int count;

        /** Made by JMH. */
        public Stack()
        {
            while (count < 64)
            {
                numbers[count] = count++;
            }
        }
    }

    /** Netty's allocators, one for all. */
    @State(Scope.Benchmark)
    public static class Netty
    {
        private final ByteBufAllocator adaptive = new AdaptiveByteBufAllocator(true);
        private final ByteBufAllocator pooled = new PooledByteBufAllocator(true);

        /** Made by JMH. */
        public Netty()
        {
        }
    }

    /**
     * Made by JMH.
     */
    public PairBenchmark()
    {
    }

    /**
     * {@link SlabAllocator}.
     *
     * @param state with the allocator.
     * @return the address.
     */
    @Benchmark
    public long slab(final OneThread state)
    {
        final long address = state.allocator.allocate(SIZE, ALIGNMENT);
        state.allocator.deallocate(address, SIZE, ALIGNMENT);
        return address;
    }

    /**
     * {@link ConcurrentSlabAllocator}, which finds the thread's heap.
     *
     * @param state with the allocator.
     * @return the address.
     */
    @Benchmark
    public long concurrent(final AnyThread state)
    {
        final long address = state.allocator.allocate(SIZE, ALIGNMENT);
        state.allocator.deallocate(address, SIZE, ALIGNMENT);
        return address;
    }

    /**
     * {@link Heap}, which the thread holds.
     *
     * @param state with the heap.
     * @return the address.
     */
    @Benchmark
    public long heap(final OwnHeap state)
    {
        final long address = state.heap.allocate(SIZE, ALIGNMENT);
        state.heap.deallocate(address, SIZE, ALIGNMENT);
        return address;
    }

    /**
     * The least there is: a number popped and pushed, with the checks of an array.
     *
     * @param state with the stack.
     * @return the number.
     */
    @Benchmark
    public int stack(final Stack state)
    {
        final int number = state.numbers[--state.count];
        state.numbers[state.count++] = number;
        return number;
    }

    /**
     * {@link AdaptiveByteBufAllocator}.
     *
     * @param state with the allocator.
     * @return the buffer, dead.
     */
    @Benchmark
    public ByteBuf nettyAdaptive(final Netty state)
    {
        final ByteBuf block = state.adaptive.directBuffer(SIZE);
        block.release();
        return block;
    }

    /**
     * {@link PooledByteBufAllocator}.
     *
     * @param state with the allocator.
     * @return the buffer, dead.
     */
    @Benchmark
    public ByteBuf nettyPooled(final Netty state)
    {
        final ByteBuf block = state.pooled.directBuffer(SIZE);
        block.release();
        return block;
    }
}
