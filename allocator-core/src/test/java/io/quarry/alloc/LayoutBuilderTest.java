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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.function.ThrowingSupplier;

class LayoutBuilderTest
{
    private final LayoutBuilder builder = new LayoutBuilder();

    @Test
    void shouldStartEmpty()
    {
        assertState(0, 1, 0, 0);
        assertState(0, 1, 0, 0, builder.reset(24, 8).repeat(3).reset());
        assertState(24, 8, 0, 0, builder.repeat(3).reset(Layout.of(24, 8)));
    }

    @Test
    @DisplayName("L21 extend tells the offset of each field")
    void shouldLayOutStructure()
    {
        assertEquals(0, builder.extend(8, 8).offset());
        assertEquals(8, builder.extend(1, 1).offset());
        assertEquals(12, builder.extend(4, 4).offset());
        assertEquals(16, builder.extend(2, 2).offset());
        assertEquals(18, builder.size());
        assertEquals(Layout.of(24, 8), builder.padToAlign().toLayout());
    }

    @Test
    @DisplayName("L22 extend_packed tells the offset too and keeps the alignment")
    void shouldPackFields()
    {
        assertState(13, 2, 9, 0, builder.reset(9, 2).extendPacked(4));
    }

    @Test
    @DisplayName("L18 L19 repeat tells the stride, packed or not")
    void shouldTellStride()
    {
        assertState(25, 8, 0, 16, builder.reset(9, 8).repeat(2));
        assertState(0, 8, 0, 16, builder.reset(9, 8).repeat(0));
        assertState(18, 8, 0, 9, builder.reset(9, 8).repeatPacked(2));
    }

    @Test
    void shouldChangeNothingOnFailure()
    {
        builder.reset(9, 8).extend(4, 4).repeat(2);
        final String before = builder.toString();

        assertRefused(() -> builder.reset(8, 3));
        assertRefused(() -> builder.reset(-1, 1));
        assertRefused(() -> builder.alignTo(3));
        assertRefused(() -> builder.alignTo(Long.MIN_VALUE));
        assertRefused(() -> builder.extend(8, 3));
        assertRefused(() -> builder.extend(-1, 1));
        assertRefused(() -> builder.extend(0, Long.MIN_VALUE));
        assertRefused(() -> builder.extendPacked(-1));
        assertRefused(() -> builder.extendPacked(Long.MAX_VALUE));
        assertRefused(() -> builder.repeat(-1));
        assertRefused(() -> builder.repeat(Long.MAX_VALUE));
        assertRefused(() -> builder.repeatPacked(-1));
        assertEquals(before, builder.toString());
    }

    @Test
    void shouldAgreeWithLayoutWhenReused()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++)
        {
            final Layout layout = randomLayout(random);
            final Layout next = randomLayout(random);
            final long count = random.nextLong() >>> random.nextInt(Long.SIZE);
            final String what = "seed=" + seed + " i=" + i + " " + layout + " " + next + " count=" + count;

            assertEquals(
                outcome(() -> layout.extend(next).layout().padToAlign()),
                outcome(() -> builder.reset(layout).extend(next.size(), next.align()).padToAlign().toLayout()), what);
            assertEquals(
                outcome(() -> layout.repeat(count).layout().alignTo(next.align())),
                outcome(() -> builder.reset(layout).repeat(count).alignTo(next.align()).toLayout()), what);
            assertEquals(
                outcome(() -> layout.extendPacked(next).repeatPacked(count)),
                outcome(() -> builder.reset(layout).extendPacked(next.size()).repeatPacked(count).toLayout()), what);
        }
    }

    @Test
    void shouldMakeNoGarbage()
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        long sum = useManyTimes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        final long ownCost = threads.getCurrentThreadAllocatedBytes() - before;
        final long start = threads.getCurrentThreadAllocatedBytes();
        sum += useManyTimes();
        final long garbage = threads.getCurrentThreadAllocatedBytes() - start - ownCost;

        assertTrue(sum > 0);
        assertEquals(0, garbage / 10_000, "bytes an iteration, of " + garbage);
    }

    /** Success and failure both. */
    private long useManyTimes()
    {
        long sum = 0;
        for (int i = 0; i < 10_000; i++)
        {
            sum += builder.reset().extend(8, 8).extend(1 + (i & 7), 1).extend(4, 4).offset();
            sum += builder.padToAlign().repeat(1 + (i & 63)).stride();
            try
            {
                builder.repeat(-1);
            }
            catch (final LayoutError ex)
            {
                sum++;
            }
        }
        return sum;
    }

    private static Layout randomLayout(final SplittableRandom random)
    {
        while (true)
        {
            final long size = random.nextLong() >>> (1 + random.nextInt(Long.SIZE - 1));
            final Layout layout = Layout.tryOf(size, 1L << random.nextInt(Long.SIZE));
            if (null != layout)
            {
                return layout;
            }
        }
    }

    private static Object outcome(final ThrowingSupplier<Layout> operation)
    {
        try
        {
            return operation.get();
        }
        catch (final Throwable ex)
        {
            assertSame(LayoutError.class, ex.getClass());
            return ex;
        }
    }

    private static void assertRefused(final Executable operation)
    {
        assertThrows(LayoutError.class, operation);
    }

    private void assertState(final long size, final long align, final long offset, final long stride)
    {
        assertState(size, align, offset, stride, builder);
    }

    private static void assertState(
        final long size, final long align, final long offset, final long stride, final LayoutBuilder got)
    {
        assertEquals(size, got.size());
        assertEquals(align, got.align());
        assertEquals(offset, got.offset());
        assertEquals(stride, got.stride());
    }
}
