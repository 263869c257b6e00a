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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Replays a trace with several threads, the same ones in every pass, as allocators keep something for each.
 */
final class ThreadedReplay implements MeasuredReplay, AutoCloseable
{
    private final ThreadedTrace trace;
    private final ReplayTarget target;
    private final ReplayTurns turns;
    private final List<ReplayWorker> workers = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();

    /**
     * Makes the threads.
     *
     * @param trace     dealt out to as many.
     * @param target    that all call, closed by who made it.
     * @param newThread makes them.
     */
    ThreadedReplay(final ThreadedTrace trace, final ReplayTarget target, final ThreadFactory newThread)
    {
        this.trace = trace;
        this.target = target;
        this.turns = new ReplayTurns(trace.threads());
        for (int i = 0; i < trace.threads(); i++)
        {
            workers.add(new ReplayWorker(i, trace, turns, target));
            threads.add(Executors.newSingleThreadExecutor(newThread));
        }
        onEachThread((thread) -> target.enterThread());
    }

    /**
     * Replays the trace once, each event a {@link ContentCheck}, and frees what it leaves.
     *
     * @throws ReplayFailure at the first byte that isn't what it must be, or if memory is exhausted.
     */
    void checkContents()
    {
        final long[] seeds = new long[trace.trace().slotCount()];
        final List<ContentCheck> checks = new ArrayList<>();
        for (int i = 0; i < trace.threads(); i++)
        {
            checks.add(new ContentCheck(target, seeds, i, trace.threads()));
        }
        pass((thread) -> checks.get(thread)::replay);
        ContentCheck.verify(target);
        onEachThread((thread) -> workers.get(thread).freeLeft(checks.get(thread)::replay));
        ContentCheck.verifyEmpty(target);
    }

    /**
     * Replays the trace once, off the clock; what it leaves live stays.
     *
     * @param actions by thread.
     */
    void pass(final IntFunction<EventAction> actions)
    {
        turns.reset(trace);
        onEachThread((thread) -> workers.get(thread).pass(actions.apply(thread)));
    }

    @Override
    public void pass()
    {
        turns.reset(trace);
        onEachThread((thread) -> workers.get(thread).pass());
    }

    @Override
    public void freeLeft()
    {
        onEachThread((thread) -> workers.get(thread).freeLeft());
    }

    /** From the first thread's start to the last one's end. */
    @Override
    public long elapsedNs()
    {
        final long start = workers.stream().mapToLong(ReplayWorker::startNs).min().orElseThrow();
        return workers.stream().mapToLong((worker) -> worker.endNs() - start).max().orElseThrow();
    }

    @Override
    public long garbageBytes()
    {
        return workers.stream().mapToLong(ReplayWorker::garbageBytes).sum();
    }

    /** On the wall, as the threads wait for each other. */
    @Override
    public long clockNs()
    {
        return System.nanoTime();
    }

    /**
     * Has each thread do something, all at once, and waits for them.
     *
     * @param part to be done, given the thread's number.
     */
    void onEachThread(final IntConsumer part)
    {
        final List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < threads.size(); i++)
        {
            final int thread = i;
            running.add(threads.get(i).submit(() -> part.accept(thread)));
        }
        final List<ReplayFailure> failures = new ArrayList<>();
        for (final Future<?> future : running)
        {
            await(future, failures);
        }
        workers.stream().filter(ReplayWorker::hasFailed)
            .min(Comparator.comparingInt(ReplayWorker::failedSequence))
            .ifPresent(ThreadedReplay::raise);
        if (!failures.isEmpty())
        {
            throw failures.get(0);
        }
    }

    private static void raise(final ReplayWorker worker)
    {
        throw worker.failure();
    }

    /** To the end of what it does, whatever that is: nobody may be in a call when the allocator is closed. */
    private static void await(final Future<?> future, final List<ReplayFailure> failures)
    {
        try
        {
            future.get();
        }
        catch (final ExecutionException ex)
        {
            failures.add(new ReplayFailure("a thread of the replay has failed: " + ex.getCause()));
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            failures.add(new ReplayFailure("interrupted"));
        }
    }

    @Override
    public void close()
    {
        threads.forEach(ExecutorService::shutdown);
    }
}
