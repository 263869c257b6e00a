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

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * What benchmarks of one thread have in common that ask all subjects the same. Each call goes through the adapter of a
 * replay, {@link ReplayTarget}, of which a fork has one class; the block's address is kept in an array there, so no
 * compiler can leave a call out. Two of the subjects are floors and no allocators: {@code stack} and {@code loop}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {
    "-Djmh.executor=CUSTOM", "-Djmh.executor.class=io.quarry.perf.BenchmarkThreads" })
public abstract class SubjectBenchmark
{
    /** What each of them gives, and what malloc gives without asking. */
    static final int ALIGNMENT = 16;

    static final long MIB = 1 << 20;

    /**
     * Who is asked, by its label in {@code replay}. One that can't run here fails with a word, and the others go on.
     */
    @Param({ "loop", "stack", "slab", "slab-buddy", "buddy", "run", "concurrent-slab", "concurrent-buddy",
        "netty-adaptive", "netty-pooled", "malloc", "jemalloc", "mimalloc", "rpmalloc", "direct-buffer",
        "agrona-aligned", "arena", "arrow", "terracotta" })
    public String subject;

    /** What is called. */
    ReplayTarget target;

    SubjectBenchmark()
    {
    }

    /**
     * Finds a subject by its label.
     *
     * @param label of a floor, too.
     * @return the subject.
     */
    static Subject subject(final String label)
    {
        for (final Subject candidate : Subject.values())
        {
            if (candidate.label().equals(label))
            {
                if (null != candidate.unavailable())
                {
                    throw new IllegalStateException(label + " can't run here: " + candidate.unavailable());
                }
                return candidate;
            }
        }
        throw new IllegalArgumentException("subject=" + label);
    }

    /** Makes the target, in a region of four times what lives at most, or of 8 MiB. */
    final void open(final int slotCount, final int largestSize, final int largestAlignment)
    {
        final long mostLive = (long)slotCount * (largestSize + largestAlignment);
        open(slotCount, largestSize, largestAlignment, Math.max(8 * MIB, 4 * mostLive / MIB * MIB));
    }

    /** Makes the target; to be called by a benchmark's setup. */
    final void open(final int slotCount, final int largestSize, final int largestAlignment, final long regionSize)
    {
        target = subject(subject).open(
            new Subject.Demand(slotCount, largestSize, largestAlignment, regionSize, 1));
    }

    /** Frees what the benchmark left live. */
    void freeAll()
    {
    }

    /**
     * Checks that the allocator is in order and has got everything back.
     */
    @TearDown(Level.Trial)
    public final void close()
    {
        freeAll();
        target.verify();
        if (0 != target.liveBlocks())
        {
            throw new IllegalStateException("wanted liveBlocks=0, got liveBlocks=" + target.liveBlocks());
        }
        target.close();
    }
}
