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
package io.quarry.alloc.testing;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * Runs all jcstress tests of a module in JVMs of their own: a subclass, {@code JcstressTest}, stands beside them. Fails
 * upon a forbidden outcome, upon an error, and when a test was not run, for instance as the machine has too few
 * processors for it.
 * <p>
 * {@code -Djcstress.arguments} is what jcstress is called with, {@code -Djcstress.results} the folder for its results.
 */
public abstract class JcstressContract
{
    private static final Pattern PASSED = Pattern.compile("\\[OK\\] (io\\.quarry\\.\\S+)");
    private static final Pattern LISTED = Pattern.compile("^(io\\.quarry\\.\\S+)$");

    @Test
    final void shouldSeeNoForbiddenOutcome() throws IOException, InterruptedException
    {
        final TreeSet<String> tests = new TreeSet<>();
        assertEquals(0, jcstress(LISTED, tests, "-l"), "the list of the tests");
        assertFalse(tests.isEmpty(), "no test");
        final TreeSet<String> passed = new TreeSet<>();
        final int status = jcstress(PASSED, passed, System.getProperty("jcstress.arguments").trim().split("\\s+"));
        assertEquals(0, status, "a forbidden outcome or an error: see the output, and the results in " + results());
        assertEquals(tests, passed, "the tests that there are, and those that were run and passed");
    }

    private static Path results()
    {
        return Path.of(System.getProperty("jcstress.results"));
    }

    /** Adds to a set what a pattern finds in the output, which is passed on. Returns the exit status. */
    private static int jcstress(final Pattern pattern, final TreeSet<String> found, final String... arguments)
        throws IOException, InterruptedException
    {
        Files.createDirectories(results());
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of("org.openjdk.jcstress.Main", "-r", results().toString()));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).directory(results().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (InputStream stream = process.getInputStream();
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8)))
        {
            for (String line = lines.readLine(); null != line; line = lines.readLine())
            {
                System.out.println(line);
                final Matcher matcher = pattern.matcher(line);
                if (matcher.find())
                {
                    found.add(matcher.group(1));
                }
            }
        }
        return process.waitFor();
    }
}
