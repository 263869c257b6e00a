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

import io.quarry.alloc.AgronaBuffers;
import io.quarry.alloc.ExpandableBlockBuffer;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
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
 * What does a buffer that can grow cost where it needn't, beside an {@link UnsafeBuffer} over a block of the same
 * allocator; and what does growth cost, beside {@link ExpandableDirectByteBuffer}?
 * <pre>
 *   java -jar perf/target/quarry.jar bench ExpandableBlockBufferBenchmark
 * </pre>
 * In place: {@link #MESSAGES} messages of four fields, at places in random order, for each invocation; the score is of
 * one message. Growth: a new buffer of 64 B, made longer by one byte past its end until it has 1 MiB, and dropped;
 * {@code append} fills it with longs on the way.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ExpandableBlockBufferBenchmark
{
    private static final int MESSAGES = 256;
    private static final int MESSAGE_SIZE = 32;
    private static final int CAPACITY = MESSAGES * MESSAGE_SIZE;
    private static final int FIRST_CAPACITY = 64;
    private static final int LAST_CAPACITY = 1 << 20;

    private final int[] places = new int[MESSAGES];
    private Region region;
    private RegionAllocator allocator;
    private ExpandableBlockBuffer blockBuffer;
    private UnsafeBuffer unsafeBuffer;
    private long unsafeBlock;

    /**
     * Made by JMH.
     */
    public ExpandableBlockBufferBenchmark()
    {
    }

    /**
     * Makes the two buffers, each over a block of one allocator.
     */
    @Setup
    public void setUp()
    {
        final SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < MESSAGES; i++)
        {
            final int other = random.nextInt(i + 1);
            places[i] = places[other];
            places[other] = i * MESSAGE_SIZE;
        }
        region = Region.allocate(16 << 20);
        allocator = new SlabAllocator(new RunAllocator(region));
        blockBuffer = new ExpandableBlockBuffer(allocator, CAPACITY);
        unsafeBlock = allocator.allocateZeroed(CAPACITY, Long.BYTES);
        unsafeBuffer = AgronaBuffers.newBuffer(region, unsafeBlock, CAPACITY);
    }

    /**
     * Checks the allocator.
     */
    @TearDown
    public void tearDown()
    {
        blockBuffer.close();
        allocator.deallocate(unsafeBlock, CAPACITY, Long.BYTES);
        allocator.verify();
        if (0 != allocator.stats().liveBlocks())
        {
            throw new IllegalStateException("liveBlocks=" + allocator.stats().liveBlocks());
        }
        allocator.close();
        region.close();
    }

    /**
     * Writes messages.
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void putBlockBuffer()
    {
        for (final int place : places)
        {
            blockBuffer.putLong(place, place);
            blockBuffer.putLong(place + 8, MESSAGES);
            blockBuffer.putInt(place + 16, place);
            blockBuffer.putShort(place + 20, (short)place);
        }
    }

    /**
     * Writes messages.
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void putUnsafeBuffer()
    {
        for (final int place : places)
        {
            unsafeBuffer.putLong(place, place);
            unsafeBuffer.putLong(place + 8, MESSAGES);
            unsafeBuffer.putInt(place + 16, place);
            unsafeBuffer.putShort(place + 20, (short)place);
        }
    }

    /**
     * Reads messages.
     *
     * @return a sum over all fields.
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long getBlockBuffer()
    {
        long sum = 0;
        for (final int place : places)
        {
            sum += blockBuffer.getLong(place) + blockBuffer.getLong(place + 8) + blockBuffer.getInt(place + 16) +
                blockBuffer.getShort(place + 20);
        }
        return sum;
    }

    /**
     * Reads messages.
     *
     * @return a sum over all fields.
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long getUnsafeBuffer()
    {
        long sum = 0;
        for (final int place : places)
        {
            sum += unsafeBuffer.getLong(place) + unsafeBuffer.getLong(place + 8) + unsafeBuffer.getInt(place + 16) +
                unsafeBuffer.getShort(place + 20);
        }
        return sum;
    }

    /**
     * From 64 B to 1 MiB.
     *
     * @return the capacity at the end.
     */
    @Benchmark
    public int growBlockBuffer()
    {
        try (ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, FIRST_CAPACITY))
        {
            return grow(buffer);
        }
    }

    /**
     * From 64 B to 1 MiB.
     *
     * @return the capacity at the end.
     */
    @Benchmark
    public int growDirectByteBuffer()
    {
        return grow(new ExpandableDirectByteBuffer(FIRST_CAPACITY));
    }

    /**
     * From 64 B to 1 MiB, every byte written.
     *
     * @return the capacity at the end.
     */
    @Benchmark
    public int appendBlockBuffer()
    {
        try (ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, FIRST_CAPACITY))
        {
            return append(buffer);
        }
    }

    /**
     * From 64 B to 1 MiB, every byte written.
     *
     * @return the capacity at the end.
     */
    @Benchmark
    public int appendDirectByteBuffer()
    {
        return append(new ExpandableDirectByteBuffer(FIRST_CAPACITY));
    }

    private static int grow(final MutableDirectBuffer buffer)
    {
        while (buffer.capacity() < LAST_CAPACITY)
        {
            buffer.putByte(buffer.capacity(), (byte)1);
        }
        return buffer.capacity();
    }

    private static int append(final MutableDirectBuffer buffer)
    {
        for (int i = 0; i < LAST_CAPACITY; i += Long.BYTES)
        {
            buffer.putLong(i, i);
        }
        return buffer.capacity();
    }
}
