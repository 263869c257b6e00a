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
package io.quarry.alloc;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a {@link CheckedAllocator} is to do.
 *
 * @param level           what is looked at.
 * @param sampling        at level {@link CheckLevel#SITE} one block in so many is looked at, on average; from 1.
 * @param quarantineBytes at level {@link CheckLevel#FULL} so many bytes of freed blocks are kept from reuse, at most;
 *                        a block that is longer alone is not kept, and a write after its free not found. 0 for none.
 * @param leakAction      what is done with the report when something leaks; {@link #throwLeaks} to fail.
 */
public record CheckOptions(
    CheckLevel level, int sampling, long quarantineBytes, Consumer<? super LeakReport> leakAction)
{
    /**
     * Name of the system property for the level: {@code count}, {@code site} or {@code full}.
     */
    public static final String LEVEL_PROPERTY = "quarry.checked";

    /**
     * Name of the system property for the sampling, a number from 1.
     */
    public static final String SAMPLING_PROPERTY = "quarry.checked.sample";

    /**
     * One block in so many is looked at, if nothing else is said.
     */
    public static final int DEFAULT_SAMPLING = 64;

    /**
     * So many bytes are kept in quarantine, if nothing else is said.
     */
    public static final long DEFAULT_QUARANTINE_BYTES = 1 << 20;

    /**
     * Checks the options.
     *
     * @param level           what is looked at.
     * @param sampling        one block in so many, from 1.
     * @param quarantineBytes from 0.
     * @param leakAction      what is done with a report.
     * @throws IllegalArgumentException if a number is out of its range.
     */
    public CheckOptions
    {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(leakAction, "leakAction");
        if (sampling < 1)
        {
            throw new IllegalArgumentException("sampling=" + sampling + ": from 1 wanted");
        }
        if (quarantineBytes < 0)
        {
            throw new IllegalArgumentException("quarantineBytes=" + quarantineBytes + ": from 0 wanted");
        }
    }

    /**
     * The options of a level: sampling by the system property or {@link #DEFAULT_SAMPLING}, a quarantine of
     * {@link #DEFAULT_QUARANTINE_BYTES}, and leaks are thrown.
     *
     * @param level what is looked at.
     * @return the options.
     * @throws IllegalArgumentException if the system property is no number from 1.
     */
    public static CheckOptions of(final CheckLevel level)
    {
        return new CheckOptions(level, samplingProperty(), DEFAULT_QUARANTINE_BYTES, CheckOptions::throwLeaks);
    }

    /**
     * The options that the system properties ask for.
     *
     * @return the options, or null if {@link #LEVEL_PROPERTY} is not set.
     * @throws IllegalArgumentException if a property has a value that it can't have.
     */
    public static CheckOptions ofProperties()
    {
        final String value = System.getProperty(LEVEL_PROPERTY);
        if (null == value)
        {
            return null;
        }
        for (final CheckLevel level : CheckLevel.values())
        {
            if (level.name().toLowerCase(Locale.ROOT).equals(value))
            {
                return of(level);
            }
        }
        throw new IllegalArgumentException(LEVEL_PROPERTY + "=" + value + ": count, site or full wanted");
    }

    /**
     * The same with another sampling.
     *
     * @param blocks one block in so many is looked at.
     * @return the options.
     */
    public CheckOptions withSampling(final int blocks)
    {
        return new CheckOptions(level, blocks, quarantineBytes, leakAction);
    }

    /**
     * The same with another quarantine.
     *
     * @param bytes at most.
     * @return the options.
     */
    public CheckOptions withQuarantine(final long bytes)
    {
        return new CheckOptions(level, sampling, bytes, leakAction);
    }

    /**
     * The same with another action on leaks.
     *
     * @param action that is given the report, if there is any leak.
     * @return the options.
     */
    public CheckOptions onLeak(final Consumer<? super LeakReport> action)
    {
        return new CheckOptions(level, sampling, quarantineBytes, action);
    }

    /**
     * The action that fails: throws the report.
     *
     * @param report of the leaks.
     * @throws IllegalStateException always, with the report as its message.
     */
    public static void throwLeaks(final LeakReport report)
    {
        throw new IllegalStateException(report.toString());
    }

    private static int samplingProperty()
    {
        final String value = System.getProperty(SAMPLING_PROPERTY);
        if (null == value)
        {
            return DEFAULT_SAMPLING;
        }
        try
        {
            final int sampling = Integer.parseInt(value);
            if (sampling > 0)
            {
                return sampling;
            }
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException(SAMPLING_PROPERTY + "=" + value + ": a number from 1 wanted", ex);
        }
        throw new IllegalArgumentException(SAMPLING_PROPERTY + "=" + value + ": a number from 1 wanted");
    }
}
