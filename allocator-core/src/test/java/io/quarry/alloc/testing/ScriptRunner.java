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
package io.quarry.alloc.testing;

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Layout;
import io.quarry.alloc.RegionAllocator;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the operations of a script against an allocator and a model, and throws at the first deviation. An operation
 * that makes no sense any more, as those before it were left out or failed, is passed over, so that any part of a
 * script is a script.
 * <p>
 * A request may fail, but not while little lives: see {@link ScriptDemand}.
 */
final class ScriptRunner
{
    private static final int STATS_INTERVAL = 64;
    private static final int VERIFY_INTERVAL = 512;

    private static final Set<ScriptOperation.Kind> THROWING = EnumSet.of(
        ScriptOperation.Kind.ALLOCATE,
        ScriptOperation.Kind.ALLOCATE_ZEROED,
        ScriptOperation.Kind.GROW,
        ScriptOperation.Kind.GROW_ZEROED,
        ScriptOperation.Kind.SHRINK);

    private final RegionAllocator allocator;
    private final AllocatorModel model;
    private final AllocatorStats fresh;
    private final ScriptMisuse misuse;
    private final ScriptDemand demand;
    private final Map<Long, LiveBlock> byId = new HashMap<>();
    private final List<Long> liveIds = new ArrayList<>();
    private final Map<Long, Integer> liveIndexes = new HashMap<>();
    /** Whether what is freed can be had again. */
    private final boolean reuses;
    private long failures;
    private long operations;

    ScriptRunner(final RegionAllocator allocator, final boolean misuseDetected, final boolean reuses)
    {
        this.reuses = reuses;
        this.allocator = allocator;
        this.model = new AllocatorModel(allocator);
        this.fresh = allocator.stats();
        this.demand = new ScriptDemand(allocator.region().capacity());
        this.misuse = new ScriptMisuse(allocator, model, misuseDetected);
    }

    void accept(final ScriptOperation op)
    {
        switch (op.kind())
        {
            case ALLOCATE, ALLOCATE_ZEROED, ALLOC, ALLOC_ZEROED, ALLOC_UP_TO -> allocate(op);
            case GROW, GROW_ZEROED, SHRINK, TRY_RESIZE, REALLOC -> resize(op);
            case DEALLOCATE, DEALLOC -> free(op);
            case MISUSE -> misuse.accept(op, byId.get(op.id()));
            case TRIM -> allocator.trim();
            case CHECK -> checkAll();
            case EMPTY -> checkEmpty();
            default -> throw new IllegalStateException("kind=" + op.kind());
        }
        operations++;
        if (0 == operations % STATS_INTERVAL)
        {
            model.checkStats(allocator.stats());
        }
        if (0 == operations % VERIFY_INTERVAL)
        {
            allocator.verify();
        }
    }

    /** Ids of the blocks that live, empty ones too, in no order that means anything. */
    List<Long> liveIds()
    {
        return liveIds;
    }

    LiveBlock block(final long id)
    {
        return byId.get(id);
    }

    List<Long> deadIds()
    {
        return misuse.deadIds();
    }

    ScriptDemand demand()
    {
        return demand;
    }

    long failures()
    {
        return failures;
    }

    private void allocate(final ScriptOperation op)
    {
        if (byId.containsKey(op.id()))
        {
            return;
        }
        final long size = op.size();
        final long alignment = op.alignment();
        final boolean empty = 0 == size;
        long address = Allocator.NULL;
        try
        {
            address = switch (op.kind())
            {
                case ALLOCATE -> allocator.allocate(size, alignment);
                case ALLOCATE_ZEROED -> allocator.allocateZeroed(size, alignment);
                case ALLOC -> empty ? alignment : allocator.alloc(size, alignment);
                case ALLOC_ZEROED -> empty ? alignment : allocator.allocZeroed(size, alignment);
                default -> empty ? alignment : allocator.allocUpTo(op.extra(), size, alignment);
            };
            if (Allocator.NULL == address && THROWING.contains(op.kind()))
            {
                throw new Deviation(op.kind().name(), "an address or AllocError", "address=0");
            }
        }
        catch (final AllocError ex)
        {
            checkMayThrow(op, ex);
        }
        if (Allocator.NULL == address)
        {
            failed(op, size, alignment);
            return;
        }
        add(op, address);
    }

    private void add(final ScriptOperation op, final long address)
    {
        final LiveBlock block = switch (op.kind())
        {
            case ALLOCATE_ZEROED -> model.allocatedZeroed(address, op.size(), op.alignment());
            case ALLOC_ZEROED -> model.allocatedZeroedToSize(address, op.size(), op.alignment());
            case ALLOC_UP_TO -> model.allocated(address, Math.min(op.extra(), op.size()), op.alignment());
            default -> model.allocated(address, op.size(), op.alignment());
        };
        byId.put(op.id(), block);
        liveIndexes.put(op.id(), liveIds.size());
        liveIds.add(op.id());
        demand.add(op.id(), block.length, op.size(), block.alignment);
    }

    private void resize(final ScriptOperation op)
    {
        final LiveBlock block = byId.get(op.id());
        if (null == block || !makesSense(op, block))
        {
            return;
        }
        model.check(block);
        final long passed = passed(op, block);
        final long alignment = keepsAlignment(op) ? block.alignment : op.alignment();
        final long address;
        try
        {
            address = callResize(op, block, passed);
        }
        catch (final AllocError ex)
        {
            checkMayThrow(op, ex);
            resizeFailed(op, block, alignment);
            return;
        }
        if (Allocator.NULL == address)
        {
            if (ScriptOperation.Kind.TRY_RESIZE == op.kind())
            {
                model.check(block);
            }
            else
            {
                resizeFailed(op, block, alignment);
            }
            return;
        }
        resized(op, block, passed, address, alignment);
    }

    private void resized(
        final ScriptOperation op,
        final LiveBlock block,
        final long passed,
        final long address,
        final long alignment)
    {
        if (address != block.address)
        {
            misuse.dead(-1 - op.id(), block);
        }
        if (ScriptOperation.Kind.GROW_ZEROED == op.kind())
        {
            model.resizedZeroed(block, address, passed, op.size(), alignment);
        }
        else
        {
            model.resized(block, address, Math.min(passed, op.size()), op.size(), alignment);
        }
        demand.add(op.id(), block.length, block.size, block.alignment);
    }

    private long callResize(final ScriptOperation op, final LiveBlock block, final long passed)
    {
        return switch (op.kind())
        {
            case GROW ->
                allocator.grow(block.address, passed, block.alignment, op.size(), op.alignment());
            case GROW_ZEROED ->
                allocator.growZeroed(block.address, passed, block.alignment, op.size(), op.alignment());
            case SHRINK ->
                allocator.shrink(block.address, passed, block.alignment, op.size(), op.alignment());
            case TRY_RESIZE ->
                allocator.tryResize(block.address, passed, block.alignment, op.size()) ?
                    block.address : Allocator.NULL;
            default -> allocator.realloc(block.address, block.size, block.alignment, op.size());
        };
    }

    private void free(final ScriptOperation op)
    {
        final LiveBlock block = byId.get(op.id());
        final boolean exact = ScriptOperation.Kind.DEALLOC == op.kind();
        if (null == block || exact && 0 == block.size)
        {
            return;
        }
        model.check(block);
        if (exact)
        {
            allocator.dealloc(block.address, block.size, block.alignment);
        }
        else
        {
            allocator.deallocate(block.address, block.fitting(op.fit(), Long.MAX_VALUE), block.alignment);
        }
        model.freed(block);
        misuse.dead(op.id(), block);
        byId.remove(op.id());
        removeLiveId(op.id());
        demand.remove(op.id());
    }

    private static boolean makesSense(final ScriptOperation op, final LiveBlock block)
    {
        return switch (op.kind())
        {
            case GROW, GROW_ZEROED -> op.size() >= block.size;
            case SHRINK -> op.size() <= passed(op, block);
            case TRY_RESIZE -> Layout.isValid(op.size(), block.alignment);
            default -> block.size > 0 && op.size() > 0 && Layout.isValid(op.size(), block.alignment);
        };
    }

    private static long passed(final ScriptOperation op, final LiveBlock block)
    {
        return switch (op.kind())
        {
            case GROW, GROW_ZEROED -> block.fitting(op.fit(), op.size());
            case REALLOC -> block.size;
            default -> block.fitting(op.fit(), Long.MAX_VALUE);
        };
    }

    private static boolean keepsAlignment(final ScriptOperation op)
    {
        return ScriptOperation.Kind.TRY_RESIZE == op.kind() || ScriptOperation.Kind.REALLOC == op.kind();
    }

    private void resizeFailed(final ScriptOperation op, final LiveBlock block, final long alignment)
    {
        model.check(block);
        final boolean sameOrLooser = 0 == (block.address & (alignment - 1));
        if (op.size() <= block.size && sameOrLooser)
        {
            throw new Deviation(block.toString(), "a resize to a size not larger that succeeds", "failure");
        }
        failed(op, op.size(), alignment);
    }

    private void failed(final ScriptOperation op, final long size, final long alignment)
    {
        failures++;
        if (0 == size)
        {
            throw new Deviation(op.kind().name(), "size=0 to succeed", "failure");
        }
        if (reuses && demand.mustSucceed(size, alignment))
        {
            throw new Deviation(op.kind().name(), "success, as so little was asked for since the region was empty: " +
                demand, "failure");
        }
    }

    private void checkMayThrow(final ScriptOperation op, final AllocError error)
    {
        if (!THROWING.contains(op.kind()))
        {
            throw new Deviation(op.kind().name(), "no exception for exhaustion", error.toString());
        }
        if (op.size() > allocator.region().capacity() && !error.isUnsupported())
        {
            throw new Deviation(op.kind().name(), "isUnsupported=true, size being above the region's",
                "isUnsupported=false");
        }
    }

    private void checkAll()
    {
        model.checkAll();
        model.checkStats(allocator.stats());
        allocator.verify();
    }

    private void checkEmpty()
    {
        if (0 == model.liveCount())
        {
            model.checkStats(allocator.stats());
            allocator.trim();
            checkWhole(fresh, allocator.stats());
            allocator.verify();
            demand.forgetPeak();
        }
    }

    static void checkWhole(final AllocatorStats fresh, final AllocatorStats stats)
    {
        if (0 != stats.allocatedBytes() || 0 != stats.liveBlocks() ||
            stats.freeBytes() != fresh.freeBytes() ||
            stats.largestFreeRun() != fresh.largestFreeRun() ||
            stats.largestFreeRun() != stats.freeBytes())
        {
            throw new Deviation("stats when empty", "those of a fresh allocator, " + fresh + ", in one free run",
                stats.toString());
        }
    }

    private void removeLiveId(final long id)
    {
        final int index = liveIndexes.remove(id);
        final Long last = liveIds.remove(liveIds.size() - 1);
        if (last != id)
        {
            liveIds.set(index, last);
            liveIndexes.put(last, index);
        }
    }
}
