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

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.quarry.alloc.LayoutError;
import io.quarry.alloc.testing.LayoutOperations.Operation;

/**
 * Runs layout vectors: tab-separated files that hold inputs and the exact outcome of one operation each, recorded from
 * Rust. The name of a file says the operation; its first line names the columns, {@code result} standing between
 * inputs and outputs. The encoding is described in the README beside the vectors.
 * <p>
 * A row whose outcome differs is a {@link Deviation}. A row that can't be read is not, since nothing can be said about
 * the layout: it ends the run with a {@link BadVectorException}.
 */
public final class LayoutVectors
{
    /** The end of a vector file's name. */
    public static final String SUFFIX = ".tsv";

    private static final Pattern OUTPUT = Pattern.compile("-|true|false|-?\\d+(,-?\\d+)*");
    private static final String RESULT = "result";
    private static final String OK = "ok";
    private static final String ERR = "err";

    /**
     * A row whose outcome is not the recorded one.
     *
     * @param file   that holds the row.
     * @param line   of the row, from 1.
     * @param inputs of the operation, as in the file.
     * @param wanted outcome, as in the file.
     * @param got    outcome.
     */
    public record Deviation(Path file, int line, String inputs, String wanted, String got)
    {
        @Override
        public String toString()
        {
            return file + ":" + line + ": [" + inputs + "] wanted [" + wanted + "], got [" + got + "]";
        }
    }

    /**
     * What a file came to.
     *
     * @param file       that was run.
     * @param rowCount   rows that were run, from 1.
     * @param deviations the rows among them whose outcome differs.
     */
    public record Report(Path file, int rowCount, List<Deviation> deviations)
    {
    }

    /**
     * A file that can't be read as vectors. The message begins with file and line.
     */
    public static final class BadVectorException extends IOException
    {
        private static final long serialVersionUID = 1L;

        BadVectorException(final Path file, final int line, final String message)
        {
            super(file + ":" + line + ": " + message);
        }
    }

    private LayoutVectors()
    {
    }

    /**
     * Runs all vector files of a folder, in the order of their names.
     *
     * @param folder that holds them.
     * @return a report for each, from 1.
     * @throws IOException if the folder holds none, or one can't be read.
     */
    public static List<Report> runFolder(final Path folder) throws IOException
    {
        final TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*" + SUFFIX))
        {
            stream.forEach(files::add);
        }
        if (files.isEmpty())
        {
            throw new IOException(folder + ": no *" + SUFFIX + " in this folder");
        }
        final List<Report> reports = new ArrayList<>();
        for (final Path file : files)
        {
            reports.add(run(file));
        }
        return reports;
    }

    /**
     * Runs one vector file.
     *
     * @param file whose name, less the suffix, is that of an operation.
     * @return what it came to.
     * @throws BadVectorException if the operation is unknown or a line is not as it should be.
     * @throws IOException        if the file can't be read.
     */
    public static Report run(final Path file) throws IOException
    {
        final Operation operation = operationOf(file);
        final List<String> lines = readLines(file);
        if (lines.isEmpty() || !lines.get(0).startsWith("#"))
        {
            throw new BadVectorException(file, 1, "the names of the columns wanted, after a #");
        }
        final List<String> columns = Arrays.asList(lines.get(0).substring(1).split("\t", -1));
        final int inputCount = columns.indexOf(RESULT);
        if (inputCount < 1)
        {
            throw new BadVectorException(file, 1, "a column named " + RESULT + " wanted, after the inputs");
        }
        if (1 == lines.size())
        {
            throw new BadVectorException(file, 1, "no row follows");
        }
        final List<Deviation> deviations = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++)
        {
            final Deviation deviation = runRow(file, i + 1, lines.get(i), columns.size(), inputCount, operation);
            if (null != deviation)
            {
                deviations.add(deviation);
            }
        }
        return new Report(file, lines.size() - 1, List.copyOf(deviations));
    }

    private static Deviation runRow(
        final Path file,
        final int line,
        final String row,
        final int columnCount,
        final int inputCount,
        final Operation operation) throws BadVectorException
    {
        final List<String> fields = Arrays.asList(row.split("\t", -1));
        checkRow(file, line, fields, columnCount, inputCount);
        final List<String> inputs = fields.subList(0, inputCount);
        final String wanted = String.join("\t", fields.subList(inputCount, fields.size()));
        final String got;
        try
        {
            got = outcome(operation, inputs);
        }
        catch (final LayoutOperations.BadInputException ex)
        {
            throw new BadVectorException(file, line, ex.getMessage());
        }
        return wanted.equals(got) ? null : new Deviation(file, line, String.join("\t", inputs), wanted, got);
    }

    /** Another exception than these three is a defect of what is tested: a deviation, not the end of the run. */
    private static String outcome(final Operation operation, final List<String> inputs)
    {
        try
        {
            return OK + "\t" + operation.apply(inputs);
        }
        catch (final LayoutError ex)
        {
            return ERR;
        }
        catch (final LayoutOperations.FailedStepException ex)
        {
            return ERR + "\t" + ex.step();
        }
        catch (final LayoutOperations.BadInputException ex)
        {
            throw ex;
        }
        catch (final RuntimeException ex)
        {
            return ex.toString();
        }
    }

    private static void checkRow(
        final Path file, final int line, final List<String> fields, final int columnCount, final int inputCount)
        throws BadVectorException
    {
        final String result = fields.size() > inputCount ? fields.get(inputCount) : "";
        final boolean isOk = OK.equals(result);
        if (!isOk && !ERR.equals(result))
        {
            throw new BadVectorException(
                file, line, "ok or err wanted in column " + (inputCount + 1) + ", got [" + result + "]");
        }
        // An operation of several steps tells after err which one failed.
        final int fewest = isOk ? columnCount : inputCount + 1;
        final int most = isOk ? columnCount : inputCount + 2;
        if (fields.size() < fewest || fields.size() > most)
        {
            throw new BadVectorException(file, line, columnCount + " columns wanted, got " + fields.size());
        }
        for (final String output : fields.subList(inputCount + 1, fields.size()))
        {
            if (!OUTPUT.matcher(output).matches())
            {
                throw new BadVectorException(file, line, "a number, list or truth wanted, got [" + output + "]");
            }
        }
    }

    private static Operation operationOf(final Path file) throws BadVectorException
    {
        final String name = Objects.toString(file.getFileName(), "");
        final Operation operation =
            name.endsWith(SUFFIX) ? LayoutOperations.named(name.substring(0, name.length() - SUFFIX.length())) : null;
        if (null == operation)
        {
            throw new BadVectorException(file, 1, "the file's name wanted to be one of " +
                LayoutOperations.names() + ", with " + SUFFIX);
        }
        return operation;
    }

    private static List<String> readLines(final Path file) throws IOException
    {
        try
        {
            return Files.readAllLines(file, StandardCharsets.US_ASCII);
        }
        catch (final MalformedInputException ex)
        {
            throw new BadVectorException(file, 1, "not plain ASCII");
        }
    }
}
