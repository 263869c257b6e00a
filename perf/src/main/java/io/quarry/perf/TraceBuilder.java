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

import java.util.Arrays;

/**
 * Makes a {@link Trace} of the events of a file: maps block ids to slots, keeps the sums, and refuses what names no
 * live block or is more than a replay holds.
 */
final class TraceBuilder
{
    private static final int FREED = -1;
    /** Of an array, on every JVM. */
    private static final int MOST_INTS = Integer.MAX_VALUE - 15;
    private static final int MOST_EVENTS = MOST_INTS / Trace.INTS;

    private final TraceInput in;

    private int[] events = new int[0];
    private int eventLength;

    private int threadsSeen;
    private int thread;

    /** By block id; slotOf is FREED for a block that lives no more. */
    private int[] slotOf = new int[1024];
    private int[] sizeOf = new int[1024];
    private int[] headOf = new int[1024];
    private int idCount;

    private int[] freeSlots = new int[1024];
    private int freeSlotCount;
    private int slotCount;

    private long liveBytes;
    private long peakLiveBytes;
    private int liveBlocks;
    private int peakLiveBlocks;

    TraceBuilder(final TraceInput in)
    {
        this.in = in;
    }

    int eventCount()
    {
        return eventLength / Trace.INTS;
    }

    int idCount()
    {
        return idCount;
    }

    int threadCount()
    {
        return threadsSeen;
    }

    long peakLiveBytes()
    {
        return peakLiveBytes;
    }

    int peakLiveBlocks()
    {
        return peakLiveBlocks;
    }

    int liveBlocks()
    {
        return liveBlocks;
    }

    long liveBytes()
    {
        return liveBytes;
    }

    /**
     * Says which thread the events are of from here on.
     *
     * @param number as in the file: threads are numbered in the order of their first events.
     * @param count  of threads, for the message, or less than 0 if it isn't known yet.
     */
    void thread(final long number, final int count) throws TraceError
    {
        if (number > threadsSeen || count >= 0 && number >= count)
        {
            throw in.inconsistent("thread=" + number + ", of " + (count < 0 ? "" : count + " of which ") +
                threadsSeen + (count < 0 ? " that" : "") + " were seen, and the next to appear is " + threadsSeen);
        }
        if (number >= Trace.MAX_THREADS)
        {
            throw in.error("too large: thread=" + number + " " + in.place() + ", a replay has at most " +
                Trace.MAX_THREADS);
        }
        thread = (int)number;
        threadsSeen = Math.max(threadsSeen, thread + 1);
    }

    /** A new block. */
    void alloc(final int size, final int shift, final boolean aligned, final boolean zeroed) throws TraceError
    {
        if (idCount == slotOf.length)
        {
            slotOf = grown(slotOf);
            sizeOf = grown(sizeOf);
            headOf = grown(headOf);
        }
        final int id = idCount++;
        final int head = shift << Trace.ALIGNMENT_SHIFT | (aligned ? Trace.ALIGNED : 0);
        slotOf[id] = 0 == freeSlotCount ? slotCount++ : freeSlots[--freeSlotCount];
        sizeOf[id] = size;
        headOf[id] = head;
        liveBytes += size;
        liveBlocks++;
        append(0 == size ? Trace.ALLOC_EMPTY : zeroed ? Trace.ALLOC_ZEROED : Trace.ALLOC, head, slotOf[id], size, 0);
        peak();
    }

    /** Another size for a block that asked for no alignment, and has some bytes before and after. */
    void realloc(final int id, final int size) throws TraceError
    {
        append(Trace.REALLOC, headOf[id], slotOf[id], size, sizeOf[id]);
        resized(id, size);
    }

    /** Another size or alignment for any block. */
    void resize(final int id, final int size, final int shift, final boolean zeroed) throws TraceError
    {
        final int oldShift = alignmentShift(id);
        final int head = shift << Trace.ALIGNMENT_SHIFT | (Trace.DEFAULT_ALIGNMENT_SHIFT != shift ? Trace.ALIGNED : 0);
        append(zeroed ? Trace.RESIZE_ZEROED : Trace.RESIZE, head | oldShift << Trace.OLD_ALIGNMENT_SHIFT, slotOf[id],
            size, sizeOf[id]);
        headOf[id] = head;
        resized(id, size);
    }

    void free(final int id) throws TraceError
    {
        append(0 == sizeOf[id] ? Trace.FREE_EMPTY : Trace.FREE, headOf[id], slotOf[id], sizeOf[id], 0);
        if (freeSlotCount == freeSlots.length)
        {
            freeSlots = grown(freeSlots);
        }
        freeSlots[freeSlotCount++] = slotOf[id];
        slotOf[id] = FREED;
        liveBytes -= sizeOf[id];
        liveBlocks--;
    }

    /**
     * The block of an event.
     *
     * @param op   for the message.
     * @param back how many blocks before the next that will be made.
     * @return its id.
     */
    int live(final String op, final long back) throws TraceError
    {
        if (back < 1 || back > idCount)
        {
            throw in.inconsistent(op + " of the block " + back + " back, of " + idCount);
        }
        final int id = idCount - (int)back;
        if (FREED == slotOf[id])
        {
            throw in.inconsistent(op + " of block " + id + ", freed already");
        }
        return id;
    }

    int size(final int id)
    {
        return sizeOf[id];
    }

    int alignmentShift(final int id)
    {
        return headOf[id] >>> Trace.ALIGNMENT_SHIFT & Trace.SHIFT_MASK;
    }

    /** Whether the block asked for an alignment of its own. */
    boolean isAligned(final int id)
    {
        return 0 != (headOf[id] & Trace.ALIGNED);
    }

    Trace trace(final String name) throws TraceError
    {
        if (peakLiveBytes > Integer.MAX_VALUE)
        {
            throw in.error("too large: peakLiveBytes=" + peakLiveBytes + ", a replay has at most " +
                Integer.MAX_VALUE);
        }
        return new Trace(name, Arrays.copyOf(events, eventLength), left(), slotCount, (int)peakLiveBytes);
    }

    private void resized(final int id, final int size)
    {
        liveBytes += size - sizeOf[id];
        sizeOf[id] = size;
        peak();
    }

    private void peak()
    {
        peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
        peakLiveBlocks = Math.max(peakLiveBlocks, liveBlocks);
    }

    private void append(final int op, final int head, final int slot, final int size, final int oldSize)
        throws TraceError
    {
        if (eventLength == events.length)
        {
            if (eventCount() >= MOST_EVENTS)
            {
                throw in.error("too large: more than " + MOST_EVENTS + " events");
            }
            // Not sized by the header, which may be wrong: a damaged one must not ask for 8 GiB.
            events = Arrays.copyOf(events, Math.max(1 << 16, (int)Math.min(eventLength * 2L, MOST_INTS & -Trace.INTS)));
        }
        events[eventLength] = op | head | thread << Trace.THREAD_SHIFT;
        events[eventLength + Trace.SLOT] = slot;
        events[eventLength + Trace.SIZE] = size;
        events[eventLength + Trace.OLD_SIZE] = oldSize;
        eventLength += Trace.INTS;
    }

    private int[] left()
    {
        final int[] left = new int[liveBlocks * Trace.INTS];
        int at = 0;
        for (int id = 0; id < idCount; id++)
        {
            if (FREED != slotOf[id])
            {
                left[at] = (0 == sizeOf[id] ? Trace.FREE_EMPTY : Trace.FREE) | headOf[id];
                left[at + Trace.SLOT] = slotOf[id];
                left[at + Trace.SIZE] = sizeOf[id];
                at += Trace.INTS;
            }
        }
        return left;
    }

    private static int[] grown(final int[] values)
    {
        return Arrays.copyOf(values, values.length * 2);
    }
}
