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

import io.quarry.perf.CommandError;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class DemoAgentsTest
{
    private static final int TURNS = 1000;

    @Test
    void shouldWaitUntilTheCountIsReached()
    {
        final Counter counter = new Counter(Long.MAX_VALUE);
        try (DemoAgents agents = new DemoAgents("test"))
        {
            agents.start(counter);
            agents.await("turns", counter.turns::get, TURNS);
            assertTrue(counter.turns.get() >= TURNS);
        }
        assertTrue(counter.isClosed);
    }

    @Test
    void shouldEndWithTheWordsOfAnAgentThatThrows()
    {
        final Counter counter = new Counter(TURNS);
        try (DemoAgents agents = new DemoAgents("test"))
        {
            agents.start(new Counter(Long.MAX_VALUE));
            agents.start(counter);
            final CommandError error = assertThrows(CommandError.class,
                () -> agents.await("turns", counter.turns::get, TURNS + 1));
            assertEquals("demo test: counter: java.lang.IllegalStateException: broken", error.getMessage());
        }
        assertTrue(counter.isClosed);
    }

    @Test
    void shouldCountWhatItsThreadsMake()
    {
        final Counter counter = new Counter(Long.MAX_VALUE);
        try (DemoAgents agents = new DemoAgents("test"))
        {
            agents.start(counter);
            agents.await("turns", counter.turns::get, TURNS);
            final long before = agents.allocatedBytes();
            agents.await("turns", counter.turns::get, counter.turns.get() + TURNS);
            assertTrue(agents.allocatedBytes() - before >= (long)TURNS * Counter.BYTES);
        }
    }

    /** Makes an array each time; in the end it fails. */
    private static final class Counter implements Agent
    {
        private static final int BYTES = 100;

        private final AtomicLong turns = new AtomicLong();
        private final long last;
        private byte[] made;
        private volatile boolean isClosed;

        Counter(final long last)
        {
            this.last = last;
        }

        @Override
        public String roleName()
        {
            return "counter";
        }

        @Override
        public int doWork()
        {
            if (turns.get() >= last)
            {
                throw new IllegalStateException("broken");
            }
            made = new byte[BYTES];
            turns.lazySet(turns.get() + made.length / BYTES);
            return 1;
        }

        @Override
        public void onClose()
        {
            isClosed = true;
        }
    }
}
