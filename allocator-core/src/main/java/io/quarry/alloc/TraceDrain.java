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
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;

/**
 * The reader of a {@link TraceRing}: a thread that writes what comes out of it. When that fails it goes on taking
 * events, and counts them as lost, so that no caller ever waits for a file that can't be written.
 */
final class TraceDrain implements Runnable
{
    /** A hundredth of what a full ring takes to fill at 10 ns an event, with the default capacity. */
    private static final long IDLE_NS = 500_000;
    private static final long ASK_NS = 50_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final TraceRing ring;
    private final OutputStream out;
    private final TraceWriter writer;
    private final TraceBlocks blocks;
    private final Thread thread;
    private final int batch;

    private volatile long end = NEVER;
    private volatile long flushWanted;
    private volatile long flushed;
    private volatile boolean ended;
    private volatile Throwable failure;

    /** Written by the thread only. */
    private volatile long lost;
    private volatile long events;
    private volatile long unmatched;

    TraceDrain(final TraceRing ring, final OutputStream out)
    {
        this.ring = ring;
        this.out = out;
        this.batch = Math.max(1, ring.capacity() / 4);
        this.writer = new TraceWriter(out);
        this.blocks = new TraceBlocks(writer);
        this.thread = new Thread(this, "quarry-trace");
        thread.setDaemon(true);
    }

    void start()
    {
        thread.start();
    }

    @Override
    public void run()
    {
        long next = 0;
        while (next < end)
        {
            final long from = next;
            next = take(from);
            ring.release(next);
            serveFlush(next);
            if (from == next && next < end)
            {
                LockSupport.parkNanos(IDLE_NS);
            }
        }
        finish();
        // Who claims from now on, and nobody should, does not wait.
        ring.release(NEVER / 2);
        ended = true;
    }

    /** Takes what is published, a quarter of the ring at most, so that those who wait for room soon have it. */
    private long take(final long from)
    {
        long next = from;
        final long most = Math.min(from + batch, end);
        while (next < most && ring.isPublished(next))
        {
            accept(next);
            next++;
        }
        events = writer.events();
        unmatched = blocks.unmatched();
        return next;
    }

    private void accept(final long claim)
    {
        final long head = ring.word(claim, 0);
        final int op = (int)head & TraceRing.OP_MASK;
        if (TraceRing.NOTHING == op)
        {
            return;
        }
        if (null != failure)
        {
            lost++;
            return;
        }
        try
        {
            blocks.accept(
                op,
                ring.word(claim, TraceRing.ADDRESS),
                ring.word(claim, TraceRing.SIZE),
                (int)(head >>> TraceRing.SHIFT_SHIFT) & TraceRing.SHIFT_MASK,
                ring.word(claim, TraceRing.THREAD));
        }
        catch (final IOException | RuntimeException | Error ex)
        {
            failure = ex;
            lost++;
        }
    }

    private void serveFlush(final long next)
    {
        final long wanted = flushWanted;
        if (flushed < wanted && next >= wanted)
        {
            attempt(writer::flush);
            flushed = wanted;
        }
    }

    private void finish()
    {
        attempt(writer::end);
        final Throwable before = failure;
        failure = null;
        attempt(out::close);
        failure = null == before ? failure : before;
    }

    private void attempt(final Step step)
    {
        if (null != failure)
        {
            return;
        }
        try
        {
            step.run();
        }
        catch (final IOException | RuntimeException | Error ex)
        {
            failure = ex;
        }
    }

    /** Waits until what was claimed before is written and flushed. */
    void flush()
    {
        final long wanted = ring.claimed();
        synchronized (this)
        {
            flushWanted = Math.max(flushWanted, wanted);
        }
        while (flushed < wanted && !ended)
        {
            LockSupport.unpark(thread);
            pause();
        }
    }

    /** Writes what is claimed by now, and ends. */
    void close()
    {
        synchronized (this)
        {
            if (NEVER == end)
            {
                end = ring.claimed();
            }
        }
        while (!ended)
        {
            LockSupport.unpark(thread);
            pause();
        }
    }

    private static void pause()
    {
        LockSupport.parkNanos(ASK_NS);
        if (Thread.currentThread().isInterrupted())
        {
            Thread.yield();
        }
    }

    Throwable failure()
    {
        return failure;
    }

    long events()
    {
        return events;
    }

    long unmatched()
    {
        return unmatched;
    }

    /** Exact, but for calls that ran when the recording was closed: each counts, whether it succeeded or not. */
    long lost()
    {
        return lost + Math.max(0, ring.claimed() - end);
    }

    private interface Step
    {
        void run() throws IOException;
    }
}
