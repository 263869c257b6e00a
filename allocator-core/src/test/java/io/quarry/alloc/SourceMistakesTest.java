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

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each {@link SourceMistake} is found by the test that is said to find it, which without it passes.
 */
@Tag("of-the-tests")
class SourceMistakesTest
{
    private static final Pattern ENTRIES = Pattern.compile("^((?:[a-z]\\d\\d)+)[A-Z]");
    private static final Pattern ENTRY = Pattern.compile("([a-z])(\\d\\d)");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldBeFound(final SourceMistake mistake) throws IOException
    {
        final List<String> failures = MistakenClasses.with(folder, mistake).run(mistake.test, mistake.method);
        assertFalse(failures.isEmpty(), () -> mistake + " went unnoticed by " + mistake.test + "." + mistake.method);
    }

    @Test
    void shouldBeTheOnlyReasonToFail() throws IOException
    {
        final MistakenClasses right = MistakenClasses.none(folder);
        final Set<String> done = new HashSet<>();
        final List<String> failures = new ArrayList<>();
        for (final SourceMistake mistake : SourceMistake.values())
        {
            if (done.add(mistake.test + "." + mistake.method))
            {
                failures.addAll(right.run(mistake.test, mistake.method));
            }
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void shouldBreakEveryEntry() throws ClassNotFoundException
    {
        final Set<String> missing = EntriesTest.all();
        for (final SourceMistake mistake : SourceMistake.values())
        {
            if (!mistake.entry.isEmpty())
            {
                final Class<?> type = Class.forName("io.quarry.alloc." + mistake.test);
                final String named = entriesOf(MistakenClasses.methodOf(type, mistake.method));
                assertTrue((named + " ").contains(mistake.entry + " "), mistake + ": found by a test of " + named);
                missing.remove(mistake.entry);
            }
        }
        assertEquals(Set.of(), missing);
    }

    /** The entries that a test names, as {@link EntriesTest} wants them to. */
    private static String entriesOf(final Method test)
    {
        final StringBuilder names = new StringBuilder();
        final DisplayName displayed = test.getAnnotation(DisplayName.class);
        if (null != displayed)
        {
            names.append(displayed.value());
        }
        final Matcher method = ENTRIES.matcher(test.getName());
        if (method.find())
        {
            for (final Matcher entry = ENTRY.matcher(method.group(1)); entry.find();)
            {
                names.append(' ').append(entry.group(1).toUpperCase(Locale.ROOT))
                    .append(Integer.parseInt(entry.group(2)));
            }
        }
        return names.toString();
    }
}
