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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * {@code quarry size}: how large a region has to be.
 */
@Command(
    name = "size",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Finds the smallest region that holds a trace, for each allocator, and recommends one.")
final class SizeCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Parameters(
        paramLabel = "TRACE",
        arity = "1..*",
        description = "A file in the trace format, or the name of a bundled or made-up trace.")
    private List<String> traces;

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "Allocators, separated by commas: slab, slab-buddy, buddy, run, concurrent-slab, " +
            "concurrent-buddy. Default: all.")
    private List<String> allocators;

    @Override
    public Integer call() throws TraceError
    {
        final List<Subject> choices =
            Subject.allocators().stream().filter(Subject::isQuarry).collect(Collectors.toList());
        return new SizeRun(spec.commandLine().getOut(), spec.commandLine().getErr(),
            Subject.named(allocators, choices)).run(traces);
    }
}
