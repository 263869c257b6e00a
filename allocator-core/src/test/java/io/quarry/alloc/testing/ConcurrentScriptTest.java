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

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SynchronizedRegionAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The script passes on an allocator behind a lock, and notices one that hands a block out twice.
 */
class ConcurrentScriptTest
{
    static List<ThreadKind> kinds()
    {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldPassBehindALock(final ThreadKind kind)
    {
        try (Region region = Region.allocate(1 << 20);
            RegionAllocator allocator = new SynchronizedRegionAllocator(FirstFitAllocator.over(region)))
        {
            final ConcurrentScript script = new ConcurrentScript(allocator, kind, 1);
            script.run(4, 3_000);
            assertTrue(script.handedOver() > 100, "handedOver=" + script.handedOver());
            assertTrue(script.threads() > 4, "threads=" + script.threads());
            assertTrue(script.refusals() > 0, "refusals=0: the region was never full");
            assertEquals(0, allocator.stats().liveBlocks());
        }
    }

    @Test
    void shouldNoticeABlockThatIsFreedTooEarly()
    {
        try (Region region = Region.allocate(1 << 20);
            RegionAllocator allocator = new SynchronizedRegionAllocator(new FreesTooEarly(region)))
        {
            final ConcurrentScript script = new ConcurrentScript(allocator, ThreadKind.PLATFORM, 1);
            final AssertionError error = assertThrows(AssertionError.class, () -> script.run(4, 3_000));
            assertTrue(error.getMessage().contains("seed=1"), error.getMessage());
        }
    }

    @Test
    void shouldNameBothOwnersOfABlock()
    {
        try (Region region = Region.allocate(1 << 16);
            RegionAllocator allocator = FirstFitAllocator.over(region))
        {
            final StampedBlocks blocks = new StampedBlocks(allocator);
            for (final long size : new long[]{ 1, 7, 8, 9, 64, 100, 257, 1_000, 4_099 })
            {
                final StampedBlocks.Held mine = blocks.allocate(3, size, size, 8);
                final StampedBlocks.Held other = blocks.allocate(4, size + 1, size, 8);
                blocks.check(mine);
                final long last = Math.max(0, size - 2);
                region.copy(other.address() + last, mine.address() + last, size - last);
                final Deviation deviation = assertThrows(Deviation.class, () -> blocks.free(mine), "size=" + size);
                assertTrue(deviation.getMessage().contains("owner=3"), deviation.getMessage());
                region.copy(other.address(), mine.address(), size);
                final Deviation whole = assertThrows(Deviation.class, () -> blocks.resize(mine, 10));
                assertTrue(size < 8 || whole.getMessage().contains("owner=4"), whole.getMessage());
                blocks.free(other);
            }
            blocks.checkAtRest();
            assertFalse(ThreadKind.PLATFORM.newThread(() -> {}).isAlive());
        }
    }

    /** Every hundredth block is free as soon as it is handed out. */
    private static final class FreesTooEarly extends FirstFitAllocator
    {
        private int calls;

        FreesTooEarly(final Region region)
        {
            super(region);
        }

        @Override
        protected long takeBlock(final long size, final long alignment)
        {
            final long address = super.takeBlock(size, alignment);
            if (NULL != address && 0 == ++calls % 100)
            {
                returnBlock(address, size, alignment);
            }
            return address;
        }
    }
}
