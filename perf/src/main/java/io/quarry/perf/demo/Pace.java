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
package io.quarry.perf.demo;

import java.util.concurrent.TimeUnit;

/**
 * When each message is due. Latency counts from then and not from when it was sent, so that a sender that falls behind
 * hides nothing.
 */
final class Pace
{
    private final double intervalNs;
    private long beginNs;

    /** So many messages a second; 0: as fast as they can be sent. */
    Pace(final long rate)
    {
        intervalNs = 0 == rate ? 0 : (double)TimeUnit.SECONDS.toNanos(1) / rate;
    }

    /** Begins now. */
    void begin()
    {
        beginNs = System.nanoTime();
    }

    /** When a message is due, as {@link System#nanoTime()} tells it; now, if there is no rate. */
    long dueNs(final long message)
    {
        return 0 == intervalNs ? System.nanoTime() : beginNs + (long)(message * intervalNs);
    }
}
