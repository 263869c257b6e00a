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
package io.quarry.alloc.slab;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.CheckLevel;
import io.quarry.alloc.CheckOptions;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.LeakReport;
import io.quarry.alloc.MisuseReport;
import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Slabs of several threads under checks: blocks that one thread makes and another frees.
 */
class CheckedConcurrentSlabTest
{
    private static final int MESSAGES = 4000;
    private static final long SIZE = 72;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(8 << 20));
    private final List<LeakReport> reported = new ArrayList<>();
    private CheckedRegionAllocator allocator;

    private void open(final CheckLevel level)
    {
        allocator = resources.close(resources.verify(new CheckedRegionAllocator(
            new ConcurrentSlabAllocator(new SynchronizedRegionAllocator(new RunAllocator(region))),
            CheckOptions.of(level).withSampling(1).onLeak(reported::add))));
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowBlocksToAnotherThread(final CheckLevel level) throws InterruptedException
    {
        open(level);
        final BlockingQueue<Long> ring = new ArrayBlockingQueue<>(64);
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final Thread consumer = start("consumer", thrown, () -> consume(ring));
        final List<Long> kept = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++)
        {
            final long block = allocator.allocate(SIZE, 8);
            region.buffer(block).putLong(region.bufferOffset(block), i);
            if (0 == i % 1000)
            {
                kept.add(block);
            }
            else
            {
                ring.put(block);
            }
        }
        ring.put(Allocator.NULL);
        consumer.join();
        assertNull(thrown.get());
        final LeakReport leaks = allocator.leaks();
        assertEquals(kept.size(), leaks.blocks());
        assertEquals(CheckLevel.COUNT == level ? 0 : kept.size(), leaks.sites().stream()
            .filter(site -> site.allocated().threadName().equals(Thread.currentThread().getName()))
            .mapToLong(LeakReport.Site::blocks).sum(), leaks::toString);
        for (int i = 0; i < kept.size(); i++)
        {
            assertEquals(1000 * i, region.buffer(kept.get(i)).getLong(region.bufferOffset(kept.get(i))));
            allocator.deallocate(kept.get(i), SIZE, 8);
        }
        assertTrue(allocator.leaks().isEmpty(), () -> allocator.leaks().toString());
        allocator.close();
        resources.forget(allocator);
        assertEquals(List.of(), reported);
    }

    private void consume(final BlockingQueue<Long> ring) throws InterruptedException
    {
        for (long block = ring.take(); Allocator.NULL != block; block = ring.take())
        {
            allocator.deallocate(block, SIZE, 8);
        }
    }

    @Test
    void shouldNameTheThreadsOfAWriteAfterARemoteFree() throws InterruptedException
    {
        open(CheckLevel.FULL);
        final long block = allocator.allocate(SIZE, 8);
        run("freer", () -> allocator.deallocate(block, SIZE, 8));
        region.buffer(block).put(region.bufferOffset(block) + 5, (byte)7);
        final MisuseReport report = MisuseReport.of(assertThrows(IllegalStateException.class, allocator::check));
        assertNotNull(report);
        assertEquals(MisuseReport.Kind.USE_AFTER_FREE, report.kind());
        assertEquals(5, report.damage().offset());
        assertEquals(Thread.currentThread().getName(), report.block().allocated().threadName());
        assertEquals("freer", report.block().freed().threadName());
    }

    @ParameterizedTest
    @EnumSource(names = { "SITE", "FULL" })
    void shouldNameTheThreadsOfARemoteDoubleFree(final CheckLevel level) throws InterruptedException
    {
        open(level);
        final long block = allocator.allocate(SIZE, 8);
        run("first", () -> allocator.deallocate(block, SIZE, 8));
        final AtomicReference<MisuseReport> found = new AtomicReference<>();
        run("second", () -> found.set(MisuseReport.of(
            assertThrows(IllegalStateException.class, () -> allocator.deallocate(block, SIZE, 8)))));
        final MisuseReport report = found.get();
        assertNotNull(report);
        assertEquals(MisuseReport.Kind.DOUBLE_FREE, report.kind());
        assertEquals(Thread.currentThread().getName(), report.block().allocated().threadName());
        assertEquals("first", report.block().freed().threadName());
        assertEquals("second", report.found().threadName());
    }

    /** What a thread does. */
    private interface Work
    {
        void run() throws InterruptedException;
    }

    private static void run(final String name, final Work work) throws InterruptedException
    {
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        start(name, thrown, work).join();
        assertNull(thrown.get());
    }

    private static Thread start(final String name, final AtomicReference<Throwable> thrown, final Work work)
    {
        final Thread thread = new Thread(() ->
        {
            try
            {
                work.run();
            }
            catch (final InterruptedException | RuntimeException | Error ex)
            {
                thrown.set(ex);
            }
        }, name);
        thread.start();
        return thread;
    }
}
