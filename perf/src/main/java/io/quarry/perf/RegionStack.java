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
import io.quarry.alloc.RegionAllocator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An allocator of Quarry's with all it stands on: an upstream, where it has one, and a region. Made and closed
 * together.
 */
final class RegionStack implements AutoCloseable
{
    /** Bytes of region that one buffer shows, whatever the JDK. */
    static final long MOST_OF_ONE_BUFFER = Integer.MAX_VALUE - 8;

    private static final int PAGE = 4096;

    private final Region region;
    private final RegionAllocator upstream;
    private final RegionAllocator allocator;

    /**
     * Makes a stack.
     *
     * @param regionSize      bytes; more than 2 GiB are of a mapped file, from JDK 22 on.
     * @param regionAlignment of the region's base. At least a page: more makes it the same in every process where in a
     *                        region strictly aligned blocks can lie.
     * @param newUpstream     makes the allocator of the region.
     * @param newAllocator    makes the one on top of it, or returns it.
     */
    RegionStack(
        final long regionSize,
        final long regionAlignment,
        final Function<Region, RegionAllocator> newUpstream,
        final UnaryOperator<RegionAllocator> newAllocator)
    {
        region = regionSize <= MOST_OF_ONE_BUFFER ?
            Region.allocate(regionSize, Math.max(PAGE, regionAlignment)) : mapped(regionSize);
        upstream = newUpstream.apply(region);
        allocator = newAllocator.apply(upstream);
    }

    Region region()
    {
        return region;
    }

    RegionAllocator allocator()
    {
        return allocator;
    }

    /** Of shared memory where there is some, by a file that nobody else sees; its base is aligned to a page. */
    private static Region mapped(final long size)
    {
        try
        {
            final Path file = SharedMemoryFile.create();
            try
            {
                return Region.map(file, size);
            }
            finally
            {
                Files.delete(file);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** Has the operating system provide every page. */
    static void touchAll(final Region region)
    {
        for (long offset = 0; offset < region.capacity(); offset += PAGE)
        {
            final long address = region.address() + offset;
            region.buffer(address).put(region.bufferOffset(address), (byte)0);
        }
    }

    @Override
    public void close()
    {
        allocator.close();
        upstream.close();
        region.close();
    }
}
