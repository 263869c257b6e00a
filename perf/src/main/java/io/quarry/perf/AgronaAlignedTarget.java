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
package io.quarry.perf;

import org.agrona.BufferUtil;

import java.nio.ByteBuffer;

/**
 * A {@link BufferUtil#allocateDirectAligned} for each block. What that returns is a slice, which nothing can free but
 * the garbage collector, so a free here is to forget it: the collector's work is in the time of later calls.
 */
final class AgronaAlignedTarget extends DirectBufferTarget
{
    AgronaAlignedTarget(final int slotCount)
    {
        super(slotCount);
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        final ByteBuffer block = BufferUtil.allocateDirectAligned(size, alignment);
        put(slot, block, block);
    }

    @Override
    void free(final ByteBuffer owner)
    {
        // The collector does it.
    }
}
