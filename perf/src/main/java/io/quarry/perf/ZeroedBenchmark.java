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
 * What does it cost to have a block cleared, for a pair on the same thread?
 * <pre>
 *   java -jar perf/target/quarry.jar bench ZeroedBenchmark
 * </pre>
 */
public class ZeroedBenchmark extends SubjectBenchmark
{
    /**
     * Bytes of the block.
     */
    @Param({ "64", "1024", "16384" })
    public int size;

    /**
     * Made by JMH.
     */
    public ZeroedBenchmark()
    {
    }

    /**
     * Makes the allocator.
     */
    @Setup
    public void setUp()
    {
        open(1, size, ALIGNMENT);
    }

    /**
     * One block of zeros allocated, written to at both ends, and freed.
     */
    @Benchmark
    public void pair()
    {
        target.allocZeroed(0, size, ALIGNMENT);
        target.touch(0, size, ALIGNMENT);
        target.free(0, size, ALIGNMENT);
    }
}
