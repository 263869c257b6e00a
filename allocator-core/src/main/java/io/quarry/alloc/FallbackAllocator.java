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

import java.util.Objects;

/**
 * Two allocators as one: the first serves what it can, the second the rest. Choose it to put a quick or tight allocator
 * of fixed size before a slower one without that limit, as a slab allocator before {@code SystemAllocator}; not to
 * spread load, since the second is asked only when the first fails.
 * <p>
 * A block belongs to the allocator that made it. A free or a resize goes to the first if that {@link Allocator#owns}
 * the address, otherwise to the second; so the first must be able to tell, while of the second that is asked by
 * {@link #owns} only. A block that its allocator can't resize moves to the other one, the first to the second and the
 * second to the first; if that can't take it either, the old block is as it was. Blocks of size 0 belong to neither.
 * <p>
 * A request fails when both refuse it. The error {@linkplain AllocError#isUnsupported() tells} a layout that can never
 * be had only if both say so.
 * <p>
 * The two are closed by who made them. {@link #verify()} verifies those of them that can be.
 * <p>
 * Threads: any if both allocators are for any, else one. While one thread resizes a block others may use all the rest.
 * <p>
 * Cost: one {@code owns} a free or resize, and a call more; when the first refuses, its error is caught, which costs
 * little where the compiler has both in one method, and the search for a handler where not. No object is made.
 * <p>
 * Source: Andrei Alexandrescu, "std::allocator Is to Allocation what std::vector Is to Vexation", CppCon 2015.
 */
public final class FallbackAllocator implements Allocator, Verifiable
{
    // owner(address) is where a block is, other(owner) where it goes when it can't stay: never both at once.
    // move: allocate there, copy, free here; a failure at any of the three leaves the old block and nothing else.

    final Allocator first;
    final Allocator second;

    /**
     * Makes one of two.
     *
     * @param first  that is asked first; it must implement {@link Allocator#owns}.
     * @param second that is asked when the first has nothing; none of its blocks is in memory that the first owns.
     * @throws IllegalArgumentException      if both are the same.
     * @throws UnsupportedOperationException if the first can't tell what it owns, as {@link Global}.
     */
    public FallbackAllocator(final Allocator first, final Allocator second)
    {
        this.first = Objects.requireNonNull(first, "first");
        this.second = Objects.requireNonNull(second, "second");
        if (first == second)
        {
            throw new IllegalArgumentException("first=second=" + first + ": nothing to fall back to");
        }
        // Told here, and not when the first block can't be freed.
        first.owns(NULL);
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        try
        {
            return first.allocate(size, alignment);
        }
        catch (final AllocError firstError)
        {
            return take(second, firstError, size, alignment);
        }
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        try
        {
            return first.allocateZeroed(size, alignment);
        }
        catch (final AllocError firstError)
        {
            return takeZeroed(second, firstError, size, alignment);
        }
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        owner(address, size).deallocate(address, size, alignment);
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final Allocator owner = owner(address, oldSize);
        try
        {
            return owner.grow(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        catch (final AllocError error)
        {
            final Allocator other = other(owner);
            final long moved = take(other, error, newSize, newAlignment);
            move(owner, address, oldSize, oldAlignment, oldSize, other, moved, newSize, newAlignment);
            return moved;
        }
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final Allocator owner = owner(address, oldSize);
        try
        {
            return owner.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        catch (final AllocError error)
        {
            final Allocator other = other(owner);
            final long moved = takeZeroed(other, error, newSize, newAlignment);
            move(owner, address, oldSize, oldAlignment, oldSize, other, moved, newSize, newAlignment);
            return moved;
        }
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final Allocator owner = owner(address, oldSize);
        try
        {
            return owner.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
        }
        catch (final AllocError error)
        {
            final Allocator other = other(owner);
            final long moved = take(other, error, newSize, newAlignment);
            move(owner, address, oldSize, oldAlignment, newSize, other, moved, newSize, newAlignment);
            return moved;
        }
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        return owner(address, oldSize).tryResize(address, oldSize, alignment, newSize);
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        return owner(address, size).usableSize(address, size, alignment);
    }

    /**
     * What every such block has, whichever allocator it comes from: the lesser of the two answers, or that of the one
     * allocator whose {@link Allocator#maxSize} allows the size. A block may be longer.
     */
    @Override
    public long goodSize(final long size, final long alignment)
    {
        if (size > first.maxSize())
        {
            return second.goodSize(size, alignment);
        }
        final long ofFirst = first.goodSize(size, alignment);
        return size > second.maxSize() ? ofFirst : Math.min(ofFirst, second.goodSize(size, alignment));
    }

    @Override
    public long maxSize()
    {
        return Math.max(first.maxSize(), second.maxSize());
    }

    /**
     * Of both together: the free bytes of the two, and the longer of their longest free runs.
     */
    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        final Diagnosis ofFirst = first.diagnose(size, alignment);
        final Diagnosis ofSecond = second.diagnose(size, alignment);
        final long sum = ofFirst.freeBytes() + ofSecond.freeBytes();
        final long free = sum < 0 ? Long.MAX_VALUE : sum;
        return new Diagnosis(reason(ofFirst.reason(), ofSecond.reason(), size, alignment, free), size, alignment,
            free, Math.max(ofFirst.largestFreeRun(), ofSecond.largestFreeRun()), maxSize());
    }

    @Override
    public int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        final int had = first.allocateBatch(size, alignment, addresses, from, count);
        return had == count ? had :
            had + second.allocateBatch(size, alignment, addresses, from + had, count - had);
    }

    @Override
    public int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        LayoutChecks.batch(size, alignment, addresses, from, count);
        int freed = 0;
        int at = from;
        final int end = from + count;
        do
        {
            final int runEnd = endOfRun(size, addresses, at, end);
            final Allocator owner = at == end ? first : owner(addresses[at], size);
            freed += owner.deallocateBatch(size, alignment, addresses, at, runEnd - at);
            at = runEnd;
        }
        while (at < end);
        return freed;
    }

    @Override
    public boolean owns(final long address)
    {
        return first.owns(address) || second.owns(address);
    }

    @Override
    public Region regionOf(final long address)
    {
        return (first.owns(address) ? first : second).regionOf(address);
    }

    @Override
    public boolean isThreadSafe()
    {
        return first.isThreadSafe() && second.isThreadSafe();
    }

    @Override
    public void verify()
    {
        if (first instanceof Verifiable verifiable)
        {
            verifiable.verify();
        }
        if (second instanceof Verifiable verifiable)
        {
            verifiable.verify();
        }
    }

    /**
     * Both allocators, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "FallbackAllocator[first=" + first + ", second=" + second + "]";
    }

    /** An empty block has no place, and its address, the alignment, may by chance be one that the first owns. */
    private Allocator owner(final long address, final long size)
    {
        return 0 == size || first.owns(address) ? first : second;
    }

    private Allocator other(final Allocator owner)
    {
        return owner == first ? second : first;
    }

    /** Where the entries end that the owner of the one at {@code at} gets in one call. */
    private int endOfRun(final long size, final long[] addresses, final int at, final int end)
    {
        if (at == end)
        {
            return end;
        }
        final Allocator owner = owner(addresses[at], size);
        int i = at + 1;
        while (i < end && owner == owner(addresses[i], size))
        {
            i++;
        }
        return i;
    }

    private static long take(
        final Allocator allocator, final AllocError before, final long size, final long alignment)
    {
        try
        {
            return allocator.allocate(size, alignment);
        }
        catch (final AllocError error)
        {
            throw lessFinal(before, error);
        }
    }

    private static long takeZeroed(
        final Allocator allocator, final AllocError before, final long size, final long alignment)
    {
        try
        {
            return allocator.allocateZeroed(size, alignment);
        }
        catch (final AllocError error)
        {
            throw lessFinal(before, error);
        }
    }

    private Diagnosis.Reason reason(
        final Diagnosis.Reason a, final Diagnosis.Reason b, final long size, final long alignment, final long free)
    {
        if (Diagnosis.Reason.WOULD_SUCCEED == a || Diagnosis.Reason.WOULD_SUCCEED == b)
        {
            return Diagnosis.Reason.WOULD_SUCCEED;
        }
        if (a.isForEver() && b.isForEver())
        {
            return size > maxSize() ? Diagnosis.Reason.TOO_LARGE : Diagnosis.Reason.ALIGNMENT;
        }
        return goodSize(size, alignment) > free ? Diagnosis.Reason.EXHAUSTED : Diagnosis.Reason.FRAGMENTED;
    }

    private static AllocError lessFinal(final AllocError a, final AllocError b)
    {
        return a.isUnsupported() ? b : a;
    }

    /** Copies to the new block and frees the old one; if either is refused the new one is freed. */
    private static void move(
        final Allocator owner, final long address, final long oldSize, final long oldAlignment, final long kept,
        final Allocator other, final long moved, final long newSize, final long newAlignment)
    {
        try
        {
            if (0 != oldSize)
            {
                RegionCopy.copy(owner.regionOf(address), address, other.regionOf(moved), moved, kept);
            }
            owner.deallocate(address, oldSize, oldAlignment);
        }
        catch (final RuntimeException | Error ex)
        {
            other.deallocate(moved, newSize, newAlignment);
            throw ex;
        }
    }
}
