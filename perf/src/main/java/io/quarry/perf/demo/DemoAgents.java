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

import com.sun.management.ThreadMXBean;

import io.quarry.perf.CommandError;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The agents of a demo, each on a thread of its own: started, watched, and closed together. An agent that throws ends
 * the demo.
 */
final class DemoAgents implements AutoCloseable
{
    private static final ThreadMXBean THREADS = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private static final long STALLED_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int MAX_SPINS = 100;
    private static final int MAX_YIELDS = 100;
    private static final long MIN_PARK_NS = 1_000;
    private static final long MAX_PARK_NS = 50_000;

    private final String demo;
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<String> failure = new AtomicReference<>();
    private Runnable alsoChecked = () -> {};

    /**
     * Makes an empty set.
     *
     * @param demo for messages.
     */
    DemoAgents(final String demo)
    {
        this.demo = demo;
    }

    /** Starts an agent on a new thread. */
    void start(final Agent agent)
    {
        final AgentRunner runner = new AgentRunner(
            new BackoffIdleStrategy(MAX_SPINS, MAX_YIELDS, MIN_PARK_NS, MAX_PARK_NS),
            (thrown) -> fail(agent, thrown), null, agent);
        runners.add(runner);
        threads.add(AgentRunner.startOnThread(runner));
    }

    /** What to check beside the agents whenever they are; it throws if something is wrong. */
    void whileRunning(final Runnable check)
    {
        alsoChecked = check;
    }

    /** Bytes of Java objects that the agents' threads have made. */
    long allocatedBytes()
    {
        final long[] ids = threads.stream().mapToLong(Thread::getId).toArray();
        return Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).filter((bytes) -> bytes > 0).sum();
    }

    /**
     * Waits until a number gets to where it should.
     *
     * @param what   the number counts.
     * @param now    tells it.
     * @param wanted when the wait is over.
     * @throws CommandError if an agent has failed, or nothing has moved for half a minute.
     */
    void await(final String what, final LongSupplier now, final long wanted)
    {
        long last = now.getAsLong();
        long movedNs = System.nanoTime();
        for (long count = last; count < wanted; count = now.getAsLong())
        {
            check();
            if (count != last)
            {
                last = count;
                movedNs = System.nanoTime();
            }
            else if (System.nanoTime() - movedNs > STALLED_NS)
            {
                throw failed("stalled: " + what + "=" + count + " of " + wanted);
            }
            pause();
        }
        check();
    }

    /** Throws what an agent has failed of. */
    void check()
    {
        final String message = failure.get();
        if (null != message)
        {
            throw failed(message);
        }
        alsoChecked.run();
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(runners);
    }

    private void fail(final Agent agent, final Throwable thrown)
    {
        failure.compareAndSet(null, agent.roleName() + ": " + thrown);
    }

    private void pause()
    {
        try
        {
            Thread.sleep(1);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw failed("interrupted");
        }
    }

    private CommandError failed(final String message)
    {
        return failed(demo, message);
    }

    /** What ends a demo: one line. */
    static CommandError failed(final String demo, final String message)
    {
        return new CommandError(CommandError.DEVIATION,
            "demo " + demo + ": " + message.lines().findFirst().orElse("no reason given"));
    }
}
