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
package io.quarry.alloc.buddy;

import io.quarry.alloc.Misuse;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Refuses calls to an allocator that is closed, and lets closing wait for those at work on the region's memory:
 * afterwards that memory may be gone.
 */
final class CallGate
{
    // close:   closed = true; wait until inFlight == 0
    // call:    inFlight++; at work on memory only if not closed; inFlight--
    // Both are volatile: either close sees the call in flight, or the call sees that it came too late.

    private static final int SPINS = 100;
    private static final int YIELDS = 100;
    private static final long PARK_NS = 50_000;

    private final Object owner;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    /** An object of its own, so that counting leaves the cache line of the other to those who only read. */
    private final AtomicInteger inFlight = new AtomicInteger();

    CallGate(final Object owner)
    {
        this.owner = owner;
    }

    /** For a call that leaves the region's memory alone. */
    void refuseIfClosed()
    {
        if (isClosed.get())
        {
            throw Misuse.closed(owner);
        }
    }

    /** Begins a call that may read or write the region's memory; {@link #exit} is to follow, unless this throws. */
    void enter()
    {
        inFlight.getAndIncrement();
        if (isClosed.get())
        {
            exit();
            throw Misuse.closed(owner);
        }
    }

    void exit()
    {
        inFlight.getAndDecrement();
    }

    /** Refuses all later calls, and waits for those in flight. Returns true the first time. */
    boolean close()
    {
        if (!isClosed.compareAndSet(false, true))
        {
            return false;
        }
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
                LockSupport.parkNanos(this, PARK_NS);
            }
        }
        return true;
    }
}
