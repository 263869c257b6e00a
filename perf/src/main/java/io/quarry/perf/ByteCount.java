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

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes on the command line: digits, and K, M or G for powers of 1024.
 */
final class ByteCount implements ITypeConverter<Long>
{
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMG]?)");
    private static final String UNITS = "KMG";

    @Override
    public Long convert(final String value)
    {
        final Matcher matcher = FORM.matcher(value.toUpperCase(Locale.ROOT));
        if (matcher.matches())
        {
            final long count = Long.parseLong(matcher.group(1));
            final int shift = matcher.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(matcher.group(2)) + 1);
            if (count > 0 && count <= Long.MAX_VALUE >> shift)
            {
                return count << shift;
            }
        }
        throw new TypeConversionException("'" + value + "' is no size: wanted a number of bytes from 1, or one with " +
            "K, M or G behind it, as in 512M");
    }
}
