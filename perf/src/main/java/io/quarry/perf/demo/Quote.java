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
package io.quarry.perf.demo;

import io.quarry.alloc.AgronaBuffers;
import io.quarry.alloc.Region;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Flyweight over a block that holds a quote, in the manner of those that SBE generates: fixed offsets, little endian.
 * For one thread; it makes no garbage after construction.
 */
final class Quote
{
    /*
     *   0          4          8                     16                    24
     *   +----------+----------+---------------------+---------------------+---------------------+---
     *   | instru-  | levels   | sequence            | sentNs              | price, quantity     | ...
     *   | ment     |          |                     |                     | of the first level  |
     *   +----------+----------+---------------------+---------------------+---------------------+---
     */
    static final int ALIGNMENT = Long.BYTES;

    private static final int INSTRUMENT = 0;
    private static final int LEVELS = 4;
    private static final int SEQUENCE = 8;
    private static final int SENT_NS = 16;
    private static final int FIRST_LEVEL = 24;
    private static final int QUANTITY = Long.BYTES;
    private static final int LEVEL_LENGTH = 2 * Long.BYTES;

    private final UnsafeBuffer buffer = new UnsafeBuffer();

    /** Bytes of a quote with so many levels. */
    static int length(final int levels)
    {
        return FIRST_LEVEL + levels * LEVEL_LENGTH;
    }

    Quote wrap(final Region region, final long address, final int length)
    {
        AgronaBuffers.wrap(buffer, region, address, length);
        return this;
    }

    Quote header(final int instrument, final int levels, final long sequence, final long sentNs)
    {
        buffer.putInt(INSTRUMENT, instrument);
        buffer.putInt(LEVELS, levels);
        buffer.putLong(SEQUENCE, sequence);
        buffer.putLong(SENT_NS, sentNs);
        return this;
    }

    void level(final int index, final long price, final long quantity)
    {
        final int at = FIRST_LEVEL + index * LEVEL_LENGTH;
        buffer.putLong(at, price);
        buffer.putLong(at + QUANTITY, quantity);
    }

    int instrument()
    {
        return buffer.getInt(INSTRUMENT);
    }

    int levels()
    {
        return buffer.getInt(LEVELS);
    }

    long sequence()
    {
        return buffer.getLong(SEQUENCE);
    }

    long sentNs()
    {
        return buffer.getLong(SENT_NS);
    }

    long price(final int index)
    {
        return buffer.getLong(FIRST_LEVEL + index * LEVEL_LENGTH);
    }

    long quantity(final int index)
    {
        return buffer.getLong(FIRST_LEVEL + index * LEVEL_LENGTH + QUANTITY);
    }
}
