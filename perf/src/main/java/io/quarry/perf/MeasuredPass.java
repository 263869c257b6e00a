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

/**
 * A pass on the clock, of whatever number of threads.
 */
interface MeasuredPass
{
    /** Replays the trace once. */
    void run();

    /** Frees what the trace left live; off the clock. */
    void freeLeft();

    /** How long the last pass took. */
    long elapsedNs();

    /** What it left on the Java heap. */
    long garbageBytes();

    /** The time now by the clock that counts. */
    long clockNs();

    /**
     * The time of one thread: its processor time.
     *
     * @param replay to be measured, by the thread that calls.
     * @return its passes.
     */
    static MeasuredPass of(final TraceReplay replay)
    {
        return new MeasuredPass()
        {
            private long elapsedNs;
            private long garbageBytes;

            @Override
            public void run()
            {
                final long allocatedBefore = ThreadMeter.allocatedBytes();
                final long before = ThreadMeter.cpuNs();
                replay.pass();
                elapsedNs = ThreadMeter.cpuNs() - before;
                garbageBytes = ThreadMeter.allocatedBytes() - allocatedBefore;
            }

            @Override
            public void freeLeft()
            {
                replay.freeLeft();
            }

            @Override
            public long elapsedNs()
            {
                return elapsedNs;
            }

            @Override
            public long garbageBytes()
            {
                return garbageBytes;
            }

            @Override
            public long clockNs()
            {
                return ThreadMeter.cpuNs();
            }
        };
    }

    /**
     * The time of several threads: that on the wall, as they wait for each other.
     *
     * @param replay to be measured.
     * @return its passes.
     */
    static MeasuredPass of(final ThreadedReplay replay)
    {
        return new MeasuredPass()
        {
            @Override
            public void run()
            {
                replay.pass();
            }

            @Override
            public void freeLeft()
            {
                replay.freeLeft();
            }

            @Override
            public long elapsedNs()
            {
                return replay.elapsedNs();
            }

            @Override
            public long garbageBytes()
            {
                return replay.garbageBytes();
            }

            @Override
            public long clockNs()
            {
                return System.nanoTime();
            }
        };
    }
}
