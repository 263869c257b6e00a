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

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Runs a replay in a JVM of its own, so that the loop has one allocator to call, with that allocator's flags. A JVM for
 * each trace, too: what the JIT compiler learns from one trace would decide how it compiles the next, and malloc's heap
 * would carry the holes of the one before.
 * <p>
 * What is off the clock, and that is more than half, may be done by several children at once; then each waits for its
 * turn, so that nothing else runs while one is on the clock.
 */
final class ReplayFork implements AutoCloseable
{
    private static final long MIB = 1 << 20;

    /** Room for classes' mirrors, Netty's own objects and the tables of a small region. */
    private static final long HEAP = 64 * MIB;

    private final Process process;
    private final PushbackInputStream in;
    private final Thread sender;
    private final String failure;

    private ReplayFork(final Process process, final Trace trace)
    {
        this.process = process;
        this.in = new PushbackInputStream(process.getInputStream());
        this.sender = new Thread(() -> send(trace, process), "send");
        this.failure = null;
        sender.start();
    }

    private ReplayFork(final String failure)
    {
        this.process = null;
        this.in = null;
        this.sender = null;
        this.failure = failure;
    }

    /**
     * The flags that every child has, but for those that depend on the trace: heap and direct memory.
     *
     * @return the flags.
     */
    static List<String> commonFlags()
    {
        final List<String> flags = new ArrayList<>();
        flags.add("-XX:+UseSerialGC");
        flags.add("-XX:-UsePerfData");
        // The replay waits for the compiler, so that on a busy machine, too, it is done when the clock starts.
        flags.add("-Xbatch");
        System.getProperties().stringPropertyNames().stream()
            .filter((name) -> name.startsWith("quarry."))
            .sorted()
            .forEach((name) -> flags.add("-D" + name + "=" + System.getProperty(name)));
        return flags;
    }

    /**
     * Starts a child JVM and what it does off the clock.
     *
     * @param mode     of {@link ReplayChild}.
     * @param subject  to be measured.
     * @param trace    to be replayed.
     * @param settings of the measurement.
     * @return the child; a failure to start it is told by {@link #finish}.
     */
    static ReplayFork start(
        final String mode, final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        try
        {
            return new ReplayFork(new ProcessBuilder(command(mode, subject, trace, settings))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start(), trace);
        }
        catch (final IOException ex)
        {
            return new ReplayFork("the child JVM can't be run: " + ex.getMessage());
        }
    }

    /** Waits until nothing but the clock is left to the child, or it has ended. */
    void awaitReady()
    {
        if (null == process)
        {
            return;
        }
        try
        {
            final int first = in.read();
            if (first >= 0 && ReplayChild.READY != first)
            {
                in.unread(first);
            }
            sender.join();
        }
        catch (final IOException ignore)
        {
            // The child is gone; finish() tells its status.
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Lets the child go on, and waits for its end.
     *
     * @return what was found; a failure of the child is in it.
     */
    Figures finish()
    {
        try
        {
            return Figures.of(answer());
        }
        catch (final IllegalArgumentException | NullPointerException ex)
        {
            return Figures.failed("the child JVM can't be understood: " + ex.getMessage());
        }
    }

    /** As {@link #finish}, for those who know what the child writes. */
    Properties answer()
    {
        if (null == process)
        {
            return failed(failure);
        }
        try
        {
            giveTurn();
            final Properties properties = new Properties();
            properties.load(in);
            final int status = process.waitFor();
            return 0 == status && !properties.isEmpty() ? properties :
                failed("the child JVM ended with status " + status);
        }
        catch (final IOException | IllegalArgumentException ex)
        {
            return failed("the child JVM can't be understood: " + ex.getMessage());
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            return failed("interrupted");
        }
    }

    private static Properties failed(final String failure)
    {
        return Figures.failed(failure).toProperties();
    }

    @Override
    public void close()
    {
        if (null != process)
        {
            process.destroyForcibly();
        }
    }

    private void giveTurn() throws InterruptedException
    {
        sender.join();
        try (OutputStream out = process.getOutputStream())
        {
            out.write(ReplayChild.READY);
        }
        catch (final IOException ignore)
        {
            // The child is gone. Its status, asked for next, says more than a broken pipe.
        }
    }

    private static void send(final Trace trace, final Process process)
    {
        try
        {
            trace.writeTo(new DataOutputStream(process.getOutputStream()));
        }
        catch (final IOException ignore)
        {
            // As above.
        }
    }

    private static List<String> command(
        final String mode, final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        final long traceBytes = (long)Integer.BYTES * (trace.events().length + trace.left().length);
        // Several threads have each a copy of what is theirs, and its order.
        final long dealtBytes = 1 == settings.threads() ? 0 : 3 * traceBytes;
        final long tableBytes =
            settings.regionSize() / 8 + (long)subject.kind().heapBytesPerBlock() * trace.slotCount();
        final long heap = (HEAP + traceBytes + dealtBytes + tableBytes) / MIB * MIB;
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(commonFlags());
        command.add("-Xms" + heap);
        command.add("-Xmx" + heap);
        // A limit, not a reservation: room for a peer that holds several times what it is asked for.
        command.add("-XX:MaxDirectMemorySize=" + (1024 * MIB + 8 * settings.regionSize()));
        if (ReplayChild.RESIDENT.equals(mode) ||
            ReplayChild.FOOTPRINT.equals(mode) && subject.isMeasuredByResidentMemory())
        {
            // A JVM that compiles nothing and has its heap already: what grows is the allocator.
            command.add("-Xint");
            command.add("-XX:+AlwaysPreTouch");
        }
        command.addAll(subject.kind().flags(Runtime.version().feature()));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(ReplayChild.class.getName());
        command.add(mode);
        command.add(subject.name());
        command.add(Long.toString(settings.regionSize()));
        command.add(Integer.toString(settings.warmUpMs()));
        command.add(Integer.toString(settings.leastPasses()));
        command.add(Integer.toString(settings.mostPasses()));
        command.add(Integer.toString(settings.threads()));
        return command;
    }
}
