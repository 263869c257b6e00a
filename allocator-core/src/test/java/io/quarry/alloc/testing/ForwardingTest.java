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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.FallbackAllocator;
import io.quarry.alloc.GlobalAlloc;
import io.quarry.alloc.Layout;
import io.quarry.alloc.OneThreadAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.Verifiable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * W1, W2: a wrapper forwards every method, each to the same one. A method that is added to an interface and not to a
 * wrapper fails here.
 */
class ForwardingTest
{
    /** Answered by the wrapper itself. */
    private static final Set<String> OWN = Set.of("isThreadSafe", "byRef", "getClass");
    private static final long SIZE = 100;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final FirstFitAllocator target = target();
    private final long[] batch = new long[4];

    private FirstFitAllocator target()
    {
        return resources.close(resources.verify(
            FirstFitAllocator.over(resources.close(Region.allocate(1 << 16)))));
    }

    @Test
    void w01SynchronizedAllocatorShouldForwardEveryMethod() throws ReflectiveOperationException
    {
        final WatchedAllocator watch = WatchedAllocator.over(target);
        checkForwards(Allocator.class, new SynchronizedAllocator(watch.allocator()), watch);
        checkForwards(Verifiable.class, new SynchronizedAllocator(watch.allocator()), watch);
    }

    @Test
    void w01SynchronizedRegionAllocatorShouldForwardEveryMethod() throws ReflectiveOperationException
    {
        final WatchedAllocator watch = WatchedAllocator.over(target);
        final RegionAllocator wrapper = new SynchronizedRegionAllocator(watch.regionAllocator());
        checkForwards(Allocator.class, wrapper, watch);
        checkForwards(GlobalAlloc.class, wrapper, watch);
        // Closes it in the end.
        checkForwards(RegionAllocator.class, wrapper, watch);
        resources.forget(target);
    }

    @Test
    void w01OneThreadAllocatorShouldForwardEveryMethod() throws ReflectiveOperationException
    {
        final WatchedAllocator watch = WatchedAllocator.over(target);
        final RegionAllocator wrapper = new OneThreadAllocator(watch.regionAllocator());
        checkForwards(Allocator.class, wrapper, watch);
        checkForwards(GlobalAlloc.class, wrapper, watch);
        // Closes it in the end.
        checkForwards(RegionAllocator.class, wrapper, watch);
        resources.forget(target);
    }

    @Test
    void w01FallbackAllocatorShouldForwardEveryMethodToTheFirst() throws ReflectiveOperationException
    {
        final WatchedAllocator watch = WatchedAllocator.over(target);
        checkForwards(Allocator.class, new FallbackAllocator(watch.allocator(), target()), watch);
        checkForwards(Verifiable.class, new FallbackAllocator(watch.allocator(), target()), watch);
    }

    @Test
    void w01FallbackAllocatorShouldForwardEveryMethodToTheSecond() throws ReflectiveOperationException
    {
        final FirstFitAllocator first = target();
        while (first.alloc(64, 1) != Allocator.NULL)
        {
            assertTrue(first.stats().freeBytes() >= 0);
        }
        final WatchedAllocator watch = WatchedAllocator.over(target);
        // Too small for what is asked: even its goodSize is not to be taken.
        final WatchedAllocator full = WatchedAllocator.over(first);
        checkForwards(Allocator.class, new FallbackAllocator(full.allocator(), watch.allocator()), watch, "goodSize");
    }

    private void checkForwards(
        final Class<?> type, final Object wrapper, final WatchedAllocator watch, final String... except)
        throws ReflectiveOperationException
    {
        final Set<String> own = new HashSet<>(OWN);
        own.addAll(List.of(except));
        final Method[] methods = type.getMethods();
        Arrays.sort(methods, (a, b) -> WatchedAllocator.signature(a).compareTo(WatchedAllocator.signature(b)));
        int checked = 0;
        Method close = null;
        for (final Method method : methods)
        {
            if ("close".equals(method.getName()))
            {
                close = method;
            }
            else if (!own.contains(method.getName()))
            {
                checkForwards(method, wrapper, watch);
                checked++;
            }
        }
        if (null != close)
        {
            checkForwards(close, wrapper, watch);
        }
        assertTrue(checked > 0);
    }

    private void checkForwards(final Method method, final Object wrapper, final WatchedAllocator watch)
        throws ReflectiveOperationException
    {
        final Object[] arguments = arguments(method);
        watch.takeCalls();
        try
        {
            method.invoke(wrapper, arguments);
        }
        catch (final InvocationTargetException ex)
        {
            throw new AssertionError(method + ": " + ex.getCause(), ex.getCause());
        }
        final List<String> calls = watch.takeCalls();
        assertTrue(calls.contains(wanted(method)), method + ": forwarded as " + calls);
        final long others = calls.stream()
            .filter(call -> !call.equals(wanted(method)) && !call.startsWith("owns") && !call.startsWith("maxSize"))
            .count();
        assertEquals(0, others, method + ": forwarded as " + calls);
    }

    /** A method that takes layouts is by definition the one that takes their parts. */
    private static String wanted(final Method method)
    {
        final StringBuilder types = new StringBuilder();
        for (final Class<?> type : method.getParameterTypes())
        {
            types.append(types.length() > 0 ? ", " : "").append(type == Layout.class ? "long, long" : type);
        }
        return method.getName() + "[" + types + "]";
    }

    /** Arguments that are right, of a block of the target's where one is wanted. */
    private Object[] arguments(final Method method)
    {
        final Layout layout = new Layout(SIZE, 8);
        final long block = target.allocate(layout);
        final boolean smaller = "shrink".equals(method.getName());
        final Object[] arguments = switch (method.getName())
        {
            case "owns", "regionOf" -> new Object[]{ block };
            case "deallocate", "dealloc", "usableSize" -> new Object[]{ block, SIZE, 8L };
            case "tryResize", "realloc" -> new Object[]{ block, SIZE, 8L, SIZE };
            case "grow", "growZeroed", "shrink" ->
                new Object[]{ block, SIZE, 8L, smaller ? SIZE / 2 : 2 * SIZE, 8L };
            case "allocUpTo" -> new Object[]{ 1L, SIZE, 8L };
            case "allocateBatch" -> new Object[]{ SIZE, 8L, batch, 0, 2 };
            case "deallocateBatch" -> new Object[]{ SIZE, 8L, new long[]{ block, Allocator.NULL }, 0, 1 };
            default -> new Object[]{ SIZE, 8L };
        };
        final Object[] wanted = new Object[method.getParameterCount()];
        int from = 0;
        for (int i = 0; i < wanted.length; i++)
        {
            final boolean isLayout = Layout.class == method.getParameterTypes()[i];
            wanted[i] = isLayout ? new Layout((long)arguments[from], (long)arguments[from + 1]) : arguments[from];
            from += isLayout ? 2 : 1;
        }
        return wanted;
    }
}
