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

import io.quarry.alloc.CheckLevel;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What does each level of {@link CheckedRegionAllocator} add to a block of 64 B, allocated and freed again, while a
 * thousand others live?
 * <pre>
 *   java -jar perf/target/quarry.jar bench CheckedBenchmark
 * </pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@State(Scope.Thread)
public class CheckedBenchmark
{
    private static final int SIZE = 64;
    private static final int ALIGNMENT = 8;
    private static final int REGION = 16 << 20;
    private static final int LIVE = 1024;
    private static final String NONE = "none";

    /** A {@link CheckLevel}, or none: the allocator itself. */
    @Param({ NONE, "count", "site", "full" })
    String level;

    private RegionAllocator allocator;
    private final long[] live = new long[LIVE];

    /** Made by JMH. */
    public CheckedBenchmark()
    {
    }

    /** Makes the allocator and what lives. */
    @Setup
    public void setUp()
    {
        final RegionAllocator slab = new SlabAllocator(new RunAllocator(Region.allocate(REGION)));
        allocator = NONE.equals(level) ? slab :
            new CheckedRegionAllocator(slab, CheckLevel.valueOf(level.toUpperCase(Locale.ROOT)));
        for (int i = 0; i < LIVE; i++)
        {
            live[i] = allocator.alloc(SIZE, ALIGNMENT);
        }
    }

    /** Frees what lives, and closes the allocator, which sees that nothing is left. */
    @TearDown
    public void tearDown()
    {
        for (final long address : live)
        {
            allocator.dealloc(address, SIZE, ALIGNMENT);
        }
        allocator.verify();
        allocator.close();
    }

    /**
     * A block, and its end.
     *
     * @return its address.
     */
    @Benchmark
    public long pair()
    {
        final long address = allocator.alloc(SIZE, ALIGNMENT);
        allocator.dealloc(address, SIZE, ALIGNMENT);
        return address;
    }
}
