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

import io.quarry.alloc.AgronaBuffers;
import io.quarry.alloc.Alloc;
import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.ArenaAllocator;
import io.quarry.alloc.Block;
import io.quarry.alloc.CheckLevel;
import io.quarry.alloc.CheckedAllocator;
import io.quarry.alloc.ExpandableBlockBuffer;
import io.quarry.alloc.Layout;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.TracingAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import io.quarry.alloc.slab.SlabAllocator;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The listings of docs/guide.md; {@link DocumentsTest} compares them with the page.
 */
class GuideListingsTest
{
    private Region region;
    private RegionAllocator allocator;

    @BeforeEach
    void makeAllocator()
    {
        region = Region.allocate(16 << 20);
        allocator = new SlabAllocator(new RunAllocator(region));
    }

    @AfterEach
    void closeAll()
    {
        allocator.verify();
        final long live = allocator.stats().liveBlocks();
        allocator.close();
        region.close();
        assertEquals(0, live, "blocks that a listing left");
    }

    @Test
    void shouldReadAndWrite()
    {
        // listing:begin
        final long order = allocator.allocate(48, 16);
        final ByteBuffer bytes = region.buffer(order);          // the region's own buffer, made once
        final int at = region.bufferOffset(order);              // where the block begins in it
        bytes.putLong(at, 4711L).putInt(at + 8, 100);           // absolute puts: no position, no garbage
        assertEquals(100, bytes.getInt(at + 8));
        allocator.deallocate(order, 48, 16);
        // listing:end
    }

    @Test
    void shouldUseBlockAsObject()
    {
        // listing:begin
        try (Block block = Block.allocate(allocator, 1024, 64))
        {
            block.buffer().putInt(0, 7);
            block.grow(4096);                                   // may move: ask for the buffer again
            assertEquals(7, block.buffer().getInt(0));
        }
        // listing:end
    }

    @Test
    void shouldGoOnAfterExhaustion()
    {
        // listing:begin
        final long address = allocator.alloc(1L << 30, 16);     // NULL, 0, where allocate() would throw AllocError
        if (Allocator.NULL == address)
        {
            System.out.println(allocator.diagnose(1L << 30, 16));
        }
        // listing:end
        assertEquals(Allocator.NULL, address);
        assertTrue(assertThrows(AllocError.class, () -> allocator.allocate(1L << 30, 16)).isUnsupported());
    }

    @Test
    void shouldShareBetweenThreads() throws InterruptedException
    {
        final Region region = Region.allocate(16 << 20);
        // listing:begin
        final ConcurrentSlabAllocator memory =
            new ConcurrentSlabAllocator(new ConcurrentBuddyAllocator(region, 512));

        final Heap heap = memory.heap();                        // this thread's own; an Agent's onStart()
        final long message = heap.allocate(64, 16);             // as quick as the allocator for one thread

        final Thread consumer = new Thread(() -> memory.deallocate(message, 64, 16));
        consumer.start();                                       // any thread may free it
        consumer.join();

        heap.flush();                                           // an Agent's idle step: what it freed of others
        heap.close();                                           // onClose(); or never, if the thread ends
        // listing:end
        assertEquals(0, memory.stats().liveBlocks());
        memory.verify();
        memory.close();
        region.close();
    }

    @Test
    void shouldResetArena()
    {
        // listing:begin
        try (ArenaAllocator arena = new ArenaAllocator(allocator, 64 << 10, 1 << 20))
        {
            final long mark = arena.mark();
            final long scratch = arena.allocate(200, 8);        // a bump of a pointer
            region.zero(scratch, 200);
            arena.reset(mark);                                  // frees all since the mark at once
        }
        // listing:end
    }

    @Test
    void shouldRecord(@TempDir final Path folder) throws IOException, TraceError
    {
        final Path file = folder.resolve("orders.trace.gz");
        // listing:begin
        try (TracingAllocator tracing = TracingAllocator.recordTo(allocator, file))
        {
            final long order = tracing.allocate(48, 16);        // the program, on tracing instead of allocator
            tracing.deallocate(order, 48, 16);
        }
        // listing:end
        assertEquals(2, Traces.read(file.toString()).eventCount());
    }

    @Test
    void shouldFindLeak()
    {
        final StringBuilder out = new StringBuilder();
        // listing:begin
        final CheckedAllocator checked = new CheckedAllocator(allocator, CheckLevel.FULL);
        final long kept = checked.allocate(48, 16);
        out.append(checked.leaks());                            // what lives now, and where it was allocated
        // listing:end
        assertTrue(out.toString().startsWith("leak: blocks=1 bytes=48"), out::toString);
        assertTrue(out.toString().contains("GuideListingsTest.shouldFindLeak"), out::toString);
        checked.deallocate(kept, 48, 16);
        checked.close();
    }

    @Test
    void shouldFollowRust()
    {
        // listing:begin
        final Layout header = Layout.of(12, 4);
        final Layout.Extended record = header.extend(Layout.array(Layout.LONG, 8));  // pads: the longs begin at 16
        final Layout layout = record.layout().padToAlign();

        final long address = allocator.allocateZeroed(layout);
        final long first = address + record.offset();
        assertEquals(0, region.buffer(first).getLong(region.bufferOffset(first)));
        allocator.deallocate(address, layout);
        // listing:end
        assertEquals(16, record.offset());
        assertEquals(Layout.of(80, 8), layout);
    }

    @Test
    void shouldUseGlobal()
    {
        // listing:begin
        final long address = Alloc.alloc(256, 8);               // of the registered allocator, else the JDK's memory
        if (0 == address)
        {
            throw Alloc.handleAllocError(Layout.of(256, 8));
        }
        Alloc.dealloc(address, 256, 8);
        // listing:end
        assertFalse(0 == address);
    }

    @Test
    @Tag("agrona")
    void shouldUseAgronasBuffers()
    {
        // listing:begin
        final long address = allocator.allocate(64, 8);
        final UnsafeBuffer view = AgronaBuffers.newBuffer(region, address, 64);     // wrap(...) for one made before
        view.putLongOrdered(0, 42L);
        allocator.deallocate(address, 64, 8);                   // the view is stale from here on

        try (ExpandableBlockBuffer out = new ExpandableBlockBuffer(allocator))
        {
            out.putStringAscii(1000, "grows, and gives its old block back at once");
        }
        // listing:end
    }
}
