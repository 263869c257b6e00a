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

import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What a {@link Block} does with Agrona's buffers. */
@Tag("agrona")
class BlockBuffersTest
{
    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 16));
    private final FirstFitAllocator allocator = resources.close(resources.verify(FirstFitAllocator.over(region)));

    @Test
    void shouldEmptyTheBuffersItGaveOutWhenClosed()
    {
        final Block block = Block.allocate(allocator, 100, 8);
        final UnsafeBuffer made = AgronaBuffers.newBuffer(block);
        final UnsafeBuffer wrapped = new UnsafeBuffer(new byte[3]);
        AgronaBuffers.wrap(wrapped, block);
        made.putLong(92, 42);
        assertEquals(42, wrapped.getLong(92));
        assertEquals(block.address(), made.addressOffset());
        block.close();
        for (final UnsafeBuffer buffer : new UnsafeBuffer[]{ made, wrapped })
        {
            assertEquals(0, buffer.capacity());
            assertEquals(0, buffer.addressOffset());
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.getLong(92));
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.putByte(0, (byte)1));
        }
        assertThrows(IllegalStateException.class, () -> AgronaBuffers.newBuffer(block));
        assertThrows(IllegalStateException.class, () -> AgronaBuffers.wrap(made, block));
    }

    @Test
    void shouldLetBuffersFollowTheBlock()
    {
        try (Block block = Block.allocate(allocator, 100, 8); Block wall = Block.allocate(allocator, 100, 8))
        {
            final UnsafeBuffer buffer = AgronaBuffers.newBuffer(block);
            final long before = block.address();
            buffer.putLong(0, 42);
            block.grow(1000);
            assertNotEquals(before, block.address());
            assertEquals(block.address(), buffer.addressOffset());
            assertEquals(1000, buffer.capacity());
            assertEquals(42, buffer.getLong(0));
            block.shrink(8);
            assertEquals(8, buffer.capacity());
            block.shrink(0);
            assertEquals(0, buffer.capacity());
            block.grow(50);
            assertEquals(block.address(), buffer.addressOffset());
            assertEquals(50, buffer.capacity());
            assertThrows(AllocError.class, () -> block.grow(1 << 17));
            assertEquals(50, buffer.capacity());
            assertEquals(100, wall.size());
        }
    }

    @Test
    void shouldEmptyABufferThatIsOverAPart()
    {
        final Block block = Block.allocate(allocator, 100, 8);
        final UnsafeBuffer first = AgronaBuffers.newBuffer(block);
        final UnsafeBuffer second = AgronaBuffers.newBuffer(block);
        AgronaBuffers.wrap(first, region, block.address() + 50, 50);
        AgronaBuffers.wrap(second, region, block.address(), 99);
        block.grow(200);
        assertEquals(0, first.capacity());
        AgronaBuffers.wrap(second, region, block.address() + 199, 1);
        block.close();
        assertEquals(0, second.capacity());
    }

    @Test
    void shouldLeaveABufferAloneThatIsOverSomethingElseByNow()
    {
        final Block block = Block.allocate(allocator, 100, 8);
        final Block other = Block.allocate(allocator, 100, 8);
        final UnsafeBuffer first = AgronaBuffers.newBuffer(block);
        final UnsafeBuffer second = AgronaBuffers.newBuffer(block);
        first.wrap(new byte[100]);
        AgronaBuffers.wrap(second, other);
        block.grow(1000);
        block.close();
        assertEquals(100, first.capacity());
        assertEquals(other.address(), second.addressOffset());
        assertEquals(100, second.capacity());
        other.close();
        assertEquals(100, first.capacity());
        assertEquals(0, second.capacity());
    }

    @Test
    void shouldMakeNoGarbageWhenABufferIsWrappedAgain()
    {
        try (Block block = Block.allocate(allocator, 100, 8))
        {
            final UnsafeBuffer buffer = AgronaBuffers.newBuffer(block);
            assertEquals(0, Garbage.leastOf(() -> wrapAgain(buffer, block, 10_000)));
        }
    }

    private static void wrapAgain(final UnsafeBuffer buffer, final Block block, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            AgronaBuffers.wrap(buffer, block);
        }
    }
}
