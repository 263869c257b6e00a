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
import io.quarry.alloc.testing.FirstFitAllocator;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A program that holds {@link Global} to the contract, or to the recorded scripts, and prints how many tests it ran and
 * which failed.
 */
public final class GlobalContractMain
{
    private int count;
    private final StringBuilder failures = new StringBuilder();

    private GlobalContractMain()
    {
    }

    /** What is asked of the adapters, as {@link Global} is made of the same code; each call goes through it. */
    static class Contract extends AllocatorAdapterContractTest
    {
        @Override
        protected RegionAllocator create(final Region region)
        {
            return new GlobalSubject(FirstFitAllocator.over(region));
        }

        @Override
        protected boolean threadSafe()
        {
            return true;
        }
    }

    /**
     * Runs the tests.
     *
     * @param args "contract", or "scripts".
     */
    public static void main(final String[] args)
    {
        final GlobalContractMain main = new GlobalContractMain();
        if ("contract".equals(args[0]))
        {
            main.runContract();
        }
        else
        {
            main.runScripts();
        }
        System.out.print("ran " + main.count + "\n" + main.failures);
    }

    private void runContract()
    {
        final Method[] methods = Contract.class.getMethods();
        Arrays.sort(methods, Comparator.comparing(Method::getName));
        for (final Method method : methods)
        {
            if (method.isAnnotationPresent(Test.class) && !method.isAnnotationPresent(Disabled.class))
            {
                final Contract contract = new Contract();
                method.setAccessible(true);
                run(method.getName(), () -> method.invoke(contract));
                run(method.getName() + ", after it", () -> contract.resources().afterEach(null));
            }
        }
    }

    private void runScripts()
    {
        for (final String name : ConformanceScripts.names())
        {
            final ConformanceScript script = ConformanceScripts.read(name);
            run(name, () ->
            {
                try (Region region = Region.allocate(script.regionSize());
                    RegionAllocator allocator = new GlobalSubject(FirstFitAllocator.over(region)))
                {
                    script.run(allocator);
                    allocator.verify();
                    if (0 != allocator.stats().liveBlocks())
                    {
                        throw new AssertionError(allocator.stats());
                    }
                }
            });
        }
    }

    private void run(final String name, final Step step)
    {
        try
        {
            step.run();
            count++;
        }
        catch (final Exception | AssertionError ex)
        {
            final Throwable cause = ex instanceof InvocationTargetException ? ex.getCause() : ex;
            if (!(cause instanceof TestAbortedException))
            {
                failures.append(name).append(": ").append(cause).append('\n');
            }
        }
    }

    /** A test. */
    private interface Step
    {
        void run() throws Exception;
    }
}
