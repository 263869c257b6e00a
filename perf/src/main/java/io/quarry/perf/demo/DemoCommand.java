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

import io.quarry.perf.Quarry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code quarry demo}: messaging with blocks, as programs to be read, run and taken apart.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    subcommands = { InProcessCommand.class, AeronCommand.class, TwoProcessesCommand.class },
    description = "Runs a sample of messaging: prints a latency histogram, garbage, and what memory was held.")
public final class DemoCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    /**
     * Made by picocli.
     */
    public DemoCommand()
    {
    }

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "no demo named; there are " +
            String.join(", ", spec.subcommands().keySet()));
    }
}
