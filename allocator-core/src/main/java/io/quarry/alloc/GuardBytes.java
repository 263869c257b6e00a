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
import java.util.Arrays;

/**
 * The bytes that are written where nobody should write, and the look for those that somebody did. A byte that was
 * written with the value that it had can't be told.
 */
final class GuardBytes
{
    /** Around a block. */
    static final byte ZONE = (byte)0xFD;
    /** In a block that is new. */
    static final byte NEW = (byte)0xCD;
    /** In a block that is freed. */
    static final byte FREED = (byte)0xDD;

    private static final int PATTERN_LENGTH = 4096;
    private static final byte[] ZONES = pattern(ZONE);
    private static final byte[] NEWS = pattern(NEW);
    private static final byte[] FREEDS = pattern(FREED);

    /** Of a window of a region; an address has at least so much of one before it. */
    private static final int PIECE = 1 << 20;
    private static final int LINE = 16;
    private static final int LINES_AFTER = 3;

    private GuardBytes()
    {
    }

    static void fill(final Region region, final long at, final long length, final byte value)
    {
        final byte[] pattern = ZONE == value ? ZONES : NEW == value ? NEWS : FREEDS;
        for (long done = 0; done < length;)
        {
            final int step = (int)Math.min(length - done, PATTERN_LENGTH);
            region.buffer(at + done).put(region.bufferOffset(at + done), pattern, 0, step);
            done += step;
        }
    }

    /** The index of the first byte that is another; -1 if there is none. */
    static long firstOther(final Region region, final long at, final long length, final byte value)
    {
        for (long done = 0; done < length;)
        {
            final int step = (int)Math.min(length - done, PIECE);
            final int found = firstOther(region.buffer(at + done), region.bufferOffset(at + done), step, value);
            if (found >= 0)
            {
                return done + found;
            }
            done += step;
        }
        return -1;
    }

    private static int firstOther(final ByteBuffer buffer, final int offset, final int length, final byte value)
    {
        final long word = (value & 0xFFL) * 0x0101010101010101L;
        int i = 0;
        while (i + Long.BYTES <= length && buffer.getLong(offset + i) == word)
        {
            i += Long.BYTES;
        }
        while (i < length && buffer.get(offset + i) == value)
        {
            i++;
        }
        return i < length ? i : -1;
    }

    /**
     * What is wrong with some bytes.
     *
     * @param region of the block.
     * @param block  address that offsets are counted from.
     * @param at     address of the first byte that was changed.
     * @param end    address where the bytes end that should all be alike.
     * @param value  that they should have.
     * @return the damage, with a dump of the bytes about the first.
     */
    static MisuseReport.Damage damage(
        final Region region, final long block, final long at, final long end, final byte value)
    {
        long count = 0;
        for (long i = at; i < end; i++)
        {
            count += value == get(region, i) ? 0 : 1;
        }
        return new MisuseReport.Damage(at - block, count, value & 0xFF, get(region, at) & 0xFF,
            dump(region, block, at, end, value));
    }

    /** A line before the one with the first byte changed, that one, and some more, as far as the region goes. */
    private static String dump(
        final Region region, final long block, final long at, final long end, final byte value)
    {
        final StringBuilder text = new StringBuilder(512);
        final long middle = block + Math.floorDiv(at - block, (long)LINE) * LINE;
        final long from = Math.max(region.address(), middle - LINE);
        final long to = Math.min(region.address() + region.capacity(), middle + LINES_AFTER * LINE);
        for (long line = from; line < to; line += LINE)
        {
            text.append(String.format("\n    %+8d:", line - block));
            for (long i = line; i < Math.min(line + LINE, to); i++)
            {
                final byte found = get(region, i);
                final boolean isChanged = i >= at && i < end && value != found;
                text.append(String.format(isChanged ? " [%02x]" : " %02x", found));
            }
        }
        return text.toString();
    }

    private static byte get(final Region region, final long at)
    {
        return region.buffer(at).get(region.bufferOffset(at));
    }

    private static byte[] pattern(final byte value)
    {
        final byte[] bytes = new byte[PATTERN_LENGTH];
        Arrays.fill(bytes, value);
        return bytes;
    }
}
