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

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Blocks that were freed: some bytes of them kept from reuse, the oldest given back first, and what was known of some
 * more after that.
 * <p>
 * Threads: as {@link GuardedBlocks}, whose lock guards it.
 */
final class Quarantine
{
    private static final int REMEMBERED = 4096;

    private final ArrayDeque<GuardedBlock> oldestFirst = new ArrayDeque<>();
    private final TreeMap<Long, GuardedBlock> byAddress = new TreeMap<>();
    private final Map<Long, GuardedBlock> remembered = new Remembered();
    private final long limit;
    private long bytes;

    private static final class Remembered extends LinkedHashMap<Long, GuardedBlock>
    {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Long, GuardedBlock> eldest)
        {
            return size() > REMEMBERED;
        }
    }

    /**
     * Makes an empty one.
     *
     * @param limit bytes, of what the target gave.
     */
    Quarantine(final long limit)
    {
        this.limit = limit;
    }

    long bytes()
    {
        return bytes;
    }

    /** Whether a block is to be kept at all. A long one would leave no room for any other. */
    boolean wants(final GuardedBlock block)
    {
        return block.length <= limit;
    }

    /** Whether there is room for a block. */
    boolean hasRoomFor(final GuardedBlock block)
    {
        return block.length <= limit - bytes;
    }

    void add(final GuardedBlock block)
    {
        oldestFirst.add(block);
        byAddress.put(block.address, block);
        bytes += block.length;
    }

    /** Takes out the block that has been here longest; null if there is none. */
    GuardedBlock poll()
    {
        final GuardedBlock block = oldestFirst.poll();
        if (null != block)
        {
            byAddress.remove(block.address);
            bytes -= block.length;
        }
        return block;
    }

    /** All of them, the oldest first. */
    Iterable<GuardedBlock> blocks()
    {
        return oldestFirst;
    }

    /** Remembers a block whose memory is given back. */
    void remember(final GuardedBlock block)
    {
        remembered.remove(block.address);
        remembered.put(block.address, block);
    }

    /** A block is made at an address: the one that was there is no longer meant. */
    void forget(final long address)
    {
        remembered.remove(address);
    }

    /** The block that was freed at an address; null if none is known. */
    GuardedBlock freedAt(final long address)
    {
        final GuardedBlock block = byAddress.get(address);
        return null == block ? remembered.get(address) : block;
    }

    /** The block here that an address lies in; null if there is none. */
    GuardedBlock covering(final long address)
    {
        return covering(byAddress, address);
    }

    /** The block among some that an address lies in, or in the zones of; null if there is none. */
    static GuardedBlock covering(final TreeMap<Long, GuardedBlock> blocks, final long address)
    {
        final Map.Entry<Long, GuardedBlock> below = blocks.floorEntry(address);
        if (null != below && below.getValue().covers(address))
        {
            return below.getValue();
        }
        final Map.Entry<Long, GuardedBlock> above = blocks.higherEntry(address);
        return null != above && above.getValue().covers(address) ? above.getValue() : null;
    }
}
