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
package io.quarry.perf;

import org.terracotta.offheapstore.buffersource.OffHeapBufferSource;
import org.terracotta.offheapstore.paging.OffHeapStorageArea;
import org.terracotta.offheapstore.paging.Page;
import org.terracotta.offheapstore.paging.UpfrontAllocatingPageSource;
import org.terracotta.offheapstore.storage.PointerSize;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Terracotta's storage area, a port of dlmalloc, in one page that is the whole region, allocated and touched
 * beforehand; one thread. It takes no alignment and no wish for zeros: the replay asks for so much more that an aligned
 * block fits, and clears. To resize is to allocate, copy and free. Blocks are touched through the page's buffer.
 */
final class TerracottaTarget extends ReplayTarget
{
    /** What a block has without asking. */
    private static final int GIVEN_ALIGNMENT = 8;
    private static final long NONE = -1;
    private static final int PAGE = 4096;
    private static final int MOST_PAGE = 1 << 30;

    private final OffHeapStorageArea area;
    private final ByteBuffer buffer;
    private final long[] addresses;
    private final byte[] zeros = new byte[1 << 16];

    TerracottaTarget(final int slotCount, final long regionSize)
    {
        // Its pages are powers of two.
        final int size = (int)Math.min(MOST_PAGE, Long.highestOneBit(Math.max(PAGE, regionSize) * 2 - 1));
        final Page[] page = new Page[1];
        final UpfrontAllocatingPageSource source =
            new UpfrontAllocatingPageSource(new OffHeapBufferSource(), size, size)
            {
                @Override
                public Page allocate(
                    final int wanted, final boolean thief, final boolean victim, final OffHeapStorageArea owner)
                {
                    final Page made = super.allocate(wanted, thief, victim, owner);
                    page[0] = null == page[0] ? made : page[0];
                    return made;
                }
            };
        area = new OffHeapStorageArea(PointerSize.LONG, new Owner(), source, size, size, false, false);
        // It stays, so that the area never gives the page back.
        area.allocate(GIVEN_ALIGNMENT);
        buffer = page[0].asByteBuffer();
        addresses = new long[slotCount];
        for (int i = 0; i < size; i += PAGE)
        {
            buffer.put(i, buffer.get(i));
        }
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        final long address =
            area.allocate(alignment <= GIVEN_ALIGNMENT ? size : size + alignment - GIVEN_ALIGNMENT);
        if (NONE == address)
        {
            throw new OutOfMemoryError("no block");
        }
        addresses[slot] = address;
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        alloc(slot, size, alignment);
        final int from = offset(slot, alignment);
        for (int done = 0; done < size; done += zeros.length)
        {
            buffer.put(from + done, zeros, 0, Math.min(zeros.length, size - done));
        }
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        final long old = addresses[slot];
        final int from = offset(slot, alignment);
        alloc(slot, newSize, alignment);
        buffer.put(offset(slot, alignment), buffer, from, Math.min(oldSize, newSize));
        area.free(old);
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        area.free(addresses[slot]);
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final int first = offset(slot, alignment);
        buffer.put(first, (byte)1);
        buffer.put(first + size - 1, (byte)1);
    }

    /** In the page, whose own base is aligned to whatever the JDK gave it. */
    private int offset(final int slot, final int alignment)
    {
        final int offset = (int)addresses[slot];
        return alignment <= GIVEN_ALIGNMENT ?
            offset : offset + (-buffer.alignmentOffset(offset, alignment) & (alignment - 1));
    }

    /** As far as alignment goes: the address itself is nobody's business here. */
    @Override
    long address(final int slot, final int alignment)
    {
        return buffer.alignmentOffset(offset(slot, alignment), alignment);
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        return buffer.slice(offset(slot, alignment), size);
    }

    /** The page, and how much of it was in use at most isn't told. */
    @Override
    long footprint()
    {
        return 0;
    }

    @Override
    String freeMemory()
    {
        return "occupied were " + area.getOccupiedMemory() + " bytes of " + buffer.capacity();
    }

    @Override
    public void close()
    {
        area.destroy();
    }

    /** Of the area: nothing is evicted, and nothing moves. */
    private static final class Owner implements OffHeapStorageArea.Owner
    {
        private final Lock lock = new ReentrantLock();

        @Override
        public Collection<Long> evictAtAddress(final long address, final boolean shrink)
        {
            throw new UnsupportedOperationException();
        }

        @Override
        public Lock writeLock()
        {
            return lock;
        }

        @Override
        public boolean isThief()
        {
            return false;
        }

        @Override
        public boolean moved(final long from, final long to)
        {
            return false;
        }

        @Override
        public int sizeOf(final long address)
        {
            throw new UnsupportedOperationException();
        }
    }
}
