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
 * Hands out memory by moving a pointer, and frees it as a whole: the quickest allocator there is for blocks that all
 * die at once, as those of one message, one request or one parse. Choose another one where blocks live for different
 * times, since memory of single blocks comes back at the next {@link #reset(long)} only.
 * <pre>{@code
 *   try (ArenaAllocator arena = new ArenaAllocator(upstream, 64 << 10, 16 << 20))
 *   {
 *       final long mark = arena.mark();
 *       final long address = arena.allocate(100, 8);   // and many more
 *       arena.reset(mark);                             // all that came since the mark is dead
 *   }
 * }</pre>
 * <p>
 * The memory comes from an upstream in links of a fixed size, a longer one for a request that needs it, up to a limit
 * in bytes. Links that a reset has emptied are kept and used again, until {@link #trim()}. What is left of a link when
 * the next one is begun stays unused until a reset. A block is exactly as long as was asked for.
 * <p>
 * <b>The last block</b>, the one handed out most recently and since the latest {@link #mark()} or reset, is special:
 * it grows in place while its link has room, what it loses by shrinking is handed out again, and so is all of it when
 * it is freed. Any other block shrinks in place, and moves to grow; to free it does nothing, and its bytes come back
 * with a reset. A block that was resized since a mark dies with that mark if its address changed, else it lives on.
 * <p>
 * <b>Misuse.</b> There is no record of single blocks, so less of it is found than elsewhere: an address that is not in
 * the arena or above all blocks, a size that reaches into the last block or beyond the link, an address inside the last
 * block, a misaligned one, a mark that is dead or of another arena, and any call after {@link #close()} but those
 * for blocks of size 0. A second free of one that isn't the last, or an address inside it, is harmless and not found.
 * <p>
 * <b>Threads.</b> One at a time.
 * <p>
 * <b>Cost.</b> A request is an addition and a compare; each new link is a call of the upstream. No object is made after
 * construction. With misuse looked for, to free or resize a block outside the current link takes time per link, and so
 * does a request that fails; if no link could ever hold it, the upstream says whether it could, if need be by a request
 * freed at once. It keeps 40 bytes for each link there can be, {@code limit / linkSize + 64}, and 20 for each mark.
 * <p>
 * Source: David R. Hanson, "Fast Allocation and Deallocation of Memory Based on Object Lifetimes", Software: Practice
 * and Experience 20(1), 1990.
 */
public final class ArenaAllocator implements Allocator, Verifiable, AutoCloseable
{
    /** How many nested marks there can be, unless told otherwise. */
    public static final int DEFAULT_MAX_MARKS = 256;

    // The current link, as ArenaChain has it:
    //
    //   address              last          top               end
    //      | blocks, padding  | last block  | room            |
    //
    //   address <= last < top <= end, or last == NULL: then no block may grow, nor give its room back by a free.
    //   Before the first link, and when closed, top == end == 0: no request fits, and each goes the long way.

    final ArenaChain chain;
    private final ArenaMarks marks;
    private long top;
    private long end;
    private long last;
    private boolean closed;

    /**
     * Makes an arena with no memory yet, for up to {@link #DEFAULT_MAX_MARKS} nested marks.
     *
     * @param upstream that the links come from; its {@link Allocator#regionOf} must work. It stays open.
     * @param linkSize bytes of most links, from 64.
     * @param limit    bytes of all links together, at least {@code linkSize}.
     * @throws IllegalArgumentException if a size is out of range, or there could be more than a million links.
     */
    public ArenaAllocator(final Allocator upstream, final long linkSize, final long limit)
    {
        this(upstream, linkSize, limit, DEFAULT_MAX_MARKS);
    }

    /**
     * Makes an arena with no memory yet.
     *
     * @param upstream that the links come from; its {@link Allocator#regionOf} must work. It stays open.
     * @param linkSize bytes of most links, from 64.
     * @param limit    bytes of all links together, at least {@code linkSize}.
     * @param maxMarks how many nested marks there can be, from 0 to a million.
     * @throws IllegalArgumentException if a size is out of range, or there could be more than a million links.
     */
    public ArenaAllocator(final Allocator upstream, final long linkSize, final long limit, final int maxMarks)
    {
        chain = new ArenaChain(Objects.requireNonNull(upstream, "upstream"), linkSize, limit);
        marks = new ArenaMarks(maxMarks);
    }

    /**
     * Remembers how far the arena is filled. What is not yet the last block's won't become it: see the class.
     *
     * @return a mark for {@link #reset(long)}; the same as last time if nothing was allocated since.
     * @throws IllegalStateException if there are as many nested marks as can be, or the arena is closed.
     */
    public long mark()
    {
        checkOpen();
        final long mark = marks.push(chain.current(), top);
        last = NULL;
        return mark;
    }

    /**
     * Frees all blocks that came since a mark, and kills the marks set since. The mark itself can be reset to again.
     *
     * @param mark from {@link #mark()}, not older than the last reset below it.
     * @throws IllegalArgumentException if the mark is dead, or not of this arena; nothing has changed.
     * @throws IllegalStateException    if the arena is closed.
     */
    public void reset(final long mark)
    {
        checkOpen();
        final int index = marks.popTo(mark);
        rewind(marks.link(index), marks.top(index));
    }

    /**
     * Frees all blocks and kills all marks. The links are kept.
     *
     * @throws IllegalStateException if the arena is closed.
     */
    public void reset()
    {
        checkOpen();
        marks.clear();
        rewind(ArenaChain.NONE, NULL);
    }

    /**
     * Gives the links that hold no block back to the upstream.
     *
     * @return bytes that were given back.
     * @throws IllegalStateException if the arena is closed.
     */
    public long trim()
    {
        checkOpen();
        return chain.releaseKept();
    }

    /**
     * Gives all links back to the upstream: every block dies, later calls are refused, with an
     * {@link IllegalStateException}, but those for blocks of size 0, which are in no link. A second call does nothing.
     */
    @Override
    public void close()
    {
        if (!closed)
        {
            closed = true;
            marks.clear();
            rewind(ArenaChain.NONE, NULL);
            chain.releaseKept();
        }
    }

    /**
     * What all links have together.
     *
     * @return bytes, at most the limit.
     */
    public long reservedBytes()
    {
        return chain.reservedBytes();
    }

    /**
     * What a reset would free: blocks, dead ones too, the padding before them, and the unused ends of full links.
     *
     * @return bytes, at most {@link #reservedBytes()}.
     */
    public long usedBytes()
    {
        return chain.bytesBeforeCurrent() + (top - chain.startOfCurrent());
    }

    @Override
    public long allocate(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            return alignment;
        }
        final long room = end - top;
        // Never negative: the sign is masked away even for an alignment of 2^63.
        final long padding = -top & (alignment - 1);
        if (padding > room || size > room - padding)
        {
            nextLink(size, alignment);
            return allocate(size, alignment);
        }
        last = top + padding;
        top = last + size;
        return last;
    }

    @Override
    public long allocateZeroed(final long size, final long alignment)
    {
        final long address = allocate(size, alignment);
        if (0 != size)
        {
            chain.currentRegion().zero(address, size);
        }
        return address;
    }

    @Override
    public void deallocate(final long address, final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
            return;
        }
        checkBlock(address, size, alignment);
        if (address == last)
        {
            top = address;
            last = NULL;
        }
    }

    @Override
    public long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("grow", oldSize, oldAlignment, newSize, newAlignment, newSize >= oldSize);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, oldAlignment);
            return allocate(newSize, newAlignment);
        }
        checkBlock(address, oldSize, oldAlignment);
        return 0 == (address & (newAlignment - 1)) && resizeInPlace(address, oldSize, newSize) ?
            address : move(address, oldSize, newSize, newAlignment);
    }

    @Override
    public long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        final long grown = grow(address, oldSize, oldAlignment, newSize, newAlignment);
        if (newSize > oldSize)
        {
            // Where it grew, it is the last block, and so in the current link.
            chain.currentRegion().zero(grown + oldSize, newSize - oldSize);
        }
        return grown;
    }

    @Override
    public long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        LayoutChecks.resize("shrink", oldSize, oldAlignment, newSize, newAlignment, newSize <= oldSize);
        if (0 == newSize)
        {
            deallocate(address, oldSize, oldAlignment);
            return newAlignment;
        }
        checkBlock(address, oldSize, oldAlignment);
        if (0 != (address & (newAlignment - 1)))
        {
            return move(address, newSize, newSize, newAlignment);
        }
        resizeInPlace(address, oldSize, newSize);
        return address;
    }

    @Override
    public boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        LayoutChecks.resize("tryResize", oldSize, alignment, newSize, alignment, true);
        if (0 == oldSize)
        {
            LayoutChecks.empty(address, alignment);
            return 0 == newSize;
        }
        checkBlock(address, oldSize, alignment);
        return 0 != newSize && resizeInPlace(address, oldSize, newSize);
    }

    @Override
    public long usableSize(final long address, final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        if (0 == size)
        {
            LayoutChecks.empty(address, alignment);
        }
        else
        {
            checkBlock(address, size, alignment);
        }
        return size;
    }

    @Override
    public long goodSize(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        return size;
    }

    @Override
    public long maxSize()
    {
        return chain.maxSize();
    }

    @Override
    public Diagnosis diagnose(final long size, final long alignment)
    {
        LayoutChecks.layout(size, alignment);
        checkOpen();
        return chain.diagnose(size, alignment, top);
    }

    @Override
    public boolean owns(final long address)
    {
        return chain.indexOf(address) >= 0;
    }

    @Override
    public Region regionOf(final long address)
    {
        return chain.region(chain.linkOf(address));
    }

    @Override
    public boolean isThreadSafe()
    {
        return false;
    }

    @Override
    public void verify()
    {
        checkOpen();
        chain.verify(top, end, last);
        marks.verify(chain.current(), top);
    }

    private void nextLink(final long size, final long alignment)
    {
        checkOpen();
        chain.advance(size, alignment, top);
        top = chain.startOfCurrent();
        end = chain.endOfCurrent();
        last = NULL;
    }

    private void rewind(final int link, final long to)
    {
        chain.rewind(link);
        top = to;
        end = chain.endOfCurrent();
        last = NULL;
    }

    private boolean resizeInPlace(final long address, final long oldSize, final long newSize)
    {
        if (address != last)
        {
            return newSize <= oldSize;
        }
        if (newSize > end - address)
        {
            return false;
        }
        top = address + newSize;
        return true;
    }

    /** The old block is left to the next reset: it may be that there is no room for both where it is the last one. */
    private long move(final long address, final long kept, final long newSize, final long newAlignment)
    {
        final Region source = regionOf(address);
        final long moved = allocate(newSize, newAlignment);
        RegionCopy.copy(source, address, chain.currentRegion(), moved, kept);
        return moved;
    }

    private void checkBlock(final long address, final long size, final long alignment)
    {
        if (Checks.ENABLED)
        {
            checkOpen();
            chain.checkBlock(address, size, alignment, top, last);
        }
    }

    private void checkOpen()
    {
        if (closed)
        {
            throw Misuse.closed(this);
        }
    }
}
