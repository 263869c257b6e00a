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

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The arrays of numbers that an object of Quarry's holds, and those that it holds through others of Quarry's: what an
 * allocator keeps of metadata, found without asking it.
 */
public final class HeldArrays
{
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> open = new ArrayDeque<>();
    private long bytes;

    private HeldArrays()
    {
    }

    /**
     * Adds up the arrays.
     *
     * @param root that holds them.
     * @return bytes of their entries. Those of classes are not among them, nor the region.
     */
    public static long bytes(final Object root)
    {
        final HeldArrays held = new HeldArrays();
        held.add(root);
        while (!held.open.isEmpty())
        {
            held.look(held.open.pop());
        }
        return held.bytes;
    }

    private void add(final Object object)
    {
        if (null != object && !(object instanceof Region) && !(object instanceof Enum) && seen.add(object))
        {
            open.push(object);
        }
    }

    private void look(final Object object)
    {
        if (object instanceof AtomicLongArray array)
        {
            bytes += (long)array.length() * Long.BYTES;
        }
        else if (object instanceof AtomicIntegerArray array)
        {
            bytes += (long)array.length() * Integer.BYTES;
        }
        else if (object.getClass().isArray())
        {
            lookAtArray(object);
        }
        else if (object.getClass().getName().startsWith("io.quarry."))
        {
            for (Class<?> type = object.getClass(); Object.class != type; type = type.getSuperclass())
            {
                lookAtFields(object, type);
            }
        }
    }

    private void lookAtArray(final Object array)
    {
        final Class<?> type = array.getClass().getComponentType();
        if (type.isPrimitive())
        {
            final int entry = long.class == type || double.class == type ? Long.BYTES :
                int.class == type || float.class == type ? Integer.BYTES :
                short.class == type || char.class == type ? Short.BYTES : Byte.BYTES;
            bytes += (long)Array.getLength(array) * entry;
            return;
        }
        for (final Object entry : (Object[])array)
        {
            add(entry);
        }
    }

    private void lookAtFields(final Object object, final Class<?> type)
    {
        for (final Field field : type.getDeclaredFields())
        {
            if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive())
            {
                try
                {
                    field.setAccessible(true);
                    add(field.get(object));
                }
                catch (final IllegalAccessException ex)
                {
                    throw new AssertionError(field.toString(), ex);
                }
            }
        }
    }
}
