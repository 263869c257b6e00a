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

/**
 * Frees of slots in one unit that a thread combines before it sets their bits at the slab, all by one atomic step.
 * <p>
 * That one of them was freed by another thread as well shows only then, amid a call that may be about another block, or
 * by another thread, after this one's end. So it is noted, and thrown where no block of the caller's is at stake; of
 * several, one at a time.
 * <p>
 * Source: a remote cache of one entry, after BatchIt (ISMM 2024).
 */
final class CombinedFrees
{
    /** The most frees that are combined. */
    static final int MOST = 16;

    private final SharedSlabs slabs;
    private int unit = SharedSlabs.NONE;
    private int mask;

    /** Slots that other threads had freed, too, and that nobody has been told of yet, as granules; no more than fit. */
    private final int[] freedTwice = new int[MOST];
    private int freedTwiceCount;

    CombinedFrees(final SharedSlabs slabs)
    {
        this.slabs = slabs;
    }

    /** Adds a slot that is live and not of a slab that this thread's heap owns, given by its first granule. */
    void add(final int granule)
    {
        final int unit = granule >>> SlabUnit.GRANULES_SHIFT;
        if (unit != this.unit)
        {
            land();
            this.unit = unit;
        }
        mask |= (int)SlabUnit.takenBit(granule);
        if (Integer.bitCount(mask) == MOST)
        {
            land();
        }
    }

    boolean contains(final int granule)
    {
        return unit == granule >>> SlabUnit.GRANULES_SHIFT && 0 != (mask & (int)SlabUnit.takenBit(granule));
    }

    /** Lets them reach their slab, but for those that were freed meanwhile. */
    void land()
    {
        if (SharedSlabs.NONE != unit)
        {
            final int dead = slabs.free(unit, mask);
            if (0 != dead)
            {
                noteFreedTwice(dead);
            }
            unit = SharedSlabs.NONE;
            mask = 0;
        }
    }

    /** A slot that was found to be freed twice, as a granule, each of them once; or NONE. */
    int takeFreedTwice()
    {
        return 0 == freedTwiceCount ? SharedSlabs.NONE : freedTwice[--freedTwiceCount];
    }

    private void noteFreedTwice(final int dead)
    {
        for (int left = dead; 0 != left && freedTwiceCount < freedTwice.length; left &= left - 1)
        {
            freedTwice[freedTwiceCount++] = SlabUnit.granule(unit, left);
        }
    }

    long metadataBytes()
    {
        return (long)freedTwice.length * Integer.BYTES;
    }
}
