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
 * Takes orders, checks them, frees them, and records how long ago their quotes were due.
 */
final class Gateway implements Agent
{
    private static final int LIMIT = 16;

    private final ConcurrentSlabAllocator memory;
    private final BlockRing orders;
    private final DemoLatency latency;
    private final ControlledMessageHandler onOrder = BlockRing.handler(this::onOrder);
    private final Order order = new Order();
    private final AtomicLong ordersRead = new AtomicLong();
    private Heap heap;

    Gateway(final ConcurrentSlabAllocator memory, final BlockRing orders, final DemoLatency latency)
    {
        this.memory = memory;
        this.orders = orders;
        this.latency = latency;
    }

    /** Orders so far; any thread may ask. */
    long ordersRead()
    {
        return ordersRead.get();
    }

    @Override
    public String roleName()
    {
        return "gateway";
    }

    @Override
    public void onStart()
    {
        heap = memory.heap();
    }

    @Override
    public int doWork()
    {
        final int read = orders.drain(onOrder, LIMIT);
        if (0 == read)
        {
            heap.flush();
        }
        return read;
    }

    @Override
    public void onClose()
    {
        heap.close();
    }

    private boolean onOrder(final long block, final int length)
    {
        order.wrap(memory.region(), block);
        final long sequence = order.quoteSequence();
        if (order.price() != sequence || 1 != order.quantity() || Order.LENGTH != length)
        {
            throw new IllegalStateException("order of quote " + sequence + ": price=" + order.price() +
                " quantity=" + order.quantity() + " length=" + length + ", not what was sent");
        }
        latency.record(order.quoteSentNs());
        heap.deallocate(block, Order.LENGTH, Order.ALIGNMENT);
        ordersRead.lazySet(ordersRead.get() + 1);
        return true;
    }
}
