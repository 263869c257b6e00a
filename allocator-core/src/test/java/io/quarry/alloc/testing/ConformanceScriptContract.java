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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Runs every bundled script of the reference implementation, one test a script. Every allocator has a subclass.
 */
@Tag("checks-off")
public abstract class ConformanceScriptContract
{
    /**
     * Makes the allocator under test.
     *
     * @param region that it claims.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region);

    /**
     * How much memory a script gets.
     *
     * @param script that will be run.
     * @return bytes, at least what the script itself wants.
     */
    protected long regionSize(final ConformanceScript script)
    {
        return script.regionSize();
    }

    @TestFactory
    final Stream<DynamicTest> shouldConformToTheReferenceImplementation()
    {
        return ConformanceScripts.names().stream().map(name -> DynamicTest.dynamicTest(name, () ->
            run(ConformanceScripts.read(name), this::create, this::regionSize)));
    }

    static void run(final ConformanceScript script, final Function<Region, RegionAllocator> factory)
    {
        run(script, factory, ConformanceScript::regionSize);
    }

    private static void run(
        final ConformanceScript script,
        final Function<Region, RegionAllocator> factory,
        final ToLongFunction<ConformanceScript> regionSize)
    {
        try (Region region = Region.allocate(regionSize.applyAsLong(script));
            RegionAllocator allocator = factory.apply(region))
        {
            final AllocatorStats fresh = allocator.stats();
            assertEquals(script.operationCount(), script.run(allocator));
            allocator.trim();
            ScriptRunner.checkWhole(fresh, allocator.stats());
        }
    }
}
