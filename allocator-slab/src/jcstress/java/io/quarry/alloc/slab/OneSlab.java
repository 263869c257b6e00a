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

import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The shared slabs of a small region, and in it one slab of four slots, two to a unit. Used again and again, as regions
 * are slow to make: what comes out of a race must be sound enough for the next one.
 * <p>
 * Every third unit of the region is taken, so that no slab is longer.
 */
final class OneSlab
{
    /** Of 256 B. */
    static final int CLASS = SizeClasses.ofSize(256);
    static final int SLOTS = 4;
    static final int FIRST_OWNER = 1;
    static final int SECOND_OWNER = 2;
    static final int THIRD_OWNER = 3;

    private static final int UNITS = 8;
    private static final ConcurrentLinkedQueue<OneSlab> READY = new ConcurrentLinkedQueue<>();

    final Region region = Region.allocate(UNITS * SlabSizing.UNIT);
    final SharedSlabs slabs;
    int head;

    private OneSlab()
    {
        final RunAllocator runs = new RunAllocator(region);
        for (int i = 0; i < UNITS; i++)
        {
            runs.allocate(SlabSizing.UNIT, SlabSizing.UNIT);
        }
        for (int i = 0; i < UNITS; i++)
        {
            if (2 != i % 3)
            {
                runs.deallocate(region.address() + i * SlabSizing.UNIT, SlabSizing.UNIT, SlabSizing.UNIT);
            }
        }
        runs.trim();
        slabs = new SharedSlabs(new SynchronizedRegionAllocator(runs));
    }

    /** The slab with its lowest slots taken, and {@link #FIRST_OWNER} as its owner. */
    static OneSlab owned(final int taken)
    {
        final OneSlab ready = READY.poll();
        final OneSlab one = null == ready ? new OneSlab() : ready;
        one.head = one.slabs.make(CLASS, FIRST_OWNER);
        if (SLOTS != one.slabs.slots(one.head))
        {
            throw new IllegalStateException("slots=" + one.slabs.slots(one.head));
        }
        for (int i = 0; i < taken; i++)
        {
            one.slabs.takeLowest(one.head);
        }
        return one;
    }

    /** The slab with its lowest slots taken, and no owner. */
    static OneSlab ownerless(final int taken)
    {
        final OneSlab one = owned(taken);
        one.slabs.release(one.head);
        return one;
    }

    /** First granule of a slot. */
    int granule(final int slot)
    {
        return (head << SlabUnit.GRANULES_SHIFT) + slot * (256 >>> SizeClasses.GRANULE_SHIFT);
    }

    /** Frees a slot as one who doesn't own the slab. Returns whether that was accepted. */
    boolean free(final int slot)
    {
        final int granule = granule(slot);
        return 0 == slabs.free(granule >>> SlabUnit.GRANULES_SHIFT, (int)SlabUnit.takenBit(granule));
    }

    /** Slots that aren't taken, as the owner sees it. */
    int room()
    {
        return slabs.slots(head) - slabs.takenCount(head);
    }

    /** Slots that aren't taken, as one sees it who claims the slab; -1 if it can't be claimed. */
    int claimedRoom()
    {
        if (head != slabs.claim(CLASS, SECOND_OWNER))
        {
            return -1;
        }
        slabs.drain(head);
        return room();
    }

    /** Writes the first byte of a slot, given by its granule. */
    void write(final int granule, final byte value)
    {
        final long address = address(granule);
        region.buffer(address).put(region.bufferOffset(address), value);
    }

    byte read(final int granule)
    {
        final long address = address(granule);
        return region.buffer(address).get(region.bufferOffset(address));
    }

    private long address(final int granule)
    {
        return SharedSlabs.base(region) + ((long)granule << SizeClasses.GRANULE_SHIFT);
    }

    /**
     * Ends a race: whoever owns the slab, frees all of it and returns it.
     *
     * @throws IllegalStateException if anything is left then.
     */
    void end()
    {
        if (0 != slabs.slabs())
        {
            slabs.drain(head);
            for (int slot = 0; slot < SLOTS; slot++)
            {
                slabs.untake(granule(slot));
            }
            slabs.remove(head);
        }
        for (int unit = 0; unit < slabs.units(); unit++)
        {
            if (0 != slabs.units[unit] || 0 != slabs.remote[unit])
            {
                throw new IllegalStateException("unit=" + unit + ": left behind units=" + slabs.units[unit] +
                    " remote=" + slabs.remote[unit]);
            }
        }
        READY.add(this);
    }
}
