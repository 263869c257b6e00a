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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One off-heap span.
 */
public final class Region implements AutoCloseable
{
    private final ByteBuffer buffer;
    private final long address;

    private Region(final ByteBuffer buffer, final long address)
    {
        this.buffer = buffer;
        this.address = address;
    }

    /**
     * Allocates a region.
     *
     * @param size bytes.
     * @return the region.
     */
    public static Region allocate(final long size)
    {
        return allocate(size, 4096);
    }

    /**
     * Allocates a region.
     *
     * @param size      bytes.
     * @param alignment bytes.
     * @return the region.
     */
    public static Region allocate(final long size, final long alignment)
    {
        final ByteBuffer root = ByteBuffer.allocateDirect((int)(size + alignment));
        final int from = root.alignmentOffset(0, (int)alignment);
        final ByteBuffer aligned =
            root.slice(from == 0 ? 0 : (int)alignment - from, (int)size).order(ByteOrder.nativeOrder());
        try
        {
            final Class<?> unsafeClass = Class.forName("sun.misc.Unsafe");
            final var field = unsafeClass.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            final var addressField = java.nio.Buffer.class.getDeclaredField("address");
            final long at = (long)unsafeClass.getMethod("objectFieldOffset", java.lang.reflect.Field.class)
                .invoke(field.get(null), addressField);
            return new Region(aligned, (long)unsafeClass.getMethod("getLong", Object.class, long.class)
                .invoke(field.get(null), aligned, at));
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * The address of the first byte.
     *
     * @return the address.
     */
    public long address()
    {
        return address;
    }

    /**
     * The length.
     *
     * @return bytes.
     */
    public long capacity()
    {
        return buffer.capacity();
    }

    /**
     * The long-lived buffer that holds a byte.
     *
     * @param at address in the region.
     * @return the buffer, in native byte order; its position and limit are not to be changed.
     */
    public ByteBuffer buffer(final long at)
    {
        return buffer;
    }

    /**
     * The index of a byte in the buffer that {@link #buffer} gives for it.
     *
     * @param at address in the region.
     * @return the index.
     */
    public int bufferOffset(final long at)
    {
        return (int)(at - address);
    }

    /**
     * Claims the region for an allocator.
     *
     * @param owner the allocator, named in the error that a second claim gets.
     * @return the claim.
     * @throws IllegalStateException if another allocator has it, or the region is closed.
     */
    public RegionClaim claim(final Object owner)
    {
        return new RegionClaim(this);
    }

    /**
     * Closes.
     */
    @Override
    public void close()
    {
    }
}
