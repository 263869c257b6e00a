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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The free functions and {@link Global} on the default allocator: F1 to F3, S2, S3. What one call becomes another is in
 * {@link ExactAllocatorTest}, registration in {@link GlobalRegistrationTest}.
 */
class GlobalTest
{
    private static final Global GLOBAL = Global.INSTANCE;
    private static final SystemAllocator SYSTEM = SystemAllocator.INSTANCE;

    private final long liveBefore = SYSTEM.liveBlocks();

    @AfterEach
    void nothingIsLeft()
    {
        assertEquals(liveBefore, SYSTEM.liveBlocks());
    }

    @Test
    void f01ShouldForwardToTheDefaultAllocator()
    {
        final long address = Alloc.alloc(100, 64);
        assertTrue(SYSTEM.owns(address));
        assertEquals(0, address & 63);
        assertEquals(100, SYSTEM.usableSize(address, 100, 64));
        GLOBAL.regionOf(address).byteBuffer(address, 100).putLong(92, 42);
        final long grown = Alloc.realloc(address, 100, 64, 70_000);
        assertEquals(42, GLOBAL.regionOf(grown).byteBuffer(grown, 100).getLong(92));
        Alloc.dealloc(grown, 70_000, 64);
        assertThrows(IllegalStateException.class, () -> SYSTEM.usableSize(grown, 70_000, 64));
        final long zeroed = Alloc.allocZeroed(4000, 8);
        final Region region = GLOBAL.regionOf(zeroed);
        for (int i = 0; i < 4000; i++)
        {
            assertEquals(0, region.byteBuffer(zeroed, 4000).get(i));
        }
        Alloc.dealloc(zeroed, 4000, 8);
    }

    @Test
    void f01ShouldCallTheMethodOfTheSameName()
    {
        final ForkedJvm.Result result =
            ForkedJvm.withClassesOf(Global.class, GlobalPrograms.class).run(GlobalPrograms.class, "functions");
        assertEquals(new ForkedJvm.Result(
            0, "alloc 1 2, allocZeroed 3 4, realloc 5 6 8 7, dealloc 9 10 16, regionOf 11", ""), result);
    }

    @Test
    void f01ShouldRefuseSizeZeroAsTheLowerContractDoes()
    {
        assertThrows(IllegalArgumentException.class, () -> Alloc.alloc(0, 8));
        assertThrows(IllegalArgumentException.class, () -> Alloc.allocZeroed(0, 8));
        assertThrows(IllegalArgumentException.class, () -> Alloc.dealloc(8, 0, 8));
        final long address = Alloc.alloc(8, 8);
        assertThrows(IllegalArgumentException.class, () -> Alloc.realloc(address, 8, 8, 0));
        Alloc.dealloc(address, 8, 8);
    }

    @Test
    void f01ShouldReturnNullWhereGlobalThrows()
    {
        assertEquals(Allocator.NULL, Alloc.alloc(1L << 40, 8));
        assertThrows(AllocError.class, () -> GLOBAL.allocate(1L << 40, 8));
    }

    @Test
    void f01ShouldTakeLayouts()
    {
        final Layout layout = new Layout(24, 8);
        final long first = Alloc.alloc(layout);
        final long second = Alloc.allocZeroed(layout);
        final long resized = Alloc.realloc(second, layout, 48);
        assertNotEquals(first, second);
        Alloc.dealloc(first, layout);
        Alloc.dealloc(resized, new Layout(48, 8));
    }

    @Test
    void f02ShouldExchangeBlocksWithGlobal()
    {
        final long first = Alloc.alloc(100, 8);
        final long grown = GLOBAL.grow(first, 100, 8, 200, 16);
        Alloc.dealloc(grown, 200, 16);
        final long second = GLOBAL.allocate(100, 8);
        final long moved = Alloc.realloc(second, 100, 8, 300_000);
        GLOBAL.deallocate(moved, 300_000, 8);
    }

    @Test
    void f03ShouldKeepABlockThatIsLost()
    {
        final long lost = Alloc.alloc(100, 8);
        GLOBAL.regionOf(lost).byteBuffer(lost, 8).putLong(0, 42);
        System.gc();
        assertEquals(liveBefore + 1, SYSTEM.liveBlocks());
        assertEquals(42, GLOBAL.regionOf(lost).byteBuffer(lost, 8).getLong(0));
        Alloc.dealloc(lost, 100, 8);
    }

    @Test
    void s02ShouldForwardToTheDefaultAllocator()
    {
        final long address = GLOBAL.allocate(100, 8);
        assertTrue(SYSTEM.owns(address));
        assertSame(SYSTEM.regionOf(address), GLOBAL.regionOf(address));
        SYSTEM.deallocate(address, 100, 8);
        assertThrows(IllegalStateException.class, () -> GLOBAL.deallocate(address, 100, 8));
        assertEquals(SYSTEM.maxSize(), GLOBAL.maxSize());
        assertTrue(GLOBAL.diagnose(100, 8).wouldSucceed());
        assertFalse(GLOBAL.diagnose(1L << 40, 8).wouldSucceed());
    }

    @Test
    void s03ShouldHaveExactlyTheSizeAskedFor()
    {
        for (final long size : new long[]{ 0, 1, 17, 100, 70_000, 300_000 })
        {
            final long address = GLOBAL.allocate(size, 8);
            assertEquals(size, GLOBAL.usableSize(address, size, 8));
            assertEquals(size, GLOBAL.goodSize(size, 8));
            assertTrue(GLOBAL.tryResize(address, size, 8, size));
            assertFalse(GLOBAL.tryResize(address, size, 8, size + 1));
            GLOBAL.deallocate(address, size, 8);
        }
    }

    @Test
    void shouldNotSayWhatItOwns()
    {
        assertThrows(UnsupportedOperationException.class, () -> GLOBAL.owns(8));
        assertTrue(GLOBAL.isThreadSafe());
        assertSame(GLOBAL, GLOBAL.byRef());
        assertNotSame(SYSTEM, (Object)GLOBAL);
    }

    @Test
    void shouldTakeBatches()
    {
        final long[] addresses = new long[10];
        assertEquals(10, GLOBAL.allocateBatch(100, 8, addresses, 0, 10));
        assertEquals(liveBefore + 10, SYSTEM.liveBlocks());
        assertEquals(10, GLOBAL.deallocateBatch(100, 8, addresses, 0, 10));
        assertEquals(0, GLOBAL.allocateBatch(1L << 40, 8, addresses, 0, 10));
    }
}
