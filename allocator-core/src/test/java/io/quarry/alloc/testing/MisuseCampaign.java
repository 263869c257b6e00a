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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * One random script with wrong calls in it. After each of them the statistics are as they were, and so is the content
 * of the block concerned and of both neighbours; now and then all blocks are checked, and the allocator verifies
 * itself.
 */
final class MisuseCampaign
{
    private static final int CHECK_INTERVAL = 128;
    private static final int MOST_DEAD = 200;
    private static final int MOST_LIVE = 150;
    private static final int CLOSED_SHARE = 20;
    private static final int ENTRIES = 9;
    private static final MisuseKind[] KINDS = MisuseKind.values();

    private final RegionAllocator allocator;
    private final RegionAllocator other;
    private final SplittableRandom random;
    private final Executor otherThread;
    private final Runnable flush;
    private final Runnable check;
    private final Map<MisuseKind, long[]> counts;
    private final AllocatorModel model;
    private final AllocatorModel otherModel;
    private final TreeMap<Long, LiveBlock> live = new TreeMap<>();
    private final List<Dead> dead = new ArrayList<>();
    private final List<LiveBlock> othersBlocks = new ArrayList<>();
    private String last = "";

    /** A block that was freed: by whom, where others don't see that yet; null if every thread does. */
    private record Dead(long address, long size, long alignment, long length, Boolean freedByOther)
    {
    }

    MisuseCampaign(
        final RegionAllocator allocator,
        final RegionAllocator other,
        final SplittableRandom random,
        final Executor otherThread,
        final Runnable flush,
        final Runnable check,
        final Map<MisuseKind, long[]> counts)
    {
        this.allocator = allocator;
        this.other = other;
        this.random = random;
        this.otherThread = otherThread;
        this.flush = flush;
        this.check = check;
        this.counts = counts;
        model = new AllocatorModel(allocator);
        otherModel = new AllocatorModel(other);
    }

    /** What was injected last, for messages. */
    String last()
    {
        return last;
    }

    long run(final int misuses)
    {
        for (final long size : new long[]{ 1, 16, 40, 100, 512, 1000, 3000 })
        {
            othersBlocks.add(otherModel.allocated(other.allocate(size, 16), size, 16));
        }
        long injected = 0;
        while (injected < misuses)
        {
            step();
            final boolean done = inject(KINDS[random.nextInt(KINDS.length)]);
            injected += done ? 1 : 0;
            if (done && 0 == injected % CHECK_INTERVAL)
            {
                checkAll();
            }
        }
        checkAll();
        othersBlocks.forEach(otherModel::check);
        other.verify();
        return injected + injectAfterClose(misuses / CLOSED_SHARE);
    }

    private void checkAll()
    {
        allocator.verify();
        model.checkAll();
        model.checkStats(allocator.stats());
    }

    // legal calls

    private void step()
    {
        final boolean byOther = byOther();
        final int choice = random.nextInt(20);
        if (0 == choice && 0 == random.nextInt(50))
        {
            call(byOther, allocator::trim);
        }
        else if (choice < 10 && live.size() < MOST_LIVE)
        {
            allocate(byOther);
        }
        else if (!live.isEmpty())
        {
            final LiveBlock block = anyLive();
            if (choice < 16)
            {
                free(block, block.size(), block.alignment(), byOther);
            }
            else
            {
                resize(block, byOther);
            }
        }
    }

    private long size()
    {
        return switch (random.nextInt(4))
        {
            case 0 -> 1 + random.nextInt(64);
            case 1 -> 1 + random.nextInt(512);
            case 2 -> 1 + random.nextInt(2100);
            default -> 1 + random.nextInt(6000);
        };
    }

    private void allocate(final boolean byOther)
    {
        final long size = size();
        final long alignment = 1L << random.nextInt(8);
        final long[] address = new long[1];
        call(byOther, () -> address[0] = allocator.alloc(size, alignment));
        if (Allocator.NULL != address[0])
        {
            add(model.allocated(address[0], size, alignment));
        }
    }

    private void resize(final LiveBlock block, final boolean byOther)
    {
        final long size = block.size();
        final long newSize = size();
        final Dead was = dead(block, byOther);
        final long[] address = new long[1];
        call(byOther, () -> address[0] = allocator.realloc(block.address(), size, block.alignment(), newSize));
        if (Allocator.NULL != address[0])
        {
            live.remove(was.address());
            model.resized(block, address[0], Math.min(size, newSize), newSize, block.alignment());
            if (address[0] != was.address())
            {
                remember(was);
            }
            add(block);
        }
    }

    private void free(final LiveBlock block, final long size, final long alignment, final boolean byOther)
    {
        model.check(block);
        final Dead was = dead(block, byOther);
        call(byOther, () -> allocator.dealloc(block.address(), size, alignment));
        model.freed(block);
        live.remove(block.address());
        remember(was);
    }

    private Dead dead(final LiveBlock block, final boolean byOther)
    {
        final boolean seen = null == otherThread || random.nextBoolean();
        return new Dead(
            block.address(), block.size(), block.alignment(), block.length(), seen ? null : (Boolean)byOther);
    }

    private void remember(final Dead was)
    {
        if (null != otherThread && null == was.freedByOther())
        {
            flush.run();
            otherThread.execute(flush);
        }
        dead.add(was);
        if (dead.size() > MOST_DEAD)
        {
            dead.remove(random.nextInt(MOST_DEAD));
        }
    }

    /** From now on what was dead at the address lives again. */
    private void add(final LiveBlock block)
    {
        live.put(block.address(), block);
        dead.removeIf(was -> was.address() == block.address());
    }

    private LiveBlock anyLive()
    {
        final long from = live.firstKey() + random.nextLong(live.lastKey() - live.firstKey() + 1);
        return live.ceilingEntry(from).getValue();
    }

    private boolean byOther()
    {
        return null != otherThread && random.nextBoolean();
    }

    private void call(final boolean byOther, final Runnable call)
    {
        if (byOther)
        {
            otherThread.execute(call);
        }
        else
        {
            call.run();
        }
    }

    // wrong calls

    private boolean inject(final MisuseKind kind)
    {
        final LiveBlock block = live.isEmpty() ? null : anyLive();
        final Dead was = dead.isEmpty() ? null : dead.get(random.nextInt(dead.size()));
        return switch (kind)
        {
            case DOUBLE_FREE, DEAD_BLOCK -> null != was && injectDead(kind, was);
            case FOREIGN -> refused(kind, foreign(), 1 + random.nextInt(100), 1L << random.nextInt(5), anyEntry());
            case OTHER_ALLOCATORS_BLOCK -> injectOthers();
            case INTERIOR -> null != block && injectInterior(block);
            case SIZE_TOO_LARGE -> null != block &&
                refused(kind, block.address(), block.length() + excess(block), block.alignment(), anyEntry());
            case ALIGNMENT_UNMET -> null != block &&
                refused(kind, block.address(), block.size(), unmetAlignment(block), anyEntry());
            case SIZE_TOO_SMALL -> null != block && block.size() > 1 &&
                injectOtherLayout(kind, block, 1 + random.nextLong(block.size() - 1), block.alignment());
            case ALIGNMENT_OTHER -> null != block && injectOtherAlignment(block);
            case OVERRUN -> null != block && injectWrite(kind, block, block.address() + block.length());
            case UNDERRUN -> null != block && injectWrite(kind, block, block.address() - 1);
            case USE_AFTER_FREE -> null == check ?
                null != was && injectWrite(kind, was.address(), was.length()) :
                null != block && injectWriteAfterFree(block);
            case AFTER_CLOSE -> false;
        };
    }

    private int anyEntry()
    {
        return random.nextInt(ENTRIES);
    }

    /** The calls that free are the first ones. */
    private boolean injectDead(final MisuseKind kind, final Dead was)
    {
        final int entry = MisuseKind.DOUBLE_FREE == kind ? random.nextInt(3) : 3 + random.nextInt(ENTRIES - 3);
        final boolean byOther = null == was.freedByOther() ? byOther() : was.freedByOther();
        return refused(kind, was.address(), was.size(), was.alignment(), entry, byOther);
    }

    private boolean injectInterior(final LiveBlock block)
    {
        if (1 == block.length())
        {
            return false;
        }
        // As often as not where a block could start.
        final long offset = 1 + random.nextLong(block.length() - 1);
        final long coarse = offset & (random.nextBoolean() ? -16 : -512);
        final long at = block.address() + (0 == coarse || random.nextBoolean() ? offset : coarse);
        return refused(
            MisuseKind.INTERIOR, at, 1 + random.nextLong(block.address() + block.length() - at), 1, anyEntry());
    }

    private boolean injectOthers()
    {
        final LiveBlock block = othersBlocks.get(random.nextInt(othersBlocks.size()));
        final AllocatorStats before = other.stats();
        refused(MisuseKind.OTHER_ALLOCATORS_BLOCK, block.address(), block.size(), block.alignment(), anyEntry());
        otherModel.check(block);
        checkSame("the other allocator", before, other.stats());
        return true;
    }

    private long foreign()
    {
        final Region region = allocator.region();
        final long end = region.address() + region.capacity();
        return switch (random.nextInt(6))
        {
            case 0 -> end + random.nextLong(1 << 20);
            case 1 -> region.address() - 1 - random.nextLong(1 << 20);
            case 2 -> region.address() + random.nextLong(region.capacity()) + (1L << 32 + random.nextInt(31));
            case 3 -> region.address() + random.nextLong(region.capacity()) - (1L << 32);
            case 4 -> random.nextLong(1 << 16);
            default -> region.address() + random.nextLong(region.capacity()) ^ Long.MIN_VALUE;
        };
    }

    private long excess(final LiveBlock block)
    {
        return switch (random.nextInt(4))
        {
            case 0 -> 1;
            case 1 -> 1 + random.nextInt(4096);
            case 2 -> 1L << 31 + random.nextInt(31);
            default -> Long.MAX_VALUE - (block.alignment() - 1) - block.length();
        };
    }

    private long unmetAlignment(final LiveBlock block)
    {
        final int unmet = Long.numberOfTrailingZeros(block.address()) + 1;
        return switch (random.nextInt(4))
        {
            case 0 -> 1L << unmet;
            case 1 -> 1L << unmet + random.nextInt(Long.SIZE - unmet);
            case 2 -> 3L << random.nextInt(Long.SIZE - 2);
            default -> 0 == random.nextInt(2) ? 0 : -8;
        };
    }

    private boolean injectOtherAlignment(final LiveBlock block)
    {
        final long alignment = 1L << random.nextInt(Long.numberOfTrailingZeros(block.address()) + 1);
        return alignment != block.alignment() &&
            injectOtherLayout(MisuseKind.ALIGNMENT_OTHER, block, block.size(), alignment);
    }

    /** Refused; or the block is freed as what it is, whole, and its neighbours are as they were. */
    private boolean injectOtherLayout(
        final MisuseKind kind, final LiveBlock block, final long size, final long alignment)
    {
        if (null != check)
        {
            return refused(kind, block.address(), size, alignment, anyEntry());
        }
        last = kind + " " + block;
        final AllocatorStats before = allocator.stats();
        free(block, size, alignment, byOther());
        final AllocatorStats after = allocator.stats();
        if (before.allocatedBytes() - block.length() != after.allocatedBytes())
        {
            throw new Deviation(last, "allocatedBytes less by " + block.length(), before + " then " + after);
        }
        checkAround(block.address());
        count(kind, false);
        return true;
    }

    /** One byte beside a live block, which is found by a check or by the free, and mended by that. */
    private boolean injectWrite(final MisuseKind kind, final LiveBlock block, final long at)
    {
        if (null == check)
        {
            return injectWrite(kind, at, 1);
        }
        damage(kind, at);
        expectRefusal(kind, byOther(), random.nextBoolean() ? check :
            anyCall(random.nextInt(3), block.address(), block.size(), block.alignment()));
        checkAround(at);
        check.run();
        return true;
    }

    /** One byte of a block that was just freed, which is found by a check, or when the block leaves quarantine. */
    private boolean injectWriteAfterFree(final LiveBlock block)
    {
        free(block, block.size(), block.alignment(), byOther());
        damage(MisuseKind.USE_AFTER_FREE, block.address() + random.nextLong(block.length()));
        expectRefusal(MisuseKind.USE_AFTER_FREE, byOther(), random.nextBoolean() ? check : allocator::trim);
        checkAround(block.address());
        check.run();
        return true;
    }

    private void damage(final MisuseKind kind, final long at)
    {
        last = kind + " address=" + Misuse.hex(at);
        final ByteBuffer view = allocator.region().byteBuffer(at, 1);
        view.put(0, (byte)(view.get(0) ^ 1 + random.nextInt(255)));
    }

    /** Writes where nobody may, then what was there, as it may have been a neighbour's. */
    private boolean injectWrite(final MisuseKind kind, final long address, final long length)
    {
        final Region region = allocator.region();
        if (!region.contains(address, length))
        {
            return false;
        }
        last = kind + " address=" + Misuse.hex(address) + " length=" + length;
        final AllocatorStats before = allocator.stats();
        final ByteBuffer view = region.byteBuffer(address, length);
        final byte[] were = new byte[(int)length];
        view.get(0, were);
        for (int i = 0; i < length; i++)
        {
            view.put(i, (byte)~were[i]);
        }
        allocator.verify();
        checkSame(last, before, allocator.stats());
        view.put(0, were);
        count(kind, false);
        return true;
    }

    private long injectAfterClose(final int misuses)
    {
        allocator.close();
        for (int i = 0; i < misuses; i++)
        {
            final LiveBlock block = live.isEmpty() ? othersBlocks.get(0) : anyLive();
            expectRefusal(MisuseKind.AFTER_CLOSE, byOther(),
                anyCall(anyEntry(), block.address(), block.size(), block.alignment()));
        }
        return misuses;
    }

    private boolean refused(
        final MisuseKind kind, final long address, final long size, final long alignment, final int entry)
    {
        return refused(kind, address, size, alignment, entry, byOther());
    }

    private boolean refused(
        final MisuseKind kind, final long address, final long size, final long alignment, final int entry,
        final boolean byOther)
    {
        last = kind + " address=" + Misuse.hex(address) + " size=" + size + " alignment=" + alignment + " entry=" +
            entry + " byOther=" + byOther;
        final AllocatorStats before = allocator.stats();
        expectRefusal(kind, byOther, anyCall(entry, address, size, alignment));
        checkSame(last, before, allocator.stats());
        checkAround(address);
        return true;
    }

    private void expectRefusal(final MisuseKind kind, final boolean byOther, final Runnable call)
    {
        try
        {
            call(byOther, call);
        }
        catch (final IllegalArgumentException | IllegalStateException refusal)
        {
            count(kind, true);
            return;
        }
        throw new Deviation(last, "a refusal", "no exception");
    }

    private Runnable anyCall(final int entry, final long address, final long size, final long alignment)
    {
        final long more = size > Long.MAX_VALUE / 2 ? size : size + random.nextInt(64);
        final long less = 1 + random.nextLong(size);
        return switch (entry)
        {
            case 0 -> () -> allocator.deallocate(address, size, alignment);
            case 1 -> () -> allocator.dealloc(address, size, alignment);
            case 2 -> () -> freeBatch(address, size, alignment);
            case 3 -> () -> allocator.grow(address, size, alignment, more, alignment);
            case 4 -> () -> allocator.growZeroed(address, size, alignment, more, alignment);
            case 5 -> () -> allocator.shrink(address, size, alignment, less, alignment);
            case 6 -> () -> allocator.tryResize(address, size, alignment, random.nextBoolean() ? more : less);
            case 7 -> () -> allocator.realloc(address, size, alignment, random.nextBoolean() ? more : less);
            default -> () -> allocator.usableSize(address, size, alignment);
        };
    }

    /** In a batch {@link Allocator#NULL} is no address. */
    private void freeBatch(final long address, final long size, final long alignment)
    {
        if (Allocator.NULL == address)
        {
            allocator.deallocate(address, size, alignment);
            return;
        }
        final long[] addresses = { address };
        try
        {
            allocator.deallocateBatch(size, alignment, addresses, 0, 1);
        }
        finally
        {
            if (address != addresses[0])
            {
                throw new Deviation(last, "the entry as it was", Misuse.hex(addresses[0]));
            }
        }
    }

    private void checkAround(final long address)
    {
        check(live.lowerEntry(address));
        check(live.floorEntry(address));
        check(live.higherEntry(address));
    }

    private void check(final Map.Entry<Long, LiveBlock> entry)
    {
        if (null != entry)
        {
            model.check(entry.getValue());
        }
    }

    private static void checkSame(final String what, final AllocatorStats before, final AllocatorStats after)
    {
        if (!before.equals(after))
        {
            throw new Deviation(what, "nothing changed: " + before, after.toString());
        }
    }

    private void count(final MisuseKind kind, final boolean isFound)
    {
        final long[] count = counts.get(kind);
        count[0]++;
        count[1] += isFound ? 1 : 0;
    }
}
