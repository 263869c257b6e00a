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
 * Source: a remote cache of one entry, after BatchIt (ISMM 2024).
 */
final class CombinedFrees
{
    /** The most frees that are combined. */
    static final int MOST = 16;

    private final SharedSlabs slabs;
    private int unit = SharedSlabs.NONE;
    private int mask;

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
            flush();
            this.unit = unit;
        }
        mask |= (int)SlabUnit.takenBit(granule);
        if (Integer.bitCount(mask) == MOST)
        {
            flush();
        }
    }

    boolean contains(final int granule)
    {
        return unit == granule >>> SlabUnit.GRANULES_SHIFT && 0 != (mask & (int)SlabUnit.takenBit(granule));
    }

    void flush()
    {
        if (SharedSlabs.NONE != unit)
        {
            final int flushedUnit = unit;
            final int flushed = mask;
            unit = SharedSlabs.NONE;
            mask = 0;
            slabs.free(flushedUnit, flushed);
        }
    }
}
