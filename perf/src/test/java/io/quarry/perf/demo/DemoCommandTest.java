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

import io.quarry.perf.CommandError;
import io.quarry.perf.Quarry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the command says when it can't run; here without Agrona's flag.
 */
class DemoCommandTest
{
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = { "in-process", "aeron", "two-processes" })
    void shouldNameTheFlagThatIsMissing(final String demo)
    {
        assertEquals(CommandError.USAGE, run("demo", demo));
        assertEquals("quarry: Agrona's buffers need the JVM flag " +
            "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED", firstLine());
    }

    @ParameterizedTest
    @CsvSource({ "--messages, 999", "--messages, 10000000001", "--rate, -1", "--rate, 100000001" })
    void shouldRefuseWhatIsOutOfRange(final String option, final String value)
    {
        assertEquals(CommandError.USAGE, run("demo", "in-process", option, value));
        assertTrue(firstLine().startsWith("quarry: " + option + "=" + value + ": wanted "), firstLine());
    }

    @Test
    void shouldNameTheDemosWhenNoneIsAskedFor()
    {
        assertEquals(CommandError.USAGE, run("demo"));
        assertEquals("quarry: no demo named; there are in-process, aeron, two-processes", firstLine());
    }

    private int run(final String... arguments)
    {
        final CommandLine quarry = Quarry.commandLine();
        quarry.setOut(new PrintWriter(new StringWriter()));
        quarry.setErr(new PrintWriter(err, true));
        return quarry.execute(arguments);
    }

    private String firstLine()
    {
        return err.toString().lines().findFirst().orElse("nothing");
    }
}
