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

import io.quarry.alloc.Checks;

/**
 * What one heap has in store: the slabs that it owns, and the magazines that their slots are handed out from. For the
 * thread that has the heap.
 * <p>
 * A heap owns at most 32 slabs a class, and none beyond the {@link CacheBudget}. A slab with no slot left to hand out
 * is kept as long as there is room for another and half the budget is left: what comes back to it soon needs no claim
 * then. A heap that fills slab after slab owns the last ones only.
 * <p>
 * Bytes: 256 a class for the magazines and 136 for the list of slabs.
 */
final class HeapCache
{
    /*
     * Invariants
     *   H1  owned[32 c] .. owned[32 c + count - 1] are the slabs of class c that have this heap as owner, each once.
     *   H2  the slots in a magazine are slots of owned slabs, each once. With the checks on their taken bits are clear,
     *       with the checks off they are set.
     *   H3  the budget has the bytes of every owned slab.
     *   H4  a slab with its bit in full has no slot that isn't taken, but those in the magazine.
     */
    private static final boolean CHECKS = Checks.ENABLED;
    private static final int OWNED_SHIFT = 5;
    private static final int MOST_OWNED = 1 << OWNED_SHIFT;

    final int[] entries = Magazines.newEntries();

    private final SharedSlabs slabs;
    private final CacheBudget budget;
    private final int id;
    private final int[] owned = new int[SizeClasses.COUNT + 1 << OWNED_SHIFT];
    private final int[] ownedCount = new int[SizeClasses.COUNT + 1];

    /**
     * By class: a bit for each owned slab that had no slot left at the last refill, none of its slots having been
     * flushed since. Of an index the five lowest bits count, which tell the slabs of a class apart.
     */
    private final int[] full = new int[SizeClasses.COUNT + 1];

    HeapCache(final SharedSlabs slabs, final CacheBudget budget, final int id)
    {
        this.slabs = slabs;
        this.budget = budget;
        this.id = id;
    }

    int count(final int sizeClass)
    {
        return entries[sizeClass] - Magazines.bottom(sizeClass);
    }

    int entry(final int sizeClass, final int index)
    {
        return entries[Magazines.bottom(sizeClass) + 1 + index];
    }

    int ownedCount(final int sizeClass)
    {
        return ownedCount[sizeClass];
    }

    int owned(final int sizeClass, final int index)
    {
        return owned[(sizeClass << OWNED_SHIFT) + index];
    }

    /** Whether a slab that is owned is known to have no slot left, but for what other threads have freed. */
    boolean isFull(final int sizeClass, final int index)
    {
        return 0 != (full[sizeClass] & 1 << (sizeClass << OWNED_SHIFT) + index);
    }

    /**
     * Fills an empty magazine: from own slabs, from the lowest that nobody owns, or from a new one.
     *
     * @return false if there is no slot to be had within the budget; then none is in the magazine.
     */
    boolean refill(final int sizeClass)
    {
        final int begin = Magazines.bottom(sizeClass) + 1;
        final int end = begin + Math.max(1, Magazines.limit(sizeClass) >>> 1);
        int index = collectOwned(sizeClass, begin, end);
        while (index < end && ownedCount[sizeClass] < MOST_OWNED)
        {
            final int head = own(sizeClass, slabs.claim(sizeClass, id));
            if (SharedSlabs.NONE == head)
            {
                break;
            }
            slabs.drain(head);
            final int next = collect(head, index, end);
            if (next == index)
            {
                // Full: its hint was put up by someone who was late.
                letGo(sizeClass, (sizeClass << OWNED_SHIFT) + ownedCount[sizeClass] - 1);
            }
            index = next;
        }
        if (index == begin)
        {
            final int head = own(sizeClass, slabs.make(sizeClass, id));
            index = SharedSlabs.NONE == head ? begin : collect(head, begin, end);
        }
        finishRefill(sizeClass, begin, index);
        return index > begin;
    }

    /** Takes the older half out of a magazine, and returns slabs that are empty, all but one. */
    void flushHalf(final int sizeClass)
    {
        final int begin = Magazines.bottom(sizeClass) + 1;
        final int flushed = Math.max(1, count(sizeClass) >>> 1);
        final int kept = count(sizeClass) - flushed;
        if (!CHECKS)
        {
            untake(begin, begin + flushed);
        }
        System.arraycopy(entries, begin + flushed, entries, begin, kept);
        entries[sizeClass] = begin + kept - 1;
        full[sizeClass] = 0;
        returnEmpty(sizeClass, 1);
    }

    /**
     * Gives everything up: empty slabs to the upstream, the others to whoever needs them.
     *
     * @return bytes that the upstream got.
     */
    long releaseAll()
    {
        long bytes = 0;
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            bytes += releaseClass(sizeClass);
        }
        return bytes;
    }

    long metadataBytes()
    {
        return (long)(entries.length + owned.length + ownedCount.length + full.length) * Integer.BYTES;
    }

    private int collectOwned(final int sizeClass, final int begin, final int end)
    {
        final int first = sizeClass << OWNED_SHIFT;
        int index = begin;
        for (int i = first; i < first + ownedCount[sizeClass] && index < end;)
        {
            final int head = owned[i];
            final boolean isSame = !slabs.drain(head) && 0 != (full[sizeClass] & 1 << i);
            final int next = isSame ? index : collect(head, index, end);
            if (next != index)
            {
                full[sizeClass] &= ~(1 << i);
                index = next;
                i++;
            }
            else if (MOST_OWNED == ownedCount[sizeClass] || budget.isTight())
            {
                letGo(sizeClass, i);
            }
            else
            {
                full[sizeClass] |= 1 << i;
                i++;
            }
        }
        return index;
    }

    private int collect(final int head, final int index, final int end)
    {
        final int next = slabs.freeSlots(head, entries, index, end);
        return next < 0 ? ~next : next;
    }

    private void finishRefill(final int sizeClass, final int begin, final int end)
    {
        Magazines.stackLowestOnTop(entries, begin, end - begin);
        for (int i = begin; i < end && !CHECKS; i++)
        {
            slabs.take(entries[i]);
        }
        entries[sizeClass] = end - 1;
    }

    /** Lists a slab that this heap has just become the owner of; lets it go, and returns NONE, if it is too much. */
    private int own(final int sizeClass, final int head)
    {
        if (SharedSlabs.NONE == head)
        {
            return head;
        }
        final long bytes = bytes(head);
        if (!budget.tryTake(bytes) && !tryTakeAfterRelease(sizeClass, bytes))
        {
            slabs.release(head);
            return SharedSlabs.NONE;
        }
        final int index = (sizeClass << OWNED_SHIFT) + ownedCount[sizeClass]++;
        owned[index] = head;
        full[sizeClass] &= ~(1 << index);
        return head;
    }

    /** Leaves a slab to whoever needs it next. */
    private void letGo(final int sizeClass, final int index)
    {
        final int head = owned[index];
        disown(sizeClass, index);
        slabs.release(head);
    }

    private void disown(final int sizeClass, final int index)
    {
        budget.give(bytes(owned[index]));
        final int last = (sizeClass << OWNED_SHIFT) + --ownedCount[sizeClass];
        owned[index] = owned[last];
        full[sizeClass] = full[sizeClass] & ~(1 << index) | (full[sizeClass] >>> last & 1) << index;
    }

    /** Gives up what is least missed first: full slabs, what has to be looked for anyway, and then the others. */
    private boolean tryTakeAfterRelease(final int sizeClass, final long bytes)
    {
        return releaseFull(sizeClass) && budget.tryTake(bytes) ||
            releaseOthers(sizeClass, true) && budget.tryTake(bytes) ||
            releaseOthers(sizeClass, false) && budget.tryTake(bytes);
    }

    /** Gives up the full slabs of a class whose own slabs have just been looked at; true if there was one. */
    private boolean releaseFull(final int sizeClass)
    {
        final int first = sizeClass << OWNED_SHIFT;
        boolean released = false;
        for (int i = first; i < first + ownedCount[sizeClass];)
        {
            if (0 != (full[sizeClass] & 1 << i))
            {
                letGo(sizeClass, i);
                released = true;
            }
            else
            {
                i++;
            }
        }
        return released;
    }

    /** Gives up what other classes hold, or only those whose magazine is empty; true if that was something. */
    private boolean releaseOthers(final int sizeClass, final boolean onlyEmpty)
    {
        boolean released = false;
        for (int other = 1; other <= SizeClasses.COUNT; other++)
        {
            if (other != sizeClass && ownedCount[other] > 0 && !(onlyEmpty && count(other) > 0))
            {
                releaseClass(other);
                released = true;
            }
        }
        return released;
    }

    private long releaseClass(final int sizeClass)
    {
        final int bottom = Magazines.bottom(sizeClass);
        if (!CHECKS)
        {
            untake(bottom + 1, entries[sizeClass] + 1);
        }
        entries[sizeClass] = bottom;
        full[sizeClass] = 0;
        final long bytes = returnEmpty(sizeClass, 0);
        final int first = sizeClass << OWNED_SHIFT;
        while (ownedCount[sizeClass] > 0)
        {
            letGo(sizeClass, first);
        }
        return bytes;
    }

    private void untake(final int begin, final int end)
    {
        for (int i = begin; i < end; i++)
        {
            slabs.untake(entries[i]);
        }
    }

    private long returnEmpty(final int sizeClass, final int keep)
    {
        final int first = sizeClass << OWNED_SHIFT;
        long bytes = 0;
        int kept = 0;
        for (int i = first; i < first + ownedCount[sizeClass];)
        {
            final int head = owned[i];
            slabs.drain(head);
            if (!slabs.isEmpty(head, head) || kept++ < keep)
            {
                i++;
                continue;
            }
            dropEntries(sizeClass, head);
            disown(sizeClass, i);
            bytes += slabs.remove(head);
        }
        return bytes;
    }

    /** Takes the slots of a slab out of the magazine: with the checks on, those of an empty slab may be there. */
    private void dropEntries(final int sizeClass, final int head)
    {
        final int begin = head << SlabUnit.GRANULES_SHIFT;
        final int end = begin + (slabs.length(head) << SlabUnit.GRANULES_SHIFT);
        int to = Magazines.bottom(sizeClass) + 1;
        for (int i = to; i <= entries[sizeClass]; i++)
        {
            if (entries[i] < begin || entries[i] >= end)
            {
                entries[to++] = entries[i];
            }
        }
        entries[sizeClass] = to - 1;
    }

    private long bytes(final int head)
    {
        return (long)slabs.length(head) << SlabSizing.UNIT_SHIFT;
    }
}
