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
package io.quarry.alloc.junit;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.CheckLevel;
import io.quarry.alloc.CheckOptions;
import io.quarry.alloc.CheckedAllocator;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SystemAllocator;
import io.quarry.alloc.testing.FirstFitAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Runs tests that leak, and tests that don't, and looks which of them fail.
 */
class LeakCheckTest
{
    private static final List<Object> SEEN = new ArrayList<>();

    @Test
    void shouldFailTheTestsThatLeakAndNoOther()
    {
        final Map<String, Throwable> outcomes = run(Mixed.class);
        assertEquals(6, outcomes.size());
        assertNull(outcomes.get("freesAll(Allocator)"));
        assertNull(outcomes.get("usesNone()"));
        final Throwable leak = outcomes.get("leaksOne(Allocator)");
        assertEquals(AssertionError.class, leak.getClass());
        assertTrue(leak.getMessage().contains("leak: blocks=1 bytes=100"), leak::toString);
        assertTrue(leak.getMessage().contains("leaksOne("), leak::toString);
        final Throwable overrun = outcomes.get("writesBehind(CheckedAllocator)");
        assertTrue(overrun.getMessage().contains("written behind"), overrun::toString);
        final Throwable overrunAndLeak = outcomes.get("writesBehindAndLeaks(CheckedAllocator)");
        assertTrue(overrunAndLeak.getMessage().contains("written behind"), overrunAndLeak::toString);
        assertTrue(overrunAndLeak.getSuppressed()[0].getMessage().contains("leak: blocks=1"), overrunAndLeak::toString);
        // The failure of the test itself comes first.
        final Throwable both = outcomes.get("failsAndLeaks(Allocator)");
        assertEquals("its own", both.getMessage());
        assertTrue(both.getSuppressed()[0].getMessage().contains("leak: blocks=1"), both::toString);
    }

    @Test
    void shouldGiveEachTestAnAllocatorOfItsOwn()
    {
        SEEN.clear();
        final Map<String, Throwable> outcomes = run(OverRegion.class);
        assertEquals(2, outcomes.size());
        outcomes.values().forEach(thrown -> assertNull(thrown));
        assertEquals(2, SEEN.size());
        assertNotSame(SEEN.get(0), SEEN.get(1));
        for (final Object seen : SEEN)
        {
            final CheckedRegionAllocator allocator = (CheckedRegionAllocator)seen;
            assertThrows(IllegalStateException.class, () -> allocator.allocate(1, 1));
            assertEquals(false, allocator.region().isOpen());
        }
    }

    @Test
    void shouldCheckAtTheLevelThatIsAskedFor()
    {
        final Map<String, Throwable> outcomes = run(Counting.class);
        final Throwable leak = outcomes.get("leaks(RegionAllocator)");
        assertTrue(leak.getMessage().contains("leak: blocks=1 bytes=128"), leak::toString);
        assertNull(outcomes.get("clean(RegionAllocator)"));
    }

    @Test
    void shouldResolveOnlyWhatItHas()
    {
        final Throwable thrown = run(WrongParameter.class).get("wantsARegion(RegionAllocator)");
        assertNotNull(thrown);
        assertTrue(thrown.getMessage().contains("ParameterResolver"), thrown::toString);
    }

    @ExtendWith(LeakCheck.class)
    static class Mixed
    {
        @Test
        void freesAll(final Allocator allocator)
        {
            allocator.deallocate(allocator.allocate(100, 8), 100, 8);
        }

        @Test
        void usesNone()
        {
            assertTrue(SystemAllocator.INSTANCE.isThreadSafe());
        }

        @Test
        void leaksOne(final Allocator allocator)
        {
            allocator.allocate(100, 8);
        }

        @Test
        void writesBehind(final CheckedAllocator allocator)
        {
            final long block = allocator.allocate(100, 8);
            final Region region = allocator.regionOf(block);
            region.buffer(block).put(region.bufferOffset(block) + 100, (byte)1);
            allocator.deallocate(block, 100, 8);
        }

        @Test
        void writesBehindAndLeaks(final CheckedAllocator allocator)
        {
            final long block = allocator.allocate(100, 8);
            final Region region = allocator.regionOf(block);
            region.buffer(block).put(region.bufferOffset(block) + 100, (byte)1);
        }

        @Test
        void failsAndLeaks(final Allocator allocator)
        {
            allocator.allocate(100, 8);
            throw new IllegalArgumentException("its own");
        }
    }

    static class OverRegion
    {
        @RegisterExtension
        static final LeakCheck LEAKS = LeakCheck.over(1 << 16, FirstFitAllocator::over);

        private long block;

        @BeforeEach
        void before(final RegionAllocator allocator)
        {
            block = allocator.allocate(10, 1);
        }

        @AfterEach
        void after(final Allocator allocator)
        {
            allocator.deallocate(block, 10, 1);
        }

        @Test
        void one(final CheckedRegionAllocator allocator, final Allocator same)
        {
            assertSame(same, allocator);
            SEEN.add(allocator);
            assertEquals(1, allocator.leaks().blocks());
        }

        @Test
        void two(final CheckedRegionAllocator allocator)
        {
            SEEN.add(allocator);
            assertEquals(1, allocator.leaks().blocks());
        }
    }

    static class Counting
    {
        private final Region region = Region.allocate(1 << 16);

        @RegisterExtension
        final LeakCheck leaks =
            LeakCheck.over(() -> FirstFitAllocator.over(region)).options(CheckOptions.of(CheckLevel.COUNT));

        @Test
        void leaks(final RegionAllocator allocator)
        {
            assertEquals(128, allocator.usableSize(allocator.allocate(100, 8), 100, 8));
        }

        @Test
        void clean(final RegionAllocator allocator)
        {
            allocator.deallocate(allocator.allocate(100, 8), 100, 8);
        }
    }

    @ExtendWith(LeakCheck.class)
    static class WrongParameter
    {
        @Test
        void wantsARegion(final RegionAllocator allocator)
        {
            allocator.close();
        }
    }

    /** What each test threw, or null, by its name. */
    private static Map<String, Throwable> run(final Class<?> type)
    {
        final Map<String, Throwable> outcomes = new TreeMap<>();
        final Launcher launcher = LauncherFactory.create();
        launcher.execute(LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(type)).build(), new TestExecutionListener()
            {
                @Override
                public void executionFinished(final TestIdentifier test, final TestExecutionResult result)
                {
                    if (test.isTest())
                    {
                        outcomes.put(test.getDisplayName(), result.getThrowable().orElse(null));
                    }
                }
            });
        return outcomes;
    }
}
