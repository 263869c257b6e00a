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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the contract suite does not ask of the system allocator: S1, S3, S5, S6, its budget, its regions, its threads.
 */
class SystemAllocatorTest
{
    private static final long MIB = 1 << 20;

    private final SystemAllocator sharing = new SystemAllocator(new SystemBudget(64 * MIB), true);
    private final SystemAllocator sole = new SystemAllocator(new SystemBudget(64 * MIB), false);

    @AfterEach
    void nothingIsLeft()
    {
        for (final SystemAllocator allocator : List.of(sharing, sole))
        {
            allocator.trim();
            assertEquals(0, allocator.liveBlocks());
            assertEquals(0, allocator.allocatedBytes());
            assertEquals(0, allocator.reservedBytes());
        }
    }

    private SystemAllocator allocator(final boolean shares)
    {
        return shares ? sharing : sole;
    }

    @Test
    void s01ShouldHaveBlocksThatNoOtherAllocatorTakes()
    {
        final long address = sharing.allocate(100, 8);
        assertThrows(IllegalStateException.class, () -> sole.deallocate(address, 100, 8));
        assertThrows(IllegalStateException.class, () -> SystemAllocator.INSTANCE.deallocate(address, 100, 8));
        assertThrows(IllegalStateException.class, () -> sharing.regionOf(address).close());
        final Region region = sharing.regionOf(address);
        assertThrows(IllegalStateException.class, () -> region.claim("another"));
        sharing.deallocate(address, 100, 8);
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void s03ShouldAcceptTheExactLayoutOnly(final boolean shares)
    {
        final SystemAllocator allocator = allocator(shares);
        final long address = allocator.alloc(100, 16);
        assertEquals(100, allocator.usableSize(address, 100, 16));
        for (final Layout wrong : new Layout[]{
            new Layout(99, 16), new Layout(101, 16), new Layout(128, 16), new Layout(100, 8), new Layout(100, 32) })
        {
            assertThrows(IllegalArgumentException.class, () -> allocator.dealloc(address, wrong));
            assertThrows(IllegalArgumentException.class, () -> allocator.realloc(address, wrong, 200));
            assertThrows(IllegalArgumentException.class,
                () -> allocator.usableSize(address, wrong.size(), wrong.align()));
        }
        final long resized = allocator.realloc(address, 100, 16, 90);
        assertThrows(IllegalArgumentException.class, () -> allocator.dealloc(resized, 100, 16));
        allocator.dealloc(resized, 90, 16);
        assertThrows(IllegalStateException.class, () -> allocator.dealloc(resized, 90, 16));
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void s05ShouldMoveToAnyOtherAlignment(final boolean shares)
    {
        final SystemAllocator allocator = allocator(shares);
        long address = allocator.allocate(100, 64);
        for (final long[] step : new long[][]{ { 64, 128 }, { 128, 8 }, { 8, 4096 }, { 4096, 1 } })
        {
            bytes(allocator, address, 100).putLong(90, step[1]);
            final long grown = allocator.grow(address, 100, step[0], 100, step[1]);
            assertNotEquals(address, grown);
            assertEquals(0, grown & (step[1] - 1));
            assertEquals(step[1], bytes(allocator, grown, 100).getLong(90));
            address = grown;
        }
        final long shrunk = allocator.shrink(address, 100, 1, 100, 2);
        assertNotEquals(address, shrunk);
        allocator.deallocate(shrunk, 100, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void s06ShouldAlignSmallBlocksAsMuchAsLargeOnes(final boolean shares)
    {
        final SystemAllocator allocator = allocator(shares);
        for (long alignment = 1; alignment <= 4 * MIB; alignment <<= 1)
        {
            for (final long size : new long[]{ 1, 3, 16, 17, 5000, 300_000 })
            {
                final long address = allocator.allocate(size, alignment);
                assertEquals(0, address & (alignment - 1), "size=" + size + " alignment=" + alignment);
                bytes(allocator, address, size).put((int)size - 1, (byte)1);
                allocator.deallocate(address, size, alignment);
            }
        }
        assertTrue(assertThrows(AllocError.class, () -> allocator.allocate(1, 1L << 40)).isUnsupported());
    }

    @Test
    void shouldOwnItsRegionsAndNothingElse()
    {
        for (final SystemAllocator allocator : List.of(sharing, sole))
        {
            final long address = allocator.allocate(100, 8);
            final long large = allocator.allocate(MIB, 8);
            assertTrue(allocator.owns(address));
            assertTrue(allocator.owns(address + 99));
            assertTrue(allocator.owns(large + MIB - 1));
            assertFalse(allocator.owns(large + MIB));
            assertNotSame(allocator.regionOf(address), allocator.regionOf(large));
            assertSame(allocator.regionOf(address), allocator.regionOf(address + 99));
            for (final long foreign : new long[]{ 0, 1, 8, Long.MIN_VALUE, -1 })
            {
                assertFalse(allocator.owns(foreign));
                assertThrows(IllegalArgumentException.class, () -> allocator.regionOf(foreign));
            }
            allocator.deallocate(address, 100, 8);
            allocator.deallocate(large, MIB, 8);
            assertFalse(allocator.owns(large));
        }
    }

    @Test
    void shouldFailBeyondTheBudgetWithoutAskingTheJdk()
    {
        final SystemAllocator allocator = new SystemAllocator(new SystemBudget(MIB), false);
        assertEquals(MIB - 16, allocator.maxSize());
        final long start = System.nanoTime();
        for (int i = 0; i < 1000; i++)
        {
            assertEquals(Allocator.NULL, allocator.alloc(MIB, 8));
        }
        // The JDK would take half a second for each.
        assertTrue(System.nanoTime() - start < 20_000_000_000L);
        final long most = allocator.allocate(allocator.maxSize(), 8);
        assertEquals(MIB, allocator.reservedBytes());
        assertFalse(assertThrows(AllocError.class, () -> allocator.allocate(1, 1)).isUnsupported());
        assertEquals(Diagnosis.Reason.EXHAUSTED, allocator.diagnose(1, 1).reason());
        assertEquals(Diagnosis.Reason.TOO_LARGE, allocator.diagnose(MIB, 1).reason());
        assertEquals(Diagnosis.Reason.ALIGNMENT, allocator.diagnose(1, MIB).reason());
        allocator.deallocate(most, allocator.maxSize(), 8);
        assertTrue(allocator.diagnose(1, 1).wouldSucceed());
        assertEquals(0, allocator.reservedBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = { "1048576", "1024k", "1m", " 1M ", "0", "3g" })
    void shouldReadTheBudget(final String text)
    {
        final long wanted = switch (text)
        {
            case "0" -> 0;
            case "3g" -> 3L << 30;
            default -> MIB;
        };
        assertEquals(wanted, SystemBudget.of(text).limit());
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "m", "-1", "1t", "one", "9223372036854775807k" })
    void shouldRefuseABudgetThatIsNone(final String text)
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> SystemBudget.of(text)).getMessage();
        assertTrue(message.startsWith("quarry.systemBudget=" + text), message);
        assertEquals(Runtime.getRuntime().maxMemory(), SystemBudget.of(null).limit());
    }

    @Test
    void shouldShareRegionsAndCloseThemWhenEmptyButForOne()
    {
        final List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 100; i++)
        {
            blocks.add(sharing.allocate(100_000, 8));
        }
        final long reserved = sharing.reservedBytes();
        assertTrue(reserved > 10 * MIB && reserved < 14 * MIB, "reservedBytes=" + reserved);
        assertSame(sharing.regionOf(blocks.get(0)), sharing.regionOf(blocks.get(1)));
        for (final long block : blocks)
        {
            sharing.deallocate(block, 100_000, 8);
        }
        final long kept = sharing.reservedBytes();
        assertTrue(kept >= MIB && kept < 3 * MIB, "reservedBytes=" + kept);
        assertEquals(kept, sharing.trim());
    }

    @Test
    void shouldGiveTheEmptyRegionUpForALargeBlock()
    {
        final SystemAllocator allocator = new SystemAllocator(new SystemBudget(2 * MIB), true);
        allocator.deallocate(allocator.allocate(100, 8), 100, 8);
        assertTrue(allocator.reservedBytes() > MIB);
        final long large = allocator.allocate(2 * MIB - 16, 8);
        allocator.deallocate(large, 2 * MIB - 16, 8);
        assertEquals(0, allocator.reservedBytes());
    }

    @Test
    void shouldResizeInPlaceWhereThereIsRoom()
    {
        final long address = sharing.allocate(100, 8);
        assertTrue(sharing.tryResize(address, 100, 8, 5000));
        final long right = sharing.allocate(100, 8);
        assertFalse(sharing.tryResize(address, 5000, 8, 6000));
        assertEquals(address, sharing.realloc(address, 5000, 8, 10));
        assertEquals(10, sharing.usableSize(address, 10, 8));
        sharing.deallocate(address, 10, 8);
        sharing.deallocate(right, 100, 8);
        final long block = sole.allocate(1000, 8);
        assertFalse(sole.tryResize(block, 1000, 8, 1001));
        assertTrue(sole.tryResize(block, 1000, 8, 1));
        assertTrue(sole.tryResize(block, 1, 8, 1000));
        sole.deallocate(block, 1000, 8);
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void shouldServeManyThreads(final boolean shares) throws InterruptedException, ExecutionException
    {
        final SystemAllocator allocator = allocator(shares);
        final ExecutorService threads = Executors.newFixedThreadPool(4);
        final List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 4; t++)
        {
            final long seed = t;
            done.add(threads.submit(() -> churn(allocator, seed)));
        }
        threads.shutdown();
        for (final Future<?> thread : done)
        {
            thread.get();
        }
    }

    private static void churn(final SystemAllocator allocator, final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] blocks = new long[16];
        final long[] sizes = new long[16];
        for (int i = 0; i < 3000; i++)
        {
            final int at = random.nextInt(16);
            if (0 != blocks[at])
            {
                final ByteBuffer bytes = bytes(allocator, blocks[at], sizes[at]);
                assertEquals(blocks[at] + seed, bytes.getLong(0));
                assertEquals((byte)seed, bytes.get((int)sizes[at] - 1));
                allocator.deallocate(blocks[at], sizes[at], 8);
            }
            sizes[at] = 16 + random.nextLong(1L << 4 + random.nextInt(13));
            blocks[at] = allocator.allocate(sizes[at], 8);
            bytes(allocator, blocks[at], sizes[at]).putLong(0, blocks[at] + seed)
                .put((int)sizes[at] - 1, (byte)seed);
        }
        for (int at = 0; at < 16; at++)
        {
            if (0 != blocks[at])
            {
                allocator.deallocate(blocks[at], sizes[at], 8);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void shouldFreeOnceWhatTwoThreadsFree(final boolean shares) throws InterruptedException
    {
        final SystemAllocator allocator = allocator(shares);
        final AtomicInteger freed = new AtomicInteger();
        for (int i = 0; i < 200; i++)
        {
            final long address = allocator.allocate(100, 8);
            final Runnable free = () ->
            {
                try
                {
                    allocator.deallocate(address, 100, 8);
                    freed.incrementAndGet();
                }
                catch (final IllegalStateException expected)
                {
                    assertTrue(expected.getMessage().contains("not allocated"), expected.getMessage());
                }
            };
            final Thread other = new Thread(free);
            other.start();
            free.run();
            other.join();
        }
        assertEquals(200, freed.get());
    }

    @Test
    void shouldNeedNoFlagAndPrintNothing()
    {
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, SystemAllocatorTest.class)
            .flags("-Dquarry.systemBudget=8m").run(Program.class);
        assertEquals(new ForkedJvm.Result(0, "8388608 done", ""), result);
    }

    @Test
    void shouldFailWhereTheJdkAllowsLessThanTheBudget()
    {
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, SystemAllocatorTest.class)
            .flags("-Dquarry.systemBudget=1g", "-XX:MaxDirectMemorySize=4m").run(Refused.class);
        assertEquals(new ForkedJvm.Result(0, "done", ""), result);
    }

    private static ByteBuffer bytes(final Allocator allocator, final long address, final long size)
    {
        return allocator.regionOf(address).byteBuffer(address, size);
    }

    static final class Program
    {
        public static void main(final String[] args)
        {
            final SystemAllocator system = SystemAllocator.INSTANCE;
            for (final long size : new long[]{ 1, 100, 5000, MIB })
            {
                final long address = system.allocateZeroed(size, 8);
                final long grown = system.growZeroed(address, size, 8, 2 * size, 64);
                bytes(system, grown, 2 * size).put(0, (byte)1);
                system.deallocate(system.shrink(grown, 2 * size, 64, size, 64), size, 64);
            }
            System.out.print(system.budget() + (0 == system.liveBlocks() ? " done" : " left"));
        }
    }

    static final class Refused
    {
        public static void main(final String[] args)
        {
            final long size = 8 * MIB;
            final long address = SystemAllocator.INSTANCE.alloc(size, 8);
            if (Allocator.NULL != address)
            {
                SystemAllocator.INSTANCE.dealloc(address, size, 8);
            }
            SystemAllocator.INSTANCE.trim();
            final boolean wanted = RegionMemory.UNGUARDED == (Allocator.NULL == address);
            System.out.print(wanted && 0 == SystemAllocator.INSTANCE.reservedBytes() ? "done" : "wrong");
        }
    }
}
