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
package io.quarry.alloc.testing;

import io.quarry.alloc.Region;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The contract over a mapped file of 3 GiB, which takes minutes and as much memory: with
 * {@code -Dquarry.test.largeRegions=true} only, and from JDK 22 on. What other tests have at any time is
 * {@link WindowedRegionContract}.
 */
public abstract class LargeRegionContract extends AllocatorContract
{
    private static final String PROPERTY = "quarry.test.largeRegions";
    private static final int FIRST_WITH_LARGE_REGIONS = 22;
    private static final long LARGE = 3L << 30;

    private final List<Path> files = new ArrayList<>();

    @BeforeEach
    final void skipUnlessAskedFor()
    {
        assumeTrue(Runtime.version().feature() >= FIRST_WITH_LARGE_REGIONS, "regions this large need JDK 22");
        assumeTrue(Boolean.getBoolean(PROPERTY), "takes minutes: -D" + PROPERTY + "=true asks for it");
    }

    @AfterEach
    final void deleteFiles() throws IOException
    {
        for (final Path file : files)
        {
            Files.delete(file);
        }
    }

    @Override
    protected final long regionSize()
    {
        return LARGE;
    }

    @Override
    public final Region newRegion(final long size)
    {
        try
        {
            final Path shm = Path.of("/dev/shm");
            final Path file = Files.isWritable(shm) ?
                Files.createTempFile(shm, "quarry", ".region") : Files.createTempFile("quarry", ".region");
            files.add(file);
            return Region.map(file, size);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
