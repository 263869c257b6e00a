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

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Memory of a shared arena ({@code java.lang.foreign.Arena}), allocated or of a mapped file, for releases
 * from 22 on. After {@link #close} a buffer
 * over it throws {@link IllegalStateException} where a plain direct buffer would touch memory that is no longer its
 * own; the JDK makes sure of it for threads that are amid an access too. The classes are reached by method handle,
 * since they are not in the release that this library is compiled for.
 * <p>
 * A shared arena that nobody closes would never be freed. So a cleaner closes it once every buffer made by
 * {@link #view} is garbage: each buffer cut from one of them holds it, hence no buffer is left by then.
 */
final class ArenaMemory extends RegionMemory
{
    private final Object segment;
    private final ArenaCloser closer;

    private ArenaMemory(final Object segment, final long size, final ArenaCloser closer)
    {
        super(Foreign.addressOf(segment), size);
        this.segment = segment;
        this.closer = closer;
    }

    static ArenaMemory allocate(final long size, final int alignment)
    {
        final ArenaCloser closer = new ArenaCloser(Foreign.openArena());
        try
        {
            return new ArenaMemory(Foreign.allocate(closer.arena, size, alignment), size, closer);
        }
        catch (final Throwable ex)
        {
            closer.close();
            throw ex;
        }
    }

    static ArenaMemory map(final FileChannel channel, final long size) throws IOException
    {
        final ArenaCloser closer = new ArenaCloser(Foreign.openArena());
        try
        {
            return new ArenaMemory(Foreign.map(channel, size, closer.arena), size, closer);
        }
        catch (final Throwable ex)
        {
            closer.close();
            throw ex;
        }
    }

    @Override
    ByteBuffer view(final long offset, final int length)
    {
        final ByteBuffer view = Foreign.asByteBuffer(segment, offset, length).order(ByteOrder.nativeOrder());
        closer.closeAfter(view);
        return view;
    }

    @Override
    void close()
    {
        closer.close();
    }

    /** Closes the arena, once. Must lead neither to a buffer nor to the memory: they would never be garbage. */
    private static final class ArenaCloser implements Runnable
    {
        private final Object arena;
        private int views;
        private boolean closed;

        ArenaCloser(final Object arena)
        {
            this.arena = arena;
        }

        /** Counts a buffer that has to be garbage before the arena can go. */
        synchronized void closeAfter(final ByteBuffer view)
        {
            Foreign.CLEANER.register(view, this);
            views++;
        }

        synchronized void close()
        {
            if (!closed)
            {
                Foreign.closeArena(arena);
                closed = true;
            }
        }

        /** A buffer is garbage. */
        @Override
        public synchronized void run()
        {
            views--;
            if (0 == views)
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
        private static final MethodHandle MAP;
        private static final MethodHandle AS_SLICE;
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
                MAP = lookup.findVirtual(FileChannel.class, "map",
                    MethodType.methodType(segment, FileChannel.MapMode.class, long.class, long.class, arena));
                AS_SLICE = lookup.findVirtual(
                    segment, "asSlice", MethodType.methodType(segment, long.class, long.class));
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

        static Object map(final FileChannel channel, final long size, final Object arena) throws IOException
        {
            try
            {
                return (Object)MAP.invoke(channel, FileChannel.MapMode.READ_WRITE, 0L, size, arena);
            }
            catch (final IOException ex)
            {
                throw ex;
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

        static ByteBuffer asByteBuffer(final Object segment, final long offset, final long length)
        {
            try
            {
                return (ByteBuffer)AS_BYTE_BUFFER.invoke((Object)AS_SLICE.invoke(segment, offset, length));
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

        /** None of these methods throws another checked exception; a method handle declares them all. */
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
