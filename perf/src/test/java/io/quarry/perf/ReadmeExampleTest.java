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

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The example of README.md: that it works, and that the README shows the very lines that are run here.
 */
class ReadmeExampleTest
{
    private static final Path SOURCE = Path.of("src/test/java/io/quarry/perf/ReadmeExampleTest.java");
    private static final Path README = Path.of("../README.md");
    private static final int INDENT = 8;

    @Test
    void shouldRun()
    {
        assertEquals(42, example());
    }

    @Test
    void shouldBeWhatReadmeShows() throws IOException
    {
        final List<String> run = new ArrayList<>();
        for (final String line : between(SOURCE, "        // example:begin", "        // example:end"))
        {
            run.add(line.isEmpty() ? line : line.substring(INDENT));
        }

        assertTrue(run.size() >= 10, () -> "marked lines: " + run);
        assertEquals(run, between(README, "```java", "```"));
    }

    private static long example()
    {
        // example:begin
        try (Region region = Region.allocate(64 << 20);
            RegionAllocator allocator = new SlabAllocator(new RunAllocator(region)))
        {
            long order = allocator.allocate(48, 16);                        // an address, a multiple of 16
            region.buffer(order).putLong(region.bufferOffset(order), 42);   // no flag, no garbage

            order = allocator.grow(order, 48, 16, 4000, 64);                // may move; the 48 bytes are kept
            final long value = region.buffer(order).getLong(region.bufferOffset(order));

            allocator.deallocate(order, 4000, 64);                          // size and alignment, as in Rust
            allocator.verify();                                             // checks every invariant; for tests
            return value;
        }
        // example:end
    }

    /** The lines between the first line that is the one mark and the next that is the other. */
    private static List<String> between(final Path file, final String begin, final String end) throws IOException
    {
        final List<String> lines = Files.readAllLines(file);
        final int from = lines.indexOf(begin) + 1;
        assertTrue(from > 0, () -> "no line '" + begin + "' in " + file);
        final int length = lines.subList(from, lines.size()).indexOf(end);
        assertTrue(length >= 0, () -> "no line '" + end + "' in " + file);
        return lines.subList(from, from + length);
    }
}
