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

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.quarry.alloc.Layout;
import io.quarry.alloc.LayoutBuilder;
import io.quarry.alloc.testing.LayoutOperations.BadInputException;

/**
 * Reads the name of a Rust type and builds its layout from Java's constants and operations. The types:
 * <pre>
 *   u8 i8 bool  u16 i16  u32 i32 f32 char  u64 i64 f64 usize isize  u128 i128  unit
 *   [T;n]                                n elements; n as 7, 2^20 or 2^30+1
 *   repr(C){T,T,…}                       a C structure
 *   repr(C,packed){…} repr(C,packed(n)){…} repr(C,align(n)){…}
 *   alignN sizeM                         an alignment and a size
 * </pre>
 */
final class RustType
{
    private static final Layout WIDE = Layout.of(16, 16);
    private static final Map<String, Layout> PRIMITIVES = Map.ofEntries(
        Map.entry("unit", Layout.forBytes(0)),
        Map.entry("bool", Layout.BYTE),
        Map.entry("u8", Layout.BYTE),
        Map.entry("i8", Layout.BYTE),
        Map.entry("u16", Layout.CHAR),
        Map.entry("i16", Layout.SHORT),
        Map.entry("u32", Layout.INT),
        Map.entry("i32", Layout.INT),
        Map.entry("f32", Layout.FLOAT),
        Map.entry("char", Layout.INT),
        Map.entry("u64", Layout.LONG),
        Map.entry("i64", Layout.LONG),
        Map.entry("f64", Layout.DOUBLE),
        Map.entry("usize", Layout.LONG),
        Map.entry("isize", Layout.LONG),
        Map.entry("u128", WIDE),
        Map.entry("i128", WIDE));
    private static final Pattern WORD = Pattern.compile("[a-z]+\\d*");
    private static final Pattern ALIGN_SIZE = Pattern.compile("align(\\d+) size(\\d+)");
    private static final Pattern COUNT = Pattern.compile("(?:(2)\\^(\\d+)(?:\\+(\\d+))?)|(\\d+)");
    private static final Pattern STRUCTURE =
        Pattern.compile("repr\\(C(?:,(?:(packed)(?:\\((\\d+)\\))?|align\\((\\d+)\\)))?\\)\\{");

    private final String text;
    private int position = 0;

    private RustType(final String text)
    {
        this.text = text;
    }

    static Layout layoutOf(final String text)
    {
        final RustType type = new RustType(text);
        final Layout layout = type.read();
        if (type.position != text.length())
        {
            throw type.unreadable();
        }
        return layout;
    }

    private Layout read()
    {
        final Matcher alignSize = match(ALIGN_SIZE);
        if (null != alignSize)
        {
            return Layout.of(Long.parseLong(alignSize.group(2)), Long.parseLong(alignSize.group(1)));
        }
        final Matcher structure = match(STRUCTURE);
        if (null != structure)
        {
            return readFields(structure);
        }
        return skip('[') ? readArray() : readPrimitive();
    }

    private Layout readPrimitive()
    {
        final Matcher word = match(WORD);
        final Layout layout = null == word ? null : PRIMITIVES.get(word.group());
        if (null == layout)
        {
            throw unreadable();
        }
        return layout;
    }

    private Layout readArray()
    {
        final Layout element = read();
        expect(';');
        final Matcher count = match(COUNT);
        if (null == count)
        {
            throw unreadable();
        }
        expect(']');
        return Layout.array(element, countOf(count));
    }

    private static long countOf(final Matcher count)
    {
        if (null != count.group(4))
        {
            return Long.parseLong(count.group(4));
        }
        final long more = null == count.group(3) ? 0 : Long.parseLong(count.group(3));
        return (1L << Integer.parseInt(count.group(2))) + more;
    }

    private Layout readFields(final Matcher attributes)
    {
        final boolean isPacked = null != attributes.group(1);
        final long packing = null == attributes.group(2) ? 1 : Long.parseLong(attributes.group(2));
        final LayoutBuilder builder = new LayoutBuilder();
        if (null != attributes.group(3))
        {
            builder.alignTo(Long.parseLong(attributes.group(3)));
        }
        while (!skip('}'))
        {
            final Layout field = read();
            builder.extend(field.size(), isPacked ? Math.min(field.align(), packing) : field.align());
            if (!skip(','))
            {
                expect('}');
                break;
            }
        }
        return builder.padToAlign().toLayout();
    }

    private Matcher match(final Pattern pattern)
    {
        final Matcher matcher = pattern.matcher(text).region(position, text.length());
        if (!matcher.lookingAt())
        {
            return null;
        }
        position = matcher.end();
        return matcher;
    }

    private boolean skip(final char wanted)
    {
        if (position == text.length() || wanted != text.charAt(position))
        {
            return false;
        }
        position++;
        return true;
    }

    private void expect(final char wanted)
    {
        if (!skip(wanted))
        {
            throw unreadable();
        }
    }

    private BadInputException unreadable()
    {
        return new BadInputException("the name of a type (unreadable from column " + (position + 1) + ")", text);
    }
}
