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
 * {@code quarry footprint}: what is held over a trace, and what is live.
 */
@Command(
    name = "footprint",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Shows the memory that allocators hold over a trace, beside what is live, with peak and ratio.")
final class FootprintCommand implements Callable<Integer>
{
    private static final int POINTS = 20;
    private static final int MOST_POINTS = 10_000;

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
        description = "Allocators, separated by commas, as for replay; so the default.")
    private List<String> allocators;

    @Option(
        names = "--points",
        paramLabel = "N",
        description = "Parts of the trace, of as many events each. Default: ${DEFAULT-VALUE}.")
    private int points = POINTS;

    @Option(names = "--csv", paramLabel = "FILE", description = "Writes the figures as CSV, too.")
    private Path csv;

    @Override
    public Integer call() throws TraceError
    {
        if (points < 1 || points > MOST_POINTS)
        {
            throw new ParameterException(spec.commandLine(),
                "--points=" + points + ": wanted 1 to " + MOST_POINTS);
        }
        OutputFile.check(csv);
        final FootprintRun run = new FootprintRun(
            spec.commandLine().getOut(),
            spec.commandLine().getErr(),
            null == allocators ? Subject.byDefault(1) : Subject.named(allocators, Subject.allocators()),
            points);
        final int status = run.run(traces);
        OutputFile.write(csv, run.csv());
        return status;
    }
}
