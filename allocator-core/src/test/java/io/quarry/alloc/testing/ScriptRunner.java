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
import io.quarry.alloc.Diagnosis;
import io.quarry.alloc.Layout;
import io.quarry.alloc.RegionAllocator;

import java.util.ArrayList;
import java.util.Arrays;
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
 * A request may fail, but not always: see {@link Demand}.
 */
final class ScriptRunner
{
    /** Which requests must succeed. */
    enum Demand
    {
        /** None, as what is freed can't be had again at once. */
        NONE,
        /** Those made while little lives, see {@link ScriptDemand}: of scripts that don't aim at the worst case. */
        WHILE_LITTLE_LIVES,
        /** Those that succeed by the allocator's own diagnosis, and when nothing lives those up to its maxSize. */
        BY_DIAGNOSIS
    }

    private static final int STATS_INTERVAL = 64;
    private static final int VERIFY_INTERVAL = 512;

    /** What an entry has that no batch should touch. */
    private static final long UNTOUCHED = -77;

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
    private final Demand demanded;
    private long failures;
    private long operations;

    ScriptRunner(final RegionAllocator allocator, final boolean misuseDetected, final Demand demanded)
    {
        this.demanded = demanded;
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
            case ALLOCATE_BATCH -> allocateBatch(op);
            case DEALLOCATE_BATCH -> freeBatch(op);
            case DIAGNOSE -> diagnose(op);
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
        enter(op.id(), block, op.size());
    }

    private void enter(final long id, final LiveBlock block, final long size)
    {
        byId.put(id, block);
        liveIndexes.put(id, liveIds.size());
        liveIds.add(id);
        demand.add(id, block.length, size, block.alignment);
    }

    private void allocateBatch(final ScriptOperation op)
    {
        final int count = (int)op.extra();
        for (long id = op.id(); id < op.id() + count; id++)
        {
            if (byId.containsKey(id))
            {
                return;
            }
        }
        final long[] addresses = new long[count + 2];
        Arrays.fill(addresses, UNTOUCHED);
        final int had = allocator.allocateBatch(op.size(), op.alignment(), addresses, 1, count);
        if (had < 0 || had > count || UNTOUCHED != addresses[0] || UNTOUCHED != addresses[1 + had])
        {
            throw new Deviation(op.toString(), "0 to " + count + " blocks from index 1 on, and no other entry touched",
                "had=" + had + " " + Arrays.toString(addresses));
        }
        for (int i = 0; i < had; i++)
        {
            enter(op.id() + i, model.allocated(addresses[1 + i], op.size(), op.alignment()), op.size());
        }
        if (had < count)
        {
            failed(op, op.size(), op.alignment());
        }
    }

    private void freeBatch(final ScriptOperation op)
    {
        final LiveBlock first = byId.get(op.id());
        if (null == first || op.extra() < 1)
        {
            return;
        }
        final List<Long> ids = new ArrayList<>(List.of(op.id()));
        for (int i = 0; i < liveIds.size() && ids.size() < op.extra(); i++)
        {
            final LiveBlock block = byId.get(liveIds.get(i));
            if (block != first && block.size == first.size && block.alignment == first.alignment)
            {
                ids.add(liveIds.get(i));
            }
        }
        // An entry that is NULL is passed over.
        final long[] addresses = new long[ids.size() + 1];
        for (int i = 0; i < ids.size(); i++)
        {
            model.check(byId.get(ids.get(i)));
            addresses[i + 1] = byId.get(ids.get(i)).address;
        }
        final int freed = allocator.deallocateBatch(first.size, first.alignment, addresses, 0, addresses.length);
        if (freed != ids.size() || Arrays.stream(addresses).anyMatch(address -> Allocator.NULL != address))
        {
            throw new Deviation(op.toString(), "freed=" + ids.size() + " and each entry NULL",
                "freed=" + freed + " " + Arrays.toString(addresses));
        }
        ids.forEach(id -> freed(id, byId.get(id)));
    }

    private void diagnose(final ScriptOperation op)
    {
        final AllocatorStats before = allocator.stats();
        final Diagnosis diagnosis = allocator.diagnose(op.size(), op.alignment());
        final AllocatorStats after = allocator.stats();
        if (before.liveBlocks() != after.liveBlocks() || before.allocatedBytes() != after.allocatedBytes() ||
            before.highWaterBytes() != after.highWaterBytes())
        {
            throw new Deviation(op.toString(), "nothing allocated by a diagnosis: " + before, after.toString());
        }
        if (op.size() > allocator.maxSize() != (Diagnosis.Reason.TOO_LARGE == diagnosis.reason()))
        {
            throw new Deviation(op.toString(), "TOO_LARGE if size is above " + allocator.maxSize() + ", and only then",
                diagnosis.toString());
        }
        compare(op, diagnosis);
    }

    /** Makes the request that was diagnosed. */
    private void compare(final ScriptOperation op, final Diagnosis diagnosis)
    {
        long address = Allocator.NULL;
        boolean isForEver = false;
        try
        {
            address = allocator.allocate(op.size(), op.alignment());
        }
        catch (final AllocError ex)
        {
            isForEver = ex.isUnsupported();
        }
        final boolean succeeded = Allocator.NULL != address;
        if (succeeded != diagnosis.wouldSucceed() || isForEver != diagnosis.reason().isForEver())
        {
            throw new Deviation(op.toString(), diagnosis.toString(),
                succeeded ? "success" : "failure, isUnsupported=" + isForEver);
        }
        if (succeeded)
        {
            final long length = allocator.usableSize(address, op.size(), op.alignment());
            final long good = allocator.goodSize(op.size(), op.alignment());
            if (length != good)
            {
                throw new Deviation(op.toString(), "usableSize=goodSize=" + good, "usableSize=" + length);
            }
            model.freed(model.allocated(address, op.size(), op.alignment()));
            allocator.deallocate(address, op.size(), op.alignment());
        }
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
        freed(op.id(), block);
    }

    private void freed(final long id, final LiveBlock block)
    {
        model.freed(block);
        misuse.dead(id, block);
        byId.remove(id);
        removeLiveId(id);
        demand.remove(id);
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
        if (Demand.WHILE_LITTLE_LIVES == demanded && demand.mustSucceed(size, alignment))
        {
            throw new Deviation(op.kind().name(), "success, as so little was asked for since the region was empty: " +
                demand, "failure");
        }
        if (Demand.BY_DIAGNOSIS == demanded)
        {
            final Diagnosis diagnosis = allocator.diagnose(size, alignment);
            final boolean isNoneLeft = 0 == model.liveCount() && size <= allocator.maxSize() && 1 == alignment;
            if (diagnosis.wouldSucceed() || isNoneLeft)
            {
                throw new Deviation(op.toString(), "success: " + diagnosis, "failure");
            }
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
