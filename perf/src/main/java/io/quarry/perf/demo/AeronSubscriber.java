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

import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts messages together in blocks, checks them, and records how long ago they were due.
 */
final class AeronSubscriber implements Agent
{
    private static final int LIMIT = 16;

    private final ConcurrentSlabAllocator memory;
    private final Subscription subscription;
    private final DemoLatency latency;
    private final AtomicLong received = new AtomicLong();
    private Heap heap;
    private BlockAssembler assembler;

    AeronSubscriber(final ConcurrentSlabAllocator memory, final Subscription subscription, final DemoLatency latency)
    {
        this.memory = memory;
        this.subscription = subscription;
        this.latency = latency;
    }

    /** Messages so far; any thread may ask. */
    long received()
    {
        return received.get();
    }

    @Override
    public String roleName()
    {
        return "subscriber";
    }

    // listing:begin
    @Override
    public void onStart()
    {
        heap = memory.heap();
        assembler = new BlockAssembler(heap, this::onMessage);
    }

    @Override
    public int doWork()
    {
        final int fragments = subscription.poll(assembler, LIMIT);
        if (0 == fragments)
        {
            heap.flush();
        }
        return fragments;
    }

    private void onMessage(final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        Message.check(buffer, offset, length);
        latency.record(Message.sentNs(buffer, offset));
        received.lazySet(received.get() + 1);
    }

    @Override
    public void onClose()
    {
        assembler.close();
        heap.close();
    }
    // listing:end
}
