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

import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ControlledMessageHandler;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads quotes, frees them, and answers one in four by an order.
 */
final class Strategy implements Agent
{
    /** One order for so many quotes. */
    static final int QUOTES_AN_ORDER = 4;

    private static final int LIMIT = 16;

    private final ConcurrentSlabAllocator memory;
    private final BlockRing quotes;
    private final BlockRing orders;
    private final ControlledMessageHandler onQuote = BlockRing.handler(this::onQuote);
    private final Quote quote = new Quote();
    private final Order order = new Order();
    private final AtomicLong quotesRead = new AtomicLong();
    private Heap heap;

    Strategy(final ConcurrentSlabAllocator memory, final BlockRing quotes, final BlockRing orders)
    {
        this.memory = memory;
        this.quotes = quotes;
        this.orders = orders;
    }

    /** Quotes so far; any thread may ask. */
    long quotesRead()
    {
        return quotesRead.get();
    }

    @Override
    public String roleName()
    {
        return "strategy";
    }

    @Override
    public void onStart()
    {
        heap = memory.heap();
    }

    // listing:begin
    @Override
    public int doWork()
    {
        final int read = quotes.drain(onQuote, LIMIT);
        if (0 == read)
        {
            heap.flush();
        }
        return read;
    }

    private boolean onQuote(final long block, final int length)
    {
        quote.wrap(memory.region(), block, length);
        if (0 == quote.sequence() % QUOTES_AN_ORDER && !answer())
        {
            return false;                               // the gateway is behind: this quote comes again
        }
        // The last to see the quote frees it: a bit at the feed handler's slab, and nobody waits for anybody.
        heap.deallocate(block, length, Quote.ALIGNMENT);
        quotesRead.lazySet(quotesRead.get() + 1);
        return true;
    }

    private boolean answer()
    {
        final long block = heap.allocate(Order.LENGTH, Order.ALIGNMENT);
        order.wrap(memory.region(), block).answer(quote);
        if (orders.offer(block, Order.LENGTH))
        {
            return true;
        }
        heap.deallocate(block, Order.LENGTH, Order.ALIGNMENT);
        return false;
    }
    // listing:end

    @Override
    public void onClose()
    {
        heap.close();
    }
}
