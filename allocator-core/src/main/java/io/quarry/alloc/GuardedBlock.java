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
 * One block with the zones around it, and what is known of its life.
 * <pre>
 *   base                  address          address + size      base + length
 *    | zone before         | the user's      | zone behind        |
 *    | at least 32 bytes,  | size bytes      | at least 32 bytes, |
 *    | a multiple of the   |                 | to the end of what |
 *    | alignment           |                 | the target gave    |
 * </pre>
 * Threads: as {@link GuardedBlocks}, whose lock guards it.
 */
final class GuardedBlock
{
    /** The least bytes on either side. */
    static final long ZONE = 32;

    /** As the target has it. */
    final long base;
    final long baseAlignment;
    long baseSize;
    long length;

    final long address;
    /** As the user has it; sizes from minSize on fit, where the user left it open. */
    long minSize;
    long size;
    long alignment;

    int allocationSite;
    long allocationThread;
    String allocationThreadName;

    int freeSite;
    long freeThread;
    /** Null while the block lives. */
    String freeThreadName;

    GuardedBlock(final long base, final long baseSize, final long baseAlignment, final long address)
    {
        this.base = base;
        this.baseSize = baseSize;
        this.baseAlignment = baseAlignment;
        this.address = address;
    }

    /** Bytes before a block: so many that it is aligned if what the target gives is. */
    static long front(final long alignment)
    {
        return Math.max(ZONE, alignment);
    }

    /** Bytes to ask the target for; negative if there are no such numbers. */
    static long total(final long size, final long alignment)
    {
        // An alignment of 2^63 is negative, and has no zone that long: no layout of the sum is valid either.
        final long zones = alignment < 0 ? Long.MIN_VALUE : front(alignment) + ZONE;
        return zones < 0 || size > Long.MAX_VALUE - zones ? -1 : size + zones;
    }

    boolean fits(final long fittingSize, final long fittingAlignment)
    {
        return fittingSize >= minSize && fittingSize <= size && fittingAlignment == alignment;
    }

    long end()
    {
        return address + size;
    }

    /** The longest size that has a zone behind it without more from the target. */
    long room()
    {
        return base + length - ZONE - address;
    }

    boolean covers(final long at)
    {
        return at >= base && at - base < length;
    }

    MisuseReport.BlockInfo info(final SiteTable sites)
    {
        final CallSite freed = null == freeThreadName ? null : sites.at(freeSite, freeThreadName, freeThread);
        return new MisuseReport.BlockInfo(
            address, size, alignment, sites.at(allocationSite, allocationThreadName, allocationThread), freed);
    }
}
