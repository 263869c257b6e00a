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

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where traces are found: a file, one of the ten that come with the command, or one that is made up.
 */
final class Traces
{
    /**
     * The bundled traces, in the order of their README.
     */
    static final List<String> BUNDLED = List.of(
        "fix-gateway",
        "zmq-marketdata",
        "kafka-client",
        "redis-cache",
        "rocksdb-mixed",
        "gcc-cc1plus",
        "python-json",
        "sqlite-queries",
        "perl-text",
        "ffmpeg-x264");

    private static final String SUFFIX = ".trace.gz";

    private Traces()
    {
    }

    /**
     * Reads a trace.
     *
     * @param argument a path, or the name of a bundled or synthetic trace; where both exist, the file.
     * @return the trace, checked.
     * @throws TraceError if there is no such trace, or it is not in order.
     */
    static Trace read(final String argument) throws TraceError
    {
        if (argument.isEmpty())
        {
            throw new TraceError("'': no file name");
        }
        try
        {
            final Path path = Path.of(argument);
            return Files.exists(path) ? readFile(path, argument) : readNamed(argument);
        }
        catch (final InvalidPathException ex)
        {
            throw new TraceError(argument + ": no file name: " + ex.getReason());
        }
        catch (final IOException ex)
        {
            throw new TraceError(argument + ": can't be read: " + CommandError.reason(ex));
        }
        catch (final OutOfMemoryError ex)
        {
            throw new TraceError(argument + ": needs more heap than this JVM has (" +
                Runtime.getRuntime().maxMemory() + " bytes): start java with a larger -Xmx");
        }
    }

    private static Trace readFile(final Path path, final String argument) throws TraceError, IOException
    {
        if (Files.isDirectory(path))
        {
            throw new TraceError(argument + ": a directory, not a trace");
        }
        try (InputStream in = Files.newInputStream(path))
        {
            return TraceReader.read(nameOf(path), argument, in);
        }
    }

    private static Trace readNamed(final String name) throws TraceError, IOException
    {
        if (BUNDLED.contains(name))
        {
            return readBundled(name);
        }
        for (final SyntheticTrace synthetic : SyntheticTrace.values())
        {
            if (synthetic.label().equals(name))
            {
                return synthetic.make();
            }
        }
        throw new TraceError(name + ": no such file, and no bundled trace; bundled are " + String.join(", ", BUNDLED) +
            "; made up are " + String.join(", ", SyntheticTrace.labels()));
    }

    private static Trace readBundled(final String name) throws TraceError, IOException
    {
        final String file = name + SUFFIX;
        try (InputStream in = Traces.class.getResourceAsStream("/traces/" + file))
        {
            if (null == in)
            {
                throw new TraceError(file + ": missing from this build");
            }
            return TraceReader.read(name, file, in);
        }
    }

    private static String nameOf(final Path path)
    {
        final String file = path.getFileName().toString();
        return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
    }
}
