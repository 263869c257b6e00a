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
import io.quarry.alloc.Layout;
import io.quarry.alloc.Region;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What an implementor has who writes only what {@link Allocator} leaves abstract.
 */
class AllocatorDefaultsTest
{
    private final Region region = Region.allocate(8192);
    private final FirstFitAllocator target = FirstFitAllocator.over(region);
    private final Allocator allocator = (Allocator)Proxy.newProxyInstance(
        Allocator.class.getClassLoader(), new Class<?>[]{ Allocator.class }, this::call);

    private Object call(final Object proxy, final Method method, final Object[] arguments) throws Throwable
    {
        try
        {
            return method.isDefault() ?
                InvocationHandler.invokeDefault(proxy, method, arguments) : method.invoke(target, arguments);
        }
        catch (final InvocationTargetException ex)
        {
            throw ex.getCause();
        }
    }

    @AfterEach
    void shouldHaveNothingLeft()
    {
        assertEquals(0, target.stats().liveBlocks());
        target.close();
        region.close();
    }

    @Test
    void shouldAllocateABatchAsFarAsMemoryGoes()
    {
        final long[] addresses = new long[200];
        final int had = allocator.allocateBatch(100, 8, addresses, 10, 150);
        assertEquals(target.maxSize() / 128, had);
        assertEquals(had, target.stats().liveBlocks());
        for (int i = 0; i < addresses.length; i++)
        {
            assertEquals(i >= 10 && i < 10 + had, Allocator.NULL != addresses[i], "index=" + i);
        }
        assertEquals(had, allocator.deallocateBatch(100, 8, addresses, 0, 200));
        assertArrayEquals(new long[200], addresses);
    }

    @Test
    void shouldRefuseBadBatchesBeforeAnythingIsDone()
    {
        final long[] addresses = new long[4];
        final Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> allocator.allocateBatch(100, 8, addresses, 1, 4));
        assertThrows(refused, () -> allocator.allocateBatch(100, 8, addresses, -1, 2));
        assertThrows(refused, () -> allocator.allocateBatch(100, 3, addresses, 0, 0));
        assertArrayEquals(new long[4], addresses);
        assertEquals(4, allocator.allocateBatch(100, 8, addresses, 0, 4));
        assertThrows(refused, () -> allocator.deallocateBatch(100, 8, addresses, 1, 4));
        assertThrows(refused, () -> allocator.deallocateBatch(100, 3, addresses, 0, 4));
        assertEquals(4, target.stats().liveBlocks());
        assertEquals(4, allocator.deallocateBatch(100, 8, addresses, 0, 4));
    }

    @Test
    void shouldTakeLayouts()
    {
        final long address = allocator.allocate(new Layout(100, 64));
        assertTrue(target.owns(address) && 0 == address % 64);
        assertEquals(128, allocator.goodSize(new Layout(100, 64)));
        assertTrue(allocator.diagnose(new Layout(100, 64)).wouldSucceed());
        assertFalse(allocator.diagnose(new Layout(10_000, 64)).wouldSucceed());
        final long grown = allocator.grow(address, new Layout(100, 64), new Layout(300, 8));
        final long shrunk = allocator.shrink(grown, new Layout(300, 8), new Layout(10, 8));
        allocator.deallocate(shrunk, new Layout(10, 8));
        assertSame(allocator, allocator.byRef());
    }
}
