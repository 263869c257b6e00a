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

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code quarry report}: all of it on a page.
 */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Measures time, single calls and footprints, and writes one page of HTML with tables and pictures.")
final class ReportCommand implements Callable<Integer>
{
    private static final List<Subject> SUBJECTS = List.of(
        Subject.SLAB,
        Subject.RUN,
        Subject.CONCURRENT_SLAB,
        Subject.NETTY_ADAPTIVE,
        Subject.NETTY_POOLED,
        Subject.MALLOC,
        Subject.JEMALLOC,
        Subject.MIMALLOC);

    @Spec
    private CommandSpec spec;

    @Parameters(
        paramLabel = "TRACE",
        arity = "0..*",
        description = "A file in the trace format, or the name of a bundled or made-up trace. Default: the ten " +
            "bundled ones.")
    private List<String> traces = Traces.BUNDLED;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "The page. Default: ${DEFAULT-VALUE}.")
    private Path file = Path.of("quarry-report.html");

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "Allocators, separated by commas, as for replay. Default: slab, run, concurrent-slab, " +
            "netty-adaptive, netty-pooled, malloc, jemalloc, mimalloc.")
    private List<String> allocators;

    @Option(
        names = "--warm-up",
        paramLabel = "MS",
        description = "Milliseconds of passes before a clock starts. Default: ${DEFAULT-VALUE}.")
    private int warmUpMs = ReplaySettings.WARM_UP_MS;

    @Override
    public Integer call() throws TraceError
    {
        if (warmUpMs < 0)
        {
            throw new ParameterException(spec.commandLine(), "--warm-up=" + warmUpMs + ": at least 0 wanted");
        }
        for (final String trace : traces)
        {
            if (!Traces.BUNDLED.contains(trace))
            {
                Traces.read(trace);
            }
        }
        OutputFile.check(file);
        final ReportRun run = new ReportRun(
            spec.commandLine().getErr(),
            Subject.named(allocators, null == allocators ? SUBJECTS : Subject.allocators()),
            new ReplaySettings(0, warmUpMs, ReplaySettings.LEAST_PASSES, ReplaySettings.MOST_PASSES, 1));
        run.measure(traces);
        OutputFile.write(file,
            run.html("quarry " + String.join(" ", spec.commandLine().getParseResult().originalArgs())));
        spec.commandLine().getOut().println(file);
        return run.hasFailed() ? CommandError.DEVIATION : 0;
    }
}
