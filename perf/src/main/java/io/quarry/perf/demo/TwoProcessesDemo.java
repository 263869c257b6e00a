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

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.quarry.alloc.Region;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;
import io.quarry.perf.SharedMemoryFile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A process that owns memory in a shared file and lends blocks of it, and one that reads them where they lie.
 */
final class TwoProcessesDemo
{
    static final String NAME = "two-processes";

    private static final int REGION = 64 << 20;
    private static final int WARM_UP_SHARE = 4;
    private static final int END_SECONDS = 20;

    private final PrintWriter out;
    private final DemoOptions options;

    TwoProcessesDemo(final PrintWriter out, final DemoOptions options)
    {
        this.out = out;
        this.options = options;
    }

    /** Runs it, and returns the bytes of Java objects that the owner made in the second half. */
    long run()
    {
        try
        {
            final Path file = SharedMemoryFile.create();
            try (Region region = Region.map(file, REGION);
                SlabAllocator memory = new SlabAllocator(new RunAllocator(region)))
            {
                DemoMemory.checkFlag(region);
                try (AeronMedia media = new AeronMedia(NAME))
                {
                    final long garbage = run(file, media, memory);
                    media.check();
                    return garbage;
                }
            }
            finally
            {
                Files.deleteIfExists(file);
            }
        }
        catch (final IOException | UncheckedIOException | AeronException ex)
        {
            throw DemoAgents.failed(NAME, ex.toString());
        }
    }

    private long run(final Path file, final AeronMedia media, final SlabAllocator memory) throws IOException
    {
        final DemoLatency latency = new DemoLatency(options.messages() / WARM_UP_SHARE);
        final long garbage;
        final String said;
        final Process child = start(file, media);
        // listing:begin
        try (Subscription returns = media.aeron().addSubscription(AeronDemo.IPC, TwoProcessesChild.RETURNS);
            ExclusivePublication blocks =
                media.aeron().addExclusivePublication(AeronDemo.IPC, TwoProcessesChild.BLOCKS);
            DemoAgents agents = new DemoAgents(NAME))
        {
            final BlockOwner owner =
                new BlockOwner(memory, blocks, returns, latency, options.rate(), options.messages());
            agents.start(owner);
            // listing:end
            out.println("owner, process " + ProcessHandle.current().pid() + " -> blocks in " + file +
                " -> reader, process " + child.pid() + " -> owner");
            out.flush();
            agents.whileRunning(() -> checkAlive(child));
            agents.await("blocks", owner::returned, options.messages() / 2);
            final long before = agents.allocatedBytes();
            agents.await("blocks", owner::returned, options.messages());
            garbage = agents.allocatedBytes() - before;
            said = end(child);
        }
        finally
        {
            child.destroyForcibly();
        }
        out.printf("%,d blocks of 64 to 904 bytes, one in sixteen of 1 to 16 KiB; the first quarter is warm-up%n",
            options.messages());
        latency.print(out, "from when a block was due until it was read and came back");
        out.println(said);
        DemoMemory.print(out, memory, garbage, "the owner");
        return garbage;
    }

    private Process start(final Path file, final AeronMedia media) throws IOException
    {
        return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            TwoProcessesChild.class.getName(),
            media.folder(),
            file.toString(),
            Long.toString(options.messages())).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** While blocks are out: the reader ends only when all have been returned. */
    private void checkAlive(final Process child)
    {
        if (!child.isAlive() && 0 != child.exitValue())
        {
            throw DemoAgents.failed(NAME, "the reader ended with status " + child.exitValue());
        }
    }

    /** Waits for the reader's end, and returns what it said. */
    private static String end(final Process child) throws IOException
    {
        try (BufferedReader in = child.inputReader(StandardCharsets.UTF_8))
        {
            if (!child.waitFor(END_SECONDS, TimeUnit.SECONDS) || 0 != child.exitValue())
            {
                throw DemoAgents.failed(NAME, "the reader " +
                    (child.isAlive() ? "doesn't end" : "ended with status " + child.exitValue()));
            }
            return in.readLine();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw DemoAgents.failed(NAME, "interrupted");
        }
    }
}
