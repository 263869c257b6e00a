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

/**
 * An allocator as a replay calls it, with blocks named by slots.
 * <p>
 * A JVM that measures loads exactly one class below this one, so that the JIT compiler binds the replay's calls at
 * compile time and inlines them; that is what a program with one allocator gets.
 */
abstract class ReplayTarget implements AutoCloseable
{
    /**
     * Makes a block.
     *
     * @param slot      that has no block.
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     */
    abstract void alloc(int slot, int size, int alignment);

    /**
     * Makes a block of zeros.
     *
     * @param slot      that has no block.
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     */
    abstract void allocZeroed(int slot, int size, int alignment);

    /**
     * Changes the size of a block, which may move.
     *
     * @param slot      that has a block.
     * @param oldSize   its size.
     * @param newSize   bytes, from 1.
     * @param alignment its alignment.
     */
    abstract void realloc(int slot, int oldSize, int newSize, int alignment);

    /**
     * Changes a block in a way that C has no call for: its alignment, too, or to or from no bytes, or with zeros in
     * what is added.
     *
     * @param slot         that has a block.
     * @param oldSize      its size, from 0.
     * @param oldAlignment its alignment.
     * @param newSize      bytes, from 0.
     * @param newAlignment a power of two.
     * @param zeroed       whether what is added must be zero.
     */
    void resize(
        final int slot,
        final int oldSize,
        final int oldAlignment,
        final int newSize,
        final int newAlignment,
        final boolean zeroed)
    {
        // What a program does that has only the calls above.
        final byte[] kept = new byte[Math.min(oldSize, newSize)];
        if (oldSize > 0)
        {
            bytes(slot, oldSize, oldAlignment).get(kept);
            free(slot, oldSize, oldAlignment);
        }
        if (0 == newSize)
        {
            return;
        }
        if (zeroed)
        {
            allocZeroed(slot, newSize, newAlignment);
        }
        else
        {
            alloc(slot, newSize, newAlignment);
        }
        bytes(slot, newSize, newAlignment).put(kept);
    }

    /**
     * Makes a block of no bytes. Where there is no such thing, nothing happens, as in a program that asks first.
     *
     * @param slot      that has no block.
     * @param alignment a power of two.
     */
    void allocEmpty(final int slot, final int alignment)
    {
    }

    /**
     * Frees a block of no bytes.
     *
     * @param slot      that has one.
     * @param alignment its alignment.
     */
    void freeEmpty(final int slot, final int alignment)
    {
    }

    /** An event that the loop on the clock doesn't do itself, because few traces have any. */
    final void other(final int[] events, final int i)
    {
        final int head = events[i];
        final int slot = events[i + Trace.SLOT];
        final int size = events[i + Trace.SIZE];
        switch (head & Trace.OP_MASK)
        {
            case Trace.ALLOC_EMPTY -> allocEmpty(slot, Trace.alignment(head));
            case Trace.FREE_EMPTY -> freeEmpty(slot, Trace.alignment(head));
            default ->
            {
                resize(slot, events[i + Trace.OLD_SIZE], Trace.oldAlignment(head), size, Trace.alignment(head),
                    Trace.RESIZE_ZEROED == (head & Trace.OP_MASK));
                if (size > 0)
                {
                    touch(slot, size, Trace.alignment(head));
                }
            }
        }
    }

    /**
     * Frees a block.
     *
     * @param slot      that has a block.
     * @param size      its size.
     * @param alignment its alignment.
     */
    abstract void free(int slot, int size, int alignment);

    /**
     * Writes the first and the last byte of a block, the least that a program would do.
     *
     * @param slot      that has a block.
     * @param size      its size.
     * @param alignment it was asked to have.
     */
    abstract void touch(int slot, int size, int alignment);

    /**
     * Where a block is.
     *
     * @param slot      that has a block.
     * @param alignment it was asked to have.
     * @return its address.
     */
    abstract long address(int slot, int alignment);

    /**
     * The bytes of a block, for checking contents, not for the clock.
     *
     * @param slot      that has a block.
     * @param size      its size.
     * @param alignment it was asked to have.
     * @return a view of them.
     */
    abstract ByteBuffer bytes(int slot, int size, int alignment);

    /**
     * What one of several threads is to call.
     *
     * @param thread from 0, one that no other thread has.
     * @return this, unless threads would be in each other's way here that aren't at an allocator.
     */
    ReplayTarget ofThread(final int thread)
    {
        return this;
    }

    /** Called by each thread before its first call, but for the one that makes the target. */
    void enterThread()
    {
    }

    /**
     * Notes how much memory is held now, where that can't be had at the end.
     */
    void sampleFootprint()
    {
    }

    /**
     * The most memory that was held, all of the allocator's own included.
     *
     * @return bytes, or 0 if it isn't known.
     */
    abstract long footprint();

    /** What is held now, or was held at most, where that can't be told apart; 0 if it isn't known. */
    long heldBytes()
    {
        return footprint();
    }

    /**
     * Checks the allocator's own invariants, where it can.
     *
     * @throws IllegalStateException if one doesn't hold.
     */
    void verify()
    {
    }

    /**
     * How many blocks live, where the allocator tells it.
     *
     * @return blocks, or 0.
     */
    long liveBlocks()
    {
        return 0;
    }

    /**
     * What was free when a request found nothing.
     *
     * @return words for a message.
     */
    abstract String freeMemory();

    @Override
    public abstract void close();
}
