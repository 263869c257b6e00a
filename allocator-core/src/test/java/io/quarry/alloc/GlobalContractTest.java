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

import io.quarry.alloc.testing.ConformanceScript;
import io.quarry.alloc.testing.ConformanceScripts;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * {@link Global} keeps the contract: registered, in programs of their own, over an allocator that the suite can put
 * on a region; and by default, over the system allocator, in this one.
 */
class GlobalContractTest
{
    private static final String REGISTERED = "-Dquarry.globalAllocator=" + GlobalSubject.Registered.class.getName();

    @Test
    void shouldKeepTheContract()
    {
        assertTrue(passed("contract") > 140, "tests, and what is checked after each");
    }

    @Test
    void shouldConformOverARegisteredAllocator()
    {
        assertEquals(ConformanceScripts.names().size(), passed("scripts"));
    }

    @TestFactory
    Stream<DynamicTest> shouldConformOverTheSystemAllocator()
    {
        return ConformanceScripts.names().stream().map(name -> DynamicTest.dynamicTest(name, () ->
        {
            final ConformanceScript script = ConformanceScripts.read(name);
            final long before = SystemAllocator.INSTANCE.liveBlocks();
            assertEquals(script.operationCount(), script.run(Global.INSTANCE));
            assertEquals(before, SystemAllocator.INSTANCE.liveBlocks());
        }));
    }

    /** How much passed in a program; nothing may have failed. */
    private static int passed(final String what)
    {
        final ForkedJvm.Result result = ForkedJvm
            .withClassesOf(Global.class, GlobalContractMain.class, Test.class, TestAbortedException.class,
                org.junit.platform.commons.util.ReflectionUtils.class, org.apiguardian.api.API.class)
            .flags("-Xmx512m", REGISTERED).run(GlobalContractMain.class, what);
        assertEquals(0, result.status(), result.err());
        final String[] lines = result.out().split("\n", 2);
        assertEquals("", lines[1], result.err());
        return Integer.parseInt(lines[0].replaceFirst("ran ", ""));
    }
}
