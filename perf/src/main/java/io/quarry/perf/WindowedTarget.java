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

import io.quarry.alloc.Region;

/**
 * A Quarry allocator over a region of more than 2 GiB, which no single buffer shows. A class of its own, so that one
 * that has a single buffer pays nothing for it.
 */
final class WindowedTarget extends QuarryTarget
{
    /**
     * Makes the target.
     *
     * @param stack     to be measured, closed with the target.
     * @param slotCount of the trace.
     */
    WindowedTarget(final RegionStack stack, final int slotCount)
    {
        super(stack, slotCount);
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final Region region = region();
        final long first = address(slot, alignment);
        final long last = first + size - 1;
        region.buffer(first).put(region.bufferOffset(first), (byte)1);
        region.buffer(last).put(region.bufferOffset(last), (byte)1);
    }
}
