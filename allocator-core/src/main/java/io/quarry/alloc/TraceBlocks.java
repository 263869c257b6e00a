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

import java.io.IOException;
import java.util.Arrays;

/**
 * Turns events with addresses into a trace with block numbers: which block is where, and which thread is which.
 * <p>
 * Threads: one.
 */
final class TraceBlocks
{
    /*
     * A block is two longs beside its address: number << 6 | log2 alignment, and size.
     *
     * Blocks of no bytes have no address of their own, but that of their alignment: all that have one are alike, and
     * the one that was made last is freed first. A program may have such a block without asking anybody for it; a free
     * of one says nothing, then, and a resize is an allocation.
     */
    private static final int SHIFT_BITS = 6;
    private static final int SHIFT_MASK = (1 << SHIFT_BITS) - 1;
    /** As many as a count of trailing zeros has values. */
    private static final int ALIGNMENTS = Long.SIZE + 1;
    private static final int FIRST_CAPACITY = 1024;
    private static final long NONE = -1;
    /** An empty block that nobody was asked for. */
    private static final long MADE_UP = -2;

    private final TraceWriter out;

    /** By address: number and alignment, size. */
    private final TraceTable blocks = new TraceTable(FIRST_CAPACITY);

    /** By log2 of the address: the empty blocks that are there, number and alignment, a stack. */
    private final long[][] empties = new long[ALIGNMENTS][];
    private final int[] emptyCounts = new int[ALIGNMENTS];

    /** By thread id: a number, the index in the two below. */
    private final TraceTable threads = new TraceTable(64);

    /** By thread number: the block that is between two addresses, or NONE or MADE_UP, and its size. */
    private long[] movingBlocks = new long[64];
    private long[] movingSizes = new long[64];

    private long unmatched;

    TraceBlocks(final TraceWriter out)
    {
        this.out = out;
        Arrays.fill(movingBlocks, NONE);
    }

    /** Frees and resizes of blocks not made here, and blocks made where one lived. */
    long unmatched()
    {
        return unmatched;
    }

    /** Writes one event. */
    void accept(final int op, final long address, final long size, final int shift, final long thread)
        throws IOException
    {
        switch (op)
        {
            case TraceRing.ALLOC -> alloc(address, size, shift, number(thread), false);
            case TraceRing.ALLOC_ZEROED -> alloc(address, size, shift, number(thread), true);
            case TraceRing.FREE -> free(address, size, number(thread));
            case TraceRing.RESIZE -> resize(address, size, shift, number(thread), false);
            case TraceRing.RESIZE_ZEROED -> resize(address, size, shift, number(thread), true);
            case TraceRing.MOVE_OUT -> moveOut(address, size, number(thread));
            case TraceRing.MOVE_IN -> moveIn(address, size, shift, number(thread), false);
            case TraceRing.MOVE_IN_ZEROED -> moveIn(address, size, shift, number(thread), true);
            default -> throw new IllegalStateException("op=" + op);
        }
    }

    private void alloc(
        final long address, final long size, final int shift, final int thread, final boolean zeroed)
        throws IOException
    {
        evict(address, size, thread);
        put(address, size, shift, out.alloc(thread, size, shift, zeroed));
    }

    private void free(final long address, final long size, final int thread) throws IOException
    {
        if (0 == size)
        {
            final long block = popEmpty(address);
            if (NONE != block)
            {
                out.free(thread, block >>> SHIFT_BITS, 0);
            }
            return;
        }
        final int place = blocks.find(address);
        if (place < 0)
        {
            unmatched++;
            return;
        }
        out.free(thread, blocks.first(place) >>> SHIFT_BITS, blocks.second(place));
        blocks.remove(place);
    }

    private void resize(
        final long address, final long size, final int shift, final int thread, final boolean zeroed)
        throws IOException
    {
        if (0 == size)
        {
            // From 0 to 0: other sizes have another address. The block leaves and comes back.
            moveOut(address, size, thread);
            moveIn(address, size, shift, thread, zeroed);
            return;
        }
        final int place = blocks.find(address);
        if (place < 0)
        {
            unmatched++;
            put(address, size, shift, out.alloc(thread, size, shift, zeroed));
            return;
        }
        final long block = blocks.first(place);
        out.realloc(thread, block >>> SHIFT_BITS, blocks.second(place), size, (int)block & SHIFT_MASK, shift, zeroed);
        blocks.set(place, block & ~SHIFT_MASK | shift, size);
    }

    private void moveOut(final long address, final long size, final int thread)
    {
        movingBlocks[thread] = NONE;
        if (0 == size)
        {
            final long block = popEmpty(address);
            movingBlocks[thread] = NONE == block ? MADE_UP : block;
            movingSizes[thread] = 0;
            return;
        }
        final int place = blocks.find(address);
        if (place >= 0)
        {
            movingBlocks[thread] = blocks.first(place);
            movingSizes[thread] = blocks.second(place);
            blocks.remove(place);
        }
    }

    private void moveIn(
        final long address, final long size, final int shift, final int thread, final boolean zeroed)
        throws IOException
    {
        final long block = movingBlocks[thread];
        movingBlocks[thread] = NONE;
        if (block < 0)
        {
            unmatched += MADE_UP == block ? 0 : 1;
            alloc(address, size, shift, thread, zeroed);
            return;
        }
        evict(address, size, thread);
        out.realloc(thread, block >>> SHIFT_BITS, movingSizes[thread], size, (int)block & SHIFT_MASK, shift, zeroed);
        put(address, size, shift, block >>> SHIFT_BITS);
    }

    /** A block is made where one lives: that one was freed past the recorder. */
    private void evict(final long address, final long size, final int thread) throws IOException
    {
        if (0 != size && blocks.find(address) >= 0)
        {
            unmatched++;
            free(address, size, thread);
        }
    }

    private void put(final long address, final long size, final int shift, final long id)
    {
        if (0 == size)
        {
            pushEmpty(address, id << SHIFT_BITS | shift);
        }
        else
        {
            blocks.add(address, id << SHIFT_BITS | shift, size);
        }
    }

    private void pushEmpty(final long address, final long block)
    {
        final int shift = Long.numberOfTrailingZeros(address);
        final int count = emptyCounts[shift];
        if (null == empties[shift])
        {
            empties[shift] = new long[16];
        }
        else if (count == empties[shift].length)
        {
            empties[shift] = Arrays.copyOf(empties[shift], 2 * count);
        }
        empties[shift][count] = block;
        emptyCounts[shift] = count + 1;
    }

    private long popEmpty(final long address)
    {
        final int shift = Long.numberOfTrailingZeros(address);
        return 0 == emptyCounts[shift] ? NONE : empties[shift][--emptyCounts[shift]];
    }

    private int number(final long thread)
    {
        final int place = threads.find(thread);
        if (place >= 0)
        {
            return (int)threads.first(place);
        }
        final int number = threads.size();
        threads.add(thread, number, 0);
        if (number == movingBlocks.length)
        {
            movingBlocks = Arrays.copyOf(movingBlocks, 2 * number);
            movingSizes = Arrays.copyOf(movingSizes, 2 * number);
            Arrays.fill(movingBlocks, number, 2 * number, NONE);
        }
        return number;
    }
}
