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
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is its own; that it is Agrona's buffer otherwise: {@link io.quarry.alloc.testing.BlockBufferContract}. */
@Tag("agrona")
class ExpandableBlockBufferTest
{
    private static final int REGION_SIZE = 1 << 16;
    /** Of the allocator. */
    private static final int UNIT = 64;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(REGION_SIZE));
    private final RegionAllocator allocator = resources.close(resources.verify(FirstFitAllocator.over(region)));

    @Test
    void shouldBeginAsAgronasBufferDoes()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator);
        assertEquals(ExpandableDirectByteBuffer.INITIAL_CAPACITY, buffer.capacity());
        assertEquals(ExpandableDirectByteBuffer.MAX_BUFFER_LENGTH, ExpandableBlockBuffer.MAX_BUFFER_LENGTH);
        assertTrue(buffer.isExpandable());
        assertNull(buffer.byteArray());
        assertEquals(region.address(), buffer.addressOffset());
        assertThrows(IllegalArgumentException.class, () -> new ExpandableBlockBuffer(allocator, -1));
        assertThrows(IllegalArgumentException.class, () -> new ExpandableBlockBuffer(allocator, Integer.MAX_VALUE));
        assertThrows(AllocError.class, () -> new ExpandableBlockBuffer(allocator, REGION_SIZE));
        assertThrows(NullPointerException.class, () -> new ExpandableBlockBuffer(null, 8));
        assertEquals(1, allocator.stats().liveBlocks());
    }

    @Test
    void shouldGrowWhereItIs()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, UNIT);
        final long address = buffer.addressOffset();
        for (int i = 0; i < REGION_SIZE / 2; i++)
        {
            buffer.putByte(i, (byte)i);
        }
        assertEquals(address, buffer.addressOffset());
        assertEquals(REGION_SIZE / 2, buffer.capacity());
        assertEquals(REGION_SIZE / 2, allocator.stats().allocatedBytes());
    }

    @Test
    void shouldMoveWhenItCannotAndFreeTheOldBlockAtOnce()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, UNIT);
        final long address = buffer.addressOffset();
        final long neighbour = allocator.allocate(UNIT, 8);
        buffer.putLong(0, 42);
        buffer.putLong(UNIT, 43);
        assertNotEquals(address, buffer.addressOffset());
        assertEquals(42, buffer.getLong(0));
        assertEquals(43, buffer.getLong(UNIT));
        assertEquals(2, allocator.stats().liveBlocks());
        assertEquals(3 * UNIT, allocator.stats().allocatedBytes());
        assertEquals(address, allocator.allocate(UNIT, 8), "the old block's place");
        allocator.deallocate(neighbour, UNIT, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, UNIT, 100 })
    void shouldTakeTwiceItsCapacityAndAllOfTheBlock(final int capacity)
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, capacity);
        assertEquals(capacity, buffer.capacity());
        buffer.checkLimit(capacity + 1);
        final int doubled = (Math.max(2 * capacity, capacity + 1) + UNIT - 1) & -UNIT;
        assertEquals(doubled, buffer.capacity());
        buffer.checkLimit(4 * doubled + 1);
        assertEquals(4 * doubled + UNIT, buffer.capacity());
        buffer.close();
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    void shouldTakeWhatItNeedsWhenThereIsNotTwiceItsCapacity()
    {
        final int capacity = REGION_SIZE - 4 * UNIT;
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, capacity);
        buffer.putByte(capacity, (byte)1);
        assertEquals(capacity + UNIT, buffer.capacity());
        assertEquals(capacity + UNIT, allocator.stats().allocatedBytes());
    }

    @Test
    void shouldBeAsBeforeWhenThereIsNoMemory()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, UNIT);
        final long address = buffer.addressOffset();
        buffer.putLong(UNIT - 8, 42);
        assertThrows(AllocError.class, () -> buffer.putLong(REGION_SIZE - 4, 43));
        assertThrows(AllocError.class, () -> buffer.checkLimit(ExpandableBlockBuffer.MAX_BUFFER_LENGTH));
        assertThrows(
            IndexOutOfBoundsException.class, () -> buffer.checkLimit(ExpandableBlockBuffer.MAX_BUFFER_LENGTH + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putLong(Integer.MAX_VALUE, 43));
        assertEquals(address, buffer.addressOffset());
        assertEquals(UNIT, buffer.capacity());
        assertEquals(42, buffer.getLong(UNIT - 8));
        assertEquals(1, allocator.stats().liveBlocks());
    }

    @Test
    void shouldHaveZerosWhereNothingWasWritten()
    {
        final UnsafeBuffer dirt = AgronaBuffers.newBuffer(region, region.address(), REGION_SIZE);
        dirt.setMemory(0, REGION_SIZE, (byte)-1);
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 13);
        for (int at = 0; at < REGION_SIZE / 4; at = 2 * at + 1)
        {
            buffer.putByte(at, (byte)7);
        }
        int next = 0;
        for (int i = 0; i < buffer.capacity(); i++)
        {
            assertEquals(i == next ? 7 : 0, buffer.getByte(i), "index=" + i);
            next = i == next ? 2 * next + 1 : next;
        }
    }

    @Test
    void shouldGiveBackWhatIsTrimmed()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 10 * UNIT);
        buffer.setMemory(0, 10 * UNIT, (byte)-1);
        assertThrows(IllegalArgumentException.class, () -> buffer.trimToSize(10 * UNIT + 1));
        assertThrows(IllegalArgumentException.class, () -> buffer.trimToSize(-1));
        assertEquals(10 * UNIT, buffer.capacity());
        buffer.trimToSize(UNIT + 3);
        assertEquals(UNIT + 3, buffer.capacity());
        assertEquals(2 * UNIT, allocator.stats().allocatedBytes());
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getByte(UNIT + 3));
        buffer.putByte(2 * UNIT, (byte)1);
        assertEquals(-1, buffer.getByte(UNIT + 2));
        for (int i = UNIT + 3; i < buffer.capacity(); i++)
        {
            assertEquals(i == 2 * UNIT ? 1 : 0, buffer.getByte(i), "index=" + i);
        }
    }

    @Test
    void shouldKeepNothingWhenTrimmedToNothing()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, UNIT);
        buffer.trimToSize(0);
        assertEquals(0, buffer.capacity());
        assertEquals(0, allocator.stats().liveBlocks());
        assertEquals(0, buffer.byteBuffer().capacity());
        buffer.putLong(0, 42);
        assertEquals(42, buffer.byteBuffer().order(ByteOrder.nativeOrder()).getLong(0));
        buffer.trimToSize(0);
        buffer.close();
        assertEquals(0, allocator.stats().liveBlocks());
    }

    @Test
    void shouldFreeTheBlockOnceWhenClosed()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator);
        final long other = allocator.allocate(UNIT, 8);
        buffer.close();
        assertEquals(1, allocator.stats().liveBlocks());
        final long next = allocator.allocate(ExpandableBlockBuffer.INITIAL_CAPACITY, 8);
        assertEquals(region.address(), next);
        buffer.close();
        assertEquals(2, allocator.stats().liveBlocks());
        allocator.deallocate(other, UNIT, 8);
        assertTrue(buffer.toString().contains("closed"));
    }

    @Test
    void shouldBeClosedThoughTheAllocatorIsToo()
    {
        final Region own = resources.close(Region.allocate(REGION_SIZE));
        final RegionAllocator shortLived = FirstFitAllocator.over(own);
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(shortLived);
        shortLived.close();
        assertThrows(IllegalStateException.class, () -> buffer.putByte(500, (byte)1));
        assertThrows(IllegalStateException.class, buffer::close);
        buffer.close();
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getByte(0));
    }

    @Test
    void shouldShareItsByteBufferUntilTheBlockChanges()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 100);
        allocator.allocate(UNIT, 8);
        final ByteBuffer bytes = buffer.byteBuffer();
        assertSame(bytes, buffer.byteBuffer());
        assertEquals(100, bytes.capacity());
        assertEquals(ByteOrder.BIG_ENDIAN, bytes.order());
        buffer.putByte(99, (byte)7);
        assertEquals(7, bytes.get(99 + buffer.wrapAdjustment()));
        bytes.put(3, (byte)8);
        assertEquals(8, buffer.getByte(3));
        buffer.putByte(100, (byte)9);
        final ByteBuffer next = buffer.byteBuffer();
        assertNotSame(bytes, next);
        assertEquals(buffer.capacity(), next.capacity());
        assertEquals(8, next.get(3));
        assertEquals(9, next.get(100));
        buffer.trimToSize(4);
        assertEquals(4, buffer.byteBuffer().capacity());
    }

    @Test
    void shouldCopyFromItsOwnByteBufferWhileItMoves()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, UNIT);
        allocator.allocate(UNIT, 8);
        buffer.putStringWithoutLengthAscii(0, "0123456789");
        final ByteBuffer own = buffer.byteBuffer();
        own.position(2);
        buffer.putBytes(UNIT - 2, own, 8);
        assertEquals("23456789", buffer.getStringWithoutLengthAscii(UNIT - 2, 8));
        assertEquals(10, own.position());
        final int end = buffer.capacity();
        buffer.putBytes(end, buffer, UNIT - 2, 8);
        assertEquals("23456789", buffer.getStringWithoutLengthAscii(end, 8));
    }

    @Test
    void shouldBeWrappedAsAnyBuffer()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 40);
        final UnsafeBuffer view = new UnsafeBuffer(buffer, 8, 16);
        view.verifyAlignment();
        view.putLong(0, 42);
        assertEquals(42, buffer.getLong(8));
        assertEquals(buffer.addressOffset() + 8, view.addressOffset());
        assertSame(buffer.byteBuffer(), view.byteBuffer());
        assertEquals(8, view.wrapAdjustment());
        assertEquals(42, view.byteBuffer().order(ByteOrder.nativeOrder()).getLong(view.wrapAdjustment()));
        buffer.close();
        assertThrows(RuntimeException.class, () -> view.wrap(buffer));
        assertThrows(RuntimeException.class, () -> view.wrap(buffer, 0, 8));
    }

    @Test
    void shouldRefuseToWrapAnything()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 40);
        assertThrows(UnsupportedOperationException.class, () -> buffer.wrap(buffer));
        assertThrows(UnsupportedOperationException.class, () -> buffer.wrap(buffer, 0, 8));
        assertThrows(UnsupportedOperationException.class, () -> buffer.wrap(buffer.addressOffset(), 8));
        assertThrows(UnsupportedOperationException.class, () -> buffer.wrap(new byte[8]));
        assertThrows(UnsupportedOperationException.class, () -> buffer.wrap(buffer.byteBuffer()));
        assertEquals(40, buffer.capacity());
    }

    @Test
    void shouldBeEqualToOneOfTheSameBytes()
    {
        final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 20);
        final ExpandableBlockBuffer other = new ExpandableBlockBuffer(allocator, 20);
        buffer.putLong(12, 42);
        assertFalse(buffer.equals(other));
        assertTrue(buffer.compareTo(other) != 0);
        other.putLong(12, 42);
        assertEquals(buffer, other);
        assertEquals(buffer.hashCode(), other.hashCode());
        assertEquals(0, buffer.compareTo(other));
        final DirectBuffer same = new UnsafeBuffer(other, 0, 20);
        assertEquals(0, buffer.compareTo(same));
        other.close();
        assertFalse(buffer.equals(other));
        assertThrows(IllegalStateException.class, () -> other.compareTo(buffer));
    }

    @Test
    void shouldNameTheFlagItNeedsAndKeepNothing()
    {
        final ForkedJvm.Result result = ForkedJvm
            .withClassesOf(Region.class, ExpandableBlockBufferTest.class, DirectBuffer.class).run(WithoutFlag.class);
        final String expected = "Agrona's buffers need the JVM flag " +
            "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED liveBlocks=0";
        assertEquals(new ForkedJvm.Result(0, expected, ""), result);
    }

    static final class WithoutFlag
    {
        public static void main(final String[] args)
        {
            final RegionAllocator allocator = FirstFitAllocator.over(Region.allocate(REGION_SIZE));
            try
            {
                new ExpandableBlockBuffer(allocator).close();
            }
            catch (final UnsupportedOperationException ex)
            {
                System.out.print(ex.getMessage() + " liveBlocks=" + allocator.stats().liveBlocks());
            }
        }
    }
}
