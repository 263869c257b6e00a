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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
 * <b>Cost.</b> {@link #allocate(long)} clears the memory (about 1 s for 1 GiB on JDK 17, and other threads may be kept
 * waiting for a safepoint meanwhile): a call for start-up. {@link #copy} and {@link #zero} count themselves in and out
 * before JDK 22, about 4 ns; allocators spare that through their {@link RegionClaim}. Beside its bytes a region takes
 * up to one alignment of off-heap memory, a few small objects, and 16 KiB of zeros shared by all regions.
 */
public final class Region implements AutoCloseable
{
    /** Of a base that no other was asked for: the page of most systems. */
    private static final int MIN_ALIGNMENT = 4096;
    private static final int MAX_ALIGNMENT = 1 << 30;

    private static final VarHandle HANDED_OUT_TO;

    static
    {
        try
        {
            HANDED_OUT_TO = MethodHandles.lookup().findVarHandle(Region.class, "handedOutTo", long.class);
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new ExceptionInInitializerError(ex);
        }
    }

    private final RegionMemory memory;
    /** What is handed out, so a user may have disturbed its limit. */
    private final ByteBuffer shared;
    /** For our own calls; from this one claims and views are cut. */
    private final ByteBuffer bytes;
    private final long address;
    private final long capacity;

    private final RegionLife life = new RegionLife(this);

    /** From this address on nobody was ever given memory to write to, so it is still zero. Only ever rises. */
    private volatile long handedOutTo;

    Region(final RegionMemory memory)
    {
        this.memory = memory;
        shared = memory.buffer();
        bytes = duplicate(shared);
        address = memory.address();
        capacity = shared.capacity();
        handedOutTo = address;
    }

    /**
     * Allocates a region whose base is aligned to 4096 bytes.
     *
     * @param size bytes, from 1 to about 2 GiB.
     * @return the region, all zeros.
     * @throws IllegalArgumentException if the size is out of range.
     * @throws OutOfMemoryError         if the system has no such memory, or, before JDK 22, the JDK's limit for direct
     *                                  memory ({@code -XX:MaxDirectMemorySize}) forbids it. Nothing is kept.
     */
    public static Region allocate(final long size)
    {
        return allocate(size, MIN_ALIGNMENT);
    }

    /**
     * Allocates a region.
     *
     * @param size      bytes, at least 1 and at most {@link Integer#MAX_VALUE}; before JDK 22 that is to hold for size
     *                  and alignment together.
     * @param alignment of the base, bytes: a power of two up to 2<sup>30</sup>; at least 4096 is had.
     * @return the region, all zeros.
     * @throws IllegalArgumentException if size or alignment are out of range.
     * @throws OutOfMemoryError         if the system has no such memory, or, before JDK 22, the JDK's limit for direct
     *                                  memory ({@code -XX:MaxDirectMemorySize}) forbids it. Nothing is kept.
     */
    public static Region allocate(final long size, final long alignment)
    {
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1)
        {
            throw new IllegalArgumentException("alignment=" + alignment + ": not a power of two from 1 to " +
                MAX_ALIGNMENT + " (size=" + size + ")");
        }
        if (size < 1 || size > Integer.MAX_VALUE)
        {
            throw new IllegalArgumentException("size=" + size + ": a region has 1 to " + Integer.MAX_VALUE +
                " bytes (alignment=" + alignment + ")");
        }
        try
        {
            return new Region(RegionMemory.allocate((int)size, (int)Math.max(alignment, MIN_ALIGNMENT)));
        }
        catch (final OutOfMemoryError ex)
        {
            throw outOfMemory(size, alignment, ex);
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
     *         is shared by all callers. The same for every address while a region is no larger than a buffer can be.
     * @throws IllegalArgumentException if the address is not in the region.
     * @throws IllegalStateException    if the region is closed.
     */
    public ByteBuffer buffer(final long at)
    {
        if (Long.compareUnsigned(at - address, capacity) >= 0 || !life.isOpen())
        {
            throw refused(at, 1);
        }
        return shared;
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
        return (int)offset;
    }

    /**
     * Makes a view of a block. It keeps the memory of the region; it doesn't keep the block.
     *
     * @param at     address of the first byte.
     * @param length bytes, 0 or more.
     * @return a new buffer over just these bytes, position 0, in native byte order.
     * @throws IllegalArgumentException if the span is not in the region.
     * @throws IllegalStateException    if the region is closed.
     */
    public ByteBuffer byteBuffer(final long at, final long length)
    {
        checkSpan(at, length);
        handOut(at + length);
        return bytes.slice((int)(at - address), (int)length).order(ByteOrder.nativeOrder());
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
     */
    public void copy(final long from, final long to, final long length)
    {
        checkSpan(from, length);
        checkSpan(to, length);
        handOut(to + length);
        life.enter();
        try
        {
            RegionBytes.copy(bytes, (int)(from - address), (int)(to - address), (int)length);
        }
        catch (final IllegalStateException ex)
        {
            throw closedMeanwhile(ex);
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
     */
    public void zero(final long at, final long length)
    {
        checkSpan(at, length);
        life.enter();
        try
        {
            RegionBytes.zero(bytes, (int)(at - address), (int)length);
        }
        catch (final IllegalStateException ex)
        {
            throw closedMeanwhile(ex);
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
        final RegionClaim claim = new RegionClaim(this, owner, duplicate(bytes));
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
        if (life.close())
        {
            try
            {
                memory.close();
            }
            catch (final IllegalStateException ex)
            {
                life.reopen();
                throw new IllegalStateException(this + " can't be closed while the system is at work on a view", ex);
            }
        }
    }

    /**
     * The span and the state, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "Region[" + Misuse.hex(address) + ".." + Misuse.hex(address + capacity) + ", capacity=" + capacity +
            (isOpen() ? "]" : ", closed]");
    }

    /** From this address on the memory is as it came from the JDK. */
    long handedOutTo()
    {
        return handedOutTo;
    }

    /** Notes that memory below an address in the region, or its end, may have been written to. */
    void handOut(final long end)
    {
        long known = handedOutTo;
        while (known < end)
        {
            final long present = (long)HANDED_OUT_TO.compareAndExchange(this, known, end);
            if (present == known)
            {
                return;
            }
            known = present;
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

    /** From JDK 22 on a buffer whose memory is gone throws this; the caller is told what it means. */
    private IllegalStateException closedMeanwhile(final IllegalStateException ex)
    {
        return isOpen() ? ex : life.closed(ex);
    }

    private static OutOfMemoryError outOfMemory(final long size, final long alignment, final OutOfMemoryError cause)
    {
        final OutOfMemoryError error = new OutOfMemoryError(
            "no memory for a region of size=" + size + " alignment=" + alignment + ": " + cause.getMessage());
        error.initCause(cause);
        return error;
    }

    private static ByteBuffer duplicate(final ByteBuffer buffer)
    {
        return buffer.duplicate().order(ByteOrder.nativeOrder());
    }
}
