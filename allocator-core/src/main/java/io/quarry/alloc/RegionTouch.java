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

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/**
 * Has the operating system provide every page of a region, by several threads. Where reading is enough to have a page
 * (shared memory, huge pages) it is read; elsewhere its first byte is read and written back. An atomic addition of 0
 * would do that even beside other writers, but where there is no memory it ends the JVM: before JDK 22 the interpreter
 * has no guard around it, as it has around loads and stores.
 */
final class RegionTouch
{
    /** Of most systems; where pages are larger some are touched more than once. */
    private static final int PAGE = 4096;

    /** What a thread takes at a time: some ms of work, so that progress is steady and the threads end together. */
    private static final long PIECE = 16 << 20;

    private final RegionWindows windows;
    private final LongConsumer progress;
    private final AtomicLong next = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private long done;
    private volatile byte[] entry;
    private byte seen;

    RegionTouch(final RegionWindows windows, final LongConsumer progress)
    {
        this.windows = windows;
        this.progress = progress;
    }

    /**
     * Touches all; returns when every thread has ended.
     *
     * @param threads at least 1.
     */
    void run(final int threads)
    {
        if (threads < 1)
        {
            throw new IllegalArgumentException("threads=" + threads + ": at least 1 wanted");
        }
        final long pieces = (windows.size() - 1) / PIECE + 1;
        final List<Thread> others = new ArrayList<>();
        try
        {
            for (int i = 1; i < Math.min(threads, pieces); i++)
            {
                final Thread thread = new Thread(this::touchPieces, "quarry-touch-" + i);
                thread.setDaemon(true);
                thread.start();
                others.add(thread);
            }
            touchPieces();
        }
        finally
        {
            // If a thread could not be started, those that were end soon.
            if (others.size() + 1 < Math.min(threads, pieces))
            {
                next.set(windows.size());
            }
            others.forEach(RegionTouch::join);
        }
        rethrow(failure.get());
    }

    private void touchPieces()
    {
        try
        {
            long from = next.getAndAdd(PIECE);
            while (from < windows.size() && null == failure.get())
            {
                final long to = Math.min(windows.size(), from + PIECE);
                touch(from, to);
                report(to - from);
                from = next.getAndAdd(PIECE);
            }
        }
        catch (final RuntimeException | Error ex)
        {
            failure.compareAndSet(null, ex);
        }
    }

    private void touch(final long from, final long to)
    {
        try
        {
            for (long offset = from; offset < to; offset += PAGE)
            {
                touchPage(offset);
            }
            windows.settleFaults();
            settleOldFaults();
        }
        catch (final InternalError ex)
        {
            throw windows.fault(ex, from, to - from);
        }
    }

    /**
     * Before JDK 22 an error waits for the thread to enter the JVM's own code, as it does for an array that is too
     * large for its share of the heap.
     */
    private void settleOldFaults()
    {
        if (RegionMemory.UNGUARDED)
        {
            entry = new byte[PAGE << 8];
        }
    }

    private void touchPage(final long at)
    {
        final ByteBuffer buffer = windows.own(at);
        final int offset = (int)(at & windows.mask());
        final byte value = buffer.get(offset);
        // Or the compiler could find that a byte written back makes no difference, nor one that is read for nothing.
        VarHandle.fullFence();
        if (windows.areTouchedByReading())
        {
            seen = value;
        }
        else
        {
            buffer.put(offset, value);
        }
    }

    private synchronized void report(final long length)
    {
        done += length;
        progress.accept(done);
    }

    private static void join(final Thread thread)
    {
        boolean interrupted = false;
        while (thread.isAlive())
        {
            try
            {
                thread.join();
            }
            catch (final InterruptedException ex)
            {
                interrupted = true;
            }
        }
        if (interrupted)
        {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(final Throwable failure)
    {
        if (failure instanceof Error)
        {
            throw (Error)failure;
        }
        if (null != failure)
        {
            throw (RuntimeException)failure;
        }
    }
}
