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

import org.openjdk.jmh.Main;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * {@code quarry bench}: the JMH benchmarks of this jar.
 */
@Command(
    name = "bench",
    customSynopsis = "quarry bench [JMH arguments]",
    description = "Runs the JMH benchmarks. All that follows is JMH's: a part of a benchmark's name, -l lists them, " +
        "-h tells the options, -f 1 -wi 3 -i 5 is a short run.")
final class BenchCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Unmatched
    private String[] arguments = {};

    /**
     * What Agrona's buffers need, and peers to be at their best; nothing to Quarry's own. The user's come after, and
     * win.
     * Prepended, because -jvmArgsAppend on the command line would replace what is appended.
     */
    private static Options withFlagsOfPeers(final CommandLineOptions options)
    {
        final List<String> flags = new ArrayList<>(SubjectKind.allFlags(Runtime.version().feature()));
        flags.addAll(options.getJvmArgsPrepend().orElse(List.of()));
        return new OptionsBuilder().parent(options).jvmArgsPrepend(flags.toArray(new String[0])).build();
    }

    /** How each subject among the results was set up; a benchmark without subjects says it itself. */
    private void printLegend(final Collection<RunResult> results)
    {
        final Set<String> labels = results.stream().map((result) -> result.getParams().getParam("subject"))
            .filter(Objects::nonNull).collect(Collectors.toSet());
        final List<Subject> subjects = Arrays.stream(Subject.values())
            .filter((subject) -> labels.contains(subject.label())).collect(Collectors.toList());
        if (!subjects.isEmpty())
        {
            final PrintWriter out = spec.commandLine().getOut();
            out.println();
            final SubjectLegend legend = SubjectLegend.ofBenchmarks(out, subjects);
            legend.printMachine();
            legend.printSubjects();
            out.flush();
        }
    }

    @Override
    public Integer call() throws IOException
    {
        try
        {
            final CommandLineOptions options = new CommandLineOptions(arguments);
            if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams() ||
                options.shouldListProfilers() || options.shouldListResultFormats())
            {
                Main.main(arguments);
            }
            else
            {
                printLegend(new Runner(withFlagsOfPeers(options)).run());
            }
            return 0;
        }
        catch (final CommandLineOptionException | NoBenchmarksException ex)
        {
            throw new CommandError(CommandError.USAGE, ex.getMessage());
        }
        catch (final RunnerException ex)
        {
            throw new CommandError(CommandError.DEVIATION, ex.getMessage());
        }
    }
}
