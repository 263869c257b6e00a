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
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code quarry demo aeron}.
 */
@Command(
    name = "aeron",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Publishes blocks over Aeron, by IPC and then by UDP, and assembles fragments in blocks.")
final class AeronCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Mixin
    private DemoOptions options;

    @Option(
        names = "--channel",
        paramLabel = "URI",
        description = "Aeron's channels, one run each. Default: " + AeronDemo.IPC + " and " + AeronDemo.UDP + ".")
    private List<String> channels = List.of(AeronDemo.IPC, AeronDemo.UDP);

    @Override
    public Integer call()
    {
        final AeronDemo demo = new AeronDemo(spec.commandLine().getOut(), options.checked());
        for (final String channel : channels)
        {
            demo.run(channel);
        }
        return 0;
    }
}
