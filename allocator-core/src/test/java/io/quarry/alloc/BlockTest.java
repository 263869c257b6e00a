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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** With Agrona's buffers: {@link BlockBuffersTest}. */
class BlockTest
{
    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 16));
    private final FirstFitAllocator allocator = resources.close(resources.verify(FirstFitAllocator.over(region)));

    @Test
    void shouldFreeWhenClosedAndOnlyOnce()
    {
        final Block block = Block.allocate(allocator, 100, 8);
        assertEquals(1, allocator.stats().liveBlocks());
        assertSame(region, block.region());
        assertEquals(100, block.size());
        assertEquals(8, block.alignment());
        final long address = block.address();
        block.close();
        assertTrue(block.isClosed());
        assertEquals(0, allocator.stats().liveBlocks());
        try (Block next = Block.allocate(allocator, 100, 8))
        {
            assertEquals(address, next.address());
            block.close();
            assertEquals(1, allocator.stats().liveBlocks());
        }
    }

    @Test
    void shouldRefuseEveryUseAfterClose()
    {
        final Block block = Block.allocate(allocator, 100, 8);
        block.close();
        final Class<IllegalStateException> refused = IllegalStateException.class;
        assertThrows(refused, block::address);
        assertThrows(refused, block::size);
        assertThrows(refused, block::region);
        assertThrows(refused, block::buffer);
        assertThrows(refused, () -> block.grow(200));
        assertThrows(refused, () -> block.growZeroed(200));
        assertThrows(refused, () -> block.shrink(50));
        assertThrows(refused, () -> block.tryResize(100));
        assertEquals("Block[closed]", block.toString());
    }

    @Test
    void shouldEmptyItsBufferWhenClosed()
    {
        final Block block = Block.allocate(allocator, 100, 8);
        final ByteBuffer buffer = block.buffer();
        assertEquals(0, buffer.position());
        assertEquals(100, buffer.limit());
        assertEquals(ByteOrder.nativeOrder(), buffer.order());
        buffer.putLong(92, 42).position(50);
        block.close();
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getLong(92));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.put(0, (byte)1));
        assertThrows(BufferUnderflowException.class, buffer::get);
    }

    @Test
    void shouldKeepItsBufferUntilItIsResized()
    {
        try (Block block = Block.allocate(allocator, 100, 8); Block wall = Block.allocate(allocator, 100, 8))
        {
            final ByteBuffer buffer = block.buffer();
            assertSame(buffer, block.buffer());
            assertEquals(0, Garbage.leastOf(() -> useAgain(block, 10_000)));
            buffer.clear();
            for (int i = 0; i < 100; i++)
            {
                buffer.put(i, (byte)i);
            }
            final long before = block.address();
            block.grow(1000);
            assertNotEquals(before, block.address());
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.get(0));
            final ByteBuffer grown = block.buffer();
            assertNotSame(buffer, grown);
            assertEquals(1000, grown.capacity());
            checkBytes(grown, 100);
            block.shrink(10);
            assertEquals(10, block.buffer().capacity());
            checkBytes(block.buffer(), 10);
            assertEquals(100, wall.buffer().capacity());
        }
    }

    private static void useAgain(final Block block, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final ByteBuffer buffer = block.buffer().clear();
            buffer.putLong(i).putInt(i);
            buffer.flip();
        }
    }

    private static void checkBytes(final ByteBuffer buffer, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            assertEquals((byte)i, buffer.get(i));
        }
    }

    @Test
    void shouldZeroWhatIsAdded()
    {
        try (Block dirty = Block.allocate(allocator, 60_000, 8))
        {
            while (dirty.buffer().hasRemaining())
            {
                dirty.buffer().put((byte)-1);
            }
        }
        try (Block block = Block.allocateZeroed(allocator, 100, 8))
        {
            assertEquals(0, sum(block.buffer()));
            block.growZeroed(5000);
            assertEquals(0, sum(block.buffer()));
        }
    }

    private static long sum(final ByteBuffer buffer)
    {
        long sum = 0;
        for (int i = 0; i < buffer.capacity(); i++)
        {
            sum += Math.abs(buffer.get(i));
        }
        return sum;
    }

    @Test
    void shouldBeAsItWasWhenAResizeFails()
    {
        try (Block block = Block.allocate(allocator, 100, 64))
        {
            final ByteBuffer buffer = block.buffer().putLong(8, 42);
            final long address = block.address();
            assertThrows(AllocError.class, () -> block.grow(1 << 17));
            assertThrows(AllocError.class, () -> block.growZeroed(1 << 17));
            assertFalse(block.tryResize(1 << 17));
            assertThrows(IllegalArgumentException.class, () -> block.grow(99));
            assertThrows(IllegalArgumentException.class, () -> block.shrink(101));
            assertEquals(address, block.address());
            assertEquals(100, block.size());
            assertSame(buffer, block.buffer());
            assertEquals(42, buffer.getLong(8));
        }
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    void shouldResizeInPlaceOrSayNo()
    {
        try (Block block = Block.allocate(allocator, 64, 8))
        {
            final long address = block.address();
            final ByteBuffer buffer = block.buffer();
            assertTrue(block.tryResize(64));
            assertSame(buffer, block.buffer());
            assertTrue(block.tryResize(640));
            assertEquals(address, block.address());
            assertEquals(640, block.buffer().capacity());
            assertTrue(block.tryResize(10));
            assertEquals(10, block.size());
            assertFalse(block.tryResize(0));
        }
    }

    @Test
    void shouldBeEmptyAndNotEmptyInTurn()
    {
        try (Block block = Block.allocate(allocator, 0, 16))
        {
            assertEquals(16, block.address());
            assertEquals(0, block.buffer().capacity());
            assertThrows(IllegalArgumentException.class, block::region);
            block.grow(100);
            assertEquals(100, block.buffer().capacity());
            block.shrink(0);
            assertEquals(0, allocator.stats().liveBlocks());
            assertEquals(0, block.buffer().capacity());
        }
    }

    @Test
    void shouldTellWhenTheAllocatorWasClosedFirst()
    {
        final Region other = resources.close(Region.allocate(4096));
        final FirstFitAllocator closed = FirstFitAllocator.over(other);
        final Block block = Block.allocate(closed, 100, 8);
        final ByteBuffer buffer = block.buffer();
        closed.close();
        assertThrows(IllegalStateException.class, block::close);
        assertTrue(block.isClosed());
        assertEquals(0, buffer.limit());
        block.close();
    }

    @Test
    void shouldServeChannels(@TempDir final Path directory) throws IOException
    {
        final Path file = directory.resolve("bytes");
        try (Block block = Block.allocate(allocator, 1000, 8);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.READ))
        {
            final ByteBuffer buffer = block.buffer();
            for (int i = 0; i < 1000; i++)
            {
                buffer.put((byte)i);
            }
            assertEquals(1000, channel.write(buffer.flip()));
            buffer.clear();
            for (int i = 0; i < 1000; i++)
            {
                buffer.put(i, (byte)-1);
            }
            assertEquals(1000, channel.read(buffer, 0));
            checkBytes(buffer, 1000);
        }
    }
}
