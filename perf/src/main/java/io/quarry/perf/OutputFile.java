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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that a command writes when it has run.
 */
final class OutputFile
{
    private OutputFile()
    {
    }

    /**
     * Finds out now, and not when minutes have passed, whether a file can be written: by trying. One that wasn't there
     * is not left behind.
     *
     * @param file or null, for none.
     * @throws CommandError if it can't be written.
     */
    static void check(final Path file)
    {
        if (null == file)
        {
            return;
        }
        final boolean existed = Files.exists(file);
        try
        {
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
            if (!existed)
            {
                Files.delete(file);
            }
        }
        catch (final IOException ex)
        {
            throw new CommandError(CommandError.USAGE, CommandError.unwritable(file, ex));
        }
    }

    /**
     * Writes a file.
     *
     * @param file or null, for none.
     * @param text of it.
     * @throws CommandError if it can't be written.
     */
    static void write(final Path file, final String text)
    {
        if (null == file)
        {
            return;
        }
        try
        {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            throw new CommandError(CommandError.USAGE, CommandError.unwritable(file, ex));
        }
    }
}
