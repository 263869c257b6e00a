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

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What does an alignment cost, for a pair of one block on the same thread? Who takes no alignment gets a larger
 * request, from which an aligned block is cut.
 * <pre>
 *   java -jar perf/target/quarry.jar bench AlignedBenchmark
 * </pre>
 */
public class AlignedBenchmark extends SubjectBenchmark
{
    /**
     * Bytes of the block.
     */
    @Param({ "64", "4096" })
    public int size;

    /**
     * Of the block.
     */
    @Param({ "64", "512", "4096" })
    public int alignment;

    /**
     * Made by JMH.
     */
    public AlignedBenchmark()
    {
    }

    /**
     * Makes the allocator.
     */
    @Setup
    public void setUp()
    {
        open(1, size, alignment);
    }

    /**
     * One block allocated, written to at both ends, and freed.
     */
    @Benchmark
    public void pair()
    {
        target.alloc(0, size, alignment);
        target.touch(0, size, alignment);
        target.free(0, size, alignment);
    }
}
