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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.Verifiable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * A real allocator seen through a window: each call of any method is noted, those it has by default among them, and
 * requests for memory can be made to fail. For what stands on an upstream, or forwards to one.
 */
public final class WatchedAllocator implements InvocationHandler
{
    private static final Set<String> REQUESTS = Set.of(
        "allocate", "allocateZeroed", "grow", "growZeroed", "shrink", "tryResize", "allocateBatch", "alloc",
        "allocZeroed", "realloc", "allocUpTo");
    /** Those of the lower contract, which tell a failure by {@link Allocator#NULL}. */
    private static final Set<String> LOWER = Set.of("alloc", "allocZeroed", "realloc", "allocUpTo");

    private final Object target;
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private LongPredicate ownership;
    private String refused = "";
    private Throwable refusal;
    private String awaited = "";
    private Runnable first;
    private Throwable failure;
    private long failFrom = Long.MAX_VALUE;
    private long failTo = Long.MAX_VALUE;
    private long requests;
    private int failures;

    private WatchedAllocator(final Object target)
    {
        this.target = target;
    }

    /**
     * Watches an allocator.
     *
     * @param target that does the work.
     * @return the watch; {@link #allocator()} is what to call.
     */
    public static WatchedAllocator over(final Allocator target)
    {
        return new WatchedAllocator(target);
    }

    /** What to call in place of the target. */
    public Allocator allocator()
    {
        return (Allocator)Proxy.newProxyInstance(
            Allocator.class.getClassLoader(), new Class<?>[]{ Allocator.class, Verifiable.class }, this);
    }

    /** What to call in place of a target that is a region's. */
    public RegionAllocator regionAllocator()
    {
        return (RegionAllocator)Proxy.newProxyInstance(
            Allocator.class.getClassLoader(), new Class<?>[]{ RegionAllocator.class }, this);
    }

    /** Has it own what it is told, whatever the target says. */
    WatchedAllocator owning(final LongPredicate wanted)
    {
        ownership = wanted;
        return this;
    }

    /** Has one method throw, whatever the target would do. */
    public WatchedAllocator refusing(final String method, final Throwable wanted)
    {
        refused = method;
        refusal = wanted;
        return this;
    }

    /** Has something done first whenever one method is called. */
    public WatchedAllocator before(final String method, final Runnable wanted)
    {
        awaited = method;
        first = wanted;
        return this;
    }

    /** Requests for memory are counted from 1; those from first to last fail. */
    public void failRequests(final long first, final long last)
    {
        failFrom = first;
        failTo = last;
        requests = 0;
        failures = 0;
    }

    /** Has the requests that are to fail throw something else than what says that there is no memory. */
    public void failWith(final Throwable wanted)
    {
        failure = wanted;
    }

    public int failures()
    {
        return failures;
    }

    /** The calls since the last time, each as its name and parameter types. */
    List<String> takeCalls()
    {
        final List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    static String signature(final Method method)
    {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    @Override
    public Object invoke(final Object proxy, final Method method, final Object[] arguments) throws Throwable
    {
        calls.add(signature(method));
        if (null != ownership && "owns".equals(method.getName()))
        {
            return ownership.test((long)arguments[0]);
        }
        if (awaited.equals(method.getName()))
        {
            first.run();
        }
        if (refused.equals(method.getName()))
        {
            throw refusal;
        }
        if (REQUESTS.contains(method.getName()) && fails())
        {
            if (null != failure)
            {
                throw failure;
            }
            if (boolean.class == method.getReturnType())
            {
                return false;
            }
            if (int.class == method.getReturnType())
            {
                return 0;
            }
            if (LOWER.contains(method.getName()))
            {
                return Allocator.NULL;
            }
            throw AllocError.exhausted();
        }
        try
        {
            return method.invoke(target, arguments);
        }
        catch (final InvocationTargetException ex)
        {
            throw ex.getCause();
        }
    }

    private boolean fails()
    {
        requests++;
        final boolean fails = requests >= failFrom && requests <= failTo;
        failures += fails ? 1 : 0;
        return fails;
    }
}
