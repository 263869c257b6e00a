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

import io.quarry.alloc.Alloc;
import io.quarry.alloc.Global;
import io.quarry.alloc.GlobalAlloc;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What does the way through {@link Global} and {@link Alloc} cost, beside a call of the same allocator itself?
 * <pre>
 *   java -jar perf/target/quarry.jar bench GlobalBenchmark
 * </pre>
 * A pair: one block allocated and freed; {@link #PAIRS} of them, of random sizes up to 512 B, for each invocation, the
 * score is of one. The allocator is the quickest there is, slabs for one thread, so that the way is as large a part of
 * the pair as it can be; it is registered as thread-safe, which with one thread it is. {@code direct} is what a program
 * without {@code Global} writes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class GlobalBenchmark
{
    private static final int PAIRS = 256;
    private static final int LARGEST = 512;
    private static final int ALIGNMENT = 8;

    private final int[] sizes = new int[PAIRS];
    private Region region;
    private RegionAllocator allocator;

    /**
     * Made by JMH.
     */
    public GlobalBenchmark()
    {
    }

    /**
     * Registers the allocator: once a fork, so the fork count must not be 0.
     */
    @Setup
    public void setUp()
    {
        final SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < PAIRS; i++)
        {
            sizes[i] = 1 + random.nextInt(LARGEST);
        }
        region = Region.allocate(16 << 20);
        allocator = new SlabAllocator(new RunAllocator(region));
        Global.register(new Registered(allocator));
    }

    /**
     * Checks the allocator.
     */
    @TearDown
    public void tearDown()
    {
        allocator.verify();
        if (0 != allocator.stats().liveBlocks())
        {
            throw new IllegalStateException("liveBlocks=" + allocator.stats().liveBlocks());
        }
    }

    /**
     * The allocator itself.
     *
     * @return a sum of all addresses.
     */
    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public long direct()
    {
        long sum = 0;
        for (final int size : sizes)
        {
            final long address = allocator.allocate(size, ALIGNMENT);
            sum += address;
            allocator.deallocate(address, size, ALIGNMENT);
        }
        return sum;
    }

    /**
     * By the global allocator.
     *
     * @return a sum of all addresses.
     */
    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public long global()
    {
        long sum = 0;
        for (final int size : sizes)
        {
            final long address = Global.INSTANCE.allocate(size, ALIGNMENT);
            sum += address;
            Global.INSTANCE.deallocate(address, size, ALIGNMENT);
        }
        return sum;
    }

    /**
     * The allocator itself, by the lower contract.
     *
     * @return a sum of all addresses.
     */
    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public long directFunction()
    {
        long sum = 0;
        for (final int size : sizes)
        {
            final long address = allocator.alloc(size, ALIGNMENT);
            sum += address;
            allocator.dealloc(address, size, ALIGNMENT);
        }
        return sum;
    }

    /**
     * By the free functions.
     *
     * @return a sum of all addresses.
     */
    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public long freeFunction()
    {
        long sum = 0;
        for (final int size : sizes)
        {
            final long address = Alloc.alloc(size, ALIGNMENT);
            sum += address;
            Alloc.dealloc(address, size, ALIGNMENT);
        }
        return sum;
    }

    /** Says that it is thread-safe, which the registration asks for. */
    private record Registered(RegionAllocator allocator) implements GlobalAlloc
    {
        @Override
        public long alloc(final long size, final long alignment)
        {
            return allocator.alloc(size, alignment);
        }

        @Override
        public long allocZeroed(final long size, final long alignment)
        {
            return allocator.allocZeroed(size, alignment);
        }

        @Override
        public void dealloc(final long address, final long size, final long alignment)
        {
            allocator.dealloc(address, size, alignment);
        }

        @Override
        public long realloc(final long address, final long size, final long alignment, final long newSize)
        {
            return allocator.realloc(address, size, alignment, newSize);
        }

        @Override
        public Region regionOf(final long address)
        {
            return allocator.region();
        }

        @Override
        public boolean isThreadSafe()
        {
            return true;
        }
    }
}
