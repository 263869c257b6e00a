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
package io.quarry.perf.demo;

import io.quarry.alloc.AgronaBuffers;
import io.quarry.alloc.Region;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message of any length from {@link #LEAST_LENGTH} on, whose bytes tell whether they came through.
 */
final class Message
{
    /*
     *   0                     8                     16         20
     *   +---------------------+---------------------+----------+--------------------------------+
     *   | sequence            | sentNs              | length   | the sequence's lowest byte ... |
     *   +---------------------+---------------------+----------+--------------------------------+
     */
    static final int LEAST_LENGTH = 64;
    static final int ALIGNMENT = Long.BYTES;

    private static final int SEQUENCE = 0;
    private static final int SENT_NS = 8;
    private static final int LENGTH = 16;
    private static final int BODY = 20;

    /** One message in so many is long. */
    private static final int LONG_SHARE = 16;
    private static final int SHORT_STEP = 56;
    private static final int LONG_STEP = 1024;

    private Message()
    {
    }

    /** Lengths from 64 to 904 bytes, one in sixteen from 1 to 16 KiB. */
    static int length(final long sequence)
    {
        final int turn = (int)(sequence / LONG_SHARE % LONG_SHARE);
        return 0 == sequence % LONG_SHARE ? LONG_STEP * (1 + turn) : LEAST_LENGTH + SHORT_STEP * turn;
    }

    /** Fills a block, through a buffer that is put over it. */
    static void fill(
        final UnsafeBuffer buffer,
        final Region region,
        final long block,
        final int length,
        final long sequence,
        final long sentNs)
    {
        AgronaBuffers.wrap(buffer, region, block, length);
        buffer.putLong(SEQUENCE, sequence);
        buffer.putLong(SENT_NS, sentNs);
        buffer.putInt(LENGTH, length);
        buffer.setMemory(BODY, length - BODY, (byte)sequence);
    }

    static long sequence(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + SEQUENCE);
    }

    static long sentNs(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + SENT_NS);
    }

    /**
     * Sees that a message is whole.
     *
     * @throws IllegalStateException if it isn't.
     */
    static void check(final DirectBuffer buffer, final int offset, final int length)
    {
        final long sequence = sequence(buffer, offset);
        final byte body = (byte)sequence;
        if (length(sequence) != length || buffer.getInt(offset + LENGTH) != length ||
            buffer.getByte(offset + BODY) != body || buffer.getByte(offset + length / 2) != body ||
            buffer.getByte(offset + length - 1) != body)
        {
            throw new IllegalStateException("sequence=" + sequence + " length=" + length + ": not what was sent");
        }
    }
}
