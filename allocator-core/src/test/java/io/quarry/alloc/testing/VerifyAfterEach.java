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

import io.quarry.alloc.Verifiable;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A JUnit extension that, after each test, verifies what the test registered, and then closes what it asked to have
 * closed, the last first. The test fails if an invariant is broken, even if nothing that it looked at was wrong yet.
 * <pre>
 *   &#64;RegisterExtension
 *   final VerifyAfterEach resources = new VerifyAfterEach();
 * </pre>
 */
public final class VerifyAfterEach implements AfterEachCallback
{
    private final Map<Verifiable, Boolean> verifiables = new IdentityHashMap<>();
    private final Deque<AutoCloseable> closeables = new ArrayDeque<>();

    /**
     * Registers something to be verified after the test.
     *
     * @param verifiable an allocator or the like.
     * @param <T>        its type.
     * @return {@code verifiable}.
     */
    public <T extends Verifiable> T verify(final T verifiable)
    {
        verifiables.put(verifiable, Boolean.TRUE);
        return verifiable;
    }

    /**
     * Takes something off the list of what will be verified, as the test has closed it.
     *
     * @param verifiable that was registered.
     */
    public void forget(final Verifiable verifiable)
    {
        verifiables.remove(verifiable);
    }

    /**
     * Registers something to be closed after the test, after all was verified.
     *
     * @param closeable a region, an allocator or the like.
     * @param <T>       its type.
     * @return {@code closeable}.
     */
    public <T extends AutoCloseable> T close(final T closeable)
    {
        closeables.push(closeable);
        return closeable;
    }

    /**
     * Verifies and closes.
     *
     * @param context of the test.
     * @throws Exception what a verification or a close threw first.
     */
    @Override
    public void afterEach(final ExtensionContext context) throws Exception
    {
        Throwable first = null;
        for (final Verifiable verifiable : verifiables.keySet())
        {
            try
            {
                verifiable.verify();
            }
            catch (final RuntimeException | AssertionError ex)
            {
                first = null == first ? ex : first;
            }
        }
        verifiables.clear();
        while (!closeables.isEmpty())
        {
            try
            {
                closeables.pop().close();
            }
            catch (final Exception | AssertionError ex)
            {
                first = null == first ? ex : first;
            }
        }
        if (first instanceof Error error)
        {
            throw error;
        }
        if (null != first)
        {
            throw (Exception)first;
        }
    }
}
