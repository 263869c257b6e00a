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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Ends a command with a message for the user and an exit status, and without a stack trace.
 */
public final class CommandError extends RuntimeException
{
    /** A deviation, or memory that ran out. */
    public static final int DEVIATION = 1;

    /** A usage error, or a file that can't be read or contradicts itself. */
    public static final int USAGE = 2;

    private static final long serialVersionUID = 1L;

    /** Of the process. */
    private final int status;

    /**
     * Makes the error.
     *
     * @param status  of the process: {@link #DEVIATION} or {@link #USAGE}.
     * @param message one line.
     */
    public CommandError(final int status, final String message)
    {
        super(message);
        this.status = status;
    }

    /**
     * The exit status that the process is to end with.
     *
     * @return {@link #DEVIATION} or {@link #USAGE}.
     */
    public int status()
    {
        return status;
    }

    /** What is wrong with a file that was to be written. */
    static String unwritable(final Path file, final IOException cause)
    {
        return file + ": can't be written: " + reason(cause);
    }

    /** A reason without the class of the exception, and without the name of the file, which is told already. */
    static String reason(final IOException cause)
    {
        if (cause instanceof NoSuchFileException)
        {
            return "no such file or folder";
        }
        if (cause instanceof AccessDeniedException)
        {
            return "permission denied";
        }
        final String reason = cause instanceof FileSystemException ?
            ((FileSystemException)cause).getReason() : cause.getMessage();
        return null == reason ? cause.toString() : reason;
    }
}
