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

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes {@code memory allocation of N bytes failed} to standard error. Straight to the file: {@code System.err} may be
 * a stream of the user's, and no code of the user's is to run now.
 */
final class DefaultAllocErrorHook implements AllocErrorHook
{
    private static final byte[] BEFORE = ascii("memory allocation of ");
    private static final byte[] AFTER = ascii(" bytes failed\n");
    private static final int MAX_DIGITS = 19;
    private static final int TEN = 10;

    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    /** Made beforehand: memory may be short now. */
    private final byte[] line = new byte[BEFORE.length + MAX_DIGITS + AFTER.length];

    @Override
    public synchronized void onAllocError(final Layout layout)
    {
        System.arraycopy(BEFORE, 0, line, 0, BEFORE.length);
        final int digits = putDigits(BEFORE.length, layout.size());
        System.arraycopy(AFTER, 0, line, BEFORE.length + digits, AFTER.length);
        try
        {
            err.write(line, 0, BEFORE.length + digits + AFTER.length);
        }
        catch (final IOException ignored)
        {
            // Nobody listens on standard error: there is nowhere else to tell it.
        }
    }

    private int putDigits(final int at, final long number)
    {
        int count = 1;
        for (long rest = number / TEN; 0 != rest; rest /= TEN)
        {
            count++;
        }
        long rest = number;
        for (int i = at + count - 1; i >= at; i--)
        {
            line[i] = (byte)('0' + rest % TEN);
            rest /= TEN;
        }
        return count;
    }

    private static byte[] ascii(final String text)
    {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
