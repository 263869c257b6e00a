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

import io.quarry.perf.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/**
 * The {@code quarry} command.
 */
@Command(
    name = "quarry",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    subcommands = {
        ReplayCommand.class,
        LatencyCommand.class,
        FootprintCommand.class,
        SizeCommand.class,
        SoakCommand.class,
        ReportCommand.class,
        ConformCommand.class,
        BenchCommand.class,
        DemoCommand.class },
    description = "Replays the ten bundled allocation traces through Quarry's allocators and their peers.",
    footer = {
        "",
        "Exit status: 0; 1 if an allocator deviates or runs out of memory; 2 if the command line is wrong, or a file " +
            "can't be read or contradicts itself."})
public final class Quarry implements Callable<Integer>
{
    private static final boolean STACK_TRACES = Boolean.getBoolean("quarry.stackTraces");

    @Spec
    private CommandSpec spec;

    private Quarry()
    {
    }

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args of the command line.
     */
    public static void main(final String[] args)
    {
        final CommandLine commandLine = commandLine();
        final int status = commandLine.execute(args);
        final boolean lost = commandLine.getOut().checkError() | System.out.checkError();
        if (lost)
        {
            commandLine.getErr().println("quarry: standard output can't be written");
            commandLine.getErr().flush();
        }
        System.exit(lost && 0 == status ? CommandError.USAGE : status);
    }

    /**
     * Makes the command without running it.
     *
     * @return the command; its exit status is what {@code execute} returns.
     */
    public static CommandLine commandLine()
    {
        return new CommandLine(new Quarry()).setExecutionExceptionHandler(Quarry::report)
            .setParameterExceptionHandler(Quarry::refuse);
    }

    /** The message, and not the whole help, in which it would be lost. */
    private static int refuse(final CommandLine.ParameterException ex, final String[] args)
    {
        final PrintWriter err = ex.getCommandLine().getErr();
        err.println("quarry: " + ex.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(ex, err);
        err.println("Try '" + ex.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandError.USAGE;
    }

    @Override
    public Integer call() throws TraceError
    {
        return new ReplayRun(
            spec.commandLine().getOut(),
            spec.commandLine().getErr(),
            Subject.byDefault(1),
            new ReplaySettings(
                0,
                ReplaySettings.WARM_UP_MS,
                ReplaySettings.LEAST_PASSES,
                ReplaySettings.MOST_PASSES,
                1)).run(Traces.BUNDLED, null);
    }

    private static int report(
        final Exception ex, final CommandLine commandLine, final CommandLine.ParseResult parseResult)
    {
        if (ex instanceof CommandError)
        {
            commandLine.getErr().println("quarry: " + ex.getMessage());
            return ((CommandError)ex).status();
        }
        if (ex instanceof TraceError)
        {
            commandLine.getErr().println("quarry: " + ex.getMessage());
            return CommandError.USAGE;
        }
        commandLine.getErr().println("quarry: a defect of this program: " + ex +
            "; -Dquarry.stackTraces=true tells where");
        if (STACK_TRACES)
        {
            ex.printStackTrace(commandLine.getErr());
        }
        return CommandError.DEVIATION;
    }

    /**
     * The version from the jar's manifest.
     */
    public static final class Version implements IVersionProvider
    {
        /**
         * Made by picocli.
         */
        public Version()
        {
        }

        @Override
        public String[] getVersion()
        {
            final String version = Quarry.class.getPackage().getImplementationVersion();
            return new String[]{ "quarry " + (null == version ? "(not from a jar)" : version) };
        }
    }
}
