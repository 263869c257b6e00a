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
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * Feed handlers, a strategy and a gateway in one process, each an agent with a thread and a heap of its own. Quotes and
 * orders are blocks; ring buffers, which are blocks too, carry their addresses; whoever is last frees.
 */
final class InProcessDemo
{
    private static final int REGION = 64 << 20;
    private static final int RING = 64 << 10;
    private static final int RING_ALIGNMENT = 128;
    private static final int FEEDS = 2;
    private static final int WARM_UP_SHARE = 4;

    private final PrintWriter out;
    private final DemoOptions options;

    InProcessDemo(final PrintWriter out, final DemoOptions options)
    {
        this.out = out;
        this.options = options;
    }

    /** Runs it, and returns the bytes of Java objects that the agents made in the second half. */
    long run()
    {
        // listing:begin
        try (Region region = Region.allocate(REGION);
            ConcurrentSlabAllocator memory = new ConcurrentSlabAllocator(new ConcurrentBuddyAllocator(region, 512)))
        {
            // listing:end
            DemoMemory.checkFlag(region);
            out.println(FEEDS + " feed handlers -> ManyToOneRingBuffer -> strategy -> OneToOneRingBuffer -> gateway");
            out.flush();
            return run(memory);
        }
    }

    private long run(final ConcurrentSlabAllocator memory)
    {
        final long perFeed = Math.max(1, options.messages() / FEEDS);
        final long orderCount = FEEDS * ((perFeed + Strategy.QUOTES_AN_ORDER - 1) / Strategy.QUOTES_AN_ORDER);
        final DemoLatency latency = new DemoLatency(orderCount / WARM_UP_SHARE);
        final UnsafeBuffer quoteRing = newRing(memory);
        final UnsafeBuffer orderRing = newRing(memory);
        final BlockRing quotes = new BlockRing(new ManyToOneRingBuffer(quoteRing));
        final BlockRing orders = new BlockRing(new OneToOneRingBuffer(orderRing));
        final Strategy strategy = new Strategy(memory, quotes, orders);
        final Gateway gateway = new Gateway(memory, orders, latency);
        final long garbage;
        final long beginNs = System.nanoTime();
        try (DemoAgents agents = new DemoAgents("in-process"))
        {
            agents.start(gateway);
            agents.start(strategy);
            for (int i = 0; i < FEEDS; i++)
            {
                agents.start(new FeedHandler(memory, quotes, i, options.rate() / FEEDS, perFeed));
            }
            agents.await("quotes", strategy::quotesRead, FEEDS * perFeed / 2);
            final long before = agents.allocatedBytes();
            agents.await("quotes", strategy::quotesRead, FEEDS * perFeed);
            agents.await("orders", gateway::ordersRead, orderCount);
            garbage = agents.allocatedBytes() - before;
        }
        final double seconds = (double)(System.nanoTime() - beginNs) / TimeUnit.SECONDS.toNanos(1);
        memory.deallocate(quoteRing.addressOffset(), quoteRing.capacity(), RING_ALIGNMENT);
        memory.deallocate(orderRing.addressOffset(), orderRing.capacity(), RING_ALIGNMENT);

        out.printf("%,d quotes of 40 to 280 bytes, %,d orders, in %.1f s; the first quarter is warm-up%n",
            FEEDS * perFeed, gateway.ordersRead(), seconds);
        latency.print(out, "from when a quote was due to its order at the gateway");
        DemoMemory.print(out, memory, garbage, "the agents");
        return garbage;
    }

    // listing:begin
    private static UnsafeBuffer newRing(final ConcurrentSlabAllocator memory)
    {
        final int length = RING + RingBufferDescriptor.TRAILER_LENGTH;
        return AgronaBuffers.newBuffer(
            memory.region(), memory.allocateZeroed(length, RING_ALIGNMENT), length);
    }
    // listing:end
}
