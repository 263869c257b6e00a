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

import java.lang.reflect.Constructor;

/**
 * What the fuzzer calls, in a JVM of its own. It finds these methods by their names.
 */
public final class FuzzTarget
{
    private static FuzzContract contract;

    private FuzzTarget()
    {
    }

    /**
     * Called once.
     *
     * @param args the name of a subclass of {@link FuzzContract}.
     * @throws ReflectiveOperationException if there is none.
     */
    public static void fuzzerInitialize(final String[] args) throws ReflectiveOperationException
    {
        final Constructor<?> constructor = Class.forName(args[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        contract = (FuzzContract)constructor.newInstance();
    }

    /**
     * Called with what the fuzzer made up.
     *
     * @param bytes any.
     */
    public static void fuzzerTestOneInput(final byte[] bytes)
    {
        contract.run(bytes);
    }
}
