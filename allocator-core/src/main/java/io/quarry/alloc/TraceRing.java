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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The calls of an allocator on their way to the file: a ring of events, written by any thread and read by one.
 * <p>
 * A place in the ring is <em>claimed</em>, which settles the event's place in the order of all events, and
 * <em>published</em>, which hands it to the reader. Claims follow each other in one order over all threads; the reader
 * takes events in that order and waits at one that is claimed and not yet published. So a free can be claimed before
 * the block is given back, and published when that is known to have succeeded.
 * <p>
 * When the ring is full, who claims waits. Nobody may claim while another claim of the same thread is unpublished:
 * each could wait for the other.
 */
final class TraceRing
{
    /*
     * An event is four longs.
     *
     *   +------------------------------+---------------------+----------+
     *   | 63..10 lap, low bits         | 9..4 log2 alignment | 3..0 op  |   the head: written last, with release
     *   +------------------------------+---------------------+----------+
     *   | address                                                       |
     *   +---------------------------------------------------------------+
     *   | size: of the block from here on; FREE: as passed              |
     *   +---------------------------------------------------------------+
     *   | id of the thread                                              |
     *   +---------------------------------------------------------------+
     *
     * lap = claim / capacity + 1, so that a head of the lap before, or none, is told from one of this lap.
     */
    static final int LONGS = 4;
    static final int ADDRESS = 1;
    static final int SIZE = 2;
    static final int THREAD = 3;

    /** The call failed: nothing happened. */
    static final int NOTHING = 0;
    static final int ALLOC = 1;
    static final int ALLOC_ZEROED = 2;
    static final int FREE = 3;
    /** The block has another size or alignment, at the address it had. */
    static final int RESIZE = 4;
    static final int RESIZE_ZEROED = 5;
    /** The block leaves the address; the same thread's next MOVE_IN says where it is then. */
    static final int MOVE_OUT = 6;
    static final int MOVE_IN = 7;
    static final int MOVE_IN_ZEROED = 8;

    static final int OP_MASK = 15;
    static final int SHIFT_SHIFT = 4;
    static final int SHIFT_MASK = 63;
    private static final int LAP_SHIFT = 10;

    private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

    /** Places of the cursors, so far apart that no two, nor what else the heap has beside them, share a cache line. */
    private static final int TAIL = 16;
    private static final int HEAD = 32;
    private static final int CURSORS = 48;

    private static final int SPINS = 100;
    private static final long WAIT_NS = 50_000;

    private final long[] slots;
    private final long[] cursors = new long[CURSORS];
    private final int mask;
    private final int lapShift;

    /**
     * Makes a ring.
     *
     * @param capacity events, a power of two.
     */
    TraceRing(final int capacity)
    {
        slots = new long[capacity * LONGS];
        mask = capacity - 1;
        lapShift = Integer.numberOfTrailingZeros(capacity);
    }

    int capacity()
    {
        return mask + 1;
    }

    /** Places claimed so far: the claim that comes next. */
    long claimed()
    {
        return (long)LONG.getVolatile(cursors, TAIL);
    }

    /**
     * Claims places, and waits until they are free.
     *
     * @param count how many, at most the capacity.
     * @return the first; the others follow.
     */
    long claim(final int count)
    {
        final long claim = (long)LONG.getAndAdd(cursors, TAIL, (long)count);
        if (claim + count - (long)LONG.getAcquire(cursors, HEAD) > capacity())
        {
            awaitRoom(claim + count);
        }
        return claim;
    }

    private void awaitRoom(final long end)
    {
        for (int i = 0; end - (long)LONG.getAcquire(cursors, HEAD) > capacity(); i++)
        {
            if (i < SPINS)
            {
                Thread.onSpinWait();
            }
            else
            {
                LockSupport.parkNanos(WAIT_NS);
                if (Thread.currentThread().isInterrupted())
                {
                    // Then parking returns at once; the interruption is the caller's to notice.
                    Thread.yield();
                }
            }
        }
    }

    /** Notes an address at a place that is claimed, where {@link #word} finds it until the place is published. */
    void note(final long claim, final long address)
    {
        slots[((int)claim & mask) * LONGS + ADDRESS] = address;
    }

    /** Hands an event to the reader. */
    void publish(final long claim, final int op, final long address, final long size, final int alignmentShift)
    {
        final int at = ((int)claim & mask) * LONGS;
        slots[at + ADDRESS] = address;
        slots[at + SIZE] = size;
        slots[at + THREAD] = Thread.currentThread().getId();
        // Pairs with the acquire in isPublished.
        LONG.setRelease(slots, at, lap(claim) << LAP_SHIFT | (long)alignmentShift << SHIFT_SHIFT | op);
    }

    /** For the reader: whether the event of a claim may be read. */
    boolean isPublished(final long claim)
    {
        final long head = (long)LONG.getAcquire(slots, ((int)claim & mask) * LONGS);
        return head >>> LAP_SHIFT == lap(claim) << LAP_SHIFT >>> LAP_SHIFT;
    }

    /** A word of an event: for the reader once it is published, for who claimed it until then. */
    long word(final long claim, final int word)
    {
        return slots[((int)claim & mask) * LONGS + word];
    }

    /** For the reader: gives back the places before a claim. */
    void release(final long claim)
    {
        // Pairs with the acquire in claim: a place is written again after it was read.
        LONG.setRelease(cursors, HEAD, claim);
    }

    private long lap(final long claim)
    {
        return (claim >>> lapShift) + 1;
    }
}
