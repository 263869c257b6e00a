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

import io.quarry.alloc.WordVisits;

/**
 * Where runs of units begin and end: one {@code char} for every unit of a region, two bytes.
 * <pre>
 *   cell, one char for every unit
 *   +-----------+--------------+---------------------------------+
 *   | 15..14    | 13           | 12..0                           |
 *   | tag       | LONG         | units, or units &gt;&gt; 14 if LONG   |
 *   +-----------+--------------+---------------------------------+
 *   tag INNER (0)  inside a run, or above every run; the other bits mean nothing
 *   tag TAKEN (1)  first unit of an allocated run
 *   tag FREE  (2)  first unit of a free run, and its last one
 *   tag PARKED (3) first unit of a free run that is kept apart, see {@link ParkedRuns}
 *
 *   A run of more than 8,191 units is LONG: the low 14 bits of its length are in the next cell, tag INNER;
 *   for the last cell of a free run in the one before.
 * </pre>
 * So a run's length is read at its first unit, and that of a free run at its last one too, which is what its right
 * neighbour needs to merge with it (boundary tags). Only cells at the borders of runs are ever written, so the cost of
 * a change doesn't depend on a run's length. Whatever was written inside a run before is harmless as long as its tag
 * is INNER; who joins two runs clears the tags between them.
 */
final class RunMap
{
    // Source: boundary tags are Knuth's, The Art of Computer Programming, volume 1, section 2.5, algorithm C.

    /**
     * The longest run there can be, units.
     */
    static final int MAX_UNITS = (1 << 27) - 1;

    /**
     * Cells that the reading or writing of one run's length visits, at most.
     */
    static final int CELLS_PER_LENGTH = 2;

    private static final int TAKEN = 1 << 14;
    private static final int FREE = 2 << 14;
    private static final int PARKED = 3 << 14;
    private static final int TAGS = 3 << 14;
    private static final int LONG = 1 << 13;
    private static final int SHORT_MAX = LONG - 1;
    private static final int LOW_BITS = 14;
    private static final int LOW_MASK = (1 << LOW_BITS) - 1;

    private final char[] cells;

    /**
     * Makes the map of a region in which no run begins.
     *
     * @param units of the region, at most {@link #MAX_UNITS}.
     */
    RunMap(final int units)
    {
        cells = new char[units];
    }

    /**
     * How many units there are.
     *
     * @return units.
     */
    int units()
    {
        return cells.length;
    }

    /**
     * What the map costs.
     *
     * @return bytes.
     */
    long metadataBytes()
    {
        return (long)cells.length * Character.BYTES;
    }

    /**
     * Whether an allocated run begins at a unit.
     *
     * @param unit index.
     * @return true if so.
     */
    boolean isTaken(final int unit)
    {
        WordVisits.count();
        return TAKEN == (cells[unit] & TAGS);
    }

    /**
     * Whether a unit is the first or the last of a free run. To the right of a run's end that can only mean the first
     * one, to the left of a run's start only the last one.
     *
     * @param unit index.
     * @return true if so.
     */
    boolean isFreeBorder(final int unit)
    {
        WordVisits.count();
        return FREE == (cells[unit] & TAGS);
    }

    /**
     * Whether a unit is neither a first nor, for a free run, a last one.
     *
     * @param unit index.
     * @return true if so.
     */
    boolean isInner(final int unit)
    {
        WordVisits.count();
        return 0 == (cells[unit] & TAGS);
    }

    /**
     * Whether a run that is kept apart begins at a unit.
     *
     * @param unit index.
     * @return true if so.
     */
    boolean isParked(final int unit)
    {
        WordVisits.count();
        return PARKED == (cells[unit] & TAGS);
    }

    /**
     * The length of the run that begins at a unit.
     *
     * @param first unit of a run, allocated, free or kept apart.
     * @return units.
     */
    int length(final int first)
    {
        WordVisits.count();
        final int cell = cells[first];
        return 0 == (cell & LONG) ? cell & SHORT_MAX : longLength(cell, first + 1);
    }

    /**
     * The length of the free run that ends with a unit.
     *
     * @param last unit of a free run.
     * @return units.
     */
    int lengthToLast(final int last)
    {
        WordVisits.count();
        final int cell = cells[last];
        return 0 == (cell & LONG) ? cell & SHORT_MAX : longLength(cell, last - 1);
    }

    /**
     * Writes the start of an allocated run. What was there before has to be cleared elsewhere in it.
     *
     * @param first unit.
     * @param units of the run.
     */
    void setTaken(final int first, final int units)
    {
        write(first, 1, TAKEN, units);
    }

    /**
     * Marks an allocated run as kept apart; its length stays.
     *
     * @param first unit of the run.
     */
    void setParked(final int first)
    {
        WordVisits.count();
        cells[first] |= PARKED;
    }

    /**
     * Writes both ends of a free run.
     *
     * @param first unit.
     * @param units of the run.
     */
    void setFree(final int first, final int units)
    {
        write(first, 1, FREE, units);
        if (1 != units)
        {
            write(first + units - 1, -1, FREE, units);
        }
    }

    /**
     * Clears the tag of a unit that is no longer at a run's border.
     *
     * @param unit index.
     */
    void setInner(final int unit)
    {
        WordVisits.count();
        cells[unit] = 0;
    }

    private int longLength(final int cell, final int lowCell)
    {
        WordVisits.count();
        return (cell & SHORT_MAX) << LOW_BITS | cells[lowCell];
    }

    private void write(final int unit, final int inwards, final int tag, final int units)
    {
        WordVisits.count();
        if (units <= SHORT_MAX)
        {
            cells[unit] = (char)(tag | units);
        }
        else
        {
            WordVisits.count();
            cells[unit] = (char)(tag | LONG | units >>> LOW_BITS);
            cells[unit + inwards] = (char)(units & LOW_MASK);
        }
    }
}
