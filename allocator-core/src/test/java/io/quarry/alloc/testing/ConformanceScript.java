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

import io.quarry.alloc.Allocator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A sequence of allocator calls whose visible outcome doesn't depend on how the allocator works inside, with the
 * outcome as the reference implementation, Rust's {@code std::alloc::Global}, had it.
 * <p>
 * Threads: immutable. Cost: the whole file is held, about 200 bytes a line.
 */
public final class ConformanceScript
{
    private static final long MIN_REGION_BYTES = 1 << 20;
    private static final int REGION_FACTOR = 4;
    private static final Pattern PEAK_POW2_BYTES = Pattern.compile("^# .*\\bpeak_pow2_bytes=(\\d{1,18})\\b.*");

    private final String name;
    private final List<ConformanceOperation> operations;
    private final long peakOfHeader;
    private final long peakWithoutHeader;

    private ConformanceScript(
        final String name,
        final List<ConformanceOperation> operations,
        final long peakOfHeader,
        final long peakWithoutHeader)
    {
        this.name = name;
        this.operations = operations;
        this.peakOfHeader = peakOfHeader;
        this.peakWithoutHeader = peakWithoutHeader;
    }

    /**
     * Reads a script.
     *
     * @param path of a {@code .txt} or {@code .txt.gz} file.
     * @return the script.
     * @throws MalformedScriptException if the file is unreadable or is no script.
     */
    public static ConformanceScript read(final Path path)
    {
        try (InputStream in = Files.newInputStream(path))
        {
            return read(in, path.toString());
        }
        catch (final IOException ex)
        {
            throw new MalformedScriptException(path.toString(), 0, "unreadable: " + ex, ex);
        }
    }

    /**
     * Reads a script.
     *
     * @param in   that gives the text, or the compressed text if the name ends in {@code .gz}; not closed.
     * @param name by which messages call the script.
     * @return the script.
     * @throws MalformedScriptException if the stream is unreadable or is no script.
     */
    public static ConformanceScript read(final InputStream in, final String name)
    {
        final ConformanceParser parser = new ConformanceParser(name);
        long peakOfHeader = 0;
        try
        {
            final InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
            final BufferedReader reader =
                new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); null != line; line = reader.readLine())
            {
                peakOfHeader = Math.max(peakOfHeader, peakOf(line));
                parser.accept(line);
            }
        }
        catch (final IOException ex)
        {
            throw new MalformedScriptException(name, 0, "unreadable: " + ex, ex);
        }
        if (parser.operations().isEmpty())
        {
            throw new MalformedScriptException(name, 0, "operations=0: wanted at least 1", null);
        }
        return new ConformanceScript(
            name, List.copyOf(parser.operations()), peakOfHeader, parser.peakPow2Bytes());
    }

    /** What a line says of the peak, if it is the header. */
    private static long peakOf(final String line)
    {
        final Matcher header = line.startsWith("#") ? PEAK_POW2_BYTES.matcher(line) : null;
        return null != header && header.matches() ? Long.parseLong(header.group(1)) : 0;
    }

    /**
     * What messages call the script.
     *
     * @return the name.
     */
    public String name()
    {
        return name;
    }

    /**
     * How many operations the script has.
     *
     * @return the count of lines that aren't comments.
     */
    public int operationCount()
    {
        return operations.size();
    }

    /**
     * The size of a region in which every operation must succeed that isn't marked as a failure.
     *
     * @return bytes.
     */
    public long regionSize()
    {
        return Math.max(REGION_FACTOR * peakPow2Bytes(), MIN_REGION_BYTES);
    }

    /**
     * The most that lives at a time, a resize holding the old and the new block, every block as the least power of two
     * that is at least 16, its size and its alignment.
     *
     * @return bytes.
     */
    public long peakPow2Bytes()
    {
        return Math.max(peakOfHeader, peakWithoutHeader);
    }

    /** What the lines add up to. */
    long peakWithoutHeader()
    {
        return peakWithoutHeader;
    }

    /**
     * Runs the script, and frees what it leaves.
     *
     * @param allocator without live blocks, with at least {@link #regionSize()} bytes.
     * @return how many operations ran: all of them.
     * @throws Deviation at the first operation with another outcome than the script's.
     */
    public int run(final Allocator allocator)
    {
        final ConformanceRun run = new ConformanceRun(allocator);
        for (final ConformanceOperation operation : operations)
        {
            try
            {
                run.accept(operation);
            }
            catch (final Deviation | RuntimeException ex)
            {
                throw Deviation.at(name + ":" + operation.line() + ": " + operation.text(), ex);
            }
        }
        try
        {
            run.freeAll();
        }
        catch (final Deviation | RuntimeException ex)
        {
            throw Deviation.at(name + ": freeing what the script left", ex);
        }
        return operations.size();
    }
}
