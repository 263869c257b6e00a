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

/**
 * Memory that the system allocator has from the JDK, and the blocks in it. Claimed, so that nobody else can close it or
 * claim it.
 * <p>
 * Threads: what reads or changes a block holds the monitor of this object, so that a block that is freed twice at the
 * same moment is freed once, and memory is not given back under a copy.
 */
abstract class SystemRegion
{
    private final Region region;
    private final RegionClaim claim;
    private final long charge;

    /**
     * @param region of its own.
     * @param charge bytes of the budget that it takes.
     */
    SystemRegion(final Region region, final long charge)
    {
        this.region = region;
        this.charge = charge;
        claim = region.claim("SystemAllocator");
    }

    final Region region()
    {
        return region;
    }

    final RegionClaim claim()
    {
        return claim;
    }

    final long charge()
    {
        return charge;
    }

    final boolean contains(final long address)
    {
        return region.contains(address, 1);
    }

    /** Refuses what is not exactly the layout of a block that lives here; the monitor is held. */
    abstract void check(long address, long size, long alignment);

    /**
     * Gives a block another layout where it is; the monitor is held, and the block was checked.
     *
     * @param address      of the block.
     * @param newSize      bytes, from 1.
     * @param newAlignment that the address meets.
     * @param atAnyCost    also where that would keep more memory than a block of its own would.
     * @return false if nothing has changed.
     */
    abstract boolean resize(long address, long newSize, long newAlignment, boolean atAnyCost);

    /** Forgets a block; the monitor is held, and the block was checked. */
    abstract void remove(long address);

    /** How many blocks live here; the monitor is held. */
    abstract int liveBlocks();

    /** Bytes of the blocks that live here; the monitor is held. */
    abstract long liveBytes();

    /** Gives the memory back. No block lives here, and none can come. */
    final void close()
    {
        claim.release(region.address());
        try
        {
            region.close();
        }
        catch (final IllegalStateException ignored)
        {
            // The system reads or writes a view at this moment: the memory goes back when that view is garbage.
        }
    }
}
