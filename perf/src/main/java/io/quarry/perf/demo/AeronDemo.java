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

import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.quarry.alloc.Region;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;

import java.io.PrintWriter;

/**
 * A publisher and a subscriber over Aeron: messages are published from blocks, and those of several fragments are put
 * together in blocks.
 */
final class AeronDemo
{
    static final String IPC = "aeron:ipc";
    static final String UDP = "aeron:udp?endpoint=localhost:0";

    private static final String NAME = "aeron";
    private static final int REGION = 64 << 20;
    private static final int STREAM = 1001;
    private static final int WARM_UP_SHARE = 4;

    private final PrintWriter out;
    private final DemoOptions options;

    AeronDemo(final PrintWriter out, final DemoOptions options)
    {
        this.out = out;
        this.options = options;
    }

    /** Runs it over a channel, and returns the bytes of Java objects that the agents made in the second half. */
    long run(final String channel)
    {
        try (Region region = Region.allocate(REGION);
            ConcurrentSlabAllocator memory = new ConcurrentSlabAllocator(new ConcurrentBuddyAllocator(region, 512)))
        {
            DemoMemory.checkFlag(region);
            try (AeronMedia media = new AeronMedia(NAME))
            {
                final long garbage = run(channel, media, memory);
                media.check();
                return garbage;
            }
            catch (final AeronException ex)
            {
                throw DemoAgents.failed(NAME, ex.toString());
            }
        }
    }

    private long run(final String channel, final AeronMedia media, final ConcurrentSlabAllocator memory)
    {
        final DemoLatency latency = new DemoLatency(options.messages() / WARM_UP_SHARE);
        final long garbage;
        // listing:begin
        try (Subscription subscription = media.aeron().addSubscription(channel, STREAM);
            Publication publication = media.aeron().addExclusivePublication(media.resolved(subscription), STREAM);
            DemoAgents agents = new DemoAgents(NAME))
        {
            // listing:end
            out.println("publisher -> " + publication.channel() + " -> subscriber");
            out.flush();
            final AeronSubscriber subscriber = new AeronSubscriber(memory, subscription, latency);
            agents.start(subscriber);
            agents.start(new AeronPublisher(memory, publication, options.rate(), options.messages()));
            agents.await("messages", subscriber::received, options.messages() / 2);
            final long before = agents.allocatedBytes();
            agents.await("messages", subscriber::received, options.messages());
            garbage = agents.allocatedBytes() - before;
        }
        out.printf("%,d messages of 64 to 904 bytes, one in sixteen of 1 to 16 KiB; the first quarter is warm-up%n",
            options.messages());
        latency.print(out, "from when a message was due to its end at the subscriber");
        DemoMemory.print(out, memory, garbage, "publisher and subscriber");
        return garbage;
    }
}
