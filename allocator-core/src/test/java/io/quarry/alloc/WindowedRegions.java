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

import java.nio.file.Path;

/**
 * Regions of short windows, for tests: what a region of more than 2 GiB is, in little memory and on every release.
 */
public final class WindowedRegions
{
    private WindowedRegions()
    {
    }

    /**
     * Allocates one.
     *
     * @param size        bytes.
     * @param windowShift log<sub>2</sub> of the bytes between two windows; from each byte on a buffer reaches so far.
     * @return the region.
     */
    public static Region allocate(final long size, final int windowShift)
    {
        return new Region(RegionWindows.over(RegionMemory.allocate(size, 1), null, windowShift));
    }

    /**
     * Maps one.
     *
     * @param path        of the file.
     * @param size        bytes.
     * @param windowShift as above.
     * @return the region.
     */
    public static Region map(final Path path, final long size, final int windowShift)
    {
        final RegionFile file = RegionFile.map(path, size);
        return new Region(RegionWindows.over(file.memory(), file, windowShift));
    }
}
