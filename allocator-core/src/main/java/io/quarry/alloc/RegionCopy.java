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

import java.nio.ByteBuffer;

/**
 * Copies a block's bytes to another block, in the same region or another one, without garbage.
 */
final class RegionCopy
{
    private RegionCopy()
    {
    }

    /**
     * Copies bytes of one block to another block.
     *
     * @param source region that is read.
     * @param from   address of the first byte read.
     * @param target region that is written.
     * @param to     address of the first byte written.
     * @param length bytes, 0 or more.
     */
    static void copy(final Region source, final long from, final Region target, final long to, final long length)
    {
        if (source == target)
        {
            source.copy(from, to, length);
            return;
        }
        source.checkSpan(from, length);
        target.checkSpan(to, length);
        target.handOut(to + length);
        try
        {
            for (long done = 0; done < length;)
            {
                done += copyPiece(source, from + done, target, to + done, length - done);
            }
            target.windows.settleFaults();
            source.windows.settleFaults();
        }
        catch (final InternalError ex)
        {
            throw target.windows.isOfFile() ? target.windows.fault(ex, to - target.address(), length) :
                source.windows.fault(ex, from - source.address(), length);
        }
    }

    /** As much as both windows at hand hold, and no more than a safepoint can wait for. */
    private static int copyPiece(
        final Region source, final long from, final Region target, final long to, final long most)
    {
        final long inOffset = from - source.address();
        final long outOffset = to - target.address();
        // Not the buffers that are handed out: their users may have set limits.
        final ByteBuffer in = source.windows.own(inOffset);
        final ByteBuffer out = target.windows.own(outOffset);
        final int inStart = (int)(inOffset & source.windows.mask());
        final int outStart = (int)(outOffset & target.windows.mask());
        final int room = Math.min(in.capacity() - inStart, out.capacity() - outStart);
        final int length = (int)Math.min(most, Math.min(room, RegionBytes.PIECE));
        out.put(outStart, in, inStart, length);
        return length;
    }

    /**
     * Moves a block to one that is new: copies, and frees the old one. If either is refused, since the old address is
     * no block's, or there is no memory behind it, the new one is freed.
     *
     * @param allocator    of both blocks.
     * @param from         address of the old block.
     * @param oldSize      bytes.
     * @param oldAlignment of the old block.
     * @param to           address of the new block.
     * @param newSize      bytes; the lesser of the two sizes is copied.
     * @param newAlignment of the new block.
     */
    static void move(
        final GlobalAlloc allocator, final long from, final long oldSize, final long oldAlignment,
        final long to, final long newSize, final long newAlignment)
    {
        try
        {
            copy(allocator.regionOf(from), from, allocator.regionOf(to), to, Math.min(oldSize, newSize));
            allocator.dealloc(from, oldSize, oldAlignment);
        }
        catch (final RuntimeException | Error ex)
        {
            allocator.dealloc(to, newSize, newAlignment);
            throw ex;
        }
    }
}
