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
package io.quarry.alloc.buddy;

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.testing.ConformanceScript;
import io.quarry.alloc.testing.ConformanceScriptContract;
import io.quarry.alloc.testing.ConformanceScripts;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The scripts recorded from the reference implementation, with small units and with pages.
 */
class ConcurrentBuddyAllocatorConformanceTest
{
    @Nested
    class UnitsOf64 extends ConformanceScriptContract
    {
        @Override
        protected RegionAllocator create(final Region region)
        {
            return new ConcurrentBuddyAllocator(region, 64);
        }
    }

    /** The regions of the contract are for blocks as small as 16 bytes; 5,000 of these are 20 MiB of pages. */
    @Nested
    @Tag("checks-off")
    class Pages
    {
        private static final long REGION_SIZE = 64 << 20;

        @TestFactory
        Stream<DynamicTest> shouldConformToTheReferenceImplementation()
        {
            return ConformanceScripts.names().stream().map(name -> DynamicTest.dynamicTest(name, () -> run(name)));
        }

        private void run(final String name)
        {
            final ConformanceScript script = ConformanceScripts.read(name);
            try (Region region = Region.allocate(Math.max(REGION_SIZE, script.regionSize()));
                ConcurrentBuddyAllocator buddy = new ConcurrentBuddyAllocator(region, 4096))
            {
                assertEquals(script.operationCount(), script.run(buddy));
                assertEquals(buddy.maxSize(), buddy.stats().largestFreeRun());
                buddy.verify();
            }
        }
    }
}
