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

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.quarry.alloc.Region;
import io.quarry.alloc.TracingAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The command as its user meets it: exit status and what it says.
 */
class QuarryTest
{
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldReplayThroughEverySubjectAndWriteJson() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");
        final Path json = folder.resolve("out.json");

        assertEquals(0, quick("replay", trace.toString(), "--json", json.toString()), this::said);

        final JsonArray results = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
        assertEquals(Subject.byDefault(1).stream().filter((subject) -> null == subject.unavailable()).count(),
            results.size());
        assertFalse(out.toString().contains("concurrent-slab"), this::said);
        for (int i = 0; i < results.size(); i++)
        {
            final JsonObject result = results.get(i).getAsJsonObject();
            assertEquals(Set.of(
                "trace", "allocator", "threads", "netNs", "footprint", "garbageBytesPerEvent", "contentsChecked"),
                result.keySet());
            assertEquals(1, result.get("threads").getAsInt());
            assertEquals("small", result.get("trace").getAsString());
            assertTrue(result.get("contentsChecked").getAsBoolean());
            assertTrue(out.toString().contains(result.get("allocator").getAsString()));
        }
        assertTrue(out.toString().contains("geometric mean of 1 trace"));
        assertTrue(out.toString().contains("In words: slab "));
    }

    @Test
    void shouldTimeSingleCallsOfEverySubject() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");

        assertEquals(0, run("latency", trace.toString(), "--warm-up", "0", "--passes", "3"), this::said);

        for (final Subject subject : Subject.usual())
        {
            if (null == subject.unavailable())
            {
                assertTrue(Pattern.compile("(?s)free, ns.*\\n  " + subject.label() + " +[0-9,]+( +[0-9,]+){6}\\s")
                    .matcher(out.toString()).find(), this::said);
            }
        }
        assertTrue(out.toString().contains("replays 3 passes"), this::said);
    }

    @Test
    void shouldShowWhatIsHeldOverATrace() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");
        final Path csv = folder.resolve("out.csv");

        assertEquals(0, run("footprint", trace.toString(), "--points", "5", "--csv", csv.toString(), "--allocator",
            "run,netty-pooled,jemalloc,terracotta"), this::said);

        assertTrue(err.toString().contains("terracotta is left out"), this::said);
        assertTrue(Pattern.compile("(?s)small +live +run .*\\n  3 +1,100 .*\\n  5 +100 .*\\npeak +1,100 +[0-9,]+ .*" +
            "\\npeak held / live +[0-9.]+ ").matcher(out.toString()).find(), this::said);
        final List<String> lines = Files.readAllLines(csv);
        assertEquals("trace,events,live,allocator,held", lines.get(0));
        assertTrue(lines.get(3).matches("small,3,1100,run,[1-9][0-9]*"), lines::toString);
        assertEquals(0, (lines.size() - 1) % 5, lines::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = { "footprint", "report" })
    void shouldRefuseToMeasureNobody(final String command)
    {
        assertEquals(2, run(command, "perl-text", "--allocator", "terracotta"), this::said);

        assertTrue(err.toString().contains("quarry: --allocator: nothing is left to be measured"), this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldReportOnOnePageThatNeedsNothingElse() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");
        final Path page = folder.resolve("report.html");

        assertEquals(0, run("report", trace.toString(), "--warm-up", "0", "--out", page.toString(), "--allocator",
            "slab,netty-pooled"), this::said);

        final String html = Files.readString(page);
        assertTrue(html.startsWith("<!DOCTYPE html>") && html.endsWith("</html>\n"));
        assertEquals(5, html.split("<svg", -1).length - 1);
        assertTrue(html.contains("In words: slab ") && html.contains("<td>small</td>"), html);
        assertFalse(Pattern.compile("<script|<link|<img|@import|url\\(http|href=\"http").matcher(html).find());
        assertTrue(html.length() < 500_000, "length=" + html.length());
    }

    @Test
    void shouldFindRegionsAndRecommendOne() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");

        assertEquals(0, run("size", trace.toString()), this::said);

        for (final Subject subject : Subject.allocators())
        {
            assertEquals(subject.isQuarry(), out.toString().contains("\n  " + subject.label() + " "), this::said);
        }
        assertTrue(Pattern.compile("Recommended: [a-z-]+, with a fifth to spare:\\R  new .*allocate\\(64 << 10\\)")
            .matcher(out.toString()).find(), this::said);
    }

    @Test
    void shouldSayWhichAllocatorFailedAmidSingleCalls() throws IOException
    {
        final Path trace = new TraceBytes(1, 1, 1, 2_000_000, 1, 1, 2_000_000)
            .bytes(0x80, 0).varint(2_000_000).writeTo(folder, "large");

        assertEquals(1, run("latency", trace.toString(), "--allocator", "slab,netty-pooled", "--region", "1M"),
            this::said);

        assertTrue(err.toString().contains("FAILED large on slab: memory exhausted: asked for 2000000 bytes at " +
            "alignment 16 at event 0"), this::said);
        assertFalse(err.toString().contains("FAILED large on netty-pooled"), this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldReplayThroughAllocatorForThreadsWhenItIsNamed() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");

        assertEquals(0, quick("replay", trace.toString(), "--allocator", "concurrent-slab"), this::said);

        assertTrue(out.toString().contains("In words: concurrent-slab "), this::said);
    }

    @Test
    void shouldReplayWithThreadsThroughAllThatServeThem() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");
        final Path json = folder.resolve("out.json");

        assertEquals(0, quick("replay", "--threads", "2", trace.toString(), "--json", json.toString()), this::said);

        final JsonArray results = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < results.size(); i++)
        {
            final JsonObject result = results.get(i).getAsJsonObject();
            names.add(result.get("allocator").getAsString());
            assertEquals(2, result.get("threads").getAsInt());
            assertTrue(result.get("contentsChecked").getAsBoolean());
        }
        assertTrue(names.containsAll(List.of("concurrent-slab", "netty-adaptive", "netty-pooled")), names::toString);
        assertFalse(names.contains("slab") || names.contains("run"), names::toString);
        assertTrue(out.toString().contains("2 threads"), this::said);
    }

    @Test
    void shouldEndAllThreadsWhenOneFindsRegionExhausted() throws IOException
    {
        final Path trace = new TraceBytes(4, 3, 2, 2_000_032, 3, 2, 2_000_016)
            .bytes(0x80, 0).varint(16).bytes(0x80, 1).varint(16)
            .bytes(0x80, 0).varint(2_000_000).bytes(0x82, 0).varint(2).writeTo(folder, "large");

        assertEquals(1, quick("replay", "--threads", "2", trace.toString(), "--allocator", "concurrent-slab",
            "--region", "1M"), this::said);

        assertTrue(err.toString().contains("FAILED large on concurrent-slab: memory exhausted: asked for 2000000 " +
            "bytes at alignment 16 at event 2; free were "), this::said);
        assertNoStackTrace();
    }

    @ParameterizedTest
    @ValueSource(strings = { "slab", "run", "concurrent-slab,buddy" })
    void shouldRefuseThreadsOnAllocatorForOne(final String names)
    {
        assertEquals(2, run("replay", "perl-text", "--threads", "2", "--allocator", names), this::said);

        assertTrue(err.toString().matches("quarry: --threads=2: (slab|run|buddy) is for one thread at a time; for " +
            "several are concurrent-slab, concurrent-buddy, netty-adaptive, netty-pooled, malloc\\s+"), this::said);
    }

    @Test
    void shouldSayWhatWasAskedAndFreeWhenRegionIsExhausted() throws IOException
    {
        final Path trace = new TraceBytes(1, 1, 1, 2_000_000, 1, 1, 2_000_000)
            .bytes(0x80, 0).varint(2_000_000).writeTo(folder, "large");

        assertEquals(1, quick("replay", trace.toString(), "--allocator", "slab,run", "--region", "1M"));

        assertTrue(err.toString().contains("FAILED large on slab: memory exhausted: asked for 2000000 bytes at " +
            "alignment 16 at event 0; free were "), this::said);
        assertTrue(out.toString().contains("failed"));
        assertNoStackTrace();
    }

    @Test
    void shouldRunAsManyPassesAsAskedForAndSaySo() throws IOException
    {
        final Path trace = TraceBytes.small().writeTo(folder, "small");

        assertEquals(0, run("replay", trace.toString(), "--allocator", "run", "--warm-up", "0", "--passes", "12"));

        assertTrue(out.toString().contains("median of 12 passes after"), this::said);
    }

    @Test
    void shouldLeaveNoJsonBehindWhenReplayIsRefused() throws IOException
    {
        final Path trace = TraceBytes.small().with(TraceBytes.PEAK_LIVE_BYTES, 1).writeTo(folder, "wrong");
        final Path json = folder.resolve("out.json");

        assertEquals(2, run("replay", trace.toString(), "--json", json.toString()), this::said);

        assertFalse(Files.exists(json));
    }

    @Test
    void shouldReplayWhatWasRecorded() throws IOException
    {
        final Path file = folder.resolve("recorded.trace.gz");
        try (Region region = Region.allocate(1 << 20);
            RunAllocator run = new RunAllocator(region);
            TracingAllocator tracing = TracingAllocator.recordTo(run, file))
        {
            final long first = tracing.allocate(100, 8);
            final long second = tracing.growZeroed(tracing.allocateZeroed(0, 64), 0, 64, 700, 64);
            tracing.deallocate(tracing.grow(first, 100, 8, 9000, 4096), 9000, 4096);
            tracing.shrink(second, 700, 64, 10, 8);
        }

        assertEquals(0, quick("replay", file.toString(), "--allocator", "slab,netty-pooled,malloc"), this::said);

        assertTrue(err.toString().contains("recorded, 6 events"), this::said);
    }

    /** Each byte: cut there, and changed. Not those bytes of gzip's header that say nothing: time, level and system. */
    @Test
    void shouldRefuseEveryCutAndEveryChangedByteOfSecondFormat() throws IOException
    {
        final byte[] whole = TraceBytes.compressed(SecondTraceReaderTest.SMALL);
        final Path file = folder.resolve("damaged.trace.gz");
        for (int at = 0; at < whole.length; at++)
        {
            Files.write(file, Arrays.copyOf(whole, at));
            assertRefused(file);
            if (at < 4 || at > 9)
            {
                Files.write(file, SecondTraceReaderTest.changed(whole, at, ~whole[at]));
                assertRefused(file);
            }
        }
    }

    private void assertRefused(final Path file)
    {
        err.getBuffer().setLength(0);
        assertEquals(2, quick("replay", file.toString()), this::said);
        assertTrue(err.toString().startsWith("quarry: " + file + ": "), this::said);
        assertTrue(err.toString().matches("(?s).*(at event \\d+|in the header|ends at byte \\d+|at the end|" +
            "after the last event|not a gzip stream|magic=0x|version=).*"), this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldRefuseWhatAReplayCannotHold() throws IOException
    {
        final Path file = folder.resolve("large.trace");
        Files.write(file, SecondTraceReaderTest.trace(0x80, 0, 0x80, 0x80, 0x80, 0x80, 0x10));

        assertEquals(2, quick("replay", file.toString()), this::said);

        assertTrue(err.toString().contains(file + ": too large for a replay at event 0: ALLOC of 4294967296 bytes"),
            this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldReplayTraceWithoutEvents() throws IOException
    {
        final Path trace = new TraceBytes(0, 0, 0, 0, 0, 0, 0).writeTo(folder, "empty");

        assertEquals(0, quick("replay", trace.toString(), "--allocator", "run"), this::said);
    }

    @Test
    void shouldNameFileAndPlaceOfInconsistency() throws IOException
    {
        final Path trace = TraceBytes.small().with(TraceBytes.PEAK_LIVE_BYTES, 1).writeTo(folder, "wrong");

        assertEquals(2, quick("replay", trace.toString()));

        assertTrue(err.toString().contains(trace + ": inconsistent at the end, after event 4: the header has " +
            "peakLiveBytes=1, the events give 1100"), this::said);
        assertNoStackTrace();
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_21)
    void shouldRefuseARegionThatNoBufferSpansBefore22()
    {
        shouldRefuseWrongUsage("replay perl-text --region 2G");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "replay",
        "replay no-such-file",
        "replay .",
        "replay perl-text --allocator nobody",
        "replay perl-text --passes 0",
        "replay perl-text --passes many",
        "replay perl-text --passes 2147483647",
        "replay perl-text --allocator ,",
        "replay perl-text --region 1",
        "replay perl-text --json .",
        "replay perl-text --warm-up -1",
        "replay perl-text --threads 0",
        "replay perl-text --threads -1",
        "replay perl-text --threads 65",
        "replay perl-text --threads many",
        "replay perl-text --threads 2 --allocator slab",
        "replay perl-text --region 0",
        "replay perl-text --region 12Q",
        "size",
        "size no-such-file",
        "size perl-text --allocator malloc",
        "latency",
        "latency no-such-file",
        "latency perl-text --passes 0",
        "latency perl-text --allocator nobody",
        "latency perl-text --region 1",
        "latency perl-text --warm-up -1",
        "footprint",
        "footprint perl-text --points 0",
        "footprint perl-text --points 10001",
        "footprint perl-text --csv .",
        "footprint perl-text --allocator nobody",
        "report no-such-file",
        "report perl-text --out .",
        "report perl-text --warm-up -1",
        "report perl-text --allocator nobody",
        "replay perl-text --region 99999999999G",
        "replay perl-text --json no-such-folder/out.json",
        "replay perl-text --no-such-option",
        "conform",
        "conform no-such-folder",
        "no-such-command"})
    void shouldRefuseWrongUsage(final String arguments)
    {
        assertEquals(2, run(arguments.split(" ")), this::said);

        assertTrue(err.toString().startsWith("quarry: "), this::said);
        assertTrue(err.toString().lines().count() <= 3, this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldConform() throws IOException
    {
        Files.writeString(folder.resolve("align_to.tsv"),
            "# size\talign\tnew_align\tresult\tsize\talign\n8\t8\t16\tok\t8\t16\n8\t8\t3\terr\n");
        Files.writeString(folder.resolve("script.txt"),
            "# \nA 0 16 8 1\nD 0 r e83bb899379c3278\nC 0 0 cbf29ce484222325\n");

        assertEquals(0, run("conform", folder.toString()), this::said);

        final int checked = 2 + 3 * ConformSubject.values().length;
        assertTrue(out.toString().contains("2 files, " + checked + " rows and operations: all conform"), this::said);
        for (final ConformSubject subject : ConformSubject.values())
        {
            assertTrue(out.toString().contains("script.txt on " + subject.label() + ": 3 operations"), this::said);
        }
    }

    @Test
    void shouldConformInSeveralFoldersAndNoFolderInThem() throws IOException
    {
        final Path layouts = Files.createDirectory(folder.resolve("layouts"));
        final Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(layouts.resolve("align_to.tsv"),
            "# size\talign\tnew_align\tresult\tsize\talign\n8\t8\t16\tok\t8\t16\n");
        Files.writeString(scripts.resolve("script.txt"), "A 0 16 8 1\n");

        assertEquals(0, run("conform", layouts.toString(), scripts.toString(), "--allocator", "slab"), this::said);
        assertTrue(out.toString().contains("2 files, 2 rows and operations: all conform"), this::said);
        assertEquals(2, run("conform", layouts.toString(), folder.toString()), this::said);
        assertTrue(err.toString().contains(folder + ": neither layout vectors"), this::said);
    }

    @ParameterizedTest
    @ValueSource(strings = { "system", "global", "arena", "fallback", "synchronized", "tracing", "adapter" })
    void shouldConformOnWhatIsAskedFor(final String name) throws IOException
    {
        Files.writeString(folder.resolve("script.txt"), "A 0 16 8 1\nA 1 900000 8 1\n");

        assertEquals(0, run("conform", folder.toString(), "--allocator", name), this::said);

        assertTrue(out.toString().contains("1 files, 2 rows and operations: all conform"), this::said);
    }

    @ParameterizedTest
    @ValueSource(strings = { "system", "global", "arena", "fallback", "synchronized", "tracing", "adapter" })
    void shouldShowDeviationOnWhatIsAskedFor(final String name) throws IOException
    {
        Files.writeString(folder.resolve("script.txt"), "A 0 16 8 1\nD 0 r 0000000000000000\n");

        assertEquals(1, run("conform", folder.toString(), "--allocator", name), this::said);

        assertTrue(out.toString().contains("1 deviate"), this::said);
    }

    @Test
    void shouldShowDeviation() throws IOException
    {
        Files.writeString(folder.resolve("align_to.tsv"),
            "# size\talign\tnew_align\tresult\tsize\talign\n8\t8\t16\tok\t8\t32\n");
        Files.writeString(folder.resolve("script.txt"), "A 0 16 8 1\nD 0 r 0000000000000000\n");

        assertEquals(1, run("conform", folder.toString(), "--allocator", "slab"), this::said);

        assertTrue(out.toString().contains("align_to.tsv:2: "), this::said);
        assertTrue(out.toString().contains("script.txt:2: "), this::said);
        assertTrue(out.toString().contains("2 deviate"), this::said);
    }

    @ParameterizedTest
    @ValueSource(strings = { "A 0 16", "A 0 16 3 1", "D 5 r 0000000000000000", "Q", "A 0 -1 8 1" })
    void shouldRefuseMalformedScript(final String line) throws IOException
    {
        Files.writeString(folder.resolve("script.txt"), line + "\n");

        assertEquals(2, run("conform", folder.toString()), this::said);

        assertTrue(err.toString().contains("script.txt:1"), this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldRefuseMalformedVectorsAndEmptyFolders() throws IOException
    {
        assertEquals(2, run("conform", folder.toString()), this::said);
        Files.writeString(folder.resolve("align_to.tsv"), "# size\talign\tnew_align\tresult\tsize\talign\n8\tx\n");

        assertEquals(2, run("conform", folder.toString()), this::said);

        assertTrue(err.toString().contains("align_to.tsv:2: "), this::said);
        assertNoStackTrace();
    }

    @Test
    void shouldHelp()
    {
        for (final String command : List.of("--help", "replay --help", "conform --help", "--version"))
        {
            assertEquals(0, run(command.split(" ")), this::said);
        }
    }

    private int quick(final String... arguments)
    {
        final String[] all = new String[arguments.length + 4];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(new String[]{ "--passes", "1", "--warm-up", "0" }, 0, all, arguments.length, 4);
        return run(all);
    }

    private int run(final String... arguments)
    {
        final CommandLine commandLine = Quarry.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private String said()
    {
        return "out: " + out + "\nerr: " + err;
    }

    private void assertNoStackTrace()
    {
        assertFalse(err.toString().contains("\tat "), this::said);
        assertFalse(err.toString().contains("defect of this program"), this::said);
    }
}
