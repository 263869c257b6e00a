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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Writes small traces, right ones and wrong ones.
 */
final class TraceBytes
{
    static final int EVENTS = 0;
    static final int IDS = 1;
    static final int THREADS = 2;
    static final int PEAK_LIVE_BYTES = 3;
    static final int PEAK_LIVE_BLOCKS = 4;
    static final int END_LIVE_BLOCKS = 5;
    static final int END_LIVE_BYTES = 6;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final int[] header;

    /**
     * Begins a trace.
     *
     * @param header the seven numbers, in the order of the file.
     */
    TraceBytes(final int... header)
    {
        this.header = header.clone();
    }

    /** Two blocks, one of them zeroed, resized and freed; the other one, aligned, stays. */
    static TraceBytes small()
    {
        return new TraceBytes(5, 2, 2, 1100, 2, 1, 100)
            .bytes(0x84, 0).varint(200)
            .bytes(0x88, 1).varint(100).bytes(6)
            .bytes(0x81, 0).varint(2).varint(1000)
            .bytes(0x01).varint(2).varint(10)
            .bytes(0x82, 1).varint(2);
    }

    TraceBytes with(final int field, final int value)
    {
        header[field] = value;
        return this;
    }

    TraceBytes bytes(final int... values)
    {
        for (final int value : values)
        {
            body.write(value);
        }
        return this;
    }

    TraceBytes varint(final int value)
    {
        writeVarint(body, value);
        return this;
    }

    byte[] plain()
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[]{ 'M', 'T', 'R', 'C', 1 });
        for (final int value : header)
        {
            writeVarint(out, value);
        }
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    byte[] compressed()
    {
        return compressed(plain());
    }

    Path writeTo(final Path folder, final String name) throws IOException
    {
        return Files.write(folder.resolve(name + ".trace.gz"), compressed());
    }

    static byte[] compressed(final byte[] plain)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out))
        {
            gzip.write(plain);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return out.toByteArray();
    }

    private static void writeVarint(final ByteArrayOutputStream out, final int value)
    {
        int rest = value;
        while (0 != (rest & ~0x7F))
        {
            out.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
