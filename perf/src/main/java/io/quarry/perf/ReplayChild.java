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

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * The main class of a child JVM: reads a decoded trace from standard input, replays it through one subject, and writes
 * {@link Figures} to standard output. Between what is off the clock and what is on it says {@link #READY} and waits for
 * its turn.
 */
final class ReplayChild
{
    /** Argument: measure time, garbage, contents, and the footprint where the subject knows it. */
    static final String TIME = "time";

    /** Argument: find the footprint by resident memory. */
    static final String RESIDENT = "resident";

    /** Argument: find what is held over the trace; the passes asked for are points. */
    static final String FOOTPRINT = "footprint";

    /** Argument: time each call by itself. */
    static final String LATENCY = "latency";

    /** The byte on standard output after which nothing but the clock is left; the answer is any byte. */
    static final int READY = '!';

    private static final int LEAST_WARM_UP_PASSES = 2;

    private static final int ARGUMENT_WARM_UP = 3;
    private static final int ARGUMENT_LEAST_PASSES = 4;
    private static final int ARGUMENT_MOST_PASSES = 5;
    private static final int ARGUMENT_THREADS = 6;

    private ReplayChild()
    {
    }

    /**
     * Runs the child.
     *
     * @param args mode, subject, bytes of region, warm-up time, least and most passes, threads.
     * @throws IOException          if the parent is gone.
     * @throws InterruptedException never, as nobody interrupts.
     */
    public static void main(final String[] args) throws IOException, InterruptedException
    {
        final PrintStream out = System.out;
        System.setOut(System.err);
        final Subject subject = Subject.valueOf(args[1]);
        final ReplaySettings settings =
            new ReplaySettings(Long.parseLong(args[2]), Integer.parseInt(args[ARGUMENT_WARM_UP]),
                Integer.parseInt(args[ARGUMENT_LEAST_PASSES]), Integer.parseInt(args[ARGUMENT_MOST_PASSES]),
                Integer.parseInt(args[ARGUMENT_THREADS]));
        final Trace trace = Trace.readFrom(new DataInputStream(new BufferedInputStream(System.in, 1 << 16)));
        final Runnable turn = () -> awaitTurn(out);

        final Properties[] answer = new Properties[1];
        final Thread thread = subject.newThread(() -> answer[0] = answer(args[0], subject, trace, settings, turn));
        thread.start();
        thread.join();
        answer[0].store(out, null);
        out.flush();
        // Not by return: a peer may have left threads behind.
        System.exit(0);
    }

    private static void awaitTurn(final PrintStream out)
    {
        out.write(READY);
        out.flush();
        try
        {
            if (System.in.read() < 0)
            {
                throw new IllegalStateException("the parent is gone");
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static Properties answer(
        final String mode,
        final Subject subject,
        final Trace trace,
        final ReplaySettings settings,
        final Runnable turn)
    {
        try
        {
            return switch (mode)
            {
                case LATENCY -> latencies(subject, trace, settings, turn).toProperties();
                case FOOTPRINT -> footprint(subject, trace, settings).toProperties();
                default -> figures(mode, subject, trace, settings, turn).toProperties();
            };
        }
        catch (final ReplayFailure ex)
        {
            return Figures.failed(ex.getMessage()).toProperties();
        }
        catch (final OutOfMemoryError | RuntimeException | LinkageError ex)
        {
            return Figures.failed("can't run: " + ex).toProperties();
        }
    }

    private static Figures figures(
        final String mode,
        final Subject subject,
        final Trace trace,
        final ReplaySettings settings,
        final Runnable turn)
    {
        if (RESIDENT.equals(mode))
        {
            return resident(subject, trace, settings);
        }
        return settings.threads() > 1 ?
            measured(subject, new ThreadedTrace(trace, settings.threads()), settings, turn) :
            measured(subject, trace, settings, turn);
    }

    private static Latencies latencies(
        final Subject subject, final Trace trace, final ReplaySettings settings, final Runnable turn)
    {
        try (ReplayTarget target = subject.open(trace, settings.regionSize()))
        {
            turn.run();
            final LatencyReplay replay = new LatencyReplay(trace, target);
            final long warmUpNs = TimeUnit.MILLISECONDS.toNanos(settings.warmUpMs());
            final long start = System.nanoTime();
            for (int i = 0; i < LEAST_WARM_UP_PASSES || System.nanoTime() - start < warmUpNs; i++)
            {
                replay.pass();
            }
            replay.latencies().reset();
            for (int i = 0; i < settings.leastPasses(); i++)
            {
                replay.pass();
            }
            return replay.latencies();
        }
    }

    private static FootprintSeries footprint(
        final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        if (subject.isQuarry())
        {
            return new HighWaterReplay(trace, subject, settings.regionSize(), settings.leastPasses()).run();
        }
        try (ReplayTarget target = subject.open(trace, settings.regionSize()))
        {
            return new FootprintReplay(
                trace, target, subject.isMeasuredByResidentMemory(), settings.leastPasses()).run();
        }
    }

    private static Figures resident(final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        if (1 == settings.threads())
        {
            try (ReplayTarget target = subject.open(trace, settings.regionSize()))
            {
                return Figures.ofFootprint(
                    new FootprintReplay(trace, target, true, FootprintReplay.FEW_POINTS).run().peak());
            }
        }
        final ThreadedTrace dealt = new ThreadedTrace(trace, settings.threads());
        try (ReplayTarget target = subject.open(dealt.trace(), settings.regionSize(), settings.threads());
            ThreadedReplay replay = new ThreadedReplay(dealt, target, subject::newThread))
        {
            return Figures.ofFootprint(
                new FootprintReplay(dealt.trace(), target, true, FootprintReplay.FEW_POINTS).run(replay).peak());
        }
    }

    /** Contents first, as a footprint is that of a fresh allocator; then time, on another fresh one. */
    private static Figures measured(
        final Subject subject, final Trace trace, final ReplaySettings settings, final Runnable turn)
    {
        long footprint = 0;
        if (Subject.LOOP != subject)
        {
            try (ReplayTarget target = subject.open(trace, settings.regionSize()))
            {
                new ContentReplay(trace, target).run();
                footprint = target.footprint();
            }
        }
        try (ReplayTarget target = subject.open(trace, settings.regionSize()))
        {
            turn.run();
            return timed(trace, new MeteredReplay(new TraceReplay(trace, target)), settings, footprint);
        }
    }

    /** The same with several threads. */
    private static Figures measured(
        final Subject subject, final ThreadedTrace dealt, final ReplaySettings settings, final Runnable turn)
    {
        final Trace trace = dealt.trace();
        long footprint = 0;
        if (Subject.LOOP != subject)
        {
            try (ReplayTarget target = subject.open(trace, settings.regionSize(), dealt.threads());
                ThreadedReplay replay = new ThreadedReplay(dealt, target, subject::newThread))
            {
                replay.checkContents();
                footprint = target.footprint();
            }
        }
        try (ReplayTarget target = subject.open(trace, settings.regionSize(), dealt.threads());
            ThreadedReplay replay = new ThreadedReplay(dealt, target, subject::newThread))
        {
            turn.run();
            return timed(trace, replay, settings, footprint);
        }
    }

    private static Figures timed(
        final Trace trace, final MeasuredReplay replay, final ReplaySettings settings, final long footprint)
    {
        final long warmUpNs = TimeUnit.MILLISECONDS.toNanos(settings.warmUpMs());
        final long start = replay.clockNs();
        for (int i = 0; i < LEAST_WARM_UP_PASSES || replay.clockNs() - start < warmUpNs; i++)
        {
            replay.pass();
            replay.freeLeft();
        }
        final long[] times = new long[settings.mostPasses()];
        final long[] garbage = new long[settings.mostPasses()];
        long total = 0;
        int passes = 0;
        while (passes < times.length && (passes < settings.leastPasses() || total < ReplaySettings.BUDGET_NS))
        {
            replay.pass();
            times[passes] = replay.elapsedNs();
            garbage[passes] = replay.garbageBytes();
            replay.freeLeft();
            total += times[passes++];
        }
        final double events = trace.eventCount();
        return new Figures(
            median(times, passes) / events, footprint, median(garbage, passes) / events, true, passes, null);
    }

    /**
     * Of garbage, too, and not the mean: a thread that asks for a method to be compiled makes the string constants of
     * its class, some 1,000 bytes once, in whatever pass that is.
     */
    private static double median(final long[] figures, final int count)
    {
        final long[] sorted = Arrays.copyOf(figures, count);
        Arrays.sort(sorted);
        final int middle = count / 2;
        return 1 == count % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
