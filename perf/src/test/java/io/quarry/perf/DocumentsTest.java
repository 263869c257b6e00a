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

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * That the documents show what is: every listing in Java is, line by line, a part of a test, or of a demo that a test
 * runs, marked there by {@code // listing:begin} and {@code // listing:end}; every class that is named has a file;
 * every link has a target.
 */
class DocumentsTest
{
    private static final Path ROOT = Path.of("..");
    private static final List<Path> RUN =
        List.of(Path.of("src/test/java"), Path.of("src/main/java/io/quarry/perf/demo"));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][A-Za-z]+[a-z])`");

    @Test
    void shouldListOnlyWhatTestsRun() throws IOException
    {
        final Set<List<String>> run = new HashSet<>();
        for (final Path folder : RUN)
        {
            for (final Path source : filesBelow(folder, ".java"))
            {
                run.addAll(between(source, "// listing:begin", "// listing:end"));
            }
        }
        final Set<List<String>> shown = new HashSet<>();
        for (final Path document : documents())
        {
            for (final List<String> listing : between(document, "```java", "```"))
            {
                assertTrue(run.contains(listing), () -> document + ": no test has\n" + String.join("\n", listing));
                shown.add(listing);
            }
        }

        assertTrue(run.size() >= 10, () -> run.size() + " listings");
        assertEquals(run, shown, "tests' listings and those of the documents");
    }

    @Test
    void shouldLinkToWhatIs() throws IOException
    {
        for (final Path document : documents())
        {
            final Matcher links = LINK.matcher(Files.readString(document));
            while (links.find())
            {
                final String link = links.group(1);
                assertTrue(link.startsWith("https://") || Files.exists(document.resolveSibling(link)),
                    () -> document + ": no " + link);
            }
        }
    }

    @Test
    void shouldNameClassesThatAre() throws IOException
    {
        final Set<String> classes = new HashSet<>();
        for (final Path source : filesBelow(ROOT, ".java"))
        {
            classes.add(source.getFileName().toString().replace(".java", ""));
        }
        final TreeMap<String, Path> unknown = new TreeMap<>();
        for (final Path document : List.of(ROOT.resolve("ARCHITECTURE.md"), ROOT.resolve("RELIABILITY.md")))
        {
            final Matcher names = CLASS_NAME.matcher(Files.readString(document));
            while (names.find())
            {
                if (!classes.contains(names.group(1)) && !isOfTheJdk(names.group(1)))
                {
                    unknown.put(names.group(1), document);
                }
            }
        }

        assertEquals(new TreeMap<>(), unknown);
    }

    private static boolean isOfTheJdk(final String name)
    {
        for (final String prefix : List.of("java.lang.", "java.nio.", "java.lang.foreign."))
        {
            try
            {
                Class.forName(prefix + name);
                return true;
            }
            catch (final ClassNotFoundException ex)
            {
                // not there: perhaps elsewhere
            }
        }
        return List.of("Arena", "MemorySegment").contains(name);
    }

    private static List<Path> documents() throws IOException
    {
        final List<Path> documents = new ArrayList<>();
        try (Stream<Path> files = Files.list(ROOT))
        {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        documents.addAll(filesBelow(ROOT.resolve("docs"), ".md"));
        assertTrue(documents.size() >= 6, () -> "documents: " + documents);
        return documents;
    }

    private static List<Path> filesBelow(final Path folder, final String suffix) throws IOException
    {
        try (Stream<Path> files = Files.walk(folder))
        {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    /** What stands between each line that is the one mark and the next that is the other, without its indent. */
    private static List<List<String>> between(final Path file, final String begin, final String end)
        throws IOException
    {
        final List<List<String>> listings = new ArrayList<>();
        List<String> listing = null;
        for (final String line : Files.readAllLines(file))
        {
            if (line.strip().equals(begin))
            {
                listing = new ArrayList<>();
            }
            else if (null != listing && line.strip().equals(end))
            {
                listings.add(String.join("\n", listing).stripIndent().lines().toList());
                listing = null;
            }
            else if (null != listing)
            {
                listing.add(line);
            }
        }
        final boolean isOpen = null != listing;
        assertTrue(!isOpen, () -> file + ": '" + begin + "' without '" + end + "'");
        return listings;
    }
}
