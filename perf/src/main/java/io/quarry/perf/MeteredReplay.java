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
 * A replay on the calling thread, by that thread's processor time.
 */
final class MeteredReplay implements MeasuredReplay
{
    private final TraceReplay replay;
    private long elapsedNs;
    private long garbageBytes;

    MeteredReplay(final TraceReplay replay)
    {
        this.replay = replay;
    }

    @Override
    public void pass()
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
}
