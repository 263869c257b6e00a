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

import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Runs random scripts on regions of several sizes. Every allocator has a subclass. Each test has its seed in its name;
 * {@code -Dquarry.seed=N} sets the first one, and a new one is taken each time for the last test.
 * {@code -Dquarry.test.scripts=N} runs N times as many.
 */
@Tag("checks-off")
public abstract class AllocatorScriptContract
{
    private static final long FIRST_SEED = Long.getLong("quarry.seed", 1L);
    private static final int TIMES = Integer.getInteger("quarry.test.scripts", 1);
    private static final int LONG_SCRIPT = 20_000;

    /**
     * Makes the allocator under test.
     *
     * @param region that it claims.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region);

    /**
     * The sizes of the regions.
     *
     * @return bytes each.
     */
    protected long[] regionSizes()
    {
        return new long[]{ 4096, 1 << 16, (1 << 18) + 4096, (1 << 20) + 3 * 4096, 4 << 20 };
    }

    /**
     * How many scripts a region size gets in the short form; without checks, which is the rest of the code once more,
     * half of them.
     *
     * @return the count.
     */
    protected int scriptsPerSize()
    {
        return Checks.ENABLED ? 4 : 2;
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

    @TestFactory
    final Stream<DynamicTest> shouldHoldUnderRandomScripts()
    {
        return LongStream.of(regionSizes()).boxed().flatMap(regionSize ->
            LongStream.range(FIRST_SEED, FIRST_SEED + TIMES * scriptsPerSize()).mapToObj(seed ->
                DynamicTest.dynamicTest("regionSize=" + regionSize + " seed=" + seed, () ->
                    run(regionSize, seed))));
    }

    @Test
    final void shouldHoldUnderARandomScriptOfAFreshSeed()
    {
        run(1 << 20, new SplittableRandom().nextLong());
    }

    private void run(final long regionSize, final long seed)
    {
        final AllocatorScript script = reuses() ? new AllocatorScript(this::create, regionSize, seed) :
            AllocatorScript.withoutReuse(this::create, regionSize, seed);
        final long failures = script.run(LONG_SCRIPT);
        assertTrue(failures > 0, "failures=0: the script never exhausted the region, seed=" + seed);
    }
}
