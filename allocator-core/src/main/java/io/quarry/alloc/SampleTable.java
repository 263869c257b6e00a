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

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What is known of some blocks, by address: a table of fixed size without garbage. An address has eight places where it
 * may be, so to look one up is to look at eight longs side by side.
 * <p>
 * A place is free, taken, or claimed by a thread, which alone may then read and write what is there, and ends that by
 * {@link #publish} or {@link #release}. One address is published at one place at most, if who publishes has claimed it.
 * <p>
 * Threads: any, without a lock. Cost: 56 bytes a place (with references of 4 bytes).
 */
final class SampleTable
{
    static final int NOT_FOUND = -1;

    private static final int WAYS = 8;
    private static final long FREE = 0;
    private static final long CLAIMED = -1;

    /** As in {@link TraceTable}: the high bits of the product are used. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final AtomicLongArray keys;
    private final int hashShift;
    /** Which of the ways is given up next; threads may overwrite each other's step. */
    private int turn;

    /** By place; written by who has claimed it, before the key is released. */
    final long[] sizes;
    final long[] alignments;
    final int[] allocationSites;
    final int[] freeSites;
    final long[] allocationThreads;
    final long[] freeThreads;
    final String[] allocationThreadNames;
    final String[] freeThreadNames;

    /**
     * Makes a table.
     *
     * @param capacity places, a power of two from 16.
     */
    SampleTable(final int capacity)
    {
        keys = new AtomicLongArray(capacity);
        hashShift = Long.SIZE - Integer.numberOfTrailingZeros(capacity / WAYS);
        sizes = new long[capacity];
        alignments = new long[capacity];
        allocationSites = new int[capacity];
        freeSites = new int[capacity];
        allocationThreads = new long[capacity];
        freeThreads = new long[capacity];
        allocationThreadNames = new String[capacity];
        freeThreadNames = new String[capacity];
    }

    int capacity()
    {
        return keys.length();
    }

    /** Claims the place of an address; {@link #NOT_FOUND} if it isn't here. */
    int claim(final long address)
    {
        if (FREE == address || CLAIMED == address)
        {
            // What a user may pass by mistake must not be taken for the key of a place without a block.
            return NOT_FOUND;
        }
        final int first = home(address);
        for (int at = first; at < first + WAYS; at++)
        {
            // Acquire: pairs with the release in publish.
            if (keys.getAcquire(at) == address && keys.compareAndSet(at, address, CLAIMED))
            {
                return at;
            }
        }
        return NOT_FOUND;
    }

    /** Claims a free place for an address; {@link #NOT_FOUND} if there is none. */
    int claimFree(final long address)
    {
        final int first = home(address);
        for (int at = first; at < first + WAYS; at++)
        {
            if (FREE == keys.getPlain(at) && keys.compareAndSet(at, FREE, CLAIMED))
            {
                return at;
            }
        }
        return NOT_FOUND;
    }

    /** Claims a free place for an address, or one of another address, which is forgotten. */
    int claimAny(final long address)
    {
        final int free = claimFree(address);
        if (NOT_FOUND != free)
        {
            return free;
        }
        final int at = home(address) + (turn++ & WAYS - 1);
        final long key = keys.getPlain(at);
        return CLAIMED != key && keys.compareAndSet(at, key, CLAIMED) ? at : NOT_FOUND;
    }

    /** Ends a claim: the place is that of an address. */
    void publish(final int at, final long address)
    {
        keys.setRelease(at, address);
    }

    /** Ends a claim: the place is free. */
    void release(final int at)
    {
        allocationThreadNames[at] = null;
        freeThreadNames[at] = null;
        keys.setRelease(at, FREE);
    }

    /** Forgets an address, if it is here. */
    void forget(final long address)
    {
        final int at = claim(address);
        if (NOT_FOUND != at)
        {
            release(at);
        }
    }

    /** The address at a place, or 0: a look, which says nothing of the next moment. */
    long addressAt(final int at)
    {
        final long key = keys.getAcquire(at);
        return CLAIMED == key ? FREE : key;
    }

    /** Copies what is known of an allocation to a place of this or another table; both are claimed. */
    void copyTo(final int at, final SampleTable other, final int to)
    {
        other.sizes[to] = sizes[at];
        other.alignments[to] = alignments[at];
        other.allocationSites[to] = allocationSites[at];
        other.allocationThreads[to] = allocationThreads[at];
        other.allocationThreadNames[to] = allocationThreadNames[at];
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        return keys.length() * (5L * Long.BYTES + 4L * Integer.BYTES);
    }

    private int home(final long address)
    {
        return (int)(address * GOLDEN >>> hashShift) * WAYS;
    }
}
