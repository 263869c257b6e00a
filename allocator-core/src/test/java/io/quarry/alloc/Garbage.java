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
package io.quarry.alloc;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Measures what this thread allocates on the heap.
 */
final class Garbage
{
    private static final int ROUNDS = 5;

    private Garbage()
    {
    }

    /**
     * The least that a piece of work allocates in several rounds: the JVM itself may allocate a little in one of them,
     * as when it compiles a method handle; what the work does in each call shows in all.
     *
     * @param work many calls.
     * @return bytes.
     */
    static long leastOf(final Runnable work)
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++)
        {
            final long before = threads.getThreadAllocatedBytes(thread);
            final long between = threads.getThreadAllocatedBytes(thread);
            work.run();
            final long after = threads.getThreadAllocatedBytes(thread);
            // What asking itself costs is taken off.
            least = Math.min(least, after - between - (between - before));
        }
        return least;
    }
}
