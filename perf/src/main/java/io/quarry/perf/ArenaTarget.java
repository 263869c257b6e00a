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
package io.quarry.perf;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/**
 * A {@code java.lang.foreign.Arena} of the JDK for each block, as only an arena can be freed, and a segment of it: a
 * confined arena for one thread, a shared one for several. Every segment is zeroed. To resize is to allocate, copy and
 * free. By method handles, constant and of exact types, which cost what direct calls do; class files stay at Java 17's.
 */
final class ArenaTarget extends ReplayTarget
{
    private static final MethodHandle OF_CONFINED;
    private static final MethodHandle OF_SHARED;
    private static final MethodHandle CLOSE;
    private static final MethodHandle ALLOCATE;
    private static final MethodHandle SET_BYTE;
    private static final MethodHandle COPY;
    private static final MethodHandle AS_BYTE_BUFFER;
    private static final MethodHandle ADDRESS;

    static
    {
        try
        {
            final MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            final Class<?> arena = Class.forName("java.lang.foreign.Arena");
            final Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
            final Class<?> ofByte = Class.forName("java.lang.foreign.ValueLayout$OfByte");
            final Object javaByte = Class.forName("java.lang.foreign.ValueLayout").getField("JAVA_BYTE").get(null);
            OF_CONFINED = generic(lookup.findStatic(arena, "ofConfined", MethodType.methodType(arena)));
            OF_SHARED = generic(lookup.findStatic(arena, "ofShared", MethodType.methodType(arena)));
            CLOSE = generic(lookup.findVirtual(arena, "close", MethodType.methodType(void.class)));
            ALLOCATE = generic(lookup.findVirtual(
                arena, "allocate", MethodType.methodType(segment, long.class, long.class)));
            SET_BYTE = generic(MethodHandles.insertArguments(lookup.findVirtual(
                segment, "set", MethodType.methodType(void.class, ofByte, long.class, byte.class)), 1, javaByte));
            COPY = generic(lookup.findStatic(segment, "copy", MethodType.methodType(
                void.class, segment, long.class, segment, long.class, long.class)));
            AS_BYTE_BUFFER = generic(lookup.findVirtual(
                segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class)));
            ADDRESS = generic(lookup.findVirtual(segment, "address", MethodType.methodType(long.class)));
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new ExceptionInInitializerError(ex);
        }
    }

    private final boolean isShared;
    private final Object[] arenas;
    private final Object[] segments;

    ArenaTarget(final int slotCount, final int threads)
    {
        isShared = threads > 1;
        arenas = new Object[slotCount];
        segments = new Object[slotCount];
    }

    /** The JDK's types, which Java 17 doesn't have, as objects. */
    private static MethodHandle generic(final MethodHandle handle)
    {
        MethodType type = handle.type();
        for (int i = 0; i < type.parameterCount(); i++)
        {
            type = type.parameterType(i).isPrimitive() ? type : type.changeParameterType(i, Object.class);
        }
        final Class<?> result = type.returnType();
        return handle.asType(
            result.isPrimitive() || ByteBuffer.class == result ? type : type.changeReturnType(Object.class));
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        try
        {
            final Object arena = isShared ? (Object)OF_SHARED.invokeExact() : (Object)OF_CONFINED.invokeExact();
            arenas[slot] = arena;
            segments[slot] = (Object)ALLOCATE.invokeExact(arena, (long)size, (long)alignment);
        }
        catch (final Throwable ex)
        {
            throw failure(ex);
        }
    }

    @Override
    void allocZeroed(final int slot, final int size, final int alignment)
    {
        alloc(slot, size, alignment);
    }

    @Override
    void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        final Object oldArena = arenas[slot];
        final Object oldSegment = segments[slot];
        alloc(slot, newSize, alignment);
        try
        {
            COPY.invokeExact(oldSegment, 0L, segments[slot], 0L, (long)Math.min(oldSize, newSize));
            CLOSE.invokeExact(oldArena);
        }
        catch (final Throwable ex)
        {
            throw failure(ex);
        }
    }

    @Override
    void free(final int slot, final int size, final int alignment)
    {
        final Object arena = arenas[slot];
        arenas[slot] = null;
        segments[slot] = null;
        try
        {
            CLOSE.invokeExact(arena);
        }
        catch (final Throwable ex)
        {
            throw failure(ex);
        }
    }

    @Override
    void touch(final int slot, final int size, final int alignment)
    {
        final Object segment = segments[slot];
        try
        {
            SET_BYTE.invokeExact(segment, 0L, (byte)1);
            SET_BYTE.invokeExact(segment, size - 1L, (byte)1);
        }
        catch (final Throwable ex)
        {
            throw failure(ex);
        }
    }

    @Override
    long address(final int slot, final int alignment)
    {
        try
        {
            return (long)ADDRESS.invokeExact(segments[slot]);
        }
        catch (final Throwable ex)
        {
            throw failure(ex);
        }
    }

    @Override
    ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        try
        {
            return (ByteBuffer)AS_BYTE_BUFFER.invokeExact(segments[slot]);
        }
        catch (final Throwable ex)
        {
            throw failure(ex);
        }
    }

    /** What a method handle's caller has to catch, though only unchecked ones come. */
    private static RuntimeException failure(final Throwable ex)
    {
        if (ex instanceof Error)
        {
            throw (Error)ex;
        }
        return ex instanceof RuntimeException ? (RuntimeException)ex : new IllegalStateException(ex);
    }

    /** Unknown to the caller: {@link FootprintReplay} asks the operating system. */
    @Override
    long footprint()
    {
        return 0;
    }

    @Override
    String freeMemory()
    {
        return "the JDK doesn't say what was free";
    }

    @Override
    public void close()
    {
        // What lives ends with the process.
    }
}
