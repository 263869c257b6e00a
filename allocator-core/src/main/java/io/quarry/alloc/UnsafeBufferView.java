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

import org.agrona.concurrent.UnsafeBuffer;

/**
 * An Agrona buffer over all of a {@link Block}, wherever that is.
 */
final class UnsafeBufferView implements Block.View
{
    private final UnsafeBuffer buffer;

    UnsafeBufferView(final UnsafeBuffer buffer)
    {
        this.buffer = buffer;
    }

    @Override
    public void moved(final Block block, final long oldAddress, final long oldSize)
    {
        final long from = buffer.addressOffset() - oldAddress;
        if (null != buffer.byteArray() || from < 0 || from > oldSize - buffer.capacity())
        {
            // Its user has put it over something else in the meantime: it is none of ours.
            return;
        }
        if (null == block || buffer.capacity() != oldSize || block.size() > Integer.MAX_VALUE)
        {
            // One over a part of the block, or over more than it can hold, can't follow.
            buffer.wrap(Allocator.NULL, 0);
        }
        else
        {
            wrapWhole(buffer, block);
        }
    }

    /** Puts a buffer over a block of no more bytes than a buffer can have. */
    static void wrapWhole(final UnsafeBuffer buffer, final Block block)
    {
        if (0 == block.size())
        {
            buffer.wrap(block.address(), 0);
        }
        else
        {
            AgronaBuffers.wrap(buffer, block.region(), block.address(), (int)block.size());
        }
    }

    @Override
    public boolean isOf(final Object wanted)
    {
        return buffer == wanted;
    }
}
