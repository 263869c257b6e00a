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
 * How long the next slab of a class is: a quarter of what the class holds already, between 1 KiB and the larger of
 * 4 KiB and eight slots, and then so much longer as makes the unused tail small.
 */
final class SlabSizing
{
    /*
     * The numbers, each from a simulation of ten recorded programs:
     * - 1 KiB at first: a class that the program hardly uses must not pin more.
     * - a quarter: small enough to follow growth; from a half to a thirty-second nothing changed.
     * - 4 KiB at most, since survivors of a phase pin whole slabs; or eight slots, so that large classes share the cost
     *   of making a slab.
     * - the tail: of the lengths from n to 2 n + 2 units the one with the least tail / length + 0.00125 (length - n);
     *   the second term keeps a slab from doubling for a gain of a few bytes.
     *
     * Slabs of several threads have whole cache lines of the words of SlabUnit: multiples of 8 units, of which the same
     * rule chooses.
     */
    static final int UNIT_SHIFT = 9;
    static final int UNIT = 1 << UNIT_SHIFT;

    /** Units whose words fill a cache line of 64 B. */
    static final int LINE_UNITS = 64 / Long.BYTES;

    private static final int FIRST_BYTES = 1024;
    private static final int POPULATION_SHARE = 4;
    private static final int LIMIT_BYTES = 4096;
    private static final int LIMIT_SLOTS = 8;
    private static final double COST_OF_A_UNIT = 0.00125;

    /** A slab shorter than this part of what was wanted isn't worth the hole it would fill. */
    private static final int ELASTICITY = 4;

    private static final int LIMIT_UNITS = LIMIT_SLOTS * SizeClasses.MAX_SIZE >>> UNIT_SHIFT;

    /** The longest slab, units. */
    static final int MAX_UNITS = 2 * LIMIT_UNITS + 2;

    /** By class and least length: the length with the least waste. */
    private static final byte[] BEST = best(1);
    private static final byte[] BEST_OF_LINES = best(LINE_UNITS);

    private SlabSizing()
    {
    }

    /**
     * The length of the next slab.
     *
     * @param sizeClass  its class.
     * @param population units in the slabs that the class has.
     * @return units.
     */
    static int wantedUnits(final int sizeClass, final int population)
    {
        return BEST[index(sizeClass, population)];
    }

    /** As {@link #wantedUnits}, but a multiple of {@link #LINE_UNITS}. */
    static int wantedUnitsOfLines(final int sizeClass, final int population)
    {
        return BEST_OF_LINES[index(sizeClass, population)];
    }

    /**
     * The least length that is still of use where the wanted one can't be had.
     *
     * @param sizeClass its class.
     * @param wanted    units.
     * @return units, at most {@code wanted}, that hold at least one slot.
     */
    static int leastUnits(final int sizeClass, final int wanted)
    {
        final int oneSlot = (SizeClasses.size(sizeClass) + UNIT - 1) >>> UNIT_SHIFT;
        return Math.max(oneSlot, (wanted + ELASTICITY - 1) / ELASTICITY);
    }

    private static int index(final int sizeClass, final int population)
    {
        final int limit = Math.max(LIMIT_BYTES, LIMIT_SLOTS * SizeClasses.size(sizeClass)) >>> UNIT_SHIFT;
        final int share = Math.max(FIRST_BYTES >>> UNIT_SHIFT, population / POPULATION_SHARE);
        return sizeClass * (LIMIT_UNITS + 1) + Math.min(limit, share);
    }

    private static byte[] best(final int step)
    {
        final byte[] best = new byte[(SizeClasses.COUNT + 1) * (LIMIT_UNITS + 1)];
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            for (int least = 1; least <= LIMIT_UNITS; least++)
            {
                final int stepped = (least + step - 1) / step * step;
                best[sizeClass * (LIMIT_UNITS + 1) + least] = (byte)best(SizeClasses.size(sizeClass), stepped, step);
            }
        }
        return best;
    }

    private static int best(final int size, final int least, final int step)
    {
        int best = 0;
        double bestCost = Double.MAX_VALUE;
        for (int units = least; units <= 2 * least + 2; units += step)
        {
            final int bytes = units << UNIT_SHIFT;
            final double cost = (double)(bytes % size) / bytes + COST_OF_A_UNIT * (units - least);
            if (bytes >= size && cost < bestCost)
            {
                best = units;
                bestCost = cost;
            }
        }
        return best;
    }
}
