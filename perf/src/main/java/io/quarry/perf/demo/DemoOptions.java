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

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What all demos ask for.
 */
final class DemoOptions
{
    private static final long LEAST_MESSAGES = 1000;
    private static final long MOST_MESSAGES = 10_000_000_000L;
    private static final long MOST_RATE = 100_000_000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
        names = "--messages",
        paramLabel = "N",
        defaultValue = "500000",
        description = "Messages to send. Default: ${DEFAULT-VALUE}.")
    private long messages;

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "50000",
        description = "Messages a second; 0: as many as can be. Default: ${DEFAULT-VALUE}.")
    private long rate;

    DemoOptions()
    {
    }

    /** For tests. */
    DemoOptions(final long messages, final long rate)
    {
        this.messages = messages;
        this.rate = rate;
    }

    long messages()
    {
        return messages;
    }

    long rate()
    {
        return rate;
    }

    /** Refuses what is out of range. */
    DemoOptions checked()
    {
        check("--messages", messages, LEAST_MESSAGES, MOST_MESSAGES);
        check("--rate", rate, 0, MOST_RATE);
        return this;
    }

    private void check(final String name, final long value, final long least, final long most)
    {
        if (value < least || value > most)
        {
            throw new ParameterException(spec.commandLine(),
                name + "=" + value + ": wanted " + least + " to " + most);
        }
    }
}
