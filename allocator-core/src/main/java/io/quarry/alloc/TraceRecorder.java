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
package io.quarry.alloc;

/**
 * What callers do to record: claims and publishes in such an order that the events agree with the blocks' lives.
 */
final class TraceRecorder
{
    /*
     * A free is claimed in the ring before the upstream is called and published after it: were it claimed later,
     * another thread could be given the address and claim its ALLOC first. An ALLOC is claimed after: were it claimed
     * before, it could stand before the FREE that made it possible. A resize that moves is both, hence two events. The
     * first is published before the second is claimed, as TraceRing wants it.
     */
    private final TraceRing ring;

    TraceRecorder(final TraceRing ring)
    {
        this.ring = ring;
    }

    /** Records what has happened: a block was made, or is another where it is. */
    void record(final int op, final long address, final long size, final long alignment)
    {
        ring.publish(ring.claim(1), op, address, size, shift(alignment));
    }

    /** Claims the place of a call that frees or resizes, before it is made. */
    long claim()
    {
        return ring.claim(1);
    }

    /** After a free. */
    void freed(final long claim, final boolean freed, final long address, final long size, final long alignment)
    {
        ring.publish(claim, freed ? TraceRing.FREE : TraceRing.NOTHING, address, size, shift(alignment));
    }

    /** After a resize, at its claim: that nothing happened, or all, or that the block left its place. */
    void left(
        final long claim,
        final long block,
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment,
        final boolean zeroed)
    {
        if (Allocator.NULL == block)
        {
            ring.publish(claim, TraceRing.NOTHING, Allocator.NULL, 0, 0);
        }
        else if (block == address)
        {
            ring.publish(
                claim, zeroed ? TraceRing.RESIZE_ZEROED : TraceRing.RESIZE, address, newSize, shift(newAlignment));
        }
        else
        {
            ring.publish(claim, TraceRing.MOVE_OUT, address, oldSize, shift(oldAlignment));
        }
    }

    /** After {@link #left}: that the block has another place now, if it has. */
    void arrived(
        final long address, final long block, final long newSize, final long newAlignment, final boolean zeroed)
    {
        if (block != address)
        {
            record(zeroed ? TraceRing.MOVE_IN_ZEROED : TraceRing.MOVE_IN, block, newSize, newAlignment);
        }
    }

    /** Frees some blocks. The entries become NULL as it goes, so the ring holds the addresses from before. */
    int deallocatePart(
        final Allocator upstream,
        final long size,
        final long alignment,
        final long[] addresses,
        final int from,
        final int count)
    {
        final long claim = ring.claim(count);
        for (int i = 0; i < count; i++)
        {
            ring.note(claim + i, addresses[from + i]);
        }
        try
        {
            return upstream.deallocateBatch(size, alignment, addresses, from, count);
        }
        finally
        {
            for (int i = 0; i < count; i++)
            {
                final long address = ring.word(claim + i, TraceRing.ADDRESS);
                freed(claim + i, Allocator.NULL != address && Allocator.NULL == addresses[from + i], address, size,
                    alignment);
            }
        }
    }

    /** An alignment that is none comes from a call that was refused, and says nothing. */
    private static int shift(final long alignment)
    {
        return Long.numberOfTrailingZeros(alignment) & (Long.SIZE - 1);
    }
}
