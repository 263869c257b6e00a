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

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Runs a replay in a JVM of its own, so that the loop has one allocator to call, with that allocator's flags. A JVM for
 * each trace, too: what the JIT compiler learns from one trace would decide how it compiles the next, and malloc's heap
 * would carry the holes of the one before.
 */
final class ReplayFork
{
    private static final long MIB = 1 << 20;

    /** Room for classes' mirrors, Netty's own objects and the tables of a small region. */
    private static final long HEAP = 64 * MIB;

    private ReplayFork()
    {
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
     * Replays a trace in a child JVM.
     *
     * @param subject  to be measured.
     * @param trace    to be replayed.
     * @param settings of the measurement.
     * @return what was found; a failure of the child is in it.
     */
    static Figures measure(final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        final Figures figures = run(ReplayChild.TIME, subject, trace, settings);
        if (null != figures.failure() || !subject.isMeasuredByResidentMemory() || !ResidentReplay.isAvailable())
        {
            return figures;
        }
        final Figures resident = run(ReplayChild.RESIDENT, subject, trace, settings);
        return null != resident.failure() ? resident : new Figures(figures.grossNs(), resident.footprint(),
            figures.garbageBytesPerEvent(), figures.contentsChecked(), null);
    }

    private static Figures run(
        final String mode, final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        try
        {
            final Process process = new ProcessBuilder(command(mode, subject, trace, settings))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
            try
            {
                send(trace, process);
                final Properties properties = new Properties();
                properties.load(process.getInputStream());
                final int status = process.waitFor();
                return 0 == status && !properties.isEmpty() ? Figures.of(properties) :
                    Figures.failed("the child JVM ended with status " + status);
            }
            finally
            {
                process.destroyForcibly();
            }
        }
        catch (final IOException ex)
        {
            return Figures.failed("the child JVM can't be run: " + ex.getMessage());
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            return Figures.failed("interrupted");
        }
    }

    private static void send(final Trace trace, final Process process)
    {
        try (DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16)))
        {
            trace.writeTo(out);
        }
        catch (final IOException ignore)
        {
            // The child is gone. Its status, asked for next, says more than a broken pipe.
        }
    }

    private static List<String> command(
        final String mode, final Subject subject, final Trace trace, final ReplaySettings settings)
    {
        final long traceBytes = (long)Integer.BYTES * (trace.events().length + trace.left().length);
        final long heap = (HEAP + traceBytes + settings.regionSize() / 8 + 16L * trace.slotCount()) / MIB * MIB;
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(commonFlags());
        command.add("-Xms" + heap);
        command.add("-Xmx" + heap);
        // A limit, not a reservation: room for a peer that holds several times what it is asked for.
        command.add("-XX:MaxDirectMemorySize=" + (1024 * MIB + 8 * settings.regionSize()));
        if (ReplayChild.RESIDENT.equals(mode))
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
        command.add(Integer.toString(settings.passes()));
        return command;
    }
}
