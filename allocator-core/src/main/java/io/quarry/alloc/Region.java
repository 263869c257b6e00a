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

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.LongConsumer;

/**
 * One span of off-heap memory at a fixed address, that an allocator carves into blocks: what a heap is to a C program's
 * {@code malloc}. Take one for each allocator, made at start-up and closed at the end; for a single buffer
 * {@link ByteBuffer#allocateDirect} is enough.
 * <pre>{@code
 *   try (Region region = Region.allocate(64 << 20))
 *   {
 *       final long address = ...;                        // a block, from an allocator that claimed the region
 *       region.buffer(address).putLong(region.bufferOffset(address), 42);
 *   }
 * }</pre>
 * <p>
 * An <i>address</i> is absolute, as the hardware has it, so alignment is real and addresses of several regions never
 * collide. The bytes are read and written through buffers: {@link #buffer} with {@link #bufferOffset} makes no garbage,
 * {@link #byteBuffer} is a view of one block, {@link AgronaBuffers} has views of Agrona's.
 * <p>
 * <b>Life.</b> Every view keeps the memory, also when the region itself is garbage. {@link #close()} gives the memory
 * back at once. After that each call here throws {@link IllegalStateException}, but for those that only tell what the
 * region was. <b>Views handed out before</b> throw it too from JDK 22 on; on earlier releases they are dead: a use of
 * one reads or writes memory that is no longer the region's, or ends the JVM. That holds for Agrona's buffers on every
 * release, since they go by address. A region that is lost instead of closed gives its memory back some time after it
 * and all its views became garbage; a {@code java.lang.foreign.MemorySegment} made of a view doesn't count as one.
 * <p>
 * <b>Threads.</b> Every call may be made by any thread at any time; {@link #close()} waits for {@link #copy} and
 * {@link #zero} amid their work. What two threads read and write at the same place is theirs to order.
 * <p>
 * <b>Files.</b> {@link #map} takes its memory from a file instead: of a disk, so that contents outlive the process; of
 * the shared-memory file system ({@code /dev/shm}), so that another process sees them; of hugetlbfs, for huge pages
 * (of which refusals are tested everywhere, a mapping only where the system has free huge pages of 2 MiB).
 * Where the file system is full or the file was truncated, a touch makes the JVM throw {@link InternalError}; calls of
 * this class and {@link RegionClaim} throw an {@link java.io.UncheckedIOException} instead that says what happened
 * (before JDK 22 the error may come late, out of a later call of the thread, and then it is the JVM's own).
 * <p>
 * <b>Size.</b> Up to 2 GiB before JDK 22. From 22 on as much as there is; then the buffers are windows: one made by
 * {@link #buffer} reaches 1 GiB (less 8 bytes) beyond the byte it was asked for, or to the end of the region.
 * <p>
 * <b>Cost.</b> {@link #allocate(long)} clears the memory: a call for start-up. 1 GiB took 0.7 to 0.8 s on JDK 17, and
 * as long other threads were kept waiting for a safepoint; on 25 1.3 to 5 s, and up to 0.13 s ({@code java -cp
 * target/classes:target/test-classes io.quarry.alloc.RegionPauseMain}, a virtual machine of 2 cores, AMD EPYC, shared).
 * {@link #copy} and {@link #zero} count themselves in and out before JDK 22; allocators spare that through their
 * {@link RegionClaim}. Beside its bytes a region takes up to one alignment of off-heap memory, a few small objects,
 * two buffers a GiB, and 16 KiB of zeros shared by all regions.
 */
public final class Region implements AutoCloseable
{
    private static final AtomicLongFieldUpdater<Region> HANDED_OUT_TO =
        AtomicLongFieldUpdater.newUpdater(Region.class, "handedOutTo");

    final RegionWindows windows;
    /** The buffer that is handed out if there is just one, else null. */
    private final ByteBuffer only;
    private final long offsetMask;
    private final long address;
    private final long capacity;

    private final RegionLife life = new RegionLife(this);

    /** From this address on nobody was ever given memory to write to, so it is still zero. Only ever rises. */
    private volatile long handedOutTo;

    Region(final RegionWindows windows)
    {
        this.windows = windows;
        only = windows.isOne() ? windows.shared(0) : null;
        offsetMask = windows.mask();
        address = windows.address();
        capacity = windows.size();
        handedOutTo = address + windows.dirtyTo();
    }

    /**
     * Allocates a region whose base is aligned to 4096 bytes.
     *
     * @param size bytes, at least 1; about 2 GiB at most before JDK 22.
     * @return the region, all zeros.
     * @throws IllegalArgumentException if the size is out of range.
     * @throws OutOfMemoryError         as {@link #allocate(long, long)} does.
     */
    public static Region allocate(final long size)
    {
        return allocate(size, 1);
    }

    /**
     * Allocates a region.
     *
     * @param size      bytes, at least 1; before JDK 22 at most {@link Integer#MAX_VALUE} for size and alignment
     *                  together, from 22 on 2<sup>46</sup>.
     * @param alignment of the base, bytes: a power of two up to 2<sup>30</sup>; at least 4096 is had.
     * @return the region, all zeros.
     * @throws IllegalArgumentException if size or alignment are out of range.
     * @throws OutOfMemoryError         if the system has no such memory, or, before JDK 22, the JDK's limit for direct
     *                                  memory ({@code -XX:MaxDirectMemorySize}) forbids it. Nothing is kept.
     */
    public static Region allocate(final long size, final long alignment)
    {
        return over(RegionMemory.allocate(size, alignment));
    }

    static Region over(final RegionMemory memory)
    {
        return new Region(RegionWindows.over(memory, null, RegionWindows.SHIFT));
    }

    /**
     * Maps the first bytes of a file, which is made if it doesn't exist and extended if it is shorter. Of a longer file
     * the rest is neither mapped nor changed. What the file holds is kept, and what is written to the region goes to
     * the file: at the system's leisure, at the latest when a buffer of the region is forced
     * ({@link java.nio.MappedByteBuffer#force}; all of them are such). No file handle stays open.
     * <p>
     * The base is aligned to a page of the file system. Pages of an extended part take no space before they are
     * touched. An allocator starts with an empty region whatever the file holds, and two processes must not allocate
     * in the same file at the same time.
     *
     * @param path of a regular file to be read and written, or of none in a directory that exists.
     * @param size bytes, at least 1; before JDK 22 at most {@link Integer#MAX_VALUE}, from 22 on 2<sup>46</sup>; on
     *             hugetlbfs a multiple of its page.
     * @return the region. Known to be zero ({@link RegionClaim#zeroFrom}) is only what was added to the file.
     * @throws IllegalArgumentException     if the size is out of range.
     * @throws java.io.UncheckedIOException if the file can't be made, opened, extended or mapped. A file is left as it
     *                                      was, and not there if it wasn't.
     */
    public static Region map(final Path path, final long size)
    {
        final RegionFile file = RegionFile.map(path, size);
        return new Region(RegionWindows.over(file.memory(), file, RegionWindows.SHIFT));
    }

    /**
     * Has the system provide every page, so that no later touch waits for one, or finds that there is none. Contents
     * stay. On other file systems than tmpfs and hugetlbfs the first byte of every 4096 is read and written back: what
     * another writes to it just then is lost, so touch before use. An allocated region has its pages.
     *
     * @param threads  that share the work, at least 1; the caller is one of them.
     * @param progress is told how many bytes are done, a number that rises to {@link #capacity()}; by any of the
     *                 threads, but one at a time. What it throws ends the work and is thrown here.
     * @throws IllegalArgumentException     if there is to be no thread.
     * @throws IllegalStateException        if the region is closed, or from JDK 22 on is being closed.
     * @throws java.io.UncheckedIOException if there is no memory for a page. Others may have been touched.
     */
    public void preTouch(final int threads, final LongConsumer progress)
    {
        checkSpan(address, capacity);
        life.enter();
        try
        {
            new RegionTouch(windows, progress).run(threads);
        }
        catch (final IllegalStateException ex)
        {
            throw life.closedMeanwhile(ex);
        }
        finally
        {
            life.exit();
        }
    }

    /**
     * The address of the first byte. Still told when the region is closed.
     *
     * @return the address; never 0.
     */
    public long address()
    {
        return address;
    }

    /**
     * The length. Still told when the region is closed.
     *
     * @return bytes.
     */
    public long capacity()
    {
        return capacity;
    }

    /**
     * Whether the region has not been closed.
     *
     * @return true until {@link #close()}.
     */
    public boolean isOpen()
    {
        return life.isOpen();
    }

    /**
     * Whether a span lies in the region. Still told when the region is closed.
     *
     * @param at     any address.
     * @param length bytes; 0 is in the region at its end too.
     * @return true if all of it does; false if the length is negative.
     */
    public boolean contains(final long at, final long length)
    {
        final long offset = at - address;
        return length >= 0 && offset >= 0 && offset <= capacity - length;
    }

    /**
     * The long-lived buffer that holds a byte, to be used with the index that {@link #bufferOffset} gives: the way to
     * read and write a block without making a view.
     * <p>
     * Writing to memory that is nobody's block is noticed only by what it spoils.
     *
     * @param at address in the region.
     * @return the buffer, in native byte order; use absolute indices only, and leave its position and limit alone: it
     *         is shared by all callers. The same for every address of a region of less than 2 GiB; of a larger one it
     *         goes on for 1 GiB (less 8 bytes) from the byte on, or to the end of the region.
     * @throws IllegalArgumentException if the address is not in the region.
     * @throws IllegalStateException    if the region is closed.
     */
    public ByteBuffer buffer(final long at)
    {
        if (Long.compareUnsigned(at - address, capacity) >= 0 || !life.isOpen())
        {
            throw refused(at, 1);
        }
        return null == only ? windows.shared(at - address) : only;
    }

    /**
     * The index of a byte in the buffer that {@link #buffer} gives for it.
     *
     * @param at address in the region.
     * @return the index.
     * @throws IllegalArgumentException if the address is not in the region (not looked at with
     *                                  {@code -Dquarry.checks=off}).
     */
    public int bufferOffset(final long at)
    {
        final long offset = at - address;
        if (Checks.ENABLED && Long.compareUnsigned(offset, capacity) >= 0)
        {
            throw refused(at, 1);
        }
        return (int)(offset & offsetMask);
    }

    /**
     * Makes a view of a block. It keeps the memory of the region; it doesn't keep the block.
     *
     * @param at     address of the first byte.
     * @param length bytes, 0 to {@link Integer#MAX_VALUE} &minus; 8.
     * @return a new buffer over just these bytes, position 0, in native byte order.
     * @throws IllegalArgumentException if the span is not in the region, or more than a buffer can be.
     * @throws IllegalStateException    if the region is closed.
     */
    public ByteBuffer byteBuffer(final long at, final long length)
    {
        checkSpan(at, length);
        if (length > RegionWindows.MAX_BUFFER)
        {
            throw new IllegalArgumentException("address=" + Misuse.hex(at) + " length=" + length +
                ": a buffer has at most " + RegionWindows.MAX_BUFFER + " bytes");
        }
        handOut(at + length);
        return windows.view(at - address, (int)length);
    }

    /**
     * Copies bytes as if through a third place: the spans may overlap. Makes no garbage.
     *
     * @param from   address of the first byte read.
     * @param to     address of the first byte written.
     * @param length bytes, 0 or more.
     * @throws IllegalArgumentException if a span is not in the region; nothing is written.
     * @throws IllegalStateException    if the region is closed, or from JDK 22 on is being closed: then a part may be
     *                                  written.
     * @throws java.io.UncheckedIOException if the file of a mapped region has no memory there: a part may be written.
     */
    public void copy(final long from, final long to, final long length)
    {
        checkSpan(from, length);
        checkSpan(to, length);
        handOut(to + length);
        life.enter();
        try
        {
            windows.copy(from - address, to - address, length);
        }
        catch (final IllegalStateException ex)
        {
            throw life.closedMeanwhile(ex);
        }
        finally
        {
            life.exit();
        }
    }

    /**
     * Writes zeros. Makes no garbage.
     *
     * @param at     address of the first byte.
     * @param length bytes, 0 or more.
     * @throws IllegalArgumentException if the span is not in the region; nothing is written.
     * @throws IllegalStateException    if the region is closed, or from JDK 22 on is being closed: then a part may be
     *                                  written.
     * @throws java.io.UncheckedIOException if the file of a mapped region has no memory there: a part may be written.
     */
    public void zero(final long at, final long length)
    {
        checkSpan(at, length);
        life.enter();
        try
        {
            windows.zero(at - address, length);
        }
        catch (final IllegalStateException ex)
        {
            throw life.closedMeanwhile(ex);
        }
        finally
        {
            life.exit();
        }
    }

    /**
     * Claims the region for an allocator, which no other can do until {@link RegionClaim#release}.
     *
     * @param owner the allocator, named in the errors that a second claim and {@link #close()} get: a text by itself,
     *              anything else by class and identity. It is not kept.
     * @return the claim.
     * @throws IllegalStateException if another allocator has it, or the region is closed.
     */
    public RegionClaim claim(final Object owner)
    {
        final RegionClaim claim = new RegionClaim(this, owner, windows);
        life.claim(claim);
        return claim;
    }

    /**
     * Gives the memory back, once calls of {@link #copy} and {@link #zero} by other threads are done. A second call
     * does nothing.
     *
     * @throws IllegalStateException if an allocator has the region claimed: it is to be closed first; or, from JDK 22
     *                               on, if the operating system is at work on a view. The region is still open.
     */
    @Override
    public void close()
    {
        life.close(windows);
    }

    /** The span and the state, for people. */
    @Override
    public String toString()
    {
        return "Region[" + Misuse.hex(address) + ".." + Misuse.hex(address + capacity) + ", capacity=" + capacity +
            windows.origin() + (isOpen() ? "]" : ", closed]");
    }

    /** From this address on the memory is as it came from the JDK. */
    long handedOutTo()
    {
        return handedOutTo;
    }

    /** Notes that memory below an address in the region, or its end, may have been written to. */
    void handOut(final long end)
    {
        if (handedOutTo < end)
        {
            HANDED_OUT_TO.accumulateAndGet(this, end, Math::max);
        }
    }

    /** Ends a claim, if it is the present one. */
    void release(final RegionClaim claim)
    {
        life.release(claim);
    }

    /** Refuses a span that is not in the region, and any if the region is closed. */
    void checkSpan(final long at, final long length)
    {
        if (!contains(at, length) || !life.isOpen())
        {
            throw refused(at, length);
        }
    }

    /** Why a span can't be had. */
    RuntimeException refused(final long at, final long length)
    {
        if (!life.isOpen())
        {
            return life.closed(null);
        }
        return new IllegalArgumentException("address=" + Misuse.hex(at) + " length=" + length +
            ": not in the region " + Misuse.hex(address) + ".." + Misuse.hex(address + capacity));
    }
}
