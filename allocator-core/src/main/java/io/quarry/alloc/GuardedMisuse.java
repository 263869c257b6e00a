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

import java.util.TreeMap;

/**
 * Finds out what is wrong with a call or a block, at level {@link CheckLevel#FULL}, and says so.
 */
final class GuardedMisuse
{
    private final Allocator target;
    private final TreeMap<Long, GuardedBlock> live;
    private final Quarantine quarantine;
    private final SiteTable sites;

    GuardedMisuse(
        final Allocator target, final TreeMap<Long, GuardedBlock> live, final Quarantine quarantine,
        final SiteTable sites)
    {
        this.target = target;
        this.live = live;
        this.quarantine = quarantine;
        this.sites = sites;
    }

    /** The exception for a call with an address where no block lives. */
    RuntimeException noBlock(final String call, final long address, final long size, final long alignment)
    {
        final GuardedBlock freed = quarantine.freedAt(address);
        if (null != freed)
        {
            return wrongCall(MisuseReport.Kind.DOUBLE_FREE, call, address, size, alignment, freed);
        }
        final GuardedBlock around = Quarantine.covering(live, address);
        final GuardedBlock deadAround = null == around ? quarantine.covering(address) : around;
        if (null != deadAround)
        {
            return wrongCall(MisuseReport.Kind.INTERIOR, call, address, size, alignment, deadAround);
        }
        return wrongCall(isForeign(address) ? MisuseReport.Kind.FOREIGN : MisuseReport.Kind.NO_BLOCK,
            call, address, size, alignment, null);
    }

    /** The exception for a call with a size or an alignment that the block hasn't. */
    RuntimeException wrongLayout(
        final String call, final long address, final long size, final long alignment, final GuardedBlock block)
    {
        return wrongCall(MisuseReport.Kind.WRONG_LAYOUT, call, address, size, alignment, block);
    }

    /** Throws if bytes around a block were written, and mends them: they are reported once. */
    void checkZones(final String call, final GuardedBlock block)
    {
        checkBytes(call, MisuseReport.Kind.UNDERRUN, block, block.base, block.address, GuardBytes.ZONE);
        checkBytes(call, MisuseReport.Kind.OVERRUN, block, block.end(), block.base + block.length, GuardBytes.ZONE);
    }

    /** Throws if bytes of a block that was freed, or around it, were written since, and mends them. */
    void checkFreed(final String call, final GuardedBlock block)
    {
        checkBytes(call, MisuseReport.Kind.USE_AFTER_FREE, block, block.address, block.end(), GuardBytes.FREED);
        checkZones(call, block);
    }

    private void checkBytes(
        final String call, final MisuseReport.Kind kind, final GuardedBlock block,
        final long from, final long to, final byte value)
    {
        final Region region = target.regionOf(block.base);
        final long first = GuardBytes.firstOther(region, from, to - from, value);
        if (first >= 0)
        {
            final MisuseReport.Damage damage = GuardBytes.damage(region, block.address, from + first, to, value);
            GuardBytes.fill(region, from, to - from, value);
            throw new MisuseReport(kind, call, block.address, block.size, block.alignment, block.info(sites), damage,
                SiteTable.current()).exception(null);
        }
    }

    private RuntimeException wrongCall(
        final MisuseReport.Kind kind, final String call, final long address, final long size, final long alignment,
        final GuardedBlock block)
    {
        return new MisuseReport(kind, call, address, size, alignment, null == block ? null : block.info(sites), null,
            SiteTable.current()).exception(null);
    }

    private boolean isForeign(final long address)
    {
        try
        {
            return !target.owns(address);
        }
        catch (final UnsupportedOperationException ex)
        {
            return true;
        }
    }
}
