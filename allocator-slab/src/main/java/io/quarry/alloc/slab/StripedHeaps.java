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
package io.quarry.alloc.slab;

import io.quarry.alloc.Allocator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Heaps for threads that have none of their own, each call taking one by try-lock, for its length: first that of its
 * thread's id, then the next. So a thread that isn't disturbed finds again what it has freed.
 * <p>
 * Nobody waits: who finds all of them taken goes without. A virtual thread gives its carrier up at blocking calls only,
 * and there are none while it has a stripe but those of the upstream.
 * <p>
 * Bytes: those of a heap for each.
 */
final class StripedHeaps
{
    private static final int FREE = 0;
    private static final int TAKEN = 1;

    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

    private final Heap[] heaps;

    /**
     * Makes the heaps, with the ids from 1 on.
     *
     * @param backing that they draw from.
     * @param count   a power of two.
     */
    StripedHeaps(final HeapBacking backing, final int count)
    {
        heaps = new Heap[count];
        for (int i = 0; i < count; i++)
        {
            heaps[i] = new Heap(backing, 1 + i);
        }
    }

    int count()
    {
        return heaps.length;
    }

    /** The heap with an id from 1 to {@link #count()}. */
    Heap heap(final int id)
    {
        return heaps[id - 1];
    }

    boolean has(final Heap heap)
    {
        return heap.id <= heaps.length;
    }

    /** The first heap that nobody is in, from the thread's own on; null if there is none. To be left again. */
    Heap enter(final Thread thread)
    {
        for (int i = 0; i < heaps.length; i++)
        {
            final Heap heap = from(thread, i);
            if (tryEnter(heap))
            {
                return heap;
            }
        }
        return null;
    }

    void leave(final Heap heap)
    {
        INTS.setRelease(heap.entries, Magazines.LOCK, FREE);
    }

    /** A slot of the magazine of the thread's first stripe; NULL if there is none, or somebody is in. */
    long pop(final Thread thread, final int sizeClass)
    {
        final Heap heap = from(thread, 0);
        if (!tryEnter(heap))
        {
            return Allocator.NULL;
        }
        try
        {
            final int granule = heap.pop(sizeClass);
            return granule < 0 ? Allocator.NULL : heap.addressOf(granule);
        }
        finally
        {
            leave(heap);
        }
    }

    /** Takes a live slot back if it is of the thread's first stripe and nobody is in. */
    boolean push(final Thread thread, final long address, final int sizeClass)
    {
        final Heap heap = from(thread, 0);
        if (!tryEnter(heap))
        {
            return false;
        }
        try
        {
            return heap.push(address, sizeClass);
        }
        finally
        {
            leave(heap);
        }
    }

    /** Empties those that no thread is in; returns the bytes that the upstream got. */
    long trim()
    {
        long bytes = 0;
        for (final Heap heap : heaps)
        {
            if (tryEnter(heap))
            {
                try
                {
                    bytes += heap.cache.releaseAll();
                }
                finally
                {
                    leave(heap);
                }
            }
        }
        return bytes;
    }

    /** The heap so many places after the thread's first. */
    private Heap from(final Thread thread, final int places)
    {
        return heaps[(int)thread.getId() + places & heaps.length - 1];
    }

    /** The lock lies beside what it guards, in a cache line that no other stripe has. */
    private static boolean tryEnter(final Heap heap)
    {
        return INTS.compareAndSet(heap.entries, Magazines.LOCK, FREE, TAKEN);
    }
}
