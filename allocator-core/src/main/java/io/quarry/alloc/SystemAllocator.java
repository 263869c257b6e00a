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
 * The JDK's own off-heap memory as an allocator, Rust's {@code System}: the bottom of every stack, and what
 * {@link Global} goes to when nothing was registered. Take it for few, long-lived blocks, or where nothing else is set
 * up. Not for hot paths: an allocator over a {@link Region} is many times quicker and makes no garbage.
 *
 * <h2>Where blocks are</h2>
 * <p>
 * Before JDK 22 each block is a direct buffer of its own. From 22 on blocks up to 256 KiB share arenas of 1 MiB and
 * more, each closed when empty but for one; a larger block, or one aligned to more than a page, has an arena of its
 * own. Any alignment up to 2<sup>30</sup> can be had, any size up to 2 GiB (before 22: with the alignment). The bytes
 * are reached by {@link #regionOf}; a block that moved may be in another region. A view that was handed out before the
 * block was freed is dead, as {@link Region} says.
 *
 * <h2>Contract</h2>
 * <p>
 * A block has exactly the size asked for, and only its exact size and alignment fit: any other, a foreign address and a
 * second free are refused, with {@code -Dquarry.checks=off} too. A resize to another alignment moves, but for
 * one to no more bytes that can't move where the address meets the alignment. It stays usable, and its blocks stay its
 * own, whatever is registered with {@link Global}.
 *
 * <h2>Budget</h2>
 * <p>
 * At most so many bytes are had from the JDK at once, alignment counted: what {@code -Dquarry.systemBudget} says
 * ({@code 1000000}, {@code 512k}, {@code 64m}, {@code 2g}), else as many as the heap may have, which is the JDK's own
 * default limit for direct memory. A request beyond it fails at once. One within it that the JDK refuses, since before
 * JDK 22 {@code -XX:MaxDirectMemorySize} allows less or others use it, fails too, after half a second.
 *
 * <h2>Cost</h2>
 * <p>
 * One of many live blocks, chosen at random, is freed and another one taken, at best: on JDK 17, 64 B, in 0.3 &micro;s
 * alone, 1.9 beside 8,192 and 4.2 beside 100,000 live ones, and 700 bytes of objects are made; on JDK 25, shared, in
 * 0.1, 0.1 and 0.4 &micro;s, without an object. A block of 1 MiB takes 23 &micro;s on 17 and 64 on 25, as the JDK
 * clears it, and 700 to 800 bytes of objects ({@code
 * java -cp target/classes:target/test-classes io.quarry.alloc.SystemAllocatorCostMain}, a virtual machine of 2 cores,
 * AMD EPYC; several times that when it is busy). A shared arena costs 8 % of its size on the heap, and a block in it
 * whole units of 64 B.
 * <p>
 * Threads: any at any time. A request, before JDK 22 or of a block of its own, takes no lock of ours. Shared arenas
 * have a lock each; another is held while a new one is opened. Freeing or resizing a block holds the lock of its
 * region.
 */
public final class SystemAllocator extends ExactAllocator implements GlobalAlloc
{
    /**
     * Name of the system property that sets the budget.
     */
    public static final String BUDGET_PROPERTY = "quarry.systemBudget";

    /**
     * The one of the program.
     */
    public static final SystemAllocator INSTANCE =
        new SystemAllocator(SystemBudget.of(System.getProperty(BUDGET_PROPERTY)), !RegionMemory.UNGUARDED);

    // bytes taken from the budget == sum of charge() over all regions, at rest
    // every block is in one region; a region in none of which a block lives is a shared one, and at most one such stays

    private final SystemBudget budget;
    private final SystemRegions regions;
    private final SharedRegions shared;
    private final boolean sharing;

    /**
     * @param budget  of its own.
     * @param sharing whether small blocks share regions.
     */
    SystemAllocator(final SystemBudget budget, final boolean sharing)
    {
        this.budget = budget;
        this.sharing = sharing;
        regions = new SystemRegions(budget);
        shared = new SharedRegions(regions);
    }

    @Override
    public long alloc(final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        return take(size, alignment, false);
    }

    @Override
    public long allocZeroed(final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        return take(size, alignment, true);
    }

    @Override
    public void dealloc(final long address, final long size, final long alignment)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        final SystemRegion region = regionWith(address);
        synchronized (region)
        {
            region.check(address, size, alignment);
            region.remove(address);
        }
        removed(region);
    }

    @Override
    public long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        LayoutChecks.nonEmpty("size", size, alignment);
        LayoutChecks.nonEmpty("newSize", newSize, alignment);
        if (resize(address, size, alignment, newSize, alignment, false))
        {
            return address;
        }
        final long moved = take(newSize, alignment, false);
        if (NULL != moved)
        {
            return move(address, size, alignment, moved, newSize, alignment);
        }
        return resize(address, size, alignment, newSize, alignment, true) ? address : NULL;
    }

    /**
     * Resizes a block where it is, if there is room.
     *
     * @return true if the block now has {@code newSize}.
     */
    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        return super.tryResize(address, oldSize, alignment, newSize) ||
            0 != oldSize && 0 != newSize && resize(address, oldSize, alignment, newSize, alignment, true);
    }

    /**
     * The limit of a request: the budget, or what one buffer can span.
     */
    @Override
    public long maxSize()
    {
        return SystemRegions.maxSize(budget.limit());
    }

    /**
     * Why a request fails: by a request that is freed at once. What is left of the budget counts as free.
     */
    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        final Diagnosis.Reason reason;
        if (probe(size, alignment))
        {
            reason = Diagnosis.Reason.WOULD_SUCCEED;
        }
        else if (size > maxSize())
        {
            reason = Diagnosis.Reason.TOO_LARGE;
        }
        else
        {
            reason = failure(size, alignment).isUnsupported() ?
                Diagnosis.Reason.ALIGNMENT : Diagnosis.Reason.EXHAUSTED;
        }
        final long free = budget.limit() - budget.taken();
        return new Diagnosis(reason, size, alignment, free, free, maxSize());
    }

    /**
     * Whether an address lies in memory that is now had from the JDK.
     */
    @Override
    public boolean owns(final long address)
    {
        return null != regions.find(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        final SystemRegion region = regions.find(address);
        if (null == region)
        {
            throw new IllegalArgumentException("address=" + Misuse.hex(address) + ": in no region of " + this);
        }
        return region.region();
    }

    @Override
    public boolean isThreadSafe()
    {
        return true;
    }

    /**
     * The budget.
     *
     * @return bytes.
     */
    public long budget()
    {
        return budget.limit();
    }

    /**
     * What is had from the JDK now, with what alignment costs.
     *
     * @return bytes, at most {@link #budget()}.
     */
    public long reservedBytes()
    {
        return budget.taken();
    }

    /**
     * What is handed out now. Looks at every region: for reports and tests.
     *
     * @return bytes of all live blocks, exact when no other thread is in a call.
     */
    public long allocatedBytes()
    {
        long bytes = 0;
        for (final SystemRegion region : regions.all())
        {
            synchronized (region)
            {
                bytes += region.liveBytes();
            }
        }
        return bytes;
    }

    /**
     * How many blocks are handed out now. Looks at every region: for reports and tests.
     *
     * @return the count, exact when no other thread is in a call.
     */
    public long liveBlocks()
    {
        long count = 0;
        for (final SystemRegion region : regions.all())
        {
            synchronized (region)
            {
                count += region.liveBlocks();
            }
        }
        return count;
    }

    /**
     * Gives back the arena that is kept though empty, if there is one.
     *
     * @return bytes given back to the JDK.
     */
    public long trim()
    {
        return shared.trim();
    }

    /**
     * What is had from the JDK, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "SystemAllocator[reservedBytes=" + reservedBytes() + ", budget=" + budget() + "]";
    }

    @Override
    GlobalAlloc target()
    {
        return this;
    }

    @Override
    void checkBlock(final long address, final long size, final long alignment)
    {
        final SystemRegion region = regionWith(address);
        synchronized (region)
        {
            region.check(address, size, alignment);
        }
    }

    @Override
    AllocError failure(final long size, final long alignment)
    {
        final long charge = SystemRegions.chargeOf(size, alignment);
        return charge < 0 || charge > budget.limit() ? AllocError.unsupported() : AllocError.exhausted();
    }

    @Override
    long shrinkInPlace(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        if (0 != (address & (newAlignment - 1)) ||
            !resize(address, oldSize, oldAlignment, newSize, newAlignment, true))
        {
            throw failure(newSize, newAlignment);
        }
        return address;
    }

    /** Holds the old block's region, so that nobody frees it amid the copy. */
    @Override
    long move(
        final long address, final long oldSize, final long oldAlignment,
        final long moved, final long newSize, final long newAlignment)
    {
        try
        {
            final SystemRegion source = regionWith(address);
            synchronized (source)
            {
                source.check(address, oldSize, oldAlignment);
                RegionCopy.copy(source.region(), address, regionOf(moved), moved, Math.min(oldSize, newSize));
                source.remove(address);
            }
            removed(source);
        }
        catch (final IllegalArgumentException | IllegalStateException ex)
        {
            dealloc(moved, newSize, newAlignment);
            throw ex;
        }
        return moved;
    }

    private long take(final long size, final long alignment, final boolean zeroed)
    {
        if (sharing && size <= SharedRegions.MAX_BLOCK &&
            alignment > 0 && alignment <= SharedRegion.MAX_ALIGNMENT)
        {
            final long address = shared.take(size, alignment, zeroed);
            if (NULL != address)
            {
                return address;
            }
        }
        SystemRegion region = regions.openSole(size, alignment);
        if (null == region && 0 != trim())
        {
            region = regions.openSole(size, alignment);
        }
        return null == region ? NULL : region.region().address();
    }

    private boolean resize(
        final long address, final long oldSize, final long oldAlignment,
        final long newSize, final long newAlignment, final boolean atAnyCost)
    {
        final SystemRegion region = regionWith(address);
        synchronized (region)
        {
            region.check(address, oldSize, oldAlignment);
            return region.resize(address, newSize, newAlignment, atAnyCost);
        }
    }

    private void removed(final SystemRegion region)
    {
        if (region instanceof SharedRegion sharedRegion)
        {
            if (sharedRegion.isEmpty())
            {
                shared.emptied(sharedRegion);
            }
        }
        else
        {
            regions.close(region);
        }
    }

    private SystemRegion regionWith(final long address)
    {
        final SystemRegion region = regions.find(address);
        if (null == region)
        {
            throw Misuse.dead(address);
        }
        return region;
    }
}
