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

import java.util.List;

/**
 * What lives: when the program thinks that it has freed everything, what leaks. {@link #toString()} says it in words.
 *
 * @param level       that it was found at.
 * @param sampling    one block in so many is in {@code sites}, on average; 1 if all are.
 * @param blocks      how many blocks live, exactly; those of size 0 don't count.
 * @param bytes       what they have: their usable sizes; at level {@link CheckLevel#FULL} their sizes.
 * @param classes     the same by powers of two, the smallest first; without those that have none.
 * @param sites       where those of them that are known were allocated, most bytes first; empty at level
 *                    {@link CheckLevel#COUNT}.
 * @param lostSamples blocks that were to be sampled since the allocator was made, and for which there was no room.
 */
public record LeakReport(
    CheckLevel level, int sampling, long blocks, long bytes,
    List<SizeClass> classes, List<Site> sites, long lostSamples)
{
    /**
     * Keeps copies of the lists.
     *
     * @param level       that it was found at.
     * @param sampling    one block in so many is in {@code sites}.
     * @param blocks      how many blocks live.
     * @param bytes       what they have.
     * @param classes     the same by powers of two.
     * @param sites       where those that are known were allocated.
     * @param lostSamples blocks for which there was no room.
     */
    public LeakReport
    {
        classes = List.copyOf(classes);
        sites = List.copyOf(sites);
    }

    /**
     * The blocks of one class.
     *
     * @param maxSize bytes, the largest block of the class; half of it is the largest of the next smaller class.
     * @param blocks  how many live.
     * @param bytes   of them all.
     */
    public record SizeClass(long maxSize, long blocks, long bytes)
    {
    }

    /**
     * The blocks that were allocated at one place, as far as they are known.
     *
     * @param allocated where, and by which thread the one block that is named.
     * @param blocks    how many are known.
     * @param bytes     of them all.
     * @param address   of one of them.
     * @param size      of that one, bytes.
     * @param alignment of that one.
     */
    public record Site(CallSite allocated, long blocks, long bytes, long address, long size, long alignment)
    {
        /**
         * The place and what was allocated there.
         *
         * @return a text of several lines.
         */
        @Override
        public String toString()
        {
            return "blocks=" + blocks + " bytes=" + bytes + ", one of them address=" + Misuse.hex(address) +
                " size=" + size + " alignment=" + Long.toUnsignedString(alignment) +
                "\n      allocated by " + allocated;
        }
    }

    /**
     * Whether nothing lives.
     *
     * @return true if so.
     */
    public boolean isEmpty()
    {
        return 0 == blocks;
    }

    /**
     * The report in words.
     *
     * @return a text of several lines.
     */
    @Override
    public String toString()
    {
        if (isEmpty())
        {
            return "no leak";
        }
        final StringBuilder text = new StringBuilder(256);
        text.append("leak: blocks=").append(blocks).append(" bytes=").append(bytes);
        classes.forEach(sizes -> text.append("\n    up to size=").append(sizes.maxSize)
            .append(": blocks=").append(sizes.blocks).append(" bytes=").append(sizes.bytes));
        if (CheckLevel.SITE == level)
        {
            text.append("\n    sites of one block in ").append(sampling);
            if (lostSamples > 0)
            {
                text.append(", lostSamples=").append(lostSamples).append(" for want of room");
            }
        }
        sites.forEach(site -> text.append("\n    ").append(site));
        return text.toString();
    }
}
