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
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Runs scripts that a coverage-guided fuzzer made up, against the model. Those that between them reach all that was
 * ever reached are kept, in the test resource {@code fuzz/CLASS.txt}, and run each time, without the fuzzer; to look
 * for more is a profile of the build. A subclass has a constructor without parameters.
 */
public abstract class FuzzContract
{
    private static final int SIZE_BITS = 2;
    private static final int VARIANT_BITS = 5;

    /**
     * Makes the allocator under test.
     *
     * @param region  that it claims.
     * @param variant 0 to 31: which of several, for instance by the size of its units.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region, int variant);

    /**
     * The sizes of the regions, four of them.
     *
     * @return bytes each.
     */
    protected long[] regionSizes()
    {
        return new long[]{ 4096, 1 << 14, 1 << 16, (1 << 18) + 4096 };
    }

    /**
     * Whether what is freed can be had again, and wrong calls are found: see {@link AllocatorScript#withoutReuse}.
     *
     * @return false for an arena.
     */
    protected boolean reuses()
    {
        return true;
    }

    /**
     * Runs one script: the first byte chooses the region's size, the variant, and whether another allocator had the
     * region before; the others are the operations.
     *
     * @param bytes any.
     * @throws Deviation if the allocator deviates.
     */
    final void run(final byte[] bytes)
    {
        if (0 == bytes.length)
        {
            return;
        }
        final int choice = bytes[0] & 0xFF;
        final long regionSize = regionSizes()[choice & (1 << SIZE_BITS) - 1];
        final int variant = choice >>> SIZE_BITS & (1 << VARIANT_BITS) - 1;
        final boolean isUsed = 0 != choice >>> SIZE_BITS + VARIANT_BITS;
        AllocatorScript.run(region -> isUsed ? createAnother(region, variant) : create(region, variant), regionSize,
            reuses(), Arrays.copyOfRange(bytes, 1, bytes.length));
    }

    /** The one before left old bytes all over the region. */
    private RegionAllocator createAnother(final Region region, final int variant)
    {
        try (RegionAllocator before = create(region, variant))
        {
            final long size = before.maxSize();
            final long address = before.allocate(size, 1);
            PatternBytes.write(before.regionOf(address), address, 0, size, 1);
            before.deallocate(address, size, 1);
        }
        return create(region, variant);
    }

    @Test
    @Tag("checks-off")
    final void shouldHoldUnderKeptScripts() throws IOException
    {
        final List<String> kept = FuzzRun.kept(getClass());
        assertFalse(kept.isEmpty(), "no script is kept");
        for (final String script : kept)
        {
            try
            {
                run(Base64.getDecoder().decode(script));
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("kept script " + script + ": " + ex.getMessage(), ex);
            }
        }
    }

    @Test
    @Tag("fuzz")
    @EnabledIfSystemProperty(named = FuzzRun.FOLDER, matches = ".+", disabledReason = "only with -Pfuzz")
    final void shouldFindNothingMore() throws IOException, InterruptedException
    {
        final FuzzRun run = new FuzzRun(getClass());
        run.fuzz();
        assertTrue(run.keep() > 0, "no script reaches anything");
    }
}
