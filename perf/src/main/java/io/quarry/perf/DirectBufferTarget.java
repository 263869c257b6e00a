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
import java.lang.reflect.Field;
import java.nio.ByteBuffer;

/**
 * A {@link ByteBuffer#allocateDirect} for each block, freed at once by its cleaner, as libraries do it that can't wait
 * for the garbage collector. All are zeroed by the JDK. To resize is to allocate, copy and free.
 */
class DirectBufferTarget extends ReplayTarget
{
    /** What the JDK's buffers have, as malloc gives them. */
    private static final int GIVEN_ALIGNMENT = 16;

    private static final MethodHandle INVOKE_CLEANER = invokeCleaner();

    private final ByteBuffer[] blocks;
    /** What the blocks are slices of, or they themselves: only these can be freed. */
    private final ByteBuffer[] owners;

    DirectBufferTarget(final int slotCount)
    {
        blocks = new ByteBuffer[slotCount];
        owners = new ByteBuffer[slotCount];
    }

    private static MethodHandle invokeCleaner()
    {
        try
        {
            final Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            final Field field = unsafe.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup()
                .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                .bindTo(field.get(null));
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new ExceptionInInitializerError(ex);
        }
    }

    final void put(final int slot, final ByteBuffer owner, final ByteBuffer block)
    {
        owners[slot] = owner;
        blocks[slot] = block;
    }

    @Override
    void alloc(final int slot, final int size, final int alignment)
    {
        if (alignment <= GIVEN_ALIGNMENT)
        {
            final ByteBuffer block = ByteBuffer.allocateDirect(size);
            put(slot, block, block);
        }
        else
        {
            final ByteBuffer owner = ByteBuffer.allocateDirect(size + alignment - 1);
            put(slot, owner, owner.slice(-owner.alignmentOffset(0, alignment) & (alignment - 1), size));
        }
    }

    @Override
    final void allocZeroed(final int slot, final int size, final int alignment)
    {
        alloc(slot, size, alignment);
    }

    @Override
    final void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
    {
        final ByteBuffer oldOwner = owners[slot];
        final ByteBuffer oldBlock = blocks[slot];
        alloc(slot, newSize, alignment);
        blocks[slot].put(0, oldBlock, 0, Math.min(oldSize, newSize));
        free(oldOwner);
    }

    @Override
    final void free(final int slot, final int size, final int alignment)
    {
        final ByteBuffer owner = owners[slot];
        put(slot, null, null);
        free(owner);
    }

    /** Gives a buffer back to the JDK. */
    void free(final ByteBuffer owner)
    {
        try
        {
            INVOKE_CLEANER.invokeExact(owner);
        }
        catch (final Throwable ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    final void touch(final int slot, final int size, final int alignment)
    {
        final ByteBuffer block = blocks[slot];
        block.put(0, (byte)1);
        block.put(size - 1, (byte)1);
    }

    /** As far as alignment goes: the JDK doesn't tell the address itself. */
    @Override
    final long address(final int slot, final int alignment)
    {
        return blocks[slot].alignmentOffset(0, alignment);
    }

    @Override
    final ByteBuffer bytes(final int slot, final int size, final int alignment)
    {
        return blocks[slot].slice(0, size);
    }

    /** Unknown to the caller: {@link FootprintReplay} asks the operating system. */
    @Override
    final long footprint()
    {
        return 0;
    }

    @Override
    final String freeMemory()
    {
        return "the JDK doesn't say what was free";
    }

    @Override
    public final void close()
    {
        // What lives ends with the process.
    }
}
