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
 * What does it cost to make a block twice as long and as short again: {@code inPlace}, where what is behind it is free,
 * so that it may stay, and {@code moving}, where another block is in the way?
 * <pre>
 *   java -jar perf/target/quarry.jar bench ResizeBenchmark
 * </pre>
 * The score is the time of both resizes; with {@code moving} that of the two blocks' pairs is in it.
 */
public class ResizeBenchmark extends SubjectBenchmark
{
    /**
     * Bytes of the block when it is short.
     */
    @Param({ "64", "1024", "16384", "262144" })
    public int size;

    /**
     * Made by JMH.
     */
    public ResizeBenchmark()
    {
    }

    /**
     * Makes the allocator and the block.
     */
    @Setup
    public void setUp()
    {
        open(3, 2 * size, ALIGNMENT);
        target.alloc(0, size, ALIGNMENT);
    }

    @Override
    void freeAll()
    {
        target.free(0, size, ALIGNMENT);
    }

    /**
     * Nothing in the way.
     */
    @Benchmark
    public void inPlace()
    {
        target.realloc(0, size, 2 * size, ALIGNMENT);
        target.touch(0, 2 * size, ALIGNMENT);
        target.realloc(0, 2 * size, size, ALIGNMENT);
    }

    /**
     * A block right behind it, as far as allocators put one block behind the other.
     */
    @Benchmark
    public void moving()
    {
        target.alloc(1, size, ALIGNMENT);
        target.alloc(2, size, ALIGNMENT);
        target.realloc(1, size, 2 * size, ALIGNMENT);
        target.touch(1, 2 * size, ALIGNMENT);
        target.realloc(1, 2 * size, size, ALIGNMENT);
        target.free(2, size, ALIGNMENT);
        target.free(1, size, ALIGNMENT);
    }
}
