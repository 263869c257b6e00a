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
package io.quarry.alloc.buddy;

import io.quarry.alloc.Region;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import java.util.concurrent.ConcurrentLinkedQueue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/** Blocks that several threads take, resize and free at once, as users see it ({@link ConcurrentBuddyAllocator}). */
public class BuddyBlockStress
{
    /** The third number is the blocks that are live at the end. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the first free is accepted, the second refused")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the other way round")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "both are accepted")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "both are refused")
    @Outcome(expect = FORBIDDEN, desc = "the block still lives")
    @State
    public static class TwoFreesOfOneBlock
    {
        private final SmallRegion small = SmallRegion.take();
        private final long block = small.allocator.allocate(3 * SmallRegion.UNIT, 1);

        @Actor
        public void first(final III_Result r)
        {
            r.r1 = small.free(block, 3) ? 1 : 0;
        }

        @Actor
        public void second(final III_Result r)
        {
            r.r2 = small.free(block, 3) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = (int)small.allocator.stats().liveBlocks();
            small.end();
        }
    }

    /**
     * A block of one unit grows in place by two, across a word's border, while another thread frees it. The third
     * number is the units that are used at the end.
     */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "grown, then freed as what it was by then")
    @Outcome(id = "-1, 1, 0", expect = ACCEPTABLE, desc = "freed, and growing refused, with what it had taken back")
    @Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "the block was live, and its free refused")
    @Outcome(expect = FORBIDDEN, desc = "units are lost, or there is no place for what can grow")
    @State
    public static class GrowInPlaceAgainstFree
    {
        private final SmallRegion small = SmallRegion.take();
        private final long below = small.allocator.allocate(62 * SmallRegion.UNIT, 1);
        private final long block = small.allocator.allocate(SmallRegion.UNIT, 1);

        @Actor
        public void grow(final III_Result r)
        {
            try
            {
                r.r1 = small.allocator.tryResize(block, SmallRegion.UNIT, 1, 3 * SmallRegion.UNIT) ? 1 : 0;
            }
            catch (final IllegalStateException ex)
            {
                r.r1 = -1;
            }
        }

        @Actor
        public void free(final III_Result r)
        {
            r.r2 = small.free(block, 1) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            small.allocator.deallocate(below, 62 * SmallRegion.UNIT, 1);
            r.r3 = (int)(small.allocator.stats().allocatedBytes() / SmallRegion.UNIT);
            small.end();
        }
    }

    /** As above, while another thread takes the second of the two units. The third number is as above. */
    @JCStressTest
    @Outcome(id = "1, 0, 65", expect = ACCEPTABLE, desc = "grown; the other had to look elsewhere")
    @Outcome(id = "0, 1, 64", expect = ACCEPTABLE, desc = "not grown, as the unit was taken")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "both have the unit")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "each gave way to the other")
    @Outcome(expect = FORBIDDEN, desc = "units are lost, or not told as used")
    @State
    public static class GrowInPlaceAgainstTake
    {
        private final SmallRegion small = SmallRegion.take();
        private final long below = small.allocator.allocate(62 * SmallRegion.UNIT, 1);
        private final long block = small.allocator.allocate(SmallRegion.UNIT, 1);
        private long taken;

        @Actor
        public void grow(final III_Result r)
        {
            r.r1 = small.allocator.tryResize(block, SmallRegion.UNIT, 1, 3 * SmallRegion.UNIT) ? 1 : 0;
        }

        @Actor
        public void take(final III_Result r)
        {
            taken = small.allocator.alloc(SmallRegion.UNIT, 64 * SmallRegion.UNIT);
            r.r2 = block + 2 * SmallRegion.UNIT == taken ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            small.allocator.verify();
            r.r3 = (int)(small.allocator.stats().allocatedBytes() / SmallRegion.UNIT);
            small.allocator.deallocate(below, 1, 1);
            small.allocator.deallocate(block, 1, 1);
            small.free(taken, 1);
            small.end();
        }
    }

    /** Who frees the only block writes to it before; who has it next reads that. */
    @JCStressTest
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "not free yet when it was asked for")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the block, with the bytes that were there when it was freed")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "older bytes: a late write could spoil the new block")
    @Outcome(expect = FORBIDDEN, desc = "lost, or had twice")
    @State
    public static class BytesOfAFreedBlock
    {
        private final SmallRegion small = SmallRegion.take();
        private final long block = small.allocator.allocate(SmallRegion.UNITS * SmallRegion.UNIT, 1);

        {
            small.region.buffer(block).put(small.region.bufferOffset(block), (byte)0);
        }

        @Actor
        public void free()
        {
            small.region.buffer(block).put(small.region.bufferOffset(block), (byte)1);
            small.free(block, SmallRegion.UNITS);
        }

        @Actor
        public void takeNext(final II_Result r)
        {
            final long next = small.allocator.alloc(SmallRegion.UNITS * SmallRegion.UNIT, 1);
            r.r1 = 0 == next ? -1 : small.region.buffer(next).get(small.region.bufferOffset(next));
        }

        @Arbiter
        public void end(final II_Result r)
        {
            r.r2 = (int)small.allocator.stats().liveBlocks();
            if (1 == r.r2)
            {
                small.free(block, SmallRegion.UNITS);
            }
            small.end();
        }
    }

    /** An allocator of 128 units, used again and again, as regions are slow to make. */
    private static final class SmallRegion
    {
        static final int UNIT = 64;
        static final int UNITS = 128;
        private static final ConcurrentLinkedQueue<SmallRegion> READY = new ConcurrentLinkedQueue<>();

        final Region region = Region.allocate(UNITS * UNIT);
        final ConcurrentBuddyAllocator allocator = new ConcurrentBuddyAllocator(region, UNIT);

        static SmallRegion take()
        {
            final SmallRegion ready = READY.poll();
            return null == ready ? new SmallRegion() : ready;
        }

        boolean free(final long block, final int units)
        {
            try
            {
                allocator.deallocate(block, (long)units * UNIT, 1);
                return true;
            }
            catch (final IllegalStateException | IllegalArgumentException ex)
            {
                return false;
            }
        }

        /** To be used again only if all is free; then it is one run, as at the start. */
        void end()
        {
            allocator.trim();
            allocator.verify();
            if (allocator.stats().largestFreeRun() == UNITS * UNIT)
            {
                READY.add(this);
            }
        }
    }
}
