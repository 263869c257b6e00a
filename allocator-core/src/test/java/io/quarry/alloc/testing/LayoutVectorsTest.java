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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.quarry.alloc.testing.LayoutVectors.BadVectorException;
import io.quarry.alloc.testing.LayoutVectors.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutVectorsTest
{
    @TempDir
    private Path folder;

    static Stream<Path> vectorFiles() throws IOException
    {
        return LayoutVectors.runFolder(bundled()).stream().map(Report::file);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectorFiles")
    void shouldReproduceEveryRow(final Path file) throws IOException
    {
        final Report report = LayoutVectors.run(file);

        assertEquals(List.of(), report.deviations());
        assertEquals(Files.readAllLines(file).size() - 1, report.rowCount());
        assertTrue(report.rowCount() > 0);
    }

    @Test
    void shouldHaveVectorsForEveryOperation() throws IOException
    {
        final Set<String> names = new TreeSet<>();
        long rowCount = 0;
        for (final Report report : LayoutVectors.runFolder(bundled()))
        {
            names.add(report.file().getFileName().toString().replace(LayoutVectors.SUFFIX, ""));
            rowCount += report.rowCount();
        }

        assertEquals(LayoutOperations.names(), names);
        assertEquals(6565, rowCount);
    }

    @Test
    void shouldReportWrongExpectation() throws IOException
    {
        final Path file = write("repeat", "#size\talign\tn\tresult\tsize\talign\tstride",
            "3\t2\t28\tok\t111\t2\t4",
            "3\t2\t28\tok\t112\t2\t4",
            "3\t2\t28\terr");

        final Report report = LayoutVectors.run(file);

        assertEquals(3, report.rowCount());
        assertEquals(List.of(
            file + ":3: [3\t2\t28] wanted [ok\t112\t2\t4], got [ok\t111\t2\t4]",
            file + ":4: [3\t2\t28] wanted [err], got [ok\t111\t2\t4]"),
            report.deviations().stream().map(Object::toString).toList());
    }

    @Test
    void shouldReportEveryOutcomeThatIsTurnedAround() throws IOException
    {
        // In each bundled file: an ok row said to be an error, an error said to be ok. None may pass.
        for (final Path original : vectorFiles().toList())
        {
            final List<String> lines = Files.readAllLines(original);
            final String[] columns = lines.get(0).substring(1).split("\t");
            final int inputCount = List.of(columns).indexOf("result");
            final String[] turned = lines.stream().skip(1).map((row) -> turn(row, inputCount, columns.length))
                .toArray(String[]::new);
            final String name = original.getFileName().toString().replace(LayoutVectors.SUFFIX, "");

            final Report report = LayoutVectors.run(write(name, lines.get(0), turned));

            assertEquals(report.rowCount(), report.deviations().size(), name);
        }
    }

    @Test
    void shouldReportWrongStepOfChain() throws IOException
    {
        final Path file = write("chain", "#size\talign\tsteps\tresult\tsize\talign",
            "264646928231520434\t1\tA:1024;A:8;R:2;X:9223372036854775807:1\terr\t3",
            "264646928231520434\t1\tA:1024;A:8;R:2;X:9223372036854775807:1\terr\t2");

        final Report report = LayoutVectors.run(file);

        assertEquals(1, report.deviations().size());
        assertEquals("err\t3", report.deviations().get(0).got());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        align_to    | 8 1 2 fine 8 2            | :2: ok or err wanted in column 4, got [fine]
        align_to    | 8 1 2                     | :2: ok or err wanted in column 4, got []
        align_to    | 8 1 2 ok 8                | :2: 6 columns wanted, got 5
        align_to    | 8 1 2 ok 8 2 2            | :2: 6 columns wanted, got 7
        align_to    | 8 1 2 err 8 2             | :2: 6 columns wanted, got 6
        align_to    | 8 1 2 ok 8 two            | :2: a number, list or truth wanted, got [two]
        align_to    | 8 1 two ok 8 2            | :2: a 64-bit number wanted, got [two]
        align_to    | 8 1 9223372036854775808 ok 8 2 | :2: a 64-bit number wanted, got [9223372036854775808]
        align_to    | 8 3 2 ok 8 2              | :2: a valid layout wanted, got [8:3]
        align_to    | -8 1 2 ok 8 2             | :2: a valid layout wanted, got [-8:1]
        adjust_alignment_to | 8 1 3 ok 8 3      | :2: a power of two wanted, got [3]
        chain       | 8 1 P;Q:3 ok 8 1          | :2: a step E, X, R, K, A or P wanted, got [Q:3]
        chain       | 8 1 E:8 ok 8 1            | :2: a number more wanted, got [E:8]
        """)
    void shouldNameFileAndLineOfUnreadableRow(final String name, final String row, final String message)
        throws IOException
    {
        final Path file = write(name, "#size\talign\tinput\tresult\tsize\talign", row.replace(' ', '\t'));

        final BadVectorException thrown = assertThrows(BadVectorException.class, () -> LayoutVectors.run(file));

        assertEquals(file + message, thrown.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"[u8;", "[u8;x]", "u7", "repr(C){u8", "repr(C){u8;u8}", "u8u8", "align3", "''"})
    void shouldRefuseUnreadableType(final String type) throws IOException
    {
        final Path file = write("new", "#type\tresult\tsize\talign", type + "\tok\t1\t1");

        final String message = assertThrows(BadVectorException.class, () -> LayoutVectors.run(file)).getMessage();

        assertTrue(message.startsWith(file + ":2: the name of a type"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        char                            | 4  | 4
        isize                           | 8  | 8
        repr(C,packed(2)){u8,u64}       | 10 | 2
        repr(C,align(32)){u8,u16}       | 32 | 32
        [repr(C){u8,u32};3]             | 24 | 4
        repr(C){}                       | 0  | 1
        """)
    void shouldReadTypesThatNoBundledVectorHas(final String type, final long size, final long align) throws IOException
    {
        final Path file = write("new", "#type\tresult\tsize\talign", type + "\tok\t" + size + "\t" + align);

        assertEquals(List.of(), LayoutVectors.run(file).deviations());
    }

    @Test
    void shouldRefuseFilesThatAreNoVectors() throws IOException
    {
        final Path unknown = write("unknown", "#size\tresult\tsize", "1\tok\t1");
        final Path headless = write("pad_to_align", "1\t1\tok\t1\t1");
        final Path withoutResult = write("dangling_ptr", "#size\talign\taddress", "1\t1\t1");
        final Path withoutRows = write("array", "#element_size\telement_align\tn\tresult\tsize\talign");
        final Path binary = folder.resolve("equals.tsv");
        Files.write(binary, new byte[]{'#', -1, '\n'});

        for (final Path file : List.of(unknown, headless, withoutResult, withoutRows, binary))
        {
            final String message = assertThrows(BadVectorException.class, () -> LayoutVectors.run(file)).getMessage();
            assertTrue(message.startsWith(file + ":1: "), message);
        }
        assertThrows(IOException.class, () -> LayoutVectors.runFolder(folder.resolve("missing")));
        assertThrows(IOException.class, () -> LayoutVectors.runFolder(Files.createDirectory(folder.resolve("empty"))));
    }

    private static String turn(final String row, final int inputCount, final int columnCount)
    {
        final String[] fields = row.split("\t", -1);
        final String inputs = String.join("\t", List.of(fields).subList(0, inputCount));
        final boolean isOk = "ok".equals(fields[inputCount]);
        return inputs + (isOk ? "\terr" : "\tok" + "\t0".repeat(columnCount - inputCount - 1));
    }

    private Path write(final String name, final String header, final String... rows) throws IOException
    {
        final Path file = folder.resolve(name + LayoutVectors.SUFFIX);
        Files.writeString(file, header + "\n" + String.join("\n", rows) + (rows.length > 0 ? "\n" : ""));
        return file;
    }

    private static Path bundled()
    {
        try
        {
            return Path.of(LayoutVectorsTest.class.getResource("/conformance/layout").toURI());
        }
        catch (final URISyntaxException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
