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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import java.util.SplittableRandom;

/**
 * What does a pair cost where a thousand blocks are allocated first and then freed in random order? A pair of one block
 * shows a cache at its best; here slabs are made and given back.
 * <pre>
 *   java -jar perf/target/quarry.jar bench BatchBenchmark
 * </pre>
 * The score is the time of one block's pair.
 */
public class BatchBenchmark extends SubjectBenchmark
{
    private static final int BLOCKS = 1000;

    /**
     * Bytes of each block.
     */
    @Param({ "64", "1024", "16384" })
    public int size;

    private final int[] order = new int[BLOCKS];

    /**
     * Made by JMH.
     */
    public BatchBenchmark()
    {
    }

    /**
     * Makes the allocator and the order.
     */
    @Setup
    public void setUp()
    {
        open(BLOCKS, size, ALIGNMENT);
        final SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < BLOCKS; i++)
        {
            final int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    /**
     * All allocated and touched, and all freed.
     */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public void batch()
    {
        for (int i = 0; i < BLOCKS; i++)
        {
            target.alloc(i, size, ALIGNMENT);
            target.touch(i, size, ALIGNMENT);
        }
        for (int i = 0; i < BLOCKS; i++)
        {
            target.free(order[i], size, ALIGNMENT);
        }
    }
}
