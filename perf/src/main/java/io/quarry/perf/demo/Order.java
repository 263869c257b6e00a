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
 * Flyweight over a block that holds an order. For one thread; it makes no garbage after construction.
 */
final class Order
{
    /*
     *   0          4          8                     16                    24                    32
     *   +----------+----------+---------------------+---------------------+---------------------+-----------+
     *   | instru-  | not used | quoteSequence       | quoteSentNs         | price               | quantity  |
     *   | ment     |          |                     |                     |                     |           |
     *   +----------+----------+---------------------+---------------------+---------------------+-----------+
     */
    static final int LENGTH = 40;
    static final int ALIGNMENT = Long.BYTES;

    private static final int INSTRUMENT = 0;
    private static final int QUOTE_SEQUENCE = 8;
    private static final int QUOTE_SENT_NS = 16;
    private static final int PRICE = 24;
    private static final int QUANTITY = 32;

    private final UnsafeBuffer buffer = new UnsafeBuffer();

    Order wrap(final Region region, final long address)
    {
        AgronaBuffers.wrap(buffer, region, address, LENGTH);
        return this;
    }

    /** Buys at what a quote asks. */
    void answer(final Quote quote)
    {
        buffer.putInt(INSTRUMENT, quote.instrument());
        buffer.putLong(QUOTE_SEQUENCE, quote.sequence());
        buffer.putLong(QUOTE_SENT_NS, quote.sentNs());
        buffer.putLong(PRICE, quote.price(0));
        buffer.putLong(QUANTITY, quote.quantity(0));
    }

    int instrument()
    {
        return buffer.getInt(INSTRUMENT);
    }

    long quoteSequence()
    {
        return buffer.getLong(QUOTE_SEQUENCE);
    }

    long quoteSentNs()
    {
        return buffer.getLong(QUOTE_SENT_NS);
    }

    long price()
    {
        return buffer.getLong(PRICE);
    }

    long quantity()
    {
        return buffer.getLong(QUANTITY);
    }
}
