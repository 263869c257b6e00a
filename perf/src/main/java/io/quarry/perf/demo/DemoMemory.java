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
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.perf.CommandError;

import java.io.PrintWriter;

/**
 * What demos ask and say of memory.
 */
final class DemoMemory
{
    private DemoMemory()
    {
    }

    /**
     * Sees that Agrona's buffers can be made here.
     *
     * @param region any.
     * @throws CommandError if the JVM lacks Agrona's flag.
     */
    static void checkFlag(final Region region)
    {
        try
        {
            AgronaBuffers.newBuffer(region, region.address(), 0);
        }
        catch (final UnsupportedOperationException ex)
        {
            throw new CommandError(CommandError.USAGE, ex.getMessage());
        }
    }

    /**
     * Verifies an allocator all of whose blocks should have been freed, and prints what it held.
     *
     * @param out     to print to.
     * @param memory  the allocator.
     * @param garbage bytes of Java objects made in the second half.
     * @param makers  by whom.
     * @throws CommandError if a block is left.
     */
    static void print(
        final PrintWriter out, final RegionAllocator memory, final long garbage, final String makers)
    {
        memory.verify();
        final AllocatorStats stats = memory.stats();
        out.printf("garbage made by %s in the second half: %,d bytes%n", makers, garbage);
        out.printf("memory: %d blocks left; held %,d KiB at most, tables of %,d KiB; verified%n", stats.liveBlocks(),
            stats.highWaterBytes() >> 10, stats.metadataBytes() >> 10);
        out.flush();
        if (0 != stats.liveBlocks())
        {
            throw new CommandError(CommandError.DEVIATION, "liveBlocks=" + stats.liveBlocks() + ": wanted none");
        }
    }
}
