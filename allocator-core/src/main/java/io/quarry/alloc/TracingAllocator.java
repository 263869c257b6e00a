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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Records the calls of any allocator, with thread and order, as a trace that {@code quarry replay} can replay: which
 * sizes and alignments a program really asks for, and what lives at once. Recorded is what changes a block and
 * succeeds; misuse and exhaustion come through unchanged. Sizes, alignments, threads and order are all that is in the
 * file: no content, and no address.
 * <p>
 * Choose it to learn what a program does, in tests and test systems; it is cheap enough to stay on there. In production
 * choose the bare allocator.
 *
 * <h2>Order</h2>
 * <p>
 * Events stand in one order over all threads, which agrees with each block's life: an allocation before what happens to
 * the block, a free before the allocation that is given the same memory. A resize that moves stands where the new place
 * was had; the old place may have been given to another before that. Two calls of different threads that touch no
 * common memory stand as they came to the recorder.
 *
 * <h2>Threads</h2>
 * <p>
 * Any thread, if the upstream takes any thread. One thread, a daemon that this class starts, writes.
 *
 * <h2>Cost</h2>
 * <p>
 * An event is a place in a ring of 32 bytes an event, of fixed size, 2 MiB by default; no lock, no Java object. The
 * writing thread keeps about 50 bytes for each live block and for each thread it has ever seen. When events come faster
 * than they are written for so long that the ring is full, <b>the caller waits</b>: nothing is left out. It waits, too,
 * for a call that began the ring's length of events before and isn't finished. When writing fails, nobody waits any
 * more: allocation goes on, events are lost from there on and counted ({@link #lostEvents}), and {@link #flush} and
 * {@link #close} throw what happened.
 * <p>
 * The figures are in {@code TRACES.md}, with the command.
 */
public final class TracingAllocator implements Allocator, AutoCloseable
{
    private static final int DEFAULT_CAPACITY = 1 << 16;
    private static final int LEAST_CAPACITY = 16;
    private static final int MOST_CAPACITY = 1 << 24;

    final Allocator upstream;
    private final TraceRecorder recorder;
    private final TraceDrain drain;
    private volatile boolean recording = true;

    /**
     * Begins a recording with a ring of 65,536 events.
     *
     * @param upstream whose calls are recorded. It is not closed with the recording.
     * @param out      where the trace goes; closed with the recording. Both plain bytes and a gzip stream of them are
     *                 a trace.
     */
    public TracingAllocator(final Allocator upstream, final OutputStream out)
    {
        this(upstream, out, DEFAULT_CAPACITY);
    }

    /**
     * Begins a recording.
     *
     * @param upstream whose calls are recorded. It is not closed with the recording.
     * @param out      where the trace goes; closed with the recording.
     * @param capacity events that may wait to be written, a power of two from 16 to 2^24; 32 bytes each.
     * @throws IllegalArgumentException if the capacity is no such number.
     */
    public TracingAllocator(final Allocator upstream, final OutputStream out, final int capacity)
    {
        if (capacity < LEAST_CAPACITY || capacity > MOST_CAPACITY || 1 != Integer.bitCount(capacity))
        {
            throw new IllegalArgumentException("capacity=" + capacity + ": not a power of two in " + LEAST_CAPACITY +
                ".." + MOST_CAPACITY);
        }
        if (null == upstream || null == out)
        {
            throw new NullPointerException(null == upstream ? "upstream" : "out");
        }
        this.upstream = upstream;
        final TraceRing ring = new TraceRing(capacity);
        recorder = new TraceRecorder(ring);
        drain = new TraceDrain(ring, out);
        drain.start();
    }

    /**
     * Begins a recording into a file, which is replaced if it exists: a gzip stream if its name ends with {@code .gz},
     * else plain bytes, which cost the writing thread less.
     *
     * @param upstream whose calls are recorded. It is not closed with the recording.
     * @param file     by convention {@code NAME.trace.gz}.
     * @return the recorder.
     * @throws UncheckedIOException if the file can't be made.
     */
    public static TracingAllocator recordTo(final Allocator upstream, final Path file)
    {
        // Before the file is opened: a wrong call must not cost the recording of before.
        Objects.requireNonNull(upstream, "upstream");
        try
        {
            final OutputStream bytes = Files.newOutputStream(file);
            final boolean zip = file.toString().endsWith(".gz");
            return new TracingAllocator(upstream, zip ? new FastGzipOutputStream(bytes) : bytes);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        final long address = upstream.allocate(size, alignment);
        if (recording)
        {
            recorder.record(TraceRing.ALLOC, address, size, alignment);
        }
        return address;
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        final long address = upstream.allocateZeroed(size, alignment);
        if (recording)
        {
            recorder.record(TraceRing.ALLOC_ZEROED, address, size, alignment);
        }
        return address;
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        if (!recording)
        {
            upstream.deallocate(address, size, alignment);
            return;
        }
        final long claim = recorder.claim();
        boolean freed = false;
        try
        {
            upstream.deallocate(address, size, alignment);
            freed = true;
        }
        finally
        {
            recorder.freed(claim, freed, address, size, alignment);
        }
    }

    @Override
    public long grow(
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment)
    {
        if (!recording)
        {
            return upstream.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        final long claim = recorder.claim();
        long block = NULL;
        try
        {
            block = upstream.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            recorder.left(claim, block, address, oldSize, oldAlignment, newSize, newAlignment, false);
        }
        recorder.arrived(address, block, newSize, newAlignment, false);
        return block;
    }

    @Override
    public long growZeroed(
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment)
    {
        if (!recording)
        {
            return upstream.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        final long claim = recorder.claim();
        long block = NULL;
        try
        {
            block = upstream.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            recorder.left(claim, block, address, oldSize, oldAlignment, newSize, newAlignment, true);
        }
        recorder.arrived(address, block, newSize, newAlignment, true);
        return block;
    }

    @Override
    public long shrink(
        final long address,
        final long oldSize,
        final long oldAlignment,
        final long newSize,
        final long newAlignment)
    {
        if (!recording)
        {
            return upstream.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        final long claim = recorder.claim();
        long block = NULL;
        try
        {
            block = upstream.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        finally
        {
            recorder.left(claim, block, address, oldSize, oldAlignment, newSize, newAlignment, false);
        }
        recorder.arrived(address, block, newSize, newAlignment, false);
        return block;
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        final boolean resized = upstream.tryResize(address, oldSize, alignment, newSize);
        if (resized && recording)
        {
            recorder.record(TraceRing.RESIZE, address, newSize, alignment);
        }
        return resized;
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        return upstream.usableSize(address, size, alignment);
    }

    @Override
    public boolean owns(final long address)
    {
        return upstream.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return upstream.regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return upstream.isThreadSafe();
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        return upstream.goodSize(size, alignment);
    }

    @Override
    public long maxSize()
    {
        return upstream.maxSize();
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        return upstream.diagnose(size, alignment);
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        final int had = upstream.allocateBatch(size, alignment, addresses, from, count);
        for (int i = 0; i < had && recording; i++)
        {
            recorder.record(TraceRing.ALLOC, addresses[from + i], size, alignment);
        }
        return had;
    }

    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        // What isn't in order, the upstream refuses as a whole, and it must see the whole.
        if (!recording || from < 0 || count < 0 || count > addresses.length - from)
        {
            return upstream.deallocateBatch(size, alignment, addresses, from, count);
        }
        int freed = 0;
        int done = 0;
        do
        {
            final int part = Math.min(count - done, LEAST_CAPACITY);
            freed += recorder.deallocatePart(upstream, size, alignment, addresses, from + done, part);
            done += part;
        }
        while (done < count);
        return freed;
    }

    /**
     * Waits until all that was recorded before is written, and the stream is flushed. The trace is complete only after
     * {@link #close}.
     *
     * @throws UncheckedIOException if writing failed, now or before.
     */
    public void flush()
    {
        drain.flush();
        throwFailure();
    }

    /**
     * Ends the recording: waits until all is written, and closes the stream. The allocator goes on, with the blocks it
     * has, and records no more. Calls that other threads are in meanwhile may be missing from the trace; they count as
     * lost. A second call does nothing.
     *
     * @throws UncheckedIOException if writing failed, now or before: the trace is incomplete then.
     */
    @Override
    public void close()
    {
        if (recording)
        {
            recording = false;
            drain.close();
            throwFailure();
        }
    }

    /**
     * Events in the trace so far: written, or on their way to the stream.
     *
     * @return how many.
     */
    public long recordedEvents()
    {
        return drain.events();
    }

    /**
     * Events that succeeded and are not in the trace, because writing failed or {@link #close} came between. A trace
     * that was closed without an exception and without lost events has all.
     *
     * @return how many.
     */
    public long lostEvents()
    {
        return drain.lost();
    }

    /**
     * Calls that don't fit what was recorded, because a block was made or freed past this recorder or before it began:
     * a free of a block that wasn't seen is left out of the trace, a resize of one stands as its allocation, and a
     * block made where one seems to live stands behind a free of that one. Blocks of no bytes don't count: a program
     * may have them without asking.
     *
     * @return how many.
     */
    public long unmatchedEvents()
    {
        return drain.unmatched();
    }

    private void throwFailure()
    {
        final Throwable failure = drain.failure();
        if (null != failure)
        {
            throw new UncheckedIOException("the recording failed: " + failure.getMessage(),
                failure instanceof IOException ? (IOException)failure : new IOException(failure));
        }
    }
}
