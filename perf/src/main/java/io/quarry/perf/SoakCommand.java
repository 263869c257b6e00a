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
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * {@code quarry soak}: very many calls.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Allocates, resizes, hands over and frees at random, very often: checks all contents, and that " +
        "the footprint doesn't grow.")
final class SoakCommand implements Callable<Integer>
{
    private static final int THREADS = 4;
    private static final String DEFAULT_OPERATIONS = "100000000";

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "Allocators, separated by commas: slab, slab-buddy, buddy, run, concurrent-slab, " +
            "concurrent-buddy. Default: slab-buddy, concurrent-slab and concurrent-buddy.")
    private List<String> allocators = List.of("slab-buddy", "concurrent-slab", "concurrent-buddy");

    @Option(
        names = "--operations",
        paramLabel = "N",
        defaultValue = DEFAULT_OPERATIONS,
        description = "Calls of each allocator. Default: ${DEFAULT-VALUE}.")
    private long operations;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "Threads that call an allocator for several, up to " + ReplaySettings.MOST_THREADS +
            "; one calls the others. Default: " + THREADS + ".")
    private int threads = THREADS;

    @Option(names = "--seed", paramLabel = "N", description = "Of all that is random. Default: another one each time.")
    private Long seed;

    @Override
    public Integer call()
    {
        if (operations < SoakRun.LEAST_OPERATIONS)
        {
            throw new ParameterException(spec.commandLine(),
                "--operations=" + operations + ": at least " + SoakRun.LEAST_OPERATIONS + " wanted");
        }
        if (threads < 1 || threads > ReplaySettings.MOST_THREADS)
        {
            throw new ParameterException(spec.commandLine(),
                "--threads=" + threads + ": wanted 1 to " + ReplaySettings.MOST_THREADS);
        }
        final List<Subject> choices =
            Subject.allocators().stream().filter(Subject::isQuarry).collect(Collectors.toList());
        return new SoakRun(spec.commandLine().getOut(), spec.commandLine().getErr(), operations, threads,
            null == seed ? System.nanoTime() : seed).run(Subject.named(allocators, choices));
    }
}
