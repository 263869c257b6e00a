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

import io.quarry.alloc.RegionClaim;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the memory from being given back while a thread clears or copies a block of it: the upstream's lock, if it has
 * one, isn't held then.
 * <p>
 * Time: two atomic steps a call, on a word of its own for each heap.
 */
final class MemoryGuard
{
    /*
     * call:    inFlight++; touch the memory only if the backing is open; inFlight--
     * close:   backing.closed = true; wait until inFlight == 0; then close the upstream
     *
     * Both are volatile: either close sees the call in flight, or the call sees that the backing is closed.
     */
    private static final int SPINS = 100;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final HeapBacking backing;

    MemoryGuard(final HeapBacking backing)
    {
        this.backing = backing;
    }

    void zero(final RegionClaim claim, final long at, final long length)
    {
        inFlight.getAndIncrement();
        try
        {
            backing.checkOpen();
            claim.zero(at, length);
        }
        finally
        {
            inFlight.getAndDecrement();
        }
    }

    void copy(final RegionClaim claim, final long from, final long to, final long length)
    {
        inFlight.getAndIncrement();
        try
        {
            backing.checkOpen();
            claim.copy(from, to, length);
        }
        finally
        {
            inFlight.getAndDecrement();
        }
    }

    /** Waits for calls in flight; when the backing is closed. */
    void await()
    {
        for (int i = 0; 0 != inFlight.get(); i++)
        {
            if (i < SPINS)
            {
                Thread.onSpinWait();
            }
            else
            {
                Thread.yield();
            }
        }
    }
}
