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
package io.quarry.perf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Events done by one that trusts nothing: every byte of every block is written, and read again when the block is
 * resized and when it is freed. Blocks that must be zero are read before they are written, addresses are held to their
 * alignment. Each block has a pattern of its own, so two blocks that overlap show as a change in one of them.
 */
final class ContentCheck
{
    /** Odd, so that any two blocks, and any two words of one, differ in their low bytes already. */
    private static final long BLOCK_STEP = 0xD1342543DE82EF95L;
    private static final long WORD_STEP = 0x9E3779B97F4A7C15L;

    private final ReplayTarget target;
    /** By slot, of the block's pattern. Threads share it: a slot's events have one order. */
    private final long[] seeds;
    private final int blockStep;
    private long block;

    /** Of the event at hand, for messages. */
    private int eventIndex;

    /**
     * Makes the check that one of several threads does.
     *
     * @param target  that all call.
     * @param seeds   one for each slot, that all share.
     * @param thread  from 0.
     * @param threads that take part.
     */
    ContentCheck(final ReplayTarget target, final long[] seeds, final int thread, final int threads)
    {
        this.target = target;
        this.seeds = seeds;
        this.block = thread - threads + 1;
        this.blockStep = threads;
    }

    /**
     * Checks the allocator's own invariants, when no thread calls it.
     *
     * @param target to be checked.
     * @throws ReplayFailure if one doesn't hold.
     */
    static void verify(final ReplayTarget target)
    {
        try
        {
            target.verify();
        }
        catch (final IllegalStateException ex)
        {
            throw new ReplayFailure("verify() after the trace: " + ex.getMessage());
        }
    }

    /**
     * Checks that an allocator has got back all that was freed, when all was.
     *
     * @param target to be checked.
     * @throws ReplayFailure if a block is lost.
     */
    static void verifyEmpty(final ReplayTarget target)
    {
        verify(target);
        final long blocks = target.liveBlocks();
        if (0 != blocks)
        {
            throw new ReplayFailure("after all was freed: wanted liveBlocks=0, got liveBlocks=" + blocks);
        }
    }

    /**
     * Does an event.
     *
     * @param events   of a trace.
     * @param i        index of the event's first int.
     * @param sequence of the event, for messages.
     * @throws ReplayFailure at the first byte that isn't what it must be.
     */
    void replay(final int[] events, final int i, final int sequence)
    {
        eventIndex = sequence;
        final int slot = events[i + Trace.SLOT];
        final int size = events[i + Trace.SIZE];
        final int alignment = Trace.alignment(events[i]);
        switch (events[i] & Trace.OP_MASK)
        {
            case Trace.ALLOC ->
            {
                target.alloc(slot, size, alignment);
                fill(slot, size, alignment);
            }
            case Trace.ALLOC_ZEROED ->
            {
                target.allocZeroed(slot, size, alignment);
                check(slot, size, alignment, size, 0, 0);
                fill(slot, size, alignment);
            }
            case Trace.REALLOC ->
            {
                final int oldSize = events[i + Trace.OLD_SIZE];
                check(slot, oldSize, alignment, oldSize, seeds[slot], WORD_STEP);
                target.realloc(slot, oldSize, size, alignment);
                check(slot, size, alignment, Math.min(oldSize, size), seeds[slot], WORD_STEP);
                fill(slot, size, alignment);
            }
            case Trace.FREE ->
            {
                check(slot, size, alignment, size, seeds[slot], WORD_STEP);
                target.free(slot, size, alignment);
            }
            case Trace.RESIZE, Trace.RESIZE_ZEROED -> resize(events, i);
            default -> target.other(events, i);
        }
    }

    private void resize(final int[] events, final int i)
    {
        final int head = events[i];
        final int slot = events[i + Trace.SLOT];
        final int size = events[i + Trace.SIZE];
        final int oldSize = events[i + Trace.OLD_SIZE];
        final int alignment = Trace.alignment(head);
        final boolean zeroed = Trace.RESIZE_ZEROED == (head & Trace.OP_MASK);
        if (oldSize > 0)
        {
            check(slot, oldSize, Trace.oldAlignment(head), oldSize, seeds[slot], WORD_STEP);
        }
        target.resize(slot, oldSize, Trace.oldAlignment(head), size, alignment, zeroed);
        if (0 == size)
        {
            return;
        }
        if (oldSize > 0)
        {
            check(slot, size, alignment, Math.min(oldSize, size), seeds[slot], WORD_STEP);
        }
        if (zeroed)
        {
            checkZero(slot, size, alignment, Math.min(oldSize, size));
        }
        fill(slot, size, alignment);
    }

    private void checkZero(final int slot, final int size, final int alignment, final int from)
    {
        final ByteBuffer bytes = target.bytes(slot, size, alignment);
        for (int at = from; at < size; at++)
        {
            if (0 != bytes.get(at))
            {
                throw deviation(slot, size, alignment, at, 0, bytes);
            }
        }
    }

    private void fill(final int slot, final int size, final int alignment)
    {
        final long address = target.address(slot, alignment);
        if (0 != (address & (alignment - 1)))
        {
            throw new ReplayFailure("event " + eventIndex + ": address=0x" + Long.toHexString(address) +
                " is not a multiple of alignment=" + alignment);
        }
        final ByteBuffer bytes = target.bytes(slot, size, alignment).order(ByteOrder.LITTLE_ENDIAN);
        final int wordBytes = size & -Long.BYTES;
        block += blockStep;
        long word = block * BLOCK_STEP;
        seeds[slot] = word;
        for (int at = 0; at < wordBytes; at += Long.BYTES)
        {
            bytes.putLong(at, word);
            word += WORD_STEP;
        }
        for (int at = wordBytes; at < size; at++)
        {
            bytes.put(at, byteOf(word, at));
        }
        target.sampleFootprint();
    }

    private void check(
        final int slot, final int size, final int alignment, final int length, final long seed, final long step)
    {
        final ByteBuffer bytes = target.bytes(slot, size, alignment).order(ByteOrder.LITTLE_ENDIAN);
        final int wordBytes = length & -Long.BYTES;
        long word = seed;
        for (int at = 0; at < wordBytes; at += Long.BYTES)
        {
            if (bytes.getLong(at) != word)
            {
                throw deviation(slot, size, alignment, at, word, bytes);
            }
            word += step;
        }
        for (int at = wordBytes; at < length; at++)
        {
            if (bytes.get(at) != byteOf(word, at))
            {
                throw deviation(slot, size, alignment, at, word, bytes);
            }
        }
    }

    private ReplayFailure deviation(
        final int slot, final int size, final int alignment, final int from, final long word, final ByteBuffer bytes)
    {
        int at = from;
        while (bytes.get(at) == byteOf(word, at))
        {
            at++;
        }
        return new ReplayFailure("event " + eventIndex + ": byte " + at + " of the block of " + size + " at 0x" +
            Long.toHexString(target.address(slot, alignment)) + ": wanted " + (byteOf(word, at) & 0xFF) + ", got " +
            (bytes.get(at) & 0xFF));
    }

    private static byte byteOf(final long word, final int at)
    {
        return (byte)(word >>> (at % Long.BYTES) * Byte.SIZE);
    }
}
