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

import org.lwjgl.system.mimalloc.mimalloc;

/**
 * mimalloc as LWJGL brings it, in its default settings. Its free that tells the size only checks it, so the plain one.
 */
final class MimallocTarget extends NativeTarget
{
    MimallocTarget(final int slotCount)
    {
        super(slotCount);
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        put(slot, alignment <= GIVEN_ALIGNMENT ?
            mimalloc.nmi_malloc(lengthened(size, alignment)) : mimalloc.nmi_malloc_aligned(size, alignment));
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        if (alignment <= GIVEN_ALIGNMENT)
        {
            put(slot, mimalloc.nmi_zalloc(lengthened(size, alignment)));
        }
        else
        {
            put(slot, mimalloc.nmi_zalloc_aligned(size, alignment));
        }
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        put(slot, mimalloc.nmi_realloc(addressOf(slot), lengthened(newSize, alignment)));
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        mimalloc.nmi_free(addressOf(slot));
    }
}
