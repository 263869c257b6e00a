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
 * Copies bytes from one region to another, or inside one, without garbage.
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
        long done = 0;
        while (done < length)
        {
            done += copyPiece(source, from + done, target, to + done, length - done);
        }
    }

    /** As much as both buffers at hand hold, and no more than a safepoint can wait for. */
    private static int copyPiece(
        final Region source, final long from, final Region target, final long to, final long most)
    {
        final ByteBuffer in = source.buffer(from);
        final ByteBuffer out = target.buffer(to);
        final int inOffset = source.bufferOffset(from);
        final int outOffset = target.bufferOffset(to);
        final int room = Math.min(in.capacity() - inOffset, out.capacity() - outOffset);
        final int length = (int)Math.min(most, Math.min(room, RegionBytes.PIECE));
        out.put(outOffset, in, inOffset, length);
        return length;
    }
}
