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

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code quarry replay}: traces of the user's choice.
 */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Replays allocation traces: time, footprint and garbage of each allocator.")
final class ReplayCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Parameters(
        paramLabel = "TRACE",
        arity = "1..*",
        description = "A file in the trace format, or the name of a bundled trace.")
    private List<String> traces;

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "Allocators, separated by commas: slab, slab-buddy, buddy, run, netty-adaptive, netty-pooled, " +
            "malloc. Default: all.")
    private List<String> allocators;

    @Option(names = "--passes", paramLabel = "N", description = "Passes on the clock. Default: ${DEFAULT-VALUE}.")
    private int passes = ReplayRun.PASSES;

    @Option(
        names = "--warm-up",
        paramLabel = "MS",
        description = "Milliseconds of passes before the clock starts. Default: ${DEFAULT-VALUE}.")
    private int warmUpMs = ReplayRun.WARM_UP_MS;

    @Option(
        names = "--region",
        paramLabel = "SIZE",
        converter = ByteCount.class,
        description = "Bytes of region for Quarry's allocators; K, M or G may follow. Default: twice the peak of the " +
            "trace's live bytes.")
    private Long regionSize;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON, too.")
    private Path json;

    @Override
    public Integer call() throws TraceError
    {
        if (passes < 1)
        {
            throw new ParameterException(spec.commandLine(), "--passes=" + passes + ": at least 1 wanted");
        }
        if (warmUpMs < 0)
        {
            throw new ParameterException(spec.commandLine(), "--warm-up=" + warmUpMs + ": at least 0 wanted");
        }
        checkJson();
        return new ReplayRun(
            spec.commandLine().getOut(),
            spec.commandLine().getErr(),
            Subject.named(allocators, Subject.allocators()),
            warmUpMs,
            passes,
            regionSize).run(traces, json);
    }

    /** Now, and not when minutes have passed. */
    private void checkJson()
    {
        if (null != json)
        {
            final Path folder = json.toAbsolutePath().getParent();
            if (null == folder || !Files.isDirectory(folder) || Files.isDirectory(json) ||
                !Files.isWritable(Files.exists(json) ? json : folder))
            {
                throw new CommandError(CommandError.USAGE, json + ": can't be written");
            }
        }
    }
}
