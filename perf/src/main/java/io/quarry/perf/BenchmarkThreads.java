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

import io.netty.util.concurrent.FastThreadLocalThread;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a benchmark, of the kind for which Netty caches. JMH makes one when {@code jmh.executor} is
 * {@code CUSTOM}.
 */
public final class BenchmarkThreads extends ThreadPoolExecutor
{
    /**
     * Makes the pool.
     *
     * @param threads that it has.
     * @param prefix  of their names.
     */
    public BenchmarkThreads(final int threads, final String prefix)
    {
        this(threads, prefix, new AtomicInteger());
    }

    private BenchmarkThreads(final int threads, final String prefix, final AtomicInteger made)
    {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            (task) -> new FastThreadLocalThread(task, prefix + "-" + made.incrementAndGet()));
    }
}
