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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is in the file byte by byte, and what happens when it can't be written in time, or at all.
 */
@Timeout(60)
class TracingAllocatorTest
{
    private static final int THREAD = 0x80;
    private static final int ALIGNED = 8;
    private static final int ZEROED = 4;
    private static final int REALLOC = 1;
    private static final int FREE = 2;
    private static final int END = 3;

    private final Region region = Region.allocate(1 << 20, 4096);
    private final RegionAllocator upstream = FirstFitAllocator.over(region);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @AfterEach
    void closeRegion()
    {
        upstream.close();
        region.close();
    }

    /** Waits at every write until it is let go. */
    private static final class SlowStream extends OutputStream
    {
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void write(final int value)
        {
            write(new byte[]{ (byte)value }, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int from, final int count)
        {
            try
            {
                go.await();
            }
            catch (final InterruptedException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
    }

    /** Takes so many bytes and then none. */
    private static final class FullStream extends OutputStream
    {
        private int room;
        private boolean closed;

        FullStream(final int room)
        {
            this.room = room;
        }

        @Override
        public void write(final int value) throws IOException
        {
            write(new byte[]{ (byte)value }, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int from, final int count) throws IOException
        {
            room -= count;
            if (room < 0)
            {
                throw new IOException("no space left");
            }
        }

        @Override
        public void close()
        {
            closed = true;
        }
    }

    @Test
    void shouldWriteEveryKindOfEvent()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            final long first = tracing.allocate(200, 16);
            final long second = tracing.allocateZeroed(100, 64);
            assertTrue(tracing.tryResize(second, 100, 64, 120));
            final long moved = tracing.grow(first, 200, 16, 300, 4096);
            final long zeroed = tracing.growZeroed(second, 120, 64, 50_000, 64);
            final long shrunk = tracing.shrink(zeroed, 50_000, 64, 40, 64);
            tracing.deallocate(moved, 300, 4096);
            tracing.deallocate(shrunk, 40, 64);
            tracing.deallocate(tracing.allocate(0, 8), 0, 8);
            assertEquals(0, tracing.unmatchedEvents());
        }
        assertTrace(
            THREAD, 0, 0xC8, 1,
            ALIGNED | ZEROED, 100, 6,
            REALLOC, 1, 120,
            REALLOC | ALIGNED, 2, 0xAC, 2, 12,
            REALLOC | ZEROED, 1, 0xD0, 0x86, 3,
            REALLOC, 1, 40,
            FREE, 2,
            FREE, 1,
            ALIGNED, 0, 3,
            FREE, 1,
            END, 10, 3, 1, 0xFC, 0x88, 3, 2, 0, 0);
    }

    @Test
    void shouldRecordSizesAbove31Bits() throws IOException
    {
        final TraceWriter writer = new TraceWriter(out);
        final long id = writer.alloc(0, 5L << 40, 0, false);
        writer.realloc(0, id, 5L << 40, 1L << 62, 0, 62, true);
        writer.end();

        assertTrace(
            THREAD | ALIGNED, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0xA0, 1, 0,
            REALLOC | ALIGNED | ZEROED, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 62,
            END, 2, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 1, 1,
            0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40);
    }

    @Test
    void shouldKeepEmptyBlocksApartByAlignment()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            final long first = tracing.allocate(0, 16);
            final long second = tracing.allocate(0, 32);
            final long grown = tracing.grow(second, 0, 32, 8, 32);
            assertEquals(16, tracing.grow(first, 0, 16, 0, 16));
            final long empty = tracing.shrink(grown, 8, 32, 0, 16);
            tracing.deallocate(empty, 0, 16);
            tracing.deallocate(first, 0, 16);
            assertEquals(0, tracing.unmatchedEvents());
        }
        assertTrace(
            THREAD, 0, 0, ALIGNED, 0, 5, REALLOC, 1, 8, REALLOC, 2, 0, REALLOC | ALIGNED, 1, 0, 4,
            FREE, 1, FREE, 2,
            END, 7, 2, 1, 8, 2, 0, 0);
    }

    @Test
    void shouldRecordTheLargestAlignmentThereIs()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            tracing.deallocate(tracing.allocate(0, Long.MIN_VALUE), 0, Long.MIN_VALUE);
        }
        assertTrace(THREAD | ALIGNED, 0, 0, 63, FREE, 1, END, 2, 1, 1, 0, 1, 0, 0);
    }

    @Test
    void shouldRecordNothingOfCallsThatFail()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            final long block = tracing.allocate(64, 16);
            assertThrows(AllocError.class, () -> tracing.allocate(2 << 20, 16));
            assertThrows(AllocError.class, () -> tracing.allocateZeroed(2 << 20, 16));
            assertThrows(AllocError.class, () -> tracing.grow(block, 64, 16, 2 << 20, 16));
            assertThrows(AllocError.class, () -> tracing.growZeroed(block, 64, 16, 2 << 20, 16));
            assertThrows(IllegalArgumentException.class, () -> tracing.shrink(block, 64, 16, 65, 16));
            assertThrows(IllegalArgumentException.class, () -> tracing.allocate(1, 3));
            assertFalse(tracing.tryResize(block, 64, 16, 2 << 20));
            if (Checks.ENABLED)
            {
                assertEquals(
                    assertThrows(IllegalArgumentException.class, () -> upstream.deallocate(8, 8, 8)).getMessage(),
                    assertThrows(IllegalArgumentException.class, () -> tracing.deallocate(8, 8, 8)).getMessage());
            }
            tracing.deallocate(block, 64, 16);
        }
        assertTrace(THREAD, 0, 64, FREE, 1, END, 2, 1, 1, 64, 1, 0, 0);
    }

    @Test
    void shouldGoOnAfterCloseAndRecordNoMore()
    {
        final TracingAllocator tracing = new TracingAllocator(upstream, out);
        final long block = tracing.allocate(64, 16);
        tracing.close();
        final int length = out.size();

        tracing.deallocate(tracing.grow(block, 64, 16, 300, 16), 300, 16);
        tracing.deallocate(tracing.allocate(9, 1), 9, 1);
        tracing.close();

        assertEquals(length, out.size());
        assertEquals(0, tracing.lostEvents());
        assertEquals(0, upstream.stats().liveBlocks());
    }

    @Test
    void shouldFlushWhatWasRecordedBefore()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            tracing.allocate(64, 16);
            tracing.flush();
            assertArrayEquals(bytes('M', 'T', 'R', 'C', 2, THREAD, 0, 64), out.toByteArray());
            tracing.allocate(65, 16);
            tracing.flush();
            assertArrayEquals(bytes('M', 'T', 'R', 'C', 2, THREAD, 0, 64, 0, 65), out.toByteArray());
            assertEquals(2, tracing.recordedEvents());
        }
    }

    @Test
    void shouldLeaveOutBlocksThatItHasNotSeen()
    {
        final long before = upstream.allocate(64, 16);
        final long grown = upstream.allocate(64, 16);
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            tracing.deallocate(before, 64, 16);
            tracing.grow(grown, 64, 16, 5000, 16);
            tracing.flush();
            assertEquals(2, tracing.unmatchedEvents());
            final long past = tracing.allocate(64, 16);
            upstream.deallocate(past, 64, 16);
            assertEquals(past, tracing.allocate(60, 16));
            tracing.flush();
            assertEquals(3, tracing.unmatchedEvents());
        }
        assertTrace(
            THREAD, 0, 0x88, 0x27, 0, 64, FREE, 1, 0, 60,
            END, 4, 3, 1, 0xC8, 0x27, 2, 2, 0xC4, 0x27);
    }

    @Test
    void shouldHaveCallersWaitWhenRingIsFull() throws InterruptedException
    {
        final SlowStream slow = new SlowStream();
        final TracingAllocator tracing = new TracingAllocator(upstream, slow, 16);
        final AtomicBoolean done = new AtomicBoolean();
        final Thread caller = new Thread(() ->
        {
            for (int i = 0; i < 100_000; i++)
            {
                tracing.deallocate(tracing.allocate(64, 16), 64, 16);
            }
            done.set(true);
        });
        caller.start();
        // The first buffer fills, its write waits, then the ring fills. 200,000 events don't fit in both.
        caller.join(1000);
        assertTrue(caller.isAlive(), "nobody waits");
        assertFalse(done.get());

        slow.go.countDown();
        caller.join();
        tracing.close();
        assertTrue(done.get());
        assertEquals(200_000, tracing.recordedEvents());
        assertEquals(0, tracing.lostEvents());
    }

    @Test
    void shouldGoOnAndCountWhatIsLostWhenStreamFails()
    {
        final FullStream full = new FullStream(70_000);
        final TracingAllocator tracing = new TracingAllocator(upstream, full, 64);
        for (int i = 0; i < 100_000; i++)
        {
            tracing.deallocate(tracing.allocate(64, 16), 64, 16);
        }
        assertThrows(AllocError.class, () -> tracing.allocate(2 << 20, 16));

        final UncheckedIOException ex = assertThrows(UncheckedIOException.class, tracing::flush);
        assertEquals("the recording failed: no space left", ex.getMessage());
        assertEquals("no space left", ex.getCause().getMessage());
        assertTrue(tracing.lostEvents() > 0);
        assertThrows(UncheckedIOException.class, tracing::close);
        tracing.close();
        assertEquals(200_000, tracing.recordedEvents() + tracing.lostEvents());
        assertTrue(full.closed);
        assertEquals(0, upstream.stats().liveBlocks());
    }

    @Test
    void shouldTellWhenTheEndCannotBeWritten()
    {
        final TracingAllocator tracing = new TracingAllocator(upstream, new FullStream(3));
        tracing.allocate(64, 16);
        assertThrows(UncheckedIOException.class, tracing::close);
    }

    @Test
    void shouldForwardEverythingElse()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out))
        {
            final long block = tracing.allocate(100, 16);
            assertEquals(upstream.usableSize(block, 100, 16), tracing.usableSize(block, 100, 16));
            assertTrue(tracing.owns(block));
            assertFalse(tracing.owns(1));
            assertSame(region, tracing.regionOf(block));
            assertFalse(tracing.isThreadSafe());
            assertSame(tracing, tracing.byRef());
            assertEquals(upstream.goodSize(100, 16), tracing.goodSize(100, 16));
            assertEquals(upstream.maxSize(), tracing.maxSize());
            assertEquals(upstream.diagnose(2 << 20, 16), tracing.diagnose(2 << 20, 16));
        }
    }

    @Test
    void shouldRecordBatchesBlockByBlock()
    {
        try (TracingAllocator tracing = new TracingAllocator(upstream, out, 16))
        {
            final long[] blocks = new long[102];
            assertEquals(100, tracing.allocateBatch(64, 16, blocks, 1, 100));
            assertEquals(0, blocks[0]);
            assertEquals(0, blocks[101]);
            blocks[50] = Allocator.NULL;
            final long wrong = blocks[90];
            upstream.deallocate(wrong, 64, 16);
            tracing.flush();
            assertEquals(100, tracing.recordedEvents());
            if (Checks.ENABLED)
            {
                assertThrows(IllegalStateException.class, () -> tracing.deallocateBatch(64, 16, blocks, 1, 100));
                assertEquals(0, blocks[89]);
                assertEquals(wrong, blocks[90]);
                tracing.flush();
                assertEquals(100 + 88, tracing.recordedEvents());
                blocks[90] = Allocator.NULL;
                assertEquals(10, tracing.deallocateBatch(64, 16, blocks, 1, 100));
                tracing.flush();
                assertEquals(100 + 98, tracing.recordedEvents());
            }
            assertEquals(0, tracing.unmatchedEvents());
            assertThrows(IllegalArgumentException.class, () -> tracing.deallocateBatch(64, 16, blocks, 100, 3));
            assertThrows(IllegalArgumentException.class, () -> tracing.allocateBatch(64, 3, blocks, 0, 3));
        }
    }

    @Test
    void shouldRefuseWrongCapacity()
    {
        for (final int capacity : new int[]{ 0, 8, 17, 1000, 1 << 25, -16, Integer.MIN_VALUE })
        {
            assertTrue(assertThrows(IllegalArgumentException.class,
                () -> new TracingAllocator(upstream, out, capacity)).getMessage().contains("capacity=" + capacity));
        }
    }

    @Test
    void shouldLeaveTheFileAloneWhenThereIsNothingToRecord(@TempDir final Path directory) throws IOException
    {
        final Path file = Files.writeString(directory.resolve("before.trace"), "before");
        assertThrows(NullPointerException.class, () -> TracingAllocator.recordTo(null, file));
        assertEquals("before", Files.readString(file));
    }

    private void assertTrace(final int... values)
    {
        final int[] all = new int[values.length + 5];
        System.arraycopy(new int[]{ 'M', 'T', 'R', 'C', 2 }, 0, all, 0, 5);
        System.arraycopy(values, 0, all, 5, values.length);
        assertArrayEquals(bytes(all), out.toByteArray());
    }

    private static byte[] bytes(final int... values)
    {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++)
        {
            bytes[i] = (byte)values[i];
        }
        return bytes;
    }
}
