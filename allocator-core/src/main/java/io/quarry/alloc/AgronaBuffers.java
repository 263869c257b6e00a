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
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Agrona's buffers over memory of a {@link Region}. All that names an Agrona type is here, so that a program without
 * Agrona loads everything else.
 * <p>
 * An {@link UnsafeBuffer} is the quickest way to read and write a block, and what Aeron and SBE take. It needs Agrona's
 * flag, {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}, in the JVM that makes it; where no flag can be
 * had, use {@link Region#buffer} or {@link Region#byteBuffer}.
 * <p>
 * The buffers hold the region's own {@link java.nio.ByteBuffer}, so they keep its memory. They go by address, though:
 * one used after its block was freed sees another block's bytes, and one used after {@link Region#close()} can end the
 * JVM, on every release. Any thread may call the methods here.
 */
@SuppressWarnings("exports")
public final class AgronaBuffers
{
    private AgronaBuffers()
    {
    }

    /**
     * Makes a buffer over a block.
     *
     * @param region  that holds the block.
     * @param address of the first byte.
     * @param length  bytes, 0 or more.
     * @return a new buffer.
     * @throws IllegalArgumentException      if the span is not in the region.
     * @throws IllegalStateException         if the region is closed.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public static UnsafeBuffer newBuffer(final Region region, final long address, final int length)
    {
        Access.check();
        final UnsafeBuffer buffer = new UnsafeBuffer();
        wrap(buffer, region, address, length);
        return buffer;
    }

    /**
     * Puts a buffer over a block: for one that is used again and again. Makes no garbage, but for
     * spans of more than 1 GiB in a region of more than 2 GiB.
     *
     * @param buffer  to wrap it; what it wrapped before is forgotten.
     * @param region  that holds the block.
     * @param address of the first byte.
     * @param length  bytes, 0 or more.
     * @throws IllegalArgumentException      if the span is not in the region.
     * @throws IllegalStateException         if the region is closed.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public static void wrap(final UnsafeBuffer buffer, final Region region, final long address, final int length)
    {
        Access.check();
        region.checkSpan(address, length);
        region.handOut(address + length);
        // An empty span at the very end has no byte to name the buffer by.
        final int before = 0 == length && address > region.address() ? 1 : 0;
        final long inside = address - before;
        final ByteBuffer bytes = region.buffer(inside);
        final int offset = region.bufferOffset(inside) + before;
        if (offset <= bytes.capacity() - length)
        {
            buffer.wrap(bytes, offset, length);
        }
        else
        {
            // More than 1 GiB, beyond the end of the window.
            buffer.wrap(region.byteBuffer(address, length));
        }
    }

    /**
     * Makes a buffer over a whole {@link Block}, that follows it when it is resized and is empty once it is closed, or
     * larger than a buffer can be. If its user puts it over a part of the block it is empty after any resize too.
     *
     * @param block that keeps the buffer until it is closed.
     * @return a new buffer.
     * @throws IllegalArgumentException      if the block is larger than a buffer can be.
     * @throws IllegalStateException         if the block is closed.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public static UnsafeBuffer newBuffer(final Block block)
    {
        Access.check();
        final UnsafeBuffer buffer = new UnsafeBuffer();
        wrap(buffer, block);
        return buffer;
    }

    /**
     * Puts a buffer over a whole {@link Block}, which it follows from then on: until the block is closed, which leaves
     * it empty, or until it is put over something else.
     *
     * @param buffer to wrap it; what it wrapped before is forgotten.
     * @param block  that keeps the buffer until it is closed.
     * @throws IllegalArgumentException      if the block is larger than a buffer can be.
     * @throws IllegalStateException         if the block is closed.
     * @throws UnsupportedOperationException if this JVM runs without Agrona's flag; the message has it.
     */
    public static void wrap(final UnsafeBuffer buffer, final Block block)
    {
        Access.check();
        final long size = block.size();
        if (size > Integer.MAX_VALUE)
        {
            throw new IllegalArgumentException("size=" + size + ": a buffer has at most " + Integer.MAX_VALUE +
                " bytes");
        }
        UnsafeBufferView.wrapWhole(buffer, block);
        if (!block.isAttached(buffer))
        {
            block.attach(new UnsafeBufferView(buffer));
        }
    }

    /**
     * The layout of a buffer's bytes: its capacity, and alignment 1.
     *
     * @param buffer any.
     * @return the layout.
     */
    public static Layout forValue(final DirectBuffer buffer)
    {
        return new Layout(buffer.capacity(), 1);
    }

    /** Whether Agrona's buffers work in this JVM: tried once. */
    static final class Access
    {
        private static final LinkageError FAILURE = failure();

        private Access()
        {
        }

        static void check()
        {
            if (null != FAILURE)
            {
                throw unavailable();
            }
        }

        /** Without the flag the first try tells why it failed, and every later one only that it failed before. */
        private static LinkageError failure()
        {
            try
            {
                new UnsafeBuffer(new byte[0]);
                return null;
            }
            catch (final LinkageError ex)
            {
                return ex;
            }
        }

        private static UnsupportedOperationException unavailable()
        {
            final Module agrona = DirectBuffer.class.getModule();
            return new UnsupportedOperationException("Agrona's buffers need the JVM flag --add-opens " +
                "java.base/jdk.internal.misc=" + (agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED"), FAILURE);
        }
    }
}
