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

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.ExpandableBlockBuffer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Puts fragments of messages together in blocks, as Aeron's {@code FragmentAssembler} does it in arrays on the
 * Java heap, which stay as long as the longest message ever was. Here the block goes back to its allocator when the
 * message has been handled, and when it grows the shorter one does, at once. A message of one fragment isn't copied.
 * <p>
 * For the thread that polls. Garbage: once a session.
 */
// listing:begin
final class BlockAssembler implements FragmentHandler, AutoCloseable
{
    private final Allocator allocator;
    private final FragmentHandler delegate;
    private final Int2ObjectHashMap<Assembly> sessions = new Int2ObjectHashMap<>();

    BlockAssembler(final Allocator allocator, final FragmentHandler delegate)
    {
        this.allocator = allocator;
        this.delegate = delegate;
    }

    @Override
    public void onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        final byte flags = header.flags();
        if (FrameDescriptor.UNFRAGMENTED == (flags & FrameDescriptor.UNFRAGMENTED))
        {
            delegate.onFragment(buffer, offset, length, header);
            return;
        }
        Assembly assembly = sessions.get(header.sessionId());
        if (null == assembly)
        {
            assembly = new Assembly(new ExpandableBlockBuffer(allocator, 0));
            sessions.put(header.sessionId(), assembly);
        }
        final boolean isFirst = 0 != (flags & FrameDescriptor.BEGIN_FRAG_FLAG);
        assembly.add(buffer, offset, length, isFirst);
        if (0 != (flags & FrameDescriptor.END_FRAG_FLAG))
        {
            delegate.onFragment(assembly.message, 0, assembly.length, header);
            assembly.free();
        }
    }

    /** Frees what a publisher that has gone left half-way. */
    @Override
    public void close()
    {
        sessions.values().forEach((assembly) -> CloseHelper.close(assembly.message));
        sessions.clear();
    }

    /** The message of a session that has not ended yet. */
    private static final class Assembly
    {
        private final ExpandableBlockBuffer message;
        private int length;

        Assembly(final ExpandableBlockBuffer message)
        {
            this.message = message;
        }

        void add(final DirectBuffer buffer, final int offset, final int added, final boolean isFirst)
        {
            length = isFirst ? 0 : length;
            message.putBytes(length, buffer, offset, added);
            length += added;
        }

        void free()
        {
            message.trimToSize(0);
            length = 0;
        }
    }
}
// listing:end
