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

import io.quarry.alloc.Layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the lines of a conformance script, and plays them on paper: what a block's size is at each line follows from
 * the file alone, so that a line at odds with those before it is found before anything runs.
 */
final class ConformanceParser
{
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{16}");

    private final String file;
    private final List<ConformanceOperation> operations = new ArrayList<>();
    private final Map<Long, long[]> live = new HashMap<>();
    private long nextId;
    private long liveBytes;
    private long livePow2Bytes;
    private long peakPow2Bytes;
    private int line;
    private String text;
    private String[] fields;
    private int nextField;

    ConformanceParser(final String file)
    {
        this.file = file;
    }

    void accept(final String nextLine)
    {
        line++;
        text = nextLine.strip();
        if (text.isEmpty() || text.startsWith("#"))
        {
            return;
        }
        fields = text.split(" ", -1);
        nextField = 0;
        final char code = code();
        final ConformanceOperation operation = 'F' == code ? failing(code()) : operation(code);
        if (nextField != fields.length)
        {
            throw malformed("fields=" + fields.length + ": wanted " + nextField);
        }
        operations.add(operation);
    }

    List<ConformanceOperation> operations()
    {
        return operations;
    }

    /** Every live block as the least power of two from 16, its size and its alignment on; resizes hold both. */
    long peakPow2Bytes()
    {
        return peakPow2Bytes;
    }

    private ConformanceOperation operation(final char code)
    {
        switch (code)
        {
            case 'A':
            case 'Z':
                return allocation(code);

            case 'G':
            case 'Y':
            case 'S':
                return resize(code);

            case 'D':
                return free();

            case 'W':
                return write();

            case 'C':
                return checkpoint();

            default:
                throw malformed("operation=" + code + ": wanted A, Z, G, Y, S, D, W, F or C");
        }
    }

    private ConformanceOperation allocation(final char code)
    {
        final long id = number("id");
        final long size = number("size");
        final long alignment = alignment(size);
        final long seed = 'A' == code ? number("seed") : 0;
        if (id != nextId)
        {
            throw malformed("id=" + id + ": wanted the next one, " + nextId);
        }
        nextId++;
        add(id, size, alignment);
        peakPow2Bytes = Math.max(peakPow2Bytes, livePow2Bytes);
        return new ConformanceOperation(line, text, false, code, id, size, alignment, 'r', 0, 0, seed, 0);
    }

    private ConformanceOperation resize(final char code)
    {
        final long id = number("id");
        final long[] old = liveBlock(id);
        final long size = number("size");
        final long alignment = alignment(size);
        final char fit = 'Y' == code ? 'r' : fit();
        final long seed = 'G' == code ? number("seed") : 0;
        checkDirection(code, old[0], size);
        peakPow2Bytes = Math.max(peakPow2Bytes, livePow2Bytes + pow2Bytes(size, alignment));
        remove(id);
        add(id, size, alignment);
        return new ConformanceOperation(line, text, false, code, id, size, alignment, fit, 0, 0, seed, 0);
    }

    private ConformanceOperation free()
    {
        final long id = number("id");
        liveBlock(id);
        remove(id);
        return new ConformanceOperation(line, text, false, 'D', id, 0, 0, fit(), 0, 0, 0, hash());
    }

    private ConformanceOperation write()
    {
        final long id = number("id");
        final long[] block = liveBlock(id);
        final long offset = number("offset");
        final long length = number("length");
        final long seed = number("seed");
        if (offset > block[0] || length > block[0] - offset)
        {
            throw malformed("offset=" + offset + " length=" + length + ": wanted within size=" + block[0]);
        }
        return new ConformanceOperation(line, text, false, 'W', id, 0, 0, 'r', offset, length, seed, 0);
    }

    private ConformanceOperation checkpoint()
    {
        final long blocks = number("blocks");
        final long bytes = number("bytes");
        if (blocks != live.size() || bytes != liveBytes)
        {
            throw malformed("blocks=" + blocks + " bytes=" + bytes + ": wanted, by the lines before, blocks=" +
                live.size() + " bytes=" + liveBytes);
        }
        return new ConformanceOperation(line, text, false, 'C', 0, blocks, 0, 'r', 0, bytes, 0, hash());
    }

    private ConformanceOperation failing(final char code)
    {
        long id = 0;
        long oldSize = 0;
        if ('G' == code || 'Y' == code)
        {
            id = number("id");
            oldSize = liveBlock(id)[0];
        }
        else if ('A' != code && 'Z' != code)
        {
            throw malformed("failing operation=" + code + ": wanted A, Z, G or Y");
        }
        final long size = number("size");
        final long alignment = alignment(size);
        checkDirection(code, oldSize, size);
        return new ConformanceOperation(line, text, true, code, id, size, alignment, 'r', 0, 0, 0, 0);
    }

    private void checkDirection(final char code, final long oldSize, final long newSize)
    {
        if ('S' == code ? newSize > oldSize : newSize < oldSize)
        {
            throw malformed("size=" + newSize + ": wanted " + ('S' == code ? "at most " : "at least ") + oldSize);
        }
    }

    private void add(final long id, final long size, final long alignment)
    {
        final long pow2Bytes = pow2Bytes(size, alignment);
        live.put(id, new long[]{ size, pow2Bytes });
        liveBytes += size;
        livePow2Bytes += pow2Bytes;
    }

    private void remove(final long id)
    {
        final long[] block = live.remove(id);
        liveBytes -= block[0];
        livePow2Bytes -= block[1];
    }

    private long[] liveBlock(final long id)
    {
        final long[] block = live.get(id);
        if (null == block)
        {
            throw malformed("id=" + id + ": no such block lives");
        }
        return block;
    }

    /** The least power of two that is at least 16, the size and the alignment; 0 for size 0. */
    static long pow2Bytes(final long size, final long alignment)
    {
        if (0 == size)
        {
            return 0;
        }
        final long least = Math.max(16, Math.max(size, alignment));
        final long highest = Long.highestOneBit(least);
        return highest == least ? least : highest << 1;
    }

    private char code()
    {
        return letter("operation");
    }

    private char fit()
    {
        final char fit = letter("fit");
        if ('r' != fit && 'm' != fit && 'h' != fit)
        {
            throw malformed("fit=" + fit + ": wanted r, m or h");
        }
        return fit;
    }

    private long alignment(final long size)
    {
        final String field = field("align");
        final long alignment;
        try
        {
            alignment = Long.parseUnsignedLong(field);
        }
        catch (final NumberFormatException ex)
        {
            throw malformed("align=" + field + ": wanted a number");
        }
        if (!Layout.isValid(size, alignment))
        {
            throw malformed("size=" + size + " align=" + field + ": wanted a valid layout");
        }
        return alignment;
    }

    private long number(final String name)
    {
        final String field = field(name);
        try
        {
            // Seeds use all 64 bits, the others must not be negative.
            final long value = Long.parseUnsignedLong(field);
            if (value < 0 && !"seed".equals(name))
            {
                throw malformed(name + "=" + field + ": wanted at most " + Long.MAX_VALUE);
            }
            return value;
        }
        catch (final NumberFormatException ex)
        {
            throw malformed(name + "=" + field + ": wanted a number");
        }
    }

    private long hash()
    {
        final String field = field("hash");
        if (!HASH.matcher(field).matches())
        {
            throw malformed("hash=" + field + ": wanted 16 hexadecimal digits");
        }
        return Long.parseUnsignedLong(field, 16);
    }

    private char letter(final String name)
    {
        final String field = field(name);
        if (field.length() != 1)
        {
            throw malformed(name + "=" + field + ": wanted one letter");
        }
        return field.charAt(0);
    }

    private String field(final String name)
    {
        if (nextField >= fields.length)
        {
            throw malformed("no " + name);
        }
        return fields[nextField++];
    }

    private MalformedScriptException malformed(final String message)
    {
        return new MalformedScriptException(file, line, message + ", in \"" + text + "\"", null);
    }
}
