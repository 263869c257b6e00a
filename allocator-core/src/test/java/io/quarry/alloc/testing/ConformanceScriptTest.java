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

import io.quarry.alloc.Region;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConformanceScriptTest
{
    private static final String SMALL = "# format=1 peak_pow2_bytes=400000\nA 0 16 8 1\nD 0 r e83bb899379c3278\n";

    @TempDir
    Path folder;

    @Test
    void shouldReadWhatTheManifestSaysOfEachScript()
    {
        assertEquals(21, ConformanceScripts.names().size());
        for (final String[] fields : ConformanceScripts.manifest())
        {
            final ConformanceScript script = ConformanceScripts.read(fields[0]);
            assertEquals(Integer.parseInt(fields[1]), script.operationCount(), fields[0]);
            assertEquals(Long.parseLong(fields[6]), script.peakPow2Bytes(), fields[0]);
            // So that a script whose first line was lost is given no smaller region.
            assertEquals(Long.parseLong(fields[6]), script.peakWithoutHeader(), fields[0]);
        }
    }

    @Test
    void shouldAskForFourTimesThePeakAndNotLessThanAMebibyte()
    {
        assertEquals(1_600_000, parse(SMALL).regionSize());
        assertEquals(1 << 20, parse("A 0 16 8 1").regionSize());
        assertEquals(8 << 20, parse("A 0 1048577 8 1").regionSize());
    }

    @Test
    void shouldReadPlainAndCompressedFiles() throws IOException
    {
        final Path plain = Files.writeString(folder.resolve("small.txt"), SMALL);
        final Path compressed = folder.resolve("small.txt.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed)))
        {
            out.write(SMALL.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(2, run(ConformanceScript.read(plain)));
        assertEquals(2, run(ConformanceScript.read(compressed)));
        assertEquals(plain.toString(), ConformanceScript.read(plain).name());
    }

    @Test
    void shouldNameUnreadableFiles() throws IOException
    {
        final Path missing = folder.resolve("missing.txt");
        assertTrue(malformed(() -> ConformanceScript.read(missing)).contains("missing.txt: unreadable"));
        final Path plainGz = Files.writeString(folder.resolve("plain.txt.gz"), SMALL);
        assertTrue(malformed(() -> ConformanceScript.read(plainGz)).contains("plain.txt.gz: unreadable"));
        final Path empty = Files.writeString(folder.resolve("empty.txt"), "# nothing\n");
        assertTrue(malformed(() -> ConformanceScript.read(empty)).contains("empty.txt: operations=0"));
    }

    @ParameterizedTest
    @CsvSource({
        "X 1 2, operation=X", "A 0 1, no align", "A 0 1 8, no seed", "A 0 x 8 1, size=x", "A 0 1 3 1, align=3",
        "A 0 -1 8 1, size=-1", "A 1 1 8 1, id=1: wanted the next one", "A 0 1 8 1 9, fields=6",
        "A 0 9223372036854775807 2 1, size=9223372036854775807", "D 0 r 0000000000000000, id=0: no such block",
        "G 0 1 1 r 1, id=0: no such block", "C 1 0 cbf29ce484222325, blocks=1", "C 0 0 xyz, hash=xyz",
        "F S 0 1 1, failing operation=S", "F G 3 1 1, id=3: no such block", "AA 0 1 8 1, operation=AA" })
    void shouldSayWhereAScriptIsMalformed(final String line, final String message)
    {
        final String thrown = malformed(() -> parse("# first line\n\n" + line));
        assertTrue(thrown.startsWith("test.txt:3: "), thrown);
        assertTrue(thrown.contains(message), thrown);
    }

    @ParameterizedTest
    @CsvSource({
        "G 0 15 8 r 1, size=15: wanted at least 16", "S 0 17 8 r, size=17: wanted at most 16",
        "G 0 20 8 x 1, fit=x", "W 0 10 7 1, offset=10 length=7", "W 0 17 0 1, offset=17",
        "A 0 1 1 1, id=0: wanted the next one", "C 1 15 cbf29ce484222325, bytes=15", "F Y 0 15 1, size=15" })
    void shouldSayWhereAScriptIsAtOddsWithItself(final String line, final String message)
    {
        final String thrown = malformed(() -> parse("A 0 16 8 1\n" + line));
        assertTrue(thrown.startsWith("test.txt:2: "), thrown);
        assertTrue(thrown.contains(message), thrown);
    }

    @ParameterizedTest
    @CsvSource({
        "D 0 r e83bb899379c3279, got hash=e83bb899379c3278", "C 1 16 0000000000000000, wanted hash=0000000000000000",
        "F A 16 8, wanted AllocError", "F Z 0 8, wanted AllocError", "F G 0 4000 8, wanted AllocError",
        "F Y 0 16 8, wanted AllocError", "A 1 2000000 8 1, memory allocation failed" })
    void shouldSayWhereAnAllocatorDeviates(final String line, final String message)
    {
        final ConformanceScript script = parse("# peak_pow2_bytes=1\nA 0 16 8 1\n" + line);
        final Deviation deviation = assertThrows(Deviation.class, () ->
        {
            try (Region region = Region.allocate(1 << 20); FirstFitAllocator allocator = FirstFitAllocator.over(region))
            {
                script.run(allocator);
            }
        });
        assertTrue(deviation.getMessage().startsWith("test.txt:3: " + line + ": "), deviation.getMessage());
        assertTrue(deviation.getMessage().contains(message), deviation.getMessage());
    }

    private static String malformed(final Runnable read)
    {
        return assertThrows(MalformedScriptException.class, read::run).getMessage();
    }

    private static ConformanceScript parse(final String text)
    {
        return ConformanceScript.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "test.txt");
    }

    private static int run(final ConformanceScript script)
    {
        try (Region region = Region.allocate(script.regionSize());
            FirstFitAllocator allocator = FirstFitAllocator.over(region))
        {
            return script.run(allocator);
        }
    }
}
