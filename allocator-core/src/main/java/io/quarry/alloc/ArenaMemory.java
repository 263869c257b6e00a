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

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Memory of a shared arena ({@code java.lang.foreign.Arena}), for releases from 22 on. After {@link #close} a buffer
 * over it throws {@link IllegalStateException} where a plain direct buffer would touch memory that is no longer its
 * own; the JDK makes sure of it for threads that are amid an access too. The classes are reached by method handle,
 * since they are not in the release that this library is compiled for.
 * <p>
 * A shared arena that nobody closes would never be freed. So a cleaner closes it once the buffer over all of it is
 * garbage: every view holds the buffer it was cut from, hence no view is left by then.
 */
final class ArenaMemory extends RegionMemory
{
    private final ArenaCloser closer;
    private final Cleaner.Cleanable cleanable;

    private ArenaMemory(final ByteBuffer buffer, final long address, final ArenaCloser closer)
    {
        super(buffer, address);
        this.closer = closer;
        // The closer must not lead to the buffer, nor to this: they would never be garbage.
        cleanable = Foreign.CLEANER.register(buffer, closer);
    }

    static ArenaMemory allocate(final int size, final int alignment)
    {
        final ArenaCloser closer = new ArenaCloser(Foreign.openArena());
        try
        {
            final Object segment = Foreign.allocate(closer.arena, size, alignment);
            return new ArenaMemory(Foreign.asByteBuffer(segment), Foreign.addressOf(segment), closer);
        }
        catch (final Throwable ex)
        {
            closer.close();
            throw ex;
        }
    }

    @Override
    void close()
    {
        try
        {
            closer.close();
            cleanable.clean();
        }
        finally
        {
            // Or the cleaner could find the buffer to be garbage, and close the arena beside us.
            Reference.reachabilityFence(this);
        }
    }

    /** Closes the arena, once. */
    private static final class ArenaCloser implements Runnable
    {
        private final Object arena;
        private volatile boolean closed;

        ArenaCloser(final Object arena)
        {
            this.arena = arena;
        }

        void close()
        {
            Foreign.closeArena(arena);
            closed = true;
        }

        @Override
        public void run()
        {
            if (!closed)
            {
                close();
            }
        }
    }

    /** The part of {@code java.lang.foreign} that is used here; nothing of it is restricted, so nothing warns. */
    private static final class Foreign
    {
        static final Cleaner CLEANER = Cleaner.create();

        private static final MethodHandle OF_SHARED;
        private static final MethodHandle ALLOCATE;
        private static final MethodHandle CLOSE;
        private static final MethodHandle AS_BYTE_BUFFER;
        private static final MethodHandle ADDRESS;

        static
        {
            try
            {
                final Class<?> arena = Class.forName("java.lang.foreign.Arena");
                final Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                final MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                OF_SHARED = lookup.findStatic(arena, "ofShared", MethodType.methodType(arena));
                ALLOCATE = lookup.findVirtual(
                    arena, "allocate", MethodType.methodType(segment, long.class, long.class));
                CLOSE = lookup.findVirtual(arena, "close", MethodType.methodType(void.class));
                AS_BYTE_BUFFER = lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
                ADDRESS = lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
            }
            catch (final ReflectiveOperationException ex)
            {
                throw new IllegalStateException("no java.lang.foreign in JDK " + Runtime.version(), ex);
            }
        }

        private Foreign()
        {
        }

        static Object openArena()
        {
            try
            {
                return (Object)OF_SHARED.invoke();
            }
            catch (final Throwable ex)
            {
                throw asIs(ex);
            }
        }

        static Object allocate(final Object arena, final long size, final long alignment)
        {
            try
            {
                return (Object)ALLOCATE.invoke(arena, size, alignment);
            }
            catch (final Throwable ex)
            {
                throw asIs(ex);
            }
        }

        static void closeArena(final Object arena)
        {
            try
            {
                CLOSE.invoke(arena);
            }
            catch (final Throwable ex)
            {
                throw asIs(ex);
            }
        }

        static ByteBuffer asByteBuffer(final Object segment)
        {
            try
            {
                return (ByteBuffer)AS_BYTE_BUFFER.invoke(segment);
            }
            catch (final Throwable ex)
            {
                throw asIs(ex);
            }
        }

        static long addressOf(final Object segment)
        {
            try
            {
                return (long)ADDRESS.invoke(segment);
            }
            catch (final Throwable ex)
            {
                throw asIs(ex);
            }
        }

        /** None of these methods throws a checked exception; a method handle declares them all. */
        private static RuntimeException asIs(final Throwable ex)
        {
            if (ex instanceof Error)
            {
                throw (Error)ex;
            }
            return ex instanceof RuntimeException ? (RuntimeException)ex : new IllegalStateException(ex);
        }
    }
}
