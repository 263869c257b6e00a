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

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.RegionAllocator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes messages into blocks of shared memory, tells the other process where, and frees what it says it has read. The
 * one thread that calls the allocator.
 */
final class BlockOwner implements Agent
{
    /** Blocks that the other process may have at a time. */
    private static final int MOST_LENT = 1024;
    private static final int LIMIT = 16;

    private final RegionAllocator memory;
    private final ExclusivePublication blocks;
    private final Subscription returns;
    private final DemoLatency latency;
    private final Pace pace;
    private final long count;
    private final UnsafeBuffer buffer = new UnsafeBuffer();
    private final SharedBlock shared = new SharedBlock();
    private final FragmentHandler onReturn = this::onReturn;
    private final AtomicLong returned = new AtomicLong();
    private long sequence;

    BlockOwner(
        final RegionAllocator memory,
        final ExclusivePublication blocks,
        final Subscription returns,
        final DemoLatency latency,
        final long rate,
        final long count)
    {
        this.memory = memory;
        this.blocks = blocks;
        this.returns = returns;
        this.latency = latency;
        this.pace = new Pace(rate);
        this.count = count;
    }

    /** Blocks that came back; any thread may ask. */
    long returned()
    {
        return returned.get();
    }

    @Override
    public String roleName()
    {
        return "owner";
    }

    @Override
    public void onStart()
    {
        pace.begin();
    }

    // listing:begin
    @Override
    public int doWork()
    {
        final int read = returns.poll(onReturn, LIMIT);
        final long dueNs = pace.dueNs(sequence);
        if (sequence < count && sequence - returned.get() < MOST_LENT && dueNs - System.nanoTime() <= 0 && lend(dueNs))
        {
            sequence++;
            return read + 1;
        }
        return read;
    }

    private boolean lend(final long dueNs)
    {
        final int length = Message.length(sequence);
        final long block = memory.alloc(length, Message.ALIGNMENT);
        if (Allocator.NULL == block)
        {
            return false;
        }
        Message.fill(buffer, memory.region(), block, length, sequence, dueNs);
        if (shared.tell(blocks, block - memory.region().address(), length))
        {
            return true;
        }
        memory.dealloc(block, length, Message.ALIGNMENT);
        return false;
    }

    private void onReturn(final DirectBuffer message, final int at, final int ignored, final Header header)
    {
        final long block = memory.region().address() + SharedBlock.offset(message, at);
        final int length = SharedBlock.length(message, at);
        buffer.wrap(memory.region().buffer(block), memory.region().bufferOffset(block), length);
        latency.record(Message.sentNs(buffer, 0));
        memory.dealloc(block, length, Message.ALIGNMENT);       // refused, if the other process returns nonsense
        returned.lazySet(returned.get() + 1);
    }
    // listing:end
}
