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
 * The word that is kept for each unit of the region: the class of the slab there, whose the slab is, where in the slab
 * the unit is, and which of its granules are the starts of taken slots. All in one word, as a free needs all of them.
 */
final class SlabUnit
{
    /*
     *   63..56 class | 55..40 owner | 39..32 place | 31..0 taken, a bit a granule of 16 B
     *
     *   class   0: no slab
     *   owner   number of the heap that hands out the slots, where there are several; else 0
     *   place   at the slab's first unit minus the slab's length; else units back to it
     */

    /** The longest slab, units. */
    static final int MAX_LENGTH = 128;

    static final int GRANULES_SHIFT = SlabSizing.UNIT_SHIFT - SizeClasses.GRANULE_SHIFT;
    static final int GRANULES = 1 << GRANULES_SHIFT;
    static final long TAKEN = (1L << GRANULES) - 1;

    /** The highest number of an owner. */
    static final int MAX_OWNER = (1 << 16) - 1;

    private static final int CLASS_SHIFT = 56;
    private static final int OWNER_SHIFT = 40;
    private static final int OWNER_BITS = 16;
    private static final long OWNER_MASK = (long)MAX_OWNER << OWNER_SHIFT;
    private static final int PLACE_SHIFT = 32;
    private static final long PLACE_MASK = 0xFF;

    private SlabUnit()
    {
    }

    /** A unit of a slab, no slot of it taken. */
    static long of(final int sizeClass, final int place)
    {
        return (long)sizeClass << CLASS_SHIFT | (place & PLACE_MASK) << PLACE_SHIFT;
    }

    static int sizeClass(final long word)
    {
        return (int)(word >>> CLASS_SHIFT);
    }

    static int owner(final long word)
    {
        return (int)(word >>> OWNER_SHIFT) & MAX_OWNER;
    }

    static long withOwner(final long word, final int owner)
    {
        return word & ~OWNER_MASK | (long)owner << OWNER_SHIFT;
    }

    /** Class and owner in one number, to be compared with {@link #tag(int, int)}. */
    static int tag(final long word)
    {
        return (int)(word >>> OWNER_SHIFT);
    }

    static int tag(final int sizeClass, final int owner)
    {
        return sizeClass << OWNER_BITS | owner;
    }

    static int place(final long word)
    {
        return (byte)(word >>> PLACE_SHIFT);
    }

    /** The lowest granule of a unit that has its bit in a mask. */
    static int granule(final int unit, final int mask)
    {
        return (unit << GRANULES_SHIFT) + Integer.numberOfTrailingZeros(mask);
    }

    /** The bit of a granule of the region in its unit's word. */
    static long takenBit(final int granule)
    {
        return 1L << (granule & GRANULES - 1);
    }
}
