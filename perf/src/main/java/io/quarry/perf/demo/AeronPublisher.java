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
import io.quarry.alloc.Allocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Publishes messages out of blocks.
 */
final class AeronPublisher implements Agent
{
    private final ConcurrentSlabAllocator memory;
    private final Publication publication;
    private final Pace pace;
    private final long count;
    private final UnsafeBuffer buffer = new UnsafeBuffer();
    private Heap heap;
    private long sequence;

    AeronPublisher(
        final ConcurrentSlabAllocator memory, final Publication publication, final long rate, final long count)
    {
        this.memory = memory;
        this.publication = publication;
        this.pace = new Pace(rate);
        this.count = count;
    }

    @Override
    public String roleName()
    {
        return "publisher";
    }

    @Override
    public void onStart()
    {
        heap = memory.heap();
        pace.begin();
    }

    @Override
    public int doWork()
    {
        final long dueNs = pace.dueNs(sequence);
        if (sequence < count && dueNs - System.nanoTime() <= 0 && publish(dueNs))
        {
            sequence++;
            return 1;
        }
        heap.flush();
        return 0;
    }

    // listing:begin
    private boolean publish(final long dueNs)
    {
        final int length = Message.length(sequence);
        final long block = heap.alloc(length, Message.ALIGNMENT);
        if (Allocator.NULL == block)
        {
            return false;
        }
        Message.fill(buffer, memory.region(), block, length, sequence, dueNs);
        final long position = publication.offer(buffer, 0, length);
        // Aeron has copied it, or hasn't and is asked again later: the block is free either way.
        heap.deallocate(block, length, Message.ALIGNMENT);
        if (Publication.CLOSED == position || Publication.MAX_POSITION_EXCEEDED == position)
        {
            throw new IllegalStateException(publication.channel() + ": " + Publication.errorString(position));
        }
        return position > 0;
    }
    // listing:end

    @Override
    public void onClose()
    {
        heap.close();
    }
}
