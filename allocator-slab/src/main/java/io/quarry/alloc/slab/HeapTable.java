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

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Which thread has which heap: a hash table by thread id that any thread reads without an atomic step, since a heap
 * names its thread, and only that thread finds itself there. Virtual threads and threads beyond the table have no heap
 * of their own; they take one of a few {@link StripedHeaps}.
 * <p>
 * A dead thread's heap is given to the next thread that needs one, or emptied: no hook at the thread's end is needed.
 * Its {@link Thread} object stays reachable until then. Each thread that comes new looks for dead ones, and so does the
 * slow path of the others now and then.
 * <p>
 * The table is changed under a try-lock. Who finds it taken goes without a heap of his own this time: nobody waits.
 */
final class HeapTable
{
    private static final MethodHandle IS_VIRTUAL = isVirtualHandle();
    private static final int PROBES = 8;
    private static final int SLOTS_A_HEAP = 4;

    private final HeapBacking backing;

    /** By thread id. Written under the lock; the entry that a thread looks for was written by the thread itself. */
    private final Heap[] table;
    private final int mask;

    /** All heaps there are, by number: the stripes from 1 on, and then those of threads. */
    private final AtomicReferenceArray<Heap> byId;
    private final StripedHeaps stripes;
    private final AtomicBoolean lock = new AtomicBoolean();

    /**
     * No heap was left when one was asked for last: no allocation looks again until one is free. Set before the look
     * that may prove it wrong, so that what sets it back meanwhile isn't undone.
     */
    private volatile boolean full;

    /** How far from its thread's first place a heap was ever put: most threads without a heap look no further. */
    private int farthest;

    HeapTable(final HeapBacking backing, final int mostHeaps, final int stripes)
    {
        this.backing = backing;
        table = new Heap[Math.max(PROBES, ceilingPowerOfTwo(mostHeaps * SLOTS_A_HEAP))];
        mask = table.length - 1;
        byId = new AtomicReferenceArray<>(1 + stripes + mostHeaps);
        this.stripes = new StripedHeaps(backing, stripes);
        for (int id = 1; id <= stripes; id++)
        {
            byId.set(id, this.stripes.heap(id));
        }
    }

    static int ceilingPowerOfTwo(final int value)
    {
        return value <= 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
    }

    /** The calling thread's own heap, or null if it has none. */
    Heap ofThread()
    {
        final Thread thread = Thread.currentThread();
        final int index = (int)thread.getId() & mask;
        final Heap heap = table[index];
        return null != heap && heap.thread == thread ? heap : find(thread, index);
    }

    /**
     * A heap for the calling thread: its own, made now if need be, or a stripe that is locked for it.
     *
     * @return it, to be passed to {@link #leave}; null if the thread has to go without.
     */
    Heap enter()
    {
        final Heap present = ofThread();
        if (null != present)
        {
            return present;
        }
        final Thread thread = Thread.currentThread();
        final boolean canOwn = !full && !isVirtual(thread) && lock.compareAndSet(false, true);
        final Heap own = canOwn ? registerAndUnlock(thread) : null;
        return null != own ? own : stripes.enter(thread);
    }

    void leave(final Heap heap)
    {
        if (null != heap && isStripe(heap))
        {
            stripes.leave(heap);
        }
    }

    boolean isStripe(final Heap heap)
    {
        return stripes.has(heap);
    }

    /** A plain block for a thread that has no heap and can't have one; NULL if no magazine at hand has any. */
    long pop(final long size, final long alignment)
    {
        final Thread thread = Thread.currentThread();
        return SizeClasses.isPlain(size, alignment) && (full || isVirtual(thread)) ?
            stripes.pop(thread, SizeClasses.ofSize(size)) : Allocator.NULL;
    }

    /** Takes a live plain block of such a thread back if it came from the magazine at hand. */
    boolean push(final long address, final long size, final long alignment)
    {
        final Thread thread = Thread.currentThread();
        return SizeClasses.isPlain(size, alignment) && (full || isVirtual(thread)) &&
            stripes.push(thread, address, SizeClasses.ofSize(size));
    }

    /** Gives the calling thread a heap, waiting for others that change the table; null if there is none left. */
    Heap awaitRegistered(final Thread thread)
    {
        while (!lock.compareAndSet(false, true))
        {
            Thread.yield();
        }
        return registerAndUnlock(thread);
    }

    /** Empties the heaps of dead threads; returns the bytes that the upstream got. */
    long dissolveDead()
    {
        long bytes = 0;
        if (lock.compareAndSet(false, true))
        {
            try
            {
                for (int id = 1 + stripes.count(); id < byId.length(); id++)
                {
                    final Heap heap = byId.get(id);
                    if (null != heap && isOfDeadThread(heap))
                    {
                        backing.land(heap.combined);
                        remove(heap);
                        bytes += heap.cache.releaseAll();
                        full = false;
                    }
                }
            }
            finally
            {
                lock.set(false);
            }
        }
        return bytes;
    }

    /** Empties the stripes that no thread is in; returns the bytes that the upstream got. */
    long trimStripes()
    {
        return stripes.trim();
    }

    /** From now on every heap is found closed, those that are being made included. */
    void refuseAll()
    {
        forEach(Heap::refuse);
    }

    /** Waits for calls amid their work on the memory; when all are refused. */
    void awaitIdle()
    {
        forEach(Heap::awaitIdle);
    }

    private void forEach(final Consumer<Heap> action)
    {
        for (int id = 1; id < byId.length(); id++)
        {
            final Heap heap = byId.get(id);
            if (null != heap)
            {
                action.accept(heap);
            }
        }
    }

    /** Threads that can have a heap of their own at a time. */
    int mostHeaps()
    {
        return ids() - stripes.count();
    }

    /** A thread has given its heap up. */
    void notFull()
    {
        full = false;
    }

    /** How many numbers heaps have, from 1 on. */
    int ids()
    {
        return byId.length() - 1;
    }

    /** A heap by its number, or null. */
    Heap heap(final int id)
    {
        return byId.get(id);
    }

    static boolean isVirtual(final Thread thread)
    {
        try
        {
            return null != IS_VIRTUAL && (boolean)IS_VIRTUAL.invokeExact(thread);
        }
        catch (final RuntimeException | Error ex)
        {
            throw ex;
        }
        catch (final Throwable ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private Heap registerAndUnlock(final Thread thread)
    {
        try
        {
            full = true;
            final int place = freePlace(thread);
            final int id = place < 0 ? -1 : freeId();
            if (id < 0)
            {
                return null;
            }
            full = false;
            return install(thread, place, id);
        }
        finally
        {
            lock.set(false);
        }
    }

    private Heap find(final Thread thread, final int first)
    {
        for (int i = 1; i <= farthest; i++)
        {
            final Heap heap = table[first + i & mask];
            if (null != heap && heap.thread == thread)
            {
                return heap;
            }
        }
        return null;
    }

    private Heap install(final Thread thread, final int place, final int id)
    {
        Heap heap = byId.get(id);
        if (null == heap || heap.isClosed())
        {
            heap = new Heap(backing, id);
        }
        else if (null != heap.thread)
        {
            // A dead thread's, with all that it holds.
            backing.land(heap.combined);
            remove(heap);
        }
        heap.thread = thread;
        table[place] = heap;
        byId.set(id, heap);
        if (backing.isClosed())
        {
            heap.refuse();
        }
        return heap;
    }

    /** Where in the table a thread's heap can stand, or -1. */
    private int freePlace(final Thread thread)
    {
        for (int i = 0; i < PROBES; i++)
        {
            final int place = (int)thread.getId() + i & mask;
            final Heap heap = table[place];
            if (null == heap || null == heap.thread || heap.isClosed() || isOfDeadThread(heap))
            {
                farthest = Math.max(farthest, i);
                return place;
            }
        }
        return -1;
    }

    /** A dead thread's number first, then one that no thread has; -1 if all have living threads. */
    private int freeId()
    {
        int unused = -1;
        for (int id = byId.length() - 1; id > stripes.count(); id--)
        {
            final Heap heap = byId.get(id);
            if (null != heap && isOfDeadThread(heap))
            {
                return id;
            }
            if (null == heap || heap.isClosed() || null == heap.thread)
            {
                unused = id;
            }
        }
        return unused;
    }

    private void remove(final Heap heap)
    {
        for (int place = 0; place < table.length; place++)
        {
            if (table[place] == heap)
            {
                table[place] = null;
            }
        }
        heap.thread = null;
    }

    private static boolean isOfDeadThread(final Heap heap)
    {
        final Thread thread = heap.thread;
        return null != thread && !thread.isAlive();
    }

    /** Of JDK 21 and later. */
    private static MethodHandle isVirtualHandle()
    {
        try
        {
            return MethodHandles.publicLookup().findVirtual(
                Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        }
        catch (final NoSuchMethodException ex)
        {
            return null;
        }
        catch (final IllegalAccessException ex)
        {
            throw new ExceptionInInitializerError(ex);
        }
    }
}
