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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bundled scripts, found on the class path, in whatever jar.
 */
public final class ConformanceScripts
{
    private static final String FOLDER = "/conformance/scripts/";

    private ConformanceScripts()
    {
    }

    /**
     * Names of all bundled scripts.
     *
     * @return file names, as the manifest has them.
     */
    public static List<String> names()
    {
        final List<String> names = new ArrayList<>();
        for (final String[] fields : manifest())
        {
            names.add(fields[0]);
        }
        return names;
    }

    /**
     * Reads a bundled script.
     *
     * @param name of the file.
     * @return the script.
     */
    public static ConformanceScript read(final String name)
    {
        try (InputStream in = open(name))
        {
            return ConformanceScript.read(in, name);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** The fields of each line but the first, which names them. */
    static List<String[]> manifest()
    {
        final List<String[]> lines = new ArrayList<>();
        try (InputStream in = open("manifest.tsv"))
        {
            final BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); null != line; line = reader.readLine())
            {
                if (!line.startsWith("#"))
                {
                    lines.add(line.split("\t"));
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return lines;
    }

    private static InputStream open(final String name)
    {
        final InputStream in = ConformanceScripts.class.getResourceAsStream(FOLDER + name);
        if (null == in)
        {
            throw new IllegalArgumentException("resource=" + FOLDER + name + ": not on the class path");
        }
        return in;
    }
}
