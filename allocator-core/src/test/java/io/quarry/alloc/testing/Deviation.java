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
 * What an allocator did that its contract doesn't allow: what was looked at, what was wanted, what was got. An
 * {@link AssertionError}, so that a test that meets one fails; programs outside tests may catch it.
 */
public final class Deviation extends AssertionError
{
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what   was looked at.
     * @param wanted as name=value.
     * @param got    as name=value.
     */
    public Deviation(final String what, final String wanted, final String got)
    {
        super(what + ": wanted " + wanted + ", got " + got);
    }

    private Deviation(final String message, final Throwable cause)
    {
        super(message, cause);
    }

    /**
     * The same, with the place where it was met.
     *
     * @param place as "file:line: operation", or the like.
     * @param cause the deviation, or whatever else was thrown there.
     * @return the deviation to be thrown.
     */
    public static Deviation at(final String place, final Throwable cause)
    {
        return new Deviation(place + ": " + describe(cause), cause);
    }

    /**
     * The same, with the place where it was met and what led there.
     *
     * @param place   as "file:line: operation", or the like.
     * @param cause   the deviation, or whatever else was thrown there.
     * @param history lines that follow the message.
     * @return the deviation to be thrown.
     */
    public static Deviation at(final String place, final Throwable cause, final String history)
    {
        return new Deviation(place + ": " + describe(cause) + "\n" + history, cause);
    }

    /**
     * What was thrown, in one line.
     *
     * @param thrown a deviation, or whatever else.
     * @return the text.
     */
    public static String describe(final Throwable thrown)
    {
        return thrown instanceof Deviation ? thrown.getMessage() : "wanted no exception, got " + thrown;
    }
}
