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

import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code quarry latency}: how long single calls take, the slow ones, too.
 */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Times every single call of a replayed trace: percentiles for each kind of call and allocator.")
final class LatencyCommand implements Callable<Integer>
{
    private static final int PASSES = 5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptions options;

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "Allocators, separated by commas, as for replay. Default: those up to malloc.")
    private List<String> allocators;

    @Option(
        names = "--passes",
        paramLabel = "N",
        description = "Passes on the clock. Default: ${DEFAULT-VALUE}.")
    private int passes = PASSES;

    @Override
    public Integer call() throws TraceError
    {
        options.check();
        if (passes < 1 || passes > ReplaySettings.LIMIT_PASSES)
        {
            throw new ParameterException(spec.commandLine(),
                "--passes=" + passes + ": wanted 1 to " + ReplaySettings.LIMIT_PASSES);
        }
        return new LatencyRun(
            spec.commandLine().getOut(),
            spec.commandLine().getErr(),
            null == allocators ? Subject.usual() : Subject.named(allocators, Subject.allocators()),
            new ReplaySettings(options.regionSize(), options.warmUpMs(), passes, passes, 1)).run(options.traces());
    }
}
