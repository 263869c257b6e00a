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
package io.quarry.alloc.testing;

import io.quarry.alloc.ExpandableBlockBuffer;
import io.quarry.alloc.Global;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.agrona.AsciiSequenceView;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.io.DirectBufferInputStream;
import org.agrona.io.DirectBufferOutputStream;
import org.agrona.io.ExpandableDirectBufferOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What Agrona's users put on a buffer works on an {@link ExpandableBlockBuffer}, while it grows and moves. */
@Tag("agrona")
class BlockBufferUseTest
{
    private static final Set<String> TELLING_WHAT_IT_IS = Set.of(
        "addressOffset", "byteArray", "capacity", "isExpandable", "wrapAdjustment");

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 20));
    private final RegionAllocator allocator = resources.close(resources.verify(FirstFitAllocator.over(region)));
    private final ExpandableBlockBuffer buffer = new ExpandableBlockBuffer(allocator, 16);
    /** Right behind the buffer, which therefore moves when it grows. */
    private final long neighbour = allocator.allocate(8, 8);

    @Test
    void shouldHoldWhatAStreamWrites() throws IOException
    {
        final long first = buffer.addressOffset();
        final ExpandableDirectBufferOutputStream bytes = new ExpandableDirectBufferOutputStream(buffer, 3);
        final DataOutputStream out = new DataOutputStream(bytes);
        for (int i = 0; i < 1000; i++)
        {
            out.writeInt(i);
            out.writeUTF("text " + i);
        }
        assertNotEquals(first, buffer.addressOffset());
        final DataInputStream in = new DataInputStream(new DirectBufferInputStream(buffer, 3, bytes.position()));
        for (int i = 0; i < 1000; i++)
        {
            assertEquals(i, in.readInt());
            assertEquals("text " + i, in.readUTF());
        }
        assertEquals(-1, in.read());
    }

    @Test
    void shouldHoldWhatAStreamOfFixedLengthWrites() throws IOException
    {
        buffer.checkLimit(100);
        final DirectBufferOutputStream out = new DirectBufferOutputStream(buffer, 90, 10);
        out.write(new byte[]{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 });
        assertThrows(IllegalStateException.class, () -> out.write(11));
        assertEquals(10, buffer.getByte(99));
        assertEquals(0, buffer.getByte(100));
    }

    @Test
    void shouldBeReadAsASequenceOfCharacters() throws IOException
    {
        buffer.putStringWithoutLengthAscii(300, "a sequence");
        final AsciiSequenceView view = new AsciiSequenceView(buffer, 302, 8);
        assertEquals("sequence", view.toString());
        assertEquals('q', view.charAt(2));
        final MutableDirectBuffer copy = new ExpandableDirectByteBuffer(4);
        assertEquals(8, view.getBytes(copy, 1));
        assertEquals("sequence", copy.getStringWithoutLengthAscii(1, 8));
    }

    @Test
    void shouldBeWrittenToAChannel() throws IOException
    {
        buffer.putStringWithoutLengthAscii(0, "0123456789 and more than there was room for at first");
        final Path file = Files.createTempFile("quarry", ".buffer");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            assertEquals(8, channel.write(buffer.byteBuffer().position(2).limit(10)));
            buffer.checkLimit(1000);
            final ByteBuffer target = buffer.byteBuffer().position(500).limit(508);
            assertEquals(8, channel.read(target, 0));
            assertEquals("23456789", buffer.getStringWithoutLengthAscii(500, 8));
        }
        finally
        {
            Files.delete(file);
        }
    }

    /** The pattern of SBE's generated code: a flyweight writes fields at offsets, then data of a length of its own. */
    @Test
    void shouldCarryFlyweights()
    {
        final OrderFlyweight encoder = new OrderFlyweight().wrap(buffer, 0);
        int offset = 0;
        for (int i = 0; i < 200; i++)
        {
            encoder.wrap(buffer, offset);
            offset = encoder.id(i).price(i * 0.5).side((byte)(i & 1)).symbol("SYM" + i);
        }
        final OrderFlyweight decoder = new OrderFlyweight();
        int at = 0;
        for (int i = 0; i < 200; i++)
        {
            decoder.wrap(buffer, at);
            assertEquals(i, decoder.id());
            assertEquals(i * 0.5, decoder.price());
            assertEquals(i & 1, decoder.side());
            assertEquals("SYM" + i, decoder.symbol());
            at = decoder.limit();
        }
        assertEquals(offset, at);
        assertEquals(2, allocator.stats().liveBlocks());
    }

    /** Of each method of the interface, with all kinds of arguments. */
    @TestFactory
    Stream<DynamicTest> shouldRefuseEveryAccessWhenClosed()
    {
        return BufferCall.METHODS.stream()
            .filter(method -> !TELLING_WHAT_IT_IS.contains(method.getName()))
            .map(method -> DynamicTest.dynamicTest(method.getName(), () ->
            {
                final ExpandableBlockBuffer closed = new ExpandableBlockBuffer(allocator, 16);
                closed.close();
                for (int seed = 0; seed < 50; seed++)
                {
                    final BufferCall call = new BufferCall(method, seed, 16, 8, 0);
                    assertTrue(call.isRefusedBy(closed), call::toString);
                }
                assertEquals(0, closed.capacity());
                assertEquals(0, closed.addressOffset());
            }));
    }

    @Test
    void shouldTakeBlocksOfTheProgramsAllocator()
    {
        try (ExpandableBlockBuffer ofGlobal = new ExpandableBlockBuffer();
            ExpandableBlockBuffer small = new ExpandableBlockBuffer(3))
        {
            for (int i = 0; i < 10_000; i++)
            {
                ofGlobal.putLong(8 * i, i);
                small.putByte(i, (byte)i);
            }
            assertEquals(9_999, ofGlobal.byteBuffer().order(ByteOrder.nativeOrder()).getLong(8 * 9_999));
            assertEquals((byte)9_999, Global.INSTANCE.regionOf(small.addressOffset())
                .byteBuffer(small.addressOffset(), small.capacity()).get(9_999));
            assertEquals(0, ofGlobal.getByte(ofGlobal.capacity() - 1));
            ofGlobal.trimToSize(8);
            assertEquals(0, ofGlobal.getLong(0));
        }
    }

    /** As SBE's generator writes them. */
    private static final class OrderFlyweight
    {
        private static final int BLOCK_LENGTH = 17;

        private DirectBuffer buffer;
        private MutableDirectBuffer target;
        private int offset;
        private int limit;

        OrderFlyweight wrap(final MutableDirectBuffer wrapped, final int at)
        {
            buffer = wrapped;
            target = wrapped;
            offset = at;
            limit = at + BLOCK_LENGTH;
            return this;
        }

        OrderFlyweight id(final long value)
        {
            target.putLong(offset, value, ByteOrder.LITTLE_ENDIAN);
            return this;
        }

        long id()
        {
            return buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
        }

        OrderFlyweight price(final double value)
        {
            target.putDouble(offset + 8, value, ByteOrder.LITTLE_ENDIAN);
            return this;
        }

        double price()
        {
            return buffer.getDouble(offset + 8, ByteOrder.LITTLE_ENDIAN);
        }

        OrderFlyweight side(final byte value)
        {
            target.putByte(offset + 16, value);
            return this;
        }

        byte side()
        {
            return buffer.getByte(offset + 16);
        }

        int symbol(final String value)
        {
            target.putShort(limit, (short)value.length(), ByteOrder.LITTLE_ENDIAN);
            limit += 2 + target.putStringWithoutLengthAscii(limit + 2, value);
            return limit;
        }

        String symbol()
        {
            final int length = buffer.getShort(limit, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
            final String value = buffer.getStringWithoutLengthAscii(limit + 2, length);
            limit += 2 + length;
            return value;
        }

        int limit()
        {
            return limit;
        }
    }
}
