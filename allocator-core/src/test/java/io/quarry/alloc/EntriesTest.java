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
package io.quarry.alloc;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Each entry of the semantics about errors, functions, the lower contract, the hook, registration, the system and
 * wrappers has a test that names it: {@code e02Should…}, {@code g01g02Should…}, or by what it is displayed as.
 */
class EntriesTest
{
    private static final Map<String, Integer> LAST =
        Map.of("E", 3, "F", 3, "G", 11, "H", 8, "R", 4, "S", 6, "W", 2);

    private static final Pattern METHOD = Pattern.compile("@(?:Test|ParameterizedTest)" +
        "(?:\\s+(?:default|public|final|@\\w+(?:\\([^)]*\\))?))*\\s+void ((?:[a-z]\\d\\d)+)[A-Z]");
    private static final Pattern DISPLAYED = Pattern.compile("@DisplayName\\(\"([A-Z])(\\d+) ");
    private static final Pattern ENTRY = Pattern.compile("([a-z])(\\d\\d)");

    @Test
    void shouldEachHaveATestThatNamesIt() throws IOException
    {
        final Set<String> missing = all();
        missing.removeAll(namedIn(sources()));
        assertEquals(Set.of(), missing);
    }

    @Test
    void shouldFindNamesOfTestsOnly()
    {
        assertEquals(Set.of("G1", "G12"), namedIn(List.of("@Test\n    default void g01g12ShouldBe()")));
        assertEquals(Set.of("R3"), namedIn(List.of("@ParameterizedTest\n@Two(1)\nvoid r03ShouldBe()")));
        assertEquals(Set.of("E1"), namedIn(List.of("@DisplayName(\"E1 the error\")")));
        assertEquals(Set.of(), namedIn(List.of("void g01ShouldBe() // G1", "/** G1 */ @Test void shouldBe() {}")));
    }

    /** The names of all entries. */
    static Set<String> all()
    {
        final Set<String> names = new TreeSet<>();
        LAST.forEach((letter, last) ->
        {
            for (int i = 1; i <= last; i++)
            {
                names.add(letter + i);
            }
        });
        return names;
    }

    static Path projectFolder()
    {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("STD-ALLOC.md")))
        {
            folder = folder.getParent();
        }
        return folder;
    }

    private static List<String> sources() throws IOException
    {
        final Path own = projectFolder().resolve("allocator-core/src/test/java");
        try (Stream<Path> files = Files.walk(own))
        {
            final List<Path> java = files.filter((file) -> file.toString().endsWith(".java") &&
                !file.endsWith(EntriesTest.class.getSimpleName() + ".java")).toList();
            return java.stream().map(EntriesTest::read).toList();
        }
    }

    private static String read(final Path file)
    {
        try
        {
            return Files.readString(file);
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }

    private static Set<String> namedIn(final List<String> sources)
    {
        final Set<String> named = new TreeSet<>();
        for (final String source : sources)
        {
            for (final Matcher displayed = DISPLAYED.matcher(source); displayed.find();)
            {
                named.add(displayed.group(1) + displayed.group(2));
            }
            for (final Matcher method = METHOD.matcher(source); method.find();)
            {
                for (final Matcher entry = ENTRY.matcher(method.group(1)); entry.find();)
                {
                    named.add(entry.group(1).toUpperCase(Locale.ROOT) + Integer.parseInt(entry.group(2)));
                }
            }
        }
        return named;
    }
}
