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
 * The links of an arena: what it has from its upstream, in the order it is filled.
 */
final class ArenaChain
{
    /** The index of no link: nothing was allocated since the arena was made or reset. */
    static final int NONE = -1;

    // index   0 ........... current ............ count ......... addresses.length
    //         | full links | filled now | kept   | unused entries |
    //
    // reservedBytes == lengths[0] + ... + lengths[count - 1] <= limit
    // usedTos[i] is the end of the last block there was in a full link i; of the others it has no meaning.

    private static final int LINK_ALIGNMENT = 64;
    private static final long MIN_LINK_SIZE = 64;
    private static final long MAX_LINKS = 1 << 20;
    /** Links that are shorter than others, as the upstream had nothing else or the limit was near. */
    private static final int SPARE_LINKS = 64;

    final Allocator upstream;
    private final long linkSize;
    private final long limit;
    final long[] addresses;
    final long[] lengths;
    private final long[] alignments;
    final long[] usedTos;
    final Region[] regions;
    private int current = NONE;
    private int count;
    private long reservedBytes;

    ArenaChain(final Allocator upstream, final long linkSize, final long limit)
    {
        if (linkSize < MIN_LINK_SIZE || linkSize > limit)
        {
            throw new IllegalArgumentException(
                "linkSize=" + linkSize + ": not in " + MIN_LINK_SIZE + "..limit=" + limit);
        }
        if (limit / linkSize > MAX_LINKS)
        {
            throw new IllegalArgumentException("limit=" + limit + " linkSize=" + linkSize + ": more than " +
                MAX_LINKS + " links");
        }
        this.upstream = upstream;
        this.linkSize = linkSize;
        this.limit = Math.min(limit, Long.MAX_VALUE - (LINK_ALIGNMENT - 1));
        final int links = (int)(limit / linkSize) + SPARE_LINKS;
        addresses = new long[links];
        lengths = new long[links];
        alignments = new long[links];
        usedTos = new long[links];
        regions = new Region[links];
    }

    int current()
    {
        return current;
    }

    long startOfCurrent()
    {
        return NONE == current ? Allocator.NULL : addresses[current];
    }

    long endOfCurrent()
    {
        return NONE == current ? Allocator.NULL : addresses[current] + lengths[current];
    }

    Region currentRegion()
    {
        return regions[current];
    }

    Region region(final int link)
    {
        return regions[link];
    }

    long reservedBytes()
    {
        return reservedBytes;
    }

    long bytesBeforeCurrent()
    {
        long bytes = 0;
        for (int i = 0; i < current; i++)
        {
            bytes += lengths[i];
        }
        return bytes;
    }

    long maxSize()
    {
        return Math.min(limit, upstream.maxSize());
    }

    /** The link that has an address, or {@link #NONE}. */
    int indexOf(final long address)
    {
        if (NONE != current && address - addresses[current] >= 0 && address - addresses[current] < lengths[current])
        {
            return current;
        }
        int i = count - 1;
        while (i >= 0 && Long.compareUnsigned(address - addresses[i], lengths[i]) >= 0)
        {
            i--;
        }
        return i;
    }

    /** The link that has an address; refuses one that is in none. */
    int linkOf(final long address)
    {
        final int link = indexOf(address);
        if (link < 0)
        {
            throw new IllegalArgumentException("address=" + Misuse.hex(address) + ": not in this arena");
        }
        return link;
    }

    /** Refuses what can't be a block, as far as that can be told without a record of each. */
    void checkBlock(final long address, final long size, final long alignment, final long top, final long last)
    {
        if (0 != (address & (alignment - 1)))
        {
            throw Misuse.misaligned(address, alignment);
        }
        final int link = linkOf(address);
        final boolean isCurrent = link == current;
        final long usedTo = isCurrent ? top : link < current ? usedTos[link] : addresses[link];
        if (address >= usedTo)
        {
            throw Misuse.dead(address);
        }
        if (isCurrent && Allocator.NULL != last && address > last)
        {
            throw Misuse.interior(address);
        }
        final long bound = isCurrent && address < last ? last : usedTo;
        if (size > bound - address)
        {
            throw Misuse.tooLarge(address, size, bound - address);
        }
    }

    /**
     * Goes on to a link that holds a block: a kept one, or a new one.
     *
     * @param size      bytes, from 1.
     * @param alignment of the block.
     * @param usedTo    end of the last block in the link that is left.
     * @throws AllocError if there is none; the current link is still the same.
     */
    void advance(final long size, final long alignment, final long usedTo)
    {
        if (size > maxSize())
        {
            throw AllocError.unsupported();
        }
        int next = linkFor(size, alignment, current + 1);
        if (NONE == next)
        {
            next = acquire(size, alignment);
        }
        if (NONE != current)
        {
            usedTos[current] = usedTo;
        }
        current++;
        swap(current, next);
    }

    /** Goes back to a link, or to none; those after it are kept. */
    void rewind(final int link)
    {
        current = link;
    }

    /** Gives the links after the current one back, and tells their bytes. */
    long releaseKept()
    {
        final long before = reservedBytes;
        while (count > current + 1)
        {
            count--;
            reservedBytes -= lengths[count];
            regions[count] = null;
            upstream.deallocate(addresses[count], lengths[count], alignments[count]);
        }
        return before - reservedBytes;
    }

    /** What would become of a request, the current link being filled up to {@code top}. */
    Diagnosis diagnose(final long size, final long alignment, final long top)
    {
        final long room = endOfCurrent() - top;
        final long padding = -top & (alignment - 1);
        final boolean isHere =
            0 == size || padding <= room && size <= room - padding || NONE != linkFor(size, alignment, current + 1);
        if (!isHere)
        {
            releaseKept();
        }
        final boolean isTooLarge = size > maxSize();
        final Diagnosis above = upstream.diagnose(isTooLarge ? 0 : size, Alignment.max(alignment, LINK_ALIGNMENT));
        final long reservable = limit - reservedBytes;
        final long free = room + reservedBytes - usedByLinks() + Math.min(reservable, above.freeBytes());
        final long run = Math.max(Math.max(room, longestKept()), Math.min(reservable, above.largestFreeRun()));
        final Diagnosis.Reason reason = isHere ? Diagnosis.Reason.WOULD_SUCCEED :
            isTooLarge ? Diagnosis.Reason.TOO_LARGE : reasonElsewhere(above.reason(), size, alignment, free);
        return new Diagnosis(reason, size, alignment, free, run, maxSize());
    }

    void verify(final long top, final long end, final long last)
    {
        check(current < count && count <= addresses.length, "current < count", current, count);
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += lengths[i];
            check(regions[i].contains(addresses[i], lengths[i]), "link in its region", i, addresses[i]);
            check(i >= current || usedTos[i] >= addresses[i] && usedTos[i] <= addresses[i] + lengths[i],
                "usedTo in link", i, usedTos[i]);
            for (int j = 0; j < i; j++)
            {
                check(addresses[i] >= addresses[j] + lengths[j] || addresses[j] >= addresses[i] + lengths[i],
                    "links apart", i, j);
            }
        }
        check(sum == reservedBytes && sum <= limit, "sum of links == reservedBytes", sum, reservedBytes);
        check(end == endOfCurrent(), "end of the current link", end, endOfCurrent());
        check(top >= startOfCurrent() && top <= end, "top in the current link", top, end);
        check(Allocator.NULL == last || last >= startOfCurrent() && last < top, "last block below top", last, top);
    }

    private static void check(final boolean holds, final String what, final long a, final long b)
    {
        if (!holds)
        {
            throw new IllegalStateException("arena: " + what + ": " + Misuse.hex(a) + ", " + Misuse.hex(b));
        }
    }

    private long usedByLinks()
    {
        return NONE == current ? 0 : bytesBeforeCurrent() + lengths[current];
    }

    private long longestKept()
    {
        long longest = 0;
        for (int i = current + 1; i < count; i++)
        {
            longest = Math.max(longest, lengths[i]);
        }
        return longest;
    }

    /** Of a request that needs a new link. */
    private Diagnosis.Reason reasonElsewhere(
        final Diagnosis.Reason above, final long size, final long alignment, final long free)
    {
        final boolean isAsked = size <= limit - reservedBytes && count < addresses.length;
        if (Diagnosis.Reason.WOULD_SUCCEED == above ? isAsked : above.isForEver() && !couldHold(size, alignment))
        {
            return above;
        }
        return size > free ? Diagnosis.Reason.EXHAUSTED : Diagnosis.Reason.FRAGMENTED;
    }

    /** The same as an error, for a request that found no new link. */
    private AllocError failure(final long size, final long alignment)
    {
        return couldHold(size, alignment) ? AllocError.exhausted() :
            AllocError.reasonOf(upstream, size, Alignment.max(alignment, LINK_ALIGNMENT));
    }

    /** Whether a block would have a place if all links were empty. */
    private boolean couldHold(final long size, final long alignment)
    {
        return NONE != linkFor(size, alignment, 0);
    }

    /** The first link from an index on that holds a block when it is empty, or {@link #NONE}. */
    private int linkFor(final long size, final long alignment, final int from)
    {
        for (int i = from; i < count; i++)
        {
            final long padding = -addresses[i] & (alignment - 1);
            if (padding <= lengths[i] && size <= lengths[i] - padding)
            {
                return i;
            }
        }
        return NONE;
    }

    /** A kept link that is too short may be what keeps the upstream, or the limit, from giving a longer one. */
    private int acquire(final long size, final long alignment)
    {
        if (!tryAcquire(size, alignment) && (0 == releaseKept() || !tryAcquire(size, alignment)))
        {
            throw failure(size, alignment);
        }
        return count - 1;
    }

    /** Whether the last link is now one for the block. */
    private boolean tryAcquire(final long size, final long alignment)
    {
        final long room = limit - reservedBytes;
        if (count == addresses.length || size > room)
        {
            return false;
        }
        final long wanted = Math.min(Math.max(linkSize, size), room);
        return tryAdd(wanted, alignment) || wanted != size && tryAdd(size, alignment);
    }

    private boolean tryAdd(final long size, final long wantedAlignment)
    {
        final long alignment = Alignment.max(wantedAlignment, LINK_ALIGNMENT);
        if (!Layout.isValid(size, alignment))
        {
            return false;
        }
        final long address;
        try
        {
            address = upstream.allocate(size, alignment);
        }
        catch (final AllocError none)
        {
            return false;
        }
        addresses[count] = address;
        lengths[count] = Math.min(limit - reservedBytes, upstream.usableSize(address, size, alignment));
        alignments[count] = alignment;
        regions[count] = upstream.regionOf(address);
        reservedBytes += lengths[count];
        count++;
        return true;
    }

    private void swap(final int a, final int b)
    {
        swap(addresses, a, b);
        swap(lengths, a, b);
        swap(alignments, a, b);
        final Region region = regions[a];
        regions[a] = regions[b];
        regions[b] = region;
    }

    private static void swap(final long[] array, final int a, final int b)
    {
        final long value = array[a];
        array[a] = array[b];
        array[b] = value;
    }
}
