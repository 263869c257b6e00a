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

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Tells another process, over Aeron, of a block in memory that both have mapped: its offset and length. Addresses mean
 * nothing there, as each process has the memory somewhere else.
 */
final class SharedBlock
{
    /*
     *   0                     8          12
     *   +---------------------+----------+
     *   | offset              | length   |
     *   +---------------------+----------+
     */
    static final int MESSAGE_LENGTH = 12;

    private static final int OFFSET = 0;
    private static final int LENGTH = 8;

    private final BufferClaim claim = new BufferClaim();

    // listing:begin
    /**
     * Tells of a block.
     *
     * @return false if it has to be tried again.
     * @throws IllegalStateException if nobody listens any more.
     */
    boolean tell(final ExclusivePublication publication, final long offset, final int length)
    {
        final long position = publication.tryClaim(MESSAGE_LENGTH, claim);
        if (position > 0)
        {
            final MutableDirectBuffer buffer = claim.buffer();
            buffer.putLong(claim.offset() + OFFSET, offset);
            buffer.putInt(claim.offset() + LENGTH, length);
            claim.commit();                             // releases: who reads it sees the block's bytes as well
            return true;
        }
        if (Publication.CLOSED == position || Publication.MAX_POSITION_EXCEEDED == position)
        {
            throw new IllegalStateException(publication.channel() + ": " + Publication.errorString(position));
        }
        return false;
    }
    // listing:end

    static long offset(final DirectBuffer message, final int at)
    {
        return message.getLong(at + OFFSET);
    }

    static int length(final DirectBuffer message, final int at)
    {
        return message.getInt(at + LENGTH);
    }
}
