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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The slabs that several heaps draw slots from: whose each slab is, which of its slots are taken, and which of those
 * other threads have freed.
 * <p>
 * Bytes: 12.2 for every unit of 512 B of the region, 2.4 %.
 */
final class SharedSlabs extends SlabUnits
{
    /*
     * Per unit beside the word of SlabUnit:
     *   remote    a bit a granule: the slot is taken, and was freed by a thread that doesn't own the slab
     *   a hint    see SlabHints: here begins a slab without an owner that may have a slot to take
     *
     * A slab has one owner at most. Only the owner writes the words of its units, all but the first plainly; who has no
     * slab of his own reads them. What owners hand over:
     *
     *   claim     CAS on the first unit's word, owner 0 to h         all that the owner before wrote is seen
     *   release   volatile store of that word, owner h to 0; then look at the remote bits again
     *   free      remote[unit] |= slot, then look at the owner again (both volatile)
     *   drain     m = swap(remote[unit], 0); taken &= ~m             by the owner
     *
     * A free that finds no owner puts the hint up, and returns the slab if all of it is free. If it still sees the
     * owner, then the owner has not released yet, and sees the bit after releasing. So one of both takes care.
     *
     * A claim takes the hint down first, and who then finds the slab still without an owner puts it up again: no slab
     * with a free slot stays without an owner and without a hint, but for the moment between two steps of one thread.
     *
     * Invariants, when no thread is in a call
     *   U1  T1 and T2 of SlabTable hold, and the units of a slab have one owner, who lists it; none is in a HAND.
     *   U2  remote bits are taken bits.
     *   U3  a slab without an owner has a live block, and if it has a slot to take there is a hint at it.
     */
    static final int NOBODY = 0;

    /**
     * Units that are numbered in front of the region, so that their words keep a cache line away those of slabs from
     * the length of the array, which everybody reads.
     */
    private static final int FRONT = 16;

    /** Owner for the length of a call: of a thread without a heap, or one that returns a slab. */
    static final int HAND = SlabUnit.MAX_OWNER;

    private static final boolean CHECKS = Checks.ENABLED;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

    final int[] remote;
    private final SlabHints hints;
    private final AtomicIntegerArray population = new AtomicIntegerArray(SizeClasses.COUNT + 1);
    private final AtomicInteger slabs = new AtomicInteger();
    private final AtomicLong upstreamBytes = new AtomicLong();
    private final SlabBlocks blocks;
    private final long base;

    SharedSlabs(final RegionAllocator upstream)
    {
        super(upstream.region().capacity(), FRONT);
        blocks = new SlabBlocks(upstream, true);
        base = base(upstream.region());
        remote = new int[units()];
        hints = new SlabHints(units());
    }

    /** Where unit 0 would be: in front of the region. */
    static long base(final Region region)
    {
        return region.address() - ((long)FRONT << SlabSizing.UNIT_SHIFT);
    }

    /** Units in the slabs of a class. */
    int population(final int sizeClass)
    {
        return population.get(sizeClass);
    }

    int slabs()
    {
        return slabs.get();
    }

    /** Bytes of the blocks that slabs are made of. */
    long upstreamBytes()
    {
        return upstreamBytes.get();
    }

    int owner(final int unit)
    {
        return SlabUnit.owner(units[unit]);
    }

    SlabHints hints()
    {
        return hints;
    }

    /** Takes over the lowest slab of a class that nobody owns and that has a slot to take; its head, or NONE. */
    int claim(final int sizeClass, final int owner)
    {
        for (int word = hints.firstWord(sizeClass); word >= 0; word = hints.firstWord(sizeClass))
        {
            final int head = claimIn(word, sizeClass, owner);
            if (NONE != head)
            {
                return head;
            }
            hints.removeWord(sizeClass, word);
            if (hasOwnerless(word, sizeClass))
            {
                hints.addWord(sizeClass, word);
            }
        }
        return NONE;
    }

    /** As {@link #claim}, but looks at every slab; for one who is about to report that memory is exhausted. */
    int claimBySweep(final int sizeClass, final int owner)
    {
        for (int word = 0; word < hints.words(); word++)
        {
            final int head = claimIn(word, sizeClass, owner);
            if (NONE != head)
            {
                return head;
            }
        }
        return NONE;
    }

    /**
     * Makes a slab, all of its slots free.
     *
     * @return its head, or {@link #NONE} if the upstream has no memory for it.
     */
    int make(final int sizeClass, final int owner)
    {
        final long address = blocks.take(sizeClass, population(sizeClass));
        if (Allocator.NULL == address)
        {
            return NONE;
        }
        final long bytes = blocks.length(address, 1);
        final int head = (int)(address - base >>> SlabSizing.UNIT_SHIFT);
        final int length = (int)Math.min(bytes >>> SlabSizing.UNIT_SHIFT, SlabUnit.MAX_LENGTH);
        for (int i = 1; i < length; i++)
        {
            units[head + i] = SlabUnit.withOwner(SlabUnit.of(sizeClass, i), owner);
        }
        LONGS.setVolatile(units, head, SlabUnit.withOwner(SlabUnit.of(sizeClass, -length), owner));
        population.addAndGet(sizeClass, length);
        slabs.incrementAndGet();
        upstreamBytes.addAndGet(bytes);
        return head;
    }

    /** Whether the upstream would give memory for a slab. */
    boolean canMake(final int sizeClass)
    {
        return blocks.canTake(sizeClass, population(sizeClass));
    }

    /** Makes what other threads freed free; by the owner. Returns whether there was any. */
    boolean drain(final int head)
    {
        final int end = head + length(head);
        boolean wasFreed = false;
        for (int unit = head; unit < end; unit++)
        {
            if (0 != (int)INTS.getOpaque(remote, unit))
            {
                units[unit] &= ~((int)INTS.getAndSet(remote, unit, 0) & SlabUnit.TAKEN);
                wasFreed = true;
            }
        }
        return wasFreed;
    }

    /** The lowest slot that isn't taken, as a granule, or {@link #NONE}; by the owner. */
    int takeLowest(final int head)
    {
        final int size = SizeClasses.size(classOf(head)) >>> SizeClasses.GRANULE_SHIFT;
        final int first = head << SlabUnit.GRANULES_SHIFT;
        for (int granule = first; granule < first + slots(head) * size; granule += size)
        {
            if (!isTaken(granule))
            {
                take(granule);
                return granule;
            }
        }
        return NONE;
    }

    /** Marks a slot as taken; by the owner. */
    void take(final int granule)
    {
        units[granule >>> SlabUnit.GRANULES_SHIFT] |= SlabUnit.takenBit(granule);
    }

    /** Marks a slot as free; by the owner. */
    void untake(final int granule)
    {
        units[granule >>> SlabUnit.GRANULES_SHIFT] &= ~SlabUnit.takenBit(granule);
    }

    /** Leaves a slab to whoever needs it next; by the owner, who has none of its slots in a magazine. */
    void release(final int head)
    {
        final int length = length(head);
        final int sizeClass = classOf(head);
        final boolean hasRoom = takenCount(head) < slots(head);
        for (int unit = head + 1; unit < head + length; unit++)
        {
            units[unit] = SlabUnit.withOwner(units[unit], NOBODY);
        }
        LONGS.setVolatile(units, head, SlabUnit.withOwner(units[head], NOBODY));
        if (hasRoom || wasFreedIn(head, length))
        {
            hints.up(head, sizeClass);
        }
        returnIfFree(head, length, sizeClass);
    }

    /** Returns a slab to the upstream; by the owner, when no slot of it is taken. */
    long remove(final int head)
    {
        final long address = base + ((long)head << SlabSizing.UNIT_SHIFT);
        final int length = length(head);
        final long bytes = blocks.length(address, length);
        population.addAndGet(classOf(head), -length);
        slabs.decrementAndGet();
        upstreamBytes.addAndGet(-bytes);
        hints.down(head);
        for (int unit = head + 1; unit < head + length; unit++)
        {
            units[unit] = 0;
        }
        LONGS.setVolatile(units, head, 0L);
        blocks.give(address, bytes);
        return bytes;
    }

    /**
     * Frees slots of one unit for a thread that doesn't own their slab.
     *
     * @param unit that the slots begin in.
     * @param mask their bits, which are taken unless somebody freed them twice.
     * @return the bits of those that are free already, which are left as they are; 0 with the checks off.
     */
    int free(final int unit, final int mask)
    {
        final int live = CHECKS ? mask & takenInUnit(unit) : mask;
        final int dead = mask ^ live | (0 == live ? 0 : freeTaken(unit, live) & live);
        return CHECKS ? dead : 0;
    }

    /** Whether a slot was freed by a thread that doesn't own its slab. */
    boolean wasFreed(final int granule)
    {
        return 0 != ((int)INTS.getVolatile(remote, granule >>> SlabUnit.GRANULES_SHIFT) &
            (int)SlabUnit.takenBit(granule));
    }

    long metadataBytes()
    {
        return (long)units() * (Long.BYTES + Integer.BYTES) + (long)population.length() * Integer.BYTES +
            hints.metadataBytes();
    }

    /** Returns the bits of those that had been freed so before. */
    private int freeTaken(final int unit, final int mask)
    {
        // Before the bits are set: then the slab may go at any moment.
        final int head = headOf(unit);
        final int length = length(head);
        final int before = (int)INTS.getAndBitwiseOr(remote, unit, mask);
        final long word = (long)LONGS.getVolatile(units, head);
        final int sizeClass = SlabUnit.sizeClass(word);
        if (NOBODY == SlabUnit.owner(word) && 0 != sizeClass)
        {
            if (0 == before)
            {
                hints.up(head, sizeClass);
            }
            // After the owner: he may have freed slots of his own just before he let the slab go.
            if (0 == (takenInUnit(unit) & ~(before | mask)))
            {
                returnIfFree(head, length, sizeClass);
            }
        }
        return before;
    }

    private int claimIn(final int word, final int sizeClass, final int owner)
    {
        for (long heads = hints.heads(word); 0 != heads; heads &= heads - 1)
        {
            final int head = (word << 6) + Long.numberOfTrailingZeros(heads);
            final long unit = (long)LONGS.getVolatile(units, head);
            if (SlabUnit.sizeClass(unit) == sizeClass && tryClaim(head, sizeClass, owner))
            {
                return head;
            }
        }
        return NONE;
    }

    /** Takes a slab over if it still is of the class: since it was found it may have gone and another have come. */
    boolean tryClaim(final int head, final int sizeClass, final int owner)
    {
        hints.down(head);
        final long word = (long)LONGS.getVolatile(units, head);
        if (isOwnerless(word) && SlabUnit.sizeClass(word) == sizeClass &&
            LONGS.compareAndSet(units, head, word, SlabUnit.withOwner(word, owner)))
        {
            final int length = -SlabUnit.place(word);
            for (int unit = head + 1; unit < head + length; unit++)
            {
                units[unit] = SlabUnit.withOwner(units[unit], owner);
            }
            return true;
        }
        final long now = (long)LONGS.getVolatile(units, head);
        if (isOwnerless(now))
        {
            hints.up(head, SlabUnit.sizeClass(now));
        }
        return false;
    }

    /** The word of a first unit of a slab without an owner. */
    private static boolean isOwnerless(final long word)
    {
        return NOBODY == SlabUnit.owner(word) && SlabUnit.place(word) < 0 && 0 != SlabUnit.sizeClass(word);
    }

    private boolean hasOwnerless(final int word, final int sizeClass)
    {
        for (long heads = hints.heads(word); 0 != heads; heads &= heads - 1)
        {
            final long unit = (long)LONGS.getVolatile(units, (word << 6) + Long.numberOfTrailingZeros(heads));
            if (SlabUnit.sizeClass(unit) == sizeClass && isOwnerless(unit))
            {
                return true;
            }
        }
        return false;
    }

    private boolean wasFreedIn(final int head, final int length)
    {
        int freed = 0;
        for (int unit = head; unit < head + length; unit++)
        {
            freed |= (int)INTS.getVolatile(remote, unit);
        }
        return 0 != freed;
    }

    /** Returns a slab without an owner if all of it is free; in doubt it is left to whoever frees the last slot. */
    private void returnIfFree(final int head, final int length, final int sizeClass)
    {
        if (isFree(head, length) && tryClaim(head, sizeClass, HAND))
        {
            drain(head);
            if (isEmpty(head, head))
            {
                remove(head);
            }
            else
            {
                release(head);
            }
        }
    }

    private boolean isFree(final int head, final int length)
    {
        for (int unit = head; unit < head + length; unit++)
        {
            if (0 != ((int)(long)LONGS.getOpaque(units, unit) & ~(int)INTS.getVolatile(remote, unit)))
            {
                return false;
            }
        }
        return true;
    }
}
