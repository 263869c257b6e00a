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
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Memory of a direct {@link ByteBuffer}, allocated or of a mapped file, for releases before 22. The JDK tells the
 * address of such a buffer, and frees it before it is garbage, through {@code sun.misc.Unsafe} only: reached by
 * reflection, as a compiler warns of it, and used for nothing else. Here that needs no flag and prints nothing.
 * <p>
 * A view of a direct buffer holds the buffer it was cut from, so it keeps the memory; when the last view is gone the
 * JDK's own cleaner frees it.
 */
final class DirectMemory extends RegionMemory
{
    /** The whole buffer, with what alignment left over: the one that can be freed. */
    private final ByteBuffer root;
    private final int padding;

    private DirectMemory(final ByteBuffer root, final int padding, final int size)
    {
        super(JdkUnsafe.addressOf(root) + padding, size);
        this.root = root;
        this.padding = padding;
    }

    static DirectMemory allocate(final int size, final int alignment)
    {
        // One alignment more than needed finds room for an aligned start wherever the buffer begins.
        final long length = (long)size + alignment;
        if (length > Integer.MAX_VALUE)
        {
            throw new IllegalArgumentException("size=" + size + " alignment=" + alignment +
                ": with its alignment a region must be at most " + Integer.MAX_VALUE + " bytes before JDK 22");
        }
        final ByteBuffer root = ByteBuffer.allocateDirect((int)length);
        return new DirectMemory(root, (int)(-JdkUnsafe.addressOf(root) & (alignment - 1)), size);
    }

    static DirectMemory map(final FileChannel channel, final long size) throws IOException
    {
        return new DirectMemory(channel.map(FileChannel.MapMode.READ_WRITE, 0, size), 0, (int)size);
    }

    @Override
    ByteBuffer view(final long offset, final int length)
    {
        return root.slice(padding + (int)offset, length).order(ByteOrder.nativeOrder());
    }

    @Override
    void close()
    {
        JdkUnsafe.free(root);
    }

    /** Found once, at the first region; what can't be found is told then. */
    private static final class JdkUnsafe
    {
        private static final MethodHandle GET_LONG;
        private static final MethodHandle INVOKE_CLEANER;
        private static final long ADDRESS_OFFSET;

        static
        {
            try
            {
                final Class<?> type = Class.forName("sun.misc.Unsafe");
                final Field instance = type.getDeclaredField("theUnsafe");
                instance.setAccessible(true);
                final Object unsafe = instance.get(null);
                final MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                GET_LONG = lookup.bind(
                    unsafe, "getLong", MethodType.methodType(long.class, Object.class, long.class));
                INVOKE_CLEANER = lookup.bind(
                    unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class));
                ADDRESS_OFFSET = (long)lookup
                    .bind(unsafe, "objectFieldOffset", MethodType.methodType(long.class, Field.class))
                    .invoke(Buffer.class.getDeclaredField("address"));
            }
            // Throwable is what a method handle declares.
            catch (final Throwable ex)
            {
                throw new IllegalStateException(
                    "no address of a direct buffer to be had: JDK " + Runtime.version() +
                    " without module jdk.unsupported?", ex);
            }
        }

        private JdkUnsafe()
        {
        }

        static long addressOf(final ByteBuffer direct)
        {
            try
            {
                return (long)GET_LONG.invoke((Object)direct, ADDRESS_OFFSET);
            }
            catch (final Throwable ex)
            {
                throw unexpected(ex);
            }
        }

        static void free(final ByteBuffer root)
        {
            try
            {
                INVOKE_CLEANER.invoke(root);
            }
            catch (final Throwable ex)
            {
                throw unexpected(ex);
            }
        }

        private static IllegalStateException unexpected(final Throwable ex)
        {
            return new IllegalStateException("sun.misc.Unsafe failed", ex);
        }
    }
}
