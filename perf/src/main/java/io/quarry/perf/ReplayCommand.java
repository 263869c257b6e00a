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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

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

    @Mixin
    private TraceOptions options;

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "Allocators, separated by commas: slab, slab-buddy, buddy, run, concurrent-slab, " +
            "concurrent-buddy, netty-adaptive, netty-pooled, malloc, jemalloc, mimalloc, rpmalloc, direct-buffer, " +
            "agrona-aligned, arena, arrow, terracotta. Default: those up to malloc but the concurrent ones; with " +
            "--threads those up to malloc that several threads may call.")
    private List<String> allocators;

    @Option(
        names = "--passes",
        paramLabel = "N",
        description = "Passes on the clock, exactly so many. Default: " + ReplaySettings.LEAST_PASSES + " to " +
            ReplaySettings.MOST_PASSES + ", the fewer the slower.")
    private Integer passes;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "Replays with N threads, up to " + ReplaySettings.MOST_THREADS + ": recorded thread t's events " +
            "on thread t mod N, each after the event before of its block. Default: 1, in the order of the trace.")
    private int threads = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON, too.")
    private Path json;

    @Override
    public Integer call() throws TraceError
    {
        options.check();
        if (null != passes && (passes < 1 || passes > ReplaySettings.LIMIT_PASSES))
        {
            throw new ParameterException(spec.commandLine(),
                "--passes=" + passes + ": wanted 1 to " + ReplaySettings.LIMIT_PASSES);
        }
        if (threads < 1 || threads > ReplaySettings.MOST_THREADS)
        {
            throw new ParameterException(spec.commandLine(),
                "--threads=" + threads + ": wanted 1 to " + ReplaySettings.MOST_THREADS);
        }
        OutputFile.check(json);
        return new ReplayRun(
            spec.commandLine().getOut(),
            spec.commandLine().getErr(),
            subjects(),
            new ReplaySettings(
                options.regionSize(),
                options.warmUpMs(),
                null == passes ? ReplaySettings.LEAST_PASSES : passes,
                null == passes ? ReplaySettings.MOST_PASSES : passes,
                threads)).run(options.traces(), json);
    }

    private List<Subject> subjects()
    {
        if (null == allocators)
        {
            return Subject.byDefault(threads);
        }
        final List<Subject> subjects = Subject.named(allocators, Subject.allocators());
        for (final Subject subject : subjects)
        {
            if (threads > 1 && !subject.servesThreads())
            {
                throw new CommandError(CommandError.USAGE, "--threads=" + threads + ": " + subject.label() +
                    " is for one thread at a time; for several are " + Subject.byDefault(threads).stream()
                    .map(Subject::label).collect(Collectors.joining(", ")));
            }
        }
        return subjects;
    }
}
