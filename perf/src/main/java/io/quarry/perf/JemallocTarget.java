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

import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.jemalloc.JEmalloc;

/**
 * jemalloc as LWJGL brings it, in its default settings; a free tells the size, as jemalloc takes it gladly.
 */
final class JemallocTarget extends NativeTarget
{
    JemallocTarget(final int slotCount)
    {
        super(slotCount);
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        put(slot, alignment <= GIVEN_ALIGNMENT ?
            JEmalloc.nje_malloc(lengthened(size, alignment)) : JEmalloc.nje_aligned_alloc(alignment, size));
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        if (alignment <= GIVEN_ALIGNMENT)
        {
            put(slot, JEmalloc.nje_calloc(1, lengthened(size, alignment)));
        }
        else
        {
            alloc(slot, size, alignment);
            MemoryUtil.memSet(addressOf(slot), 0, size);
        }
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        put(slot, JEmalloc.nje_realloc(addressOf(slot), lengthened(newSize, alignment)));
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        if (alignment <= GIVEN_ALIGNMENT)
        {
            JEmalloc.nje_sdallocx(addressOf(slot), lengthened(size, alignment), 0);
        }
        else
        {
            JEmalloc.nje_free(addressOf(slot));
        }
    }
}
