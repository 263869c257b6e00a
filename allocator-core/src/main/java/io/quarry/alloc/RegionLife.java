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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Who may touch a region's memory, and when it may be given back: open, claimed by one allocator, or closed; and before
 * JDK 22, which has no protection of its own, how many unclaimed calls are in flight.
 */
final class RegionLife
{
    private static final String CLOSED = "closed";
    private static final int SPINS = 100;
    private static final int YIELDS = 100;
    private static final long PARK_NS = 50_000;
    private static final VarHandle HOLDER;

    static
    {
        try
        {
            HOLDER = MethodHandles.lookup().findVarHandle(RegionLife.class, "holder", Object.class);
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new ExceptionInInitializerError(ex);
        }
    }

    // holder:  null -> RegionClaim -> null ... null -> CLOSED
    // close:   holder = CLOSED; wait until inFlight == 0; then give the memory back
    // call:    inFlight++; touch the memory only if holder != CLOSED; inFlight--
    // Both are volatile: either close sees the call in flight, or the call sees that the region is closed.

    private final Region region;
    /** An object of its own, so that counting leaves the cache line of {@link #holder} to those who only read. */
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Object holder;

    RegionLife(final Region region)
    {
        this.region = region;
    }

    boolean isOpen()
    {
        return CLOSED != holder;
    }

    /**
     * Lets one allocator in.
     *
     * @throws IllegalStateException if another is, or the region is closed.
     */
    void claim(final RegionClaim claim)
    {
        final Object present = HOLDER.compareAndExchange(this, null, claim);
        if (present instanceof RegionClaim)
        {
            throw new IllegalStateException(region + " is claimed by " + ((RegionClaim)present).owner() +
                ", so not to be claimed by " + claim.owner());
        }
        if (null != present)
        {
            throw closed(null);
        }
    }

    /** Ends a claim, if it is the present one. */
    void release(final RegionClaim claim)
    {
        HOLDER.compareAndSet(this, claim, null);
    }

    /** Begins a call that no claim protects; {@link #exit} is to follow in any case, unless this throws. */
    void enter()
    {
        if (RegionMemory.UNGUARDED)
        {
            inFlight.getAndIncrement();
            if (!isOpen())
            {
                exit();
                throw closed(null);
            }
        }
    }

    void exit()
    {
        if (RegionMemory.UNGUARDED)
        {
            inFlight.getAndDecrement();
        }
    }

    /**
     * Closes the region to every call, waits for those in flight, and gives the memory back; once.
     *
     * @param memory to be given back.
     * @throws IllegalStateException if the region is claimed, or the memory can't be given back; it is still open.
     */
    void close(final RegionWindows memory)
    {
        final Object present = HOLDER.compareAndExchange(this, null, CLOSED);
        if (present instanceof RegionClaim)
        {
            throw new IllegalStateException(region + " is claimed by " + ((RegionClaim)present).owner() +
                ": close that first");
        }
        if (null == present)
        {
            awaitCallsInFlight();
            giveBack(memory);
        }
    }

    private void giveBack(final RegionWindows memory)
    {
        try
        {
            memory.close();
        }
        catch (final IllegalStateException ex)
        {
            holder = null;
            throw new IllegalStateException(region + " can't be closed while the system is at work on a view", ex);
        }
    }

    /** The exception for a call that came too late. */
    IllegalStateException closed(final Throwable cause)
    {
        return new IllegalStateException(region + " is closed", cause);
    }

    private void awaitCallsInFlight()
    {
        for (int i = 0; 0 != inFlight.get(); i++)
        {
            if (i < SPINS)
            {
                Thread.onSpinWait();
            }
            else if (i < SPINS + YIELDS)
            {
                Thread.yield();
            }
            else
            {
                // A copy of 2 GiB takes most of a second.
                LockSupport.parkNanos(region, PARK_NS);
            }
        }
    }

    /** From JDK 22 on a buffer whose memory is gone throws this; the caller is told what it means. */
    IllegalStateException closedMeanwhile(final IllegalStateException ex)
    {
        return isOpen() ? ex : closed(ex);
    }
}
