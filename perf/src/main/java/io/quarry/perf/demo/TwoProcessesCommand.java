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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/**
 * {@code quarry demo two-processes}.
 */
@Command(
    name = "two-processes",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Lends blocks of a mapped region to another process, which reads them in place.")
final class TwoProcessesCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Mixin
    private DemoOptions options;

    @Override
    public Integer call()
    {
        new TwoProcessesDemo(spec.commandLine().getOut(), options.checked()).run();
        return 0;
    }
}
