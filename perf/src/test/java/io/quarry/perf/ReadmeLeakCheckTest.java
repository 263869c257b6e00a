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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.junit.LeakCheck;
import io.quarry.alloc.slab.SlabAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

/**
 * The extension that README.md shows: that it works, and that the README shows the very lines that are run here.
 */
class ReadmeLeakCheckTest
{
    private static final Path SOURCE = Path.of("src/test/java/io/quarry/perf/ReadmeLeakCheckTest.java");
    private static final Path README = Path.of("../README.md");

    // example:begin
    @RegisterExtension
    static final LeakCheck LEAKS = LeakCheck.over(1 << 20, region -> new SlabAllocator(new RunAllocator(region)));

    @Test
    void shouldGiveItsMemoryBack(final Allocator allocator)     // checked in full; the test fails if a block is left
    {
        allocator.deallocate(allocator.allocate(48, 16), 48, 16);
    }
    // example:end

    @Test
    void shouldBeChecked(final Allocator allocator)
    {
        assertInstanceOf(CheckedRegionAllocator.class, allocator);
    }

    @Test
    void shouldBeWhatReadmeShows() throws IOException
    {
        assertEquals(between(SOURCE, "    // example:begin", "    // example:end", 4),
            between(README, "  ```java", "  ```", 2));
    }

    private static List<String> between(final Path file, final String begin, final String end, final int indent)
        throws IOException
    {
        final List<String> lines = Files.readAllLines(file);
        final int from = lines.indexOf(begin) + 1;
        final int length = lines.subList(from, lines.size()).indexOf(end);
        return lines.subList(from, from + length).stream()
            .map(line -> line.isEmpty() ? line : line.substring(indent)).toList();
    }
}
