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

import org.lwjgl.system.rpmalloc.RPmalloc;

/**
 * rpmalloc as LWJGL brings it, in its default settings. Each thread has to announce itself.
 */
final class RpmallocTarget extends NativeTarget
{
    private static boolean isInitialized;

    RpmallocTarget(final int slotCount)
    {
        super(slotCount);
        initialize();
        enterThread();
    }

    /** Once for the process, whose heap is not given up between targets: blocks of another one may live. */
    private static synchronized void initialize()
    {
        if (!isInitialized)
        {
            RPmalloc.rpmalloc_initialize(null);
            isInitialized = true;
        }
    }

    @Override
    void enterThread()
    {
        if (!RPmalloc.rpmalloc_is_thread_initialized())
        {
            RPmalloc.rpmalloc_thread_initialize();
        }
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        put(slot, alignment <= GIVEN_ALIGNMENT ? RPmalloc.nrpmalloc(size) : RPmalloc.nrpaligned_alloc(alignment, size));
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        if (alignment <= GIVEN_ALIGNMENT)
        {
            put(slot, RPmalloc.nrpzalloc(size));
        }
        else
        {
            put(slot, RPmalloc.nrpaligned_zalloc(alignment, size));
        }
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        put(slot, RPmalloc.nrprealloc(addressOf(slot), newSize));
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        RPmalloc.nrpfree(addressOf(slot));
    }
}
