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
 * A replay on the clock, of whatever number of threads.
 */
interface MeasuredReplay
{
    /** Replays the trace once. */
    void pass();

    /** Frees what the trace left live; outside the clock, before the next pass. */
    void freeLeft();

    /** How long the last pass took. */
    long elapsedNs();

    /** What the last pass left on the Java heap, all threads together. */
    long garbageBytes();

    /** The time now, by the clock that {@link #elapsedNs()} goes by. */
    long clockNs();
}
