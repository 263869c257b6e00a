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
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The page STD-ALLOC.md names no Java class or member that doesn't exist, and leaves out no item of the module.
 */
class StdAllocPageTest
{
    private static final Pattern QUOTED = Pattern.compile("`([A-Z]\\w*(?:\\.[A-Z]\\w*)?(?:#\\w+)?)`");
    private static final List<String> ITEMS = List.of(
        "Layout", "LayoutError", "LayoutErr", "System", "AllocError", "Global", "GlobalAlloc", "Allocator", "alloc",
        "alloc_zeroed", "dealloc", "realloc", "handle_alloc_error", "set_alloc_error_hook", "take_alloc_error_hook",
        "#[global_allocator]");

    @Test
    void shouldNameWhatExists() throws IOException
    {
        int names = 0;
        for (final String[] row : rows())
        {
            final List<String> javaNames = namesIn(row[2]);
            assertTrue("none".equals(row[2].strip()) || !javaNames.isEmpty(), "no Java name: " + row[1]);
            for (final String name : javaNames)
            {
                assertTrue(exists(name), name + " does not exist");
                names++;
            }
            for (final String name : namesIn(row[3]))
            {
                assertTrue(!name.contains("#") || exists(name), name + " does not exist");
            }
        }
        assertTrue(names > 60, "names=" + names);
    }

    @Test
    void shouldHaveEveryItemOfTheModule() throws IOException
    {
        final List<String> missing = new ArrayList<>(ITEMS);
        rows().forEach(row -> missing.removeIf(item -> row[1].contains("`" + item + "`")));
        assertEquals(List.of(), missing);
    }

    @Test
    void shouldNoticeANameThatDoesNotExist()
    {
        assertEquals(false, exists("NoClass"));
        assertEquals(false, exists("Layout#noMember"));
        assertEquals(false, exists("Misuse#privateMember"));
        assertEquals(false, exists("SystemRegion"), "not public");
        assertTrue(exists("Layout.Repeated"));
    }

    private static List<String[]> rows() throws IOException
    {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("STD-ALLOC.md")))
        {
            folder = folder.getParent();
        }
        final List<String[]> rows = new ArrayList<>();
        for (final String line : Files.readAllLines(folder.resolve("STD-ALLOC.md")))
        {
            if (line.startsWith("| ") && !line.startsWith("| Rust") && !line.startsWith("| ---"))
            {
                final String[] row = line.split("\\|", -1);
                assertEquals(5, row.length, line);
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<String> namesIn(final String cell)
    {
        final List<String> names = new ArrayList<>();
        final Matcher matcher = QUOTED.matcher(cell);
        while (matcher.find())
        {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static boolean exists(final String name)
    {
        final String[] parts = name.split("#");
        try
        {
            final Class<?> type = Class.forName("io.quarry.alloc." + parts[0].replace('.', '$'));
            return Modifier.isPublic(type.getModifiers()) && (1 == parts.length ||
                Stream.<Member>concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getFields()))
                    .anyMatch(member -> member.getName().equals(parts[1])));
        }
        catch (final ClassNotFoundException ex)
        {
            return false;
        }
    }
}
