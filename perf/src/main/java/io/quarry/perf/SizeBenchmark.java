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
 * What does it cost to allocate a block of one size and to free it again, on the same thread, with nothing else live?
 * <pre>
 *   java -jar perf/target/quarry.jar bench '[.]SizeBenchmark'
 *   java -jar perf/target/quarry.jar bench '[.]SizeBenchmark' -p size=64 -p subject=loop,stack,slab,netty-adaptive
 * </pre>
 * The block isn't touched.
 */
public class SizeBenchmark extends SubjectBenchmark
{
    /**
     * Bytes of the block.
     */
    @Param({ "16", "64", "256", "1024", "4096", "65536", "1048576" })
    public int size;

    /**
     * Made by JMH.
     */
    public SizeBenchmark()
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
     * One block allocated and freed.
     */
    @Benchmark
    public void pair()
    {
        target.alloc(0, size, ALIGNMENT);
        target.free(0, size, ALIGNMENT);
    }
}
