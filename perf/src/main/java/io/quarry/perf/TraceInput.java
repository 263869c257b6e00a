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

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of a trace, gzip taken off, and the place in it for messages.
 */
final class TraceInput
{
    private final String file;
    private final InputStream in;

    /** Of the event that is being read, counted from 0; -1 in the header. */
    private long event = -1;

    TraceInput(final String file, final InputStream in)
    {
        this.file = file;
        this.in = in;
    }

    /** Says that the next event is being read, or the end. */
    void nextEvent()
    {
        event++;
    }

    int readByte() throws IOException
    {
        final int value = in.read();
        if (value < 0)
        {
            throw new EOFException();
        }
        return value;
    }

    /** Reads a number that fits an int. */
    int readInt() throws IOException, TraceError
    {
        return (int)readNumber(Integer.MAX_VALUE, 5);
    }

    /** Reads a number that fits a long. */
    long readLong() throws IOException, TraceError
    {
        return readNumber(Long.MAX_VALUE, 9);
    }

    private long readNumber(final long most, final int bytes) throws IOException, TraceError
    {
        long value = 0;
        for (int shift = 0; shift < 7 * bytes; shift += 7)
        {
            final int next = readByte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80 && value <= most)
            {
                return value;
            }
        }
        throw inconsistent("a number above " + most);
    }

    boolean isAtEnd() throws IOException
    {
        return -1 == in.read();
    }

    TraceError error(final String what)
    {
        return new TraceError(file + ": " + what);
    }

    TraceError inconsistent(final String what)
    {
        return new TraceError(file + ": inconsistent " + place() + ": " + what);
    }

    /** What stands at the head or at the end of the file, and doesn't follow from the events. */
    void expect(final String where, final String field, final long told, final long found) throws TraceError
    {
        if (told != found)
        {
            throw new TraceError(file + ": inconsistent at the end, after event " + (event - 1) +
                ": the " + where + " has " + field + "=" + told + ", the events give " + found);
        }
    }

    void expectEnd() throws IOException, TraceError
    {
        if (!isAtEnd())
        {
            throw new TraceError(file + ": inconsistent after the last event, event " + (event - 1) +
                ": more bytes follow");
        }
    }

    String place()
    {
        return event < 0 ? "in the header" : "at event " + event;
    }
}
