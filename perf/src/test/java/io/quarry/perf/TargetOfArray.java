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

import java.nio.ByteBuffer;

/**
 * Hands out memory of one array, one block behind the other; for tests, which make mistakes in it.
 */
class TargetOfArray extends ReplayTarget
{
    private final ByteBuffer memory = ByteBuffer.allocate(1 << 16);
    private final int[] offsets;
    private int end;

    TargetOfArray(final int slotCount)
    {
        offsets = new int[slotCount];
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        offsets[slot] = (end + alignment - 1) & -alignment;
        end = offsets[slot] + size;
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        alloc(slot, size, alignment);
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        final int from = offsets[slot];
        alloc(slot, newSize, alignment);
        memory.put(offsets[slot], memory, from, Math.min(oldSize, newSize));
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
    }

    @Override
    long address(final int slot, final int alignment)
    {
        return offsets[slot];
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        return memory.slice(offsets[slot], size);
    }

    @Override
    long footprint()
    {
        return 0;
    }

    @Override
    String freeMemory()
    {
        return "";
    }

    @Override
    public void close()
    {
    }
}
