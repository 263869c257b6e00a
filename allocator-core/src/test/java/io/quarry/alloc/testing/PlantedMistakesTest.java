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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The kit finds mistakes: each tool all that it is said to find, and none where there is none.
 */
@Tag("of-the-tests")
class PlantedMistakesTest
{
    private static final int SCRIPT_OPERATIONS = 6000;
    private static final long SCRIPT_REGION = 1 << 20;

    private static final int BYTE_SCRIPTS = 400;
    private static final int LONGEST_BYTES = 1500;
    private static final int[] BYTE_REGIONS = { 4096, 1 << 14, 1 << 16 };

    /** The smaller scripts, each about something else; p16 is that of failures. */
    private static final List<String> SCRIPTS = List.of(
        "p01-smoke.txt", "p02-zero-size.txt", "p03-align-sweep.txt", "p04-grow-doubling.txt", "p05-shrink-steps.txt",
        "p06-grow-zeroed.txt", "p07-realign.txt.gz", "p08-same-size.txt", "p14-size-edges.txt",
        "p15-fit-range.txt.gz", "p16-failures.txt.gz", "p21-zeroed-reuse.txt.gz");

    /** The contract on an allocator with a mistake; without a name, so that the engine doesn't run it by itself. */
    private static AllocatorContract contractOf(final PlantedMistake mistake)
    {
        return new AllocatorContract()
        {
            @Override
            protected RegionAllocator create(final Region region)
            {
                return mistake.over(region);
            }

            @Override
            protected long regionSize()
            {
                return 1 << 20;
            }

            @Override
            protected boolean garbageFree()
            {
                return false;
            }
        };
    }

    @ParameterizedTest
    @EnumSource(PlantedMistake.class)
    void shouldBeFoundByTheToolsThatAreSaidToFindIt(final PlantedMistake mistake)
    {
        final Set<PlantedMistake.Tool> found = EnumSet.noneOf(PlantedMistake.Tool.class);
        final StringBuilder how = new StringBuilder();
        note(found, how, PlantedMistake.Tool.CONTRACT, contractFailure(mistake));
        note(found, how, PlantedMistake.Tool.SCRIPT, scriptFailure(mistake));
        note(found, how, PlantedMistake.Tool.BYTES, bytesFailure(mistake));
        note(found, how, PlantedMistake.Tool.CONFORMANCE, conformanceFailure(mistake));
        assertEquals(mistake.caughtBy, found, how.toString());
    }

    @Test
    void shouldBeMany()
    {
        assertTrue(PlantedMistake.values().length > 20);
        for (final PlantedMistake mistake : PlantedMistake.values())
        {
            assertEquals(PlantedMistake.NONE == mistake, mistake.caughtBy.isEmpty(), mistake.name());
        }
    }

    private static void note(
        final Set<PlantedMistake.Tool> found,
        final StringBuilder how,
        final PlantedMistake.Tool tool,
        final String failure)
    {
        if (null != failure)
        {
            found.add(tool);
            how.append(tool).append(": ").append(failure.lines().findFirst().orElse("")).append('\n');
        }
    }

    /** The first test of the contract that fails, or null. */
    private static String contractFailure(final PlantedMistake mistake)
    {
        final Method[] methods = AllocatorContract.class.getMethods();
        Arrays.sort(methods, Comparator.comparing(Method::getName));
        for (final Method method : methods)
        {
            if (method.isAnnotationPresent(Test.class))
            {
                final Throwable thrown = run(method, contractOf(mistake));
                if (null != thrown)
                {
                    return method.getName() + ": " + thrown;
                }
            }
        }
        return null;
    }

    private static Throwable run(final Method method, final AllocatorContract contract)
    {
        Throwable thrown = null;
        try
        {
            method.setAccessible(true);
            method.invoke(contract);
        }
        catch (final InvocationTargetException ex)
        {
            thrown = ex.getCause() instanceof TestAbortedException ? null : ex.getCause();
        }
        catch (final IllegalAccessException ex)
        {
            throw new AssertionError(ex);
        }
        try
        {
            contract.resources().afterEach(null);
        }
        catch (final Exception | AssertionError ex)
        {
            thrown = null == thrown ? ex : thrown;
        }
        return thrown;
    }

    private static String scriptFailure(final PlantedMistake mistake)
    {
        for (long seed = 1; seed <= 3; seed++)
        {
            try
            {
                new AllocatorScript(mistake::over, SCRIPT_REGION, seed, 0).run(SCRIPT_OPERATIONS);
            }
            catch (final Deviation deviation)
            {
                return deviation.getMessage();
            }
        }
        return null;
    }

    private static String bytesFailure(final PlantedMistake mistake)
    {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < BYTE_SCRIPTS; i++)
        {
            final byte[] bytes = new byte[LONGEST_BYTES >> i % 6];
            random.nextBytes(bytes);
            try
            {
                AllocatorScript.run(mistake::over, BYTE_REGIONS[i % BYTE_REGIONS.length], true, bytes, 0);
            }
            catch (final Deviation deviation)
            {
                return deviation.getMessage();
            }
        }
        return null;
    }

    private static String conformanceFailure(final PlantedMistake mistake)
    {
        for (final String name : SCRIPTS)
        {
            try
            {
                ConformanceScriptContract.run(ConformanceScripts.read(name), mistake::over);
            }
            catch (final Deviation deviation)
            {
                return deviation.getMessage();
            }
        }
        return null;
    }
}
