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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import org.agrona.concurrent.Agent;

/**
 * Makes quotes, each in a block of its own, and gives them away.
 */
final class FeedHandler implements Agent
{
    private static final int INSTRUMENTS = 64;
    private static final int MOST_LEVELS = 16;

    private final ConcurrentSlabAllocator memory;
    private final BlockRing quotes;
    private final String name;
    private final Pace pace;
    private final long count;
    private final Quote quote = new Quote();
    private Heap heap;
    private long sequence;

    FeedHandler(
        final ConcurrentSlabAllocator memory,
        final BlockRing quotes,
        final int number,
        final long rate,
        final long count)
    {
        this.memory = memory;
        this.quotes = quotes;
        this.name = "feed-" + number;
        this.pace = new Pace(rate);
        this.count = count;
    }

    @Override
    public String roleName()
    {
        return name;
    }

    // listing:begin
    @Override
    public void onStart()
    {
        heap = memory.heap();                           // of this thread; nobody else may call it
        pace.begin();
    }

    @Override
    public int doWork()
    {
        final long dueNs = pace.dueNs(sequence);
        if (sequence < count && dueNs - System.nanoTime() <= 0 && send(dueNs))
        {
            sequence++;
            return 1;
        }
        heap.flush();                                   // idle: what waits to be told to other threads' slabs
        return 0;
    }

    private boolean send(final long dueNs)
    {
        final int levels = 1 + (int)(sequence % MOST_LEVELS);
        final int length = Quote.length(levels);
        final long block = heap.alloc(length, Quote.ALIGNMENT);
        if (Allocator.NULL == block)
        {
            return false;                               // no memory: try again, the consumers are freeing
        }
        fill(quote.wrap(memory.region(), block, length), levels, dueNs);
        if (quotes.offer(block, length))
        {
            return true;                                // not ours any more
        }
        heap.deallocate(block, length, Quote.ALIGNMENT);
        return false;
    }

    @Override
    public void onClose()
    {
        heap.close();
    }
    // listing:end

    private void fill(final Quote quote, final int levels, final long dueNs)
    {
        quote.header((int)(sequence % INSTRUMENTS), levels, sequence, dueNs);
        for (int i = 0; i < levels; i++)
        {
            quote.level(i, sequence + i, i + 1);
        }
    }
}
