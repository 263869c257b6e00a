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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Each adapter gives blocks that are aligned, zeroed where that is asked for, and keep their bytes when resized: what a
 * peer does in a benchmark is what Quarry's allocators do. Agrona's flag is for its own buffers.
 */
@Tag("agrona")
class PeerTargetTest
{
    private static final long SEED = 7;
    private static final int EVENTS = 20_000;
    private static final long REGION_SIZE = 4 << 20;

    @ParameterizedTest
    @EnumSource(names = { "STACK", "LOOP" }, mode = EnumSource.Mode.EXCLUDE)
    void shouldKeepContentsAndGiveBackAll(final Subject subject) throws InterruptedException
    {
        assumeTrue(null == subject.unavailable(), subject::unavailable);
        final Trace trace = RandomTrace.of(SEED, EVENTS);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread thread = subject.newThread(() ->
        {
            try (ReplayTarget target = subject.open(trace, REGION_SIZE))
            {
                new ContentReplay(trace, target).run();
                assertEquals(0, target.liveBlocks());
            }
        });
        thread.setUncaughtExceptionHandler((ignore, ex) -> failure.set(ex));

        thread.start();
        thread.join();

        assertNull(failure.get(), () -> "seed=" + SEED + ": " + failure.get());
    }

    @ParameterizedTest
    @EnumSource(names = { "STACK", "LOOP" })
    void shouldServeFloorsWithoutContents(final Subject subject)
    {
        final Trace trace = RandomTrace.of(SEED, EVENTS);
        try (ReplayTarget target = subject.open(trace, REGION_SIZE))
        {
            final TraceReplay replay = new TraceReplay(trace, target);
            replay.pass();
            replay.freeLeft();
            assertEquals(0, target.liveBlocks());
        }
    }
}
