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

import io.quarry.alloc.Misuse;

/**
 * What is wrong with a block that someone frees or resizes, given that its address is in a slab.
 */
final class SlotCheck
{
    private SlotCheck()
    {
    }

    /**
     * Refuses what isn't a live slot that has the size and the alignment.
     *
     * @param table     of the slabs.
     * @param base      address of the table's region.
     * @param address   in a slab.
     * @param size      bytes, that should fit the slot.
     * @param alignment that the address should have.
     * @throws IllegalArgumentException if it isn't a slot's start, or the size or the alignment is above the slot's.
     * @throws IllegalStateException    if no block lives there.
     */
    static void check(
        final SlabUnits table, final long base, final long address, final long size, final long alignment)
    {
        final int granule = (int)(address - base >>> SizeClasses.GRANULE_SHIFT);
        if (0 != (address & SizeClasses.GRANULE - 1) || !table.isTaken(granule))
        {
            throw 0 == (address & SizeClasses.GRANULE - 1) && table.isSlotStart(granule) ?
                Misuse.dead(address) : Misuse.interior(address);
        }
        final int length = SizeClasses.size(table.classOf(granule >>> SlabUnit.GRANULES_SHIFT));
        if (size > length)
        {
            throw Misuse.tooLarge(address, size, length);
        }
        if (0 != (address & alignment - 1))
        {
            throw Misuse.misaligned(address, alignment);
        }
    }
}
