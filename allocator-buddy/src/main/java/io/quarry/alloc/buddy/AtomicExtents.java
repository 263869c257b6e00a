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

import io.quarry.alloc.Checks;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.WordVisits;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Where blocks start and how long they are, for any thread: what decides whether a call has a block, and which of two
 * has it.
 * <p>
 * Progress: wait-free. Bytes: 4 a unit.
 */
final class AtomicExtents
{
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(int[].class);

    /** For every unit the length of the block that starts there, units, or 0. */
    final int[] counts;

    private final UnitGrid grid;
    private final Region region;

    AtomicExtents(final UnitGrid grid, final Region region)
    {
        this.grid = grid;
        this.region = region;
        counts = new int[grid.units];
    }

    int get(final int unit)
    {
        WordVisits.count();
        return (int)COUNTS.getOpaque(counts, unit);
    }

    /**
     * Begins a block. The caller has its units in hand, and gives the block's address to others as safely as any other
     * value; so nobody who has it can miss this.
     */
    void begin(final int unit, final int count)
    {
        WordVisits.count();
        COUNTS.setOpaque(counts, unit, count);
    }

    /**
     * Ends a block or changes its length, unless another thread has done so since it was looked at. The units that the
     * block loses are then in the caller's hand.
     */
    boolean swap(final int unit, final int before, final int after)
    {
        WordVisits.count();
        return COUNTS.compareAndSet(counts, unit, before, after);
    }

    /** Whether a unit lies in a block that starts below it. Looks at all units down to there. */
    private boolean isInside(final int unit)
    {
        for (int start = unit - 1; start >= 0; start--)
        {
            final int count = get(start);
            if (0 != count)
            {
                return count > unit - start;
            }
        }
        return false;
    }

    /**
     * The length of a block, units.
     *
     * @param unit      that begins at the address, or -1 if none does.
     * @param address   as passed.
     * @param size      as passed.
     * @param alignment as passed.
     * @throws IllegalArgumentException if it can't be a block or the size is above the block's.
     * @throws IllegalStateException    if no block lives there.
     */
    int checked(final int unit, final long address, final long size, final long alignment)
    {
        final int count = unit < 0 ? 0 : get(unit);
        if (0 == count || Checks.ENABLED && (size > grid.bytes(count) || 0 != (address & alignment - 1)))
        {
            throw refusal(unit, count, address, size, alignment);
        }
        return count;
    }

    private RuntimeException refusal(
        final int unit, final int count, final long address, final long size, final long alignment)
    {
        if (!region.contains(address, 1))
        {
            return Misuse.foreign(address, region);
        }
        if (0 == count)
        {
            return unit < 0 || isInside(unit) ? Misuse.interior(address) : Misuse.dead(address);
        }
        final long length = grid.bytes(count);
        return size > length ? Misuse.tooLarge(address, size, length) : Misuse.misaligned(address, alignment);
    }

    long blocks()
    {
        return Arrays.stream(counts).filter(count -> count > 0).count();
    }

    int usedUnits()
    {
        return Arrays.stream(counts).sum();
    }

    /** Bytes of the array. */
    long metadataBytes()
    {
        return 4L * counts.length;
    }
}
