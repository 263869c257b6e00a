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
import io.netty.buffer.PooledByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * What does a message cost whose block of 64 B is allocated by one thread and freed by another, behind a queue? With
 * {@code queue} nothing is allocated: that is what the queue itself takes.
 * <pre>
 *   java -jar perf/target/quarry.jar bench HandOffBenchmark
 * </pre>
 * The score is the time of both threads side by side for one message, so it takes two processors that do nothing else.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class HandOffBenchmark
{
    private static final int MESSAGES = 1 << 17;

    /**
     * Who allocates. {@code heap}: each thread calls its own {@link io.quarry.alloc.slab.Heap}.
     */
    @Param({ "queue", "heap", "concurrent-slab", "concurrent-buddy", "netty-adaptive", "netty-pooled", "malloc",
        "jemalloc", "mimalloc", "rpmalloc", "arrow" })
    public String subject;

    private HandOff handOff;

    /**
     * Made by JMH.
     */
    public HandOffBenchmark()
    {
    }

    /**
     * Makes the allocator and starts the threads.
     */
    @Setup
    public void setUp()
    {
        handOff = switch (subject)
        {
            case "queue" -> new HandOff.OfNumbers();
            case "heap" -> new HandOff.OfHeap();
            case "netty-adaptive" -> new HandOff.OfNetty(new AdaptiveByteBufAllocator(true));
            case "netty-pooled" -> new HandOff.OfNetty(new PooledByteBufAllocator(true));
            case "concurrent-buddy" -> new HandOff.OfQuarry(Subject.CONCURRENT_BUDDY);
            case "concurrent-slab" -> new HandOff.OfQuarry(Subject.CONCURRENT_SLAB);
            default -> new HandOff.OfTarget(SubjectBenchmark.subject(subject));
        };
        handOff.start();
    }

    /**
     * Ends the threads and checks the allocator.
     *
     * @throws InterruptedException if the wait for them is interrupted.
     */
    @TearDown
    public void tearDown() throws InterruptedException
    {
        handOff.end();
    }

    /**
     * Messages from the first's allocation to the last's free.
     *
     * @throws InterruptedException if the wait for them is interrupted.
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void message() throws InterruptedException
    {
        pass(MESSAGES);
    }

    void pass(final int messages) throws InterruptedException
    {
        handOff.pass(messages);
    }
}
