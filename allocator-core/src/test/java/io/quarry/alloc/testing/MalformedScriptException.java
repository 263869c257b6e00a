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

/**
 * A script that can't be run: unreadable, not of the format, or at odds with itself. The message says where.
 */
public final class MalformedScriptException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param file    name of the script.
     * @param line    number of the line, from 1; 0 for the whole file.
     * @param message what is wrong.
     * @param cause   or null.
     */
    public MalformedScriptException(final String file, final int line, final String message, final Throwable cause)
    {
        super(file + (line > 0 ? ":" + line : "") + ": " + message, cause);
    }
}
