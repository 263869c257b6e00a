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

import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * Hands blocks from one thread to another: a ring buffer carries address and length, 12 bytes, and the block stays
 * where it is. Who takes it off owns it.
 * <p>
 * Threads: those of the ring. No call makes garbage.
 */
final class BlockRing
{
    /** Takes what comes off a ring. */
    interface Consumer
    {
        /**
         * Is offered a block.
         *
         * @param address of the block.
         * @param length  bytes.
         * @return whether it is taken and so the consumer's; if not, it is offered again later.
         */
        boolean onBlock(long address, int length);
    }

    private static final int BLOCK = 1;
    private static final int ADDRESS = 0;
    private static final int BLOCK_LENGTH = Long.BYTES;
    private static final int MESSAGE_LENGTH = Long.BYTES + Integer.BYTES;

    private final RingBuffer ring;

    BlockRing(final RingBuffer ring)
    {
        this.ring = ring;
    }

    // listing:begin
    /** Gives a block away, or returns false if the ring is full: it is still the caller's then. */
    boolean offer(final long address, final int length)
    {
        final int index = ring.tryClaim(BLOCK, MESSAGE_LENGTH);
        if (index < 0)
        {
            return false;
        }
        final AtomicBuffer buffer = ring.buffer();
        buffer.putLong(index + ADDRESS, address);
        buffer.putInt(index + BLOCK_LENGTH, length);
        ring.commit(index);
        return true;
    }
    // listing:end

    /** Offers up to so many blocks to a handler, until it takes one not, and returns how many it was offered. */
    int drain(final ControlledMessageHandler handler, final int limit)
    {
        return ring.controlledRead(handler, limit);
    }

    /** What reads messages for a consumer; to be made once. */
    static ControlledMessageHandler handler(final Consumer consumer)
    {
        return (type, buffer, index, length) -> pass(consumer, buffer, index);
    }

    private static Action pass(final Consumer consumer, final DirectBuffer buffer, final int index)
    {
        return consumer.onBlock(buffer.getLong(index + ADDRESS), buffer.getInt(index + BLOCK_LENGTH)) ?
            Action.CONTINUE : Action.ABORT;
    }
}
