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

import io.quarry.alloc.Region;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.ConcurrentLinkedQueue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/** What users see of the hand-overs: blocks are had once, freed once, and come with the bytes of who freed them. */
public class BlockStress
{
    /** Somebody else's block is still live in the slab. The third number is the slots free at the end. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first free is accepted, the second refused")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the other way round")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "both are accepted")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "both are refused")
    @Outcome(expect = FORBIDDEN, desc = "not one slot is free after it")
    @State
    public static class TwoFreesOfOneBlock
    {
        private final OneSlab one = OneSlab.ownerless(OneSlab.SLOTS);

        @Actor
        public void first(final III_Result r)
        {
            r.r1 = one.free(1) ? 1 : 0;
        }

        @Actor
        public void second(final III_Result r)
        {
            r.r2 = one.free(1) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = one.claimedRoom();
            one.end();
        }
    }

    /** Who frees a block writes to it before; who has it next reads that. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "not free yet when the owner looked")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the bytes that were there when it was freed")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "older bytes: a late write could spoil the new block")
    @Outcome(expect = FORBIDDEN, desc = "nobody wrote that")
    @State
    public static class BytesOfAFreedBlock
    {
        private final OneSlab one = OneSlab.owned(OneSlab.SLOTS);

        {
            one.write(one.granule(1), (byte)0);
        }

        @Actor
        public void free()
        {
            one.write(one.granule(1), (byte)1);
            one.free(1);
        }

        @Actor
        public void takeNext(final I_Result r)
        {
            one.slabs.drain(one.head);
            final int granule = one.slabs.takeLowest(one.head);
            r.r1 = granule < 0 ? -1 : one.read(granule);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            one.end();
        }
    }

    /** All blocks of a region are live; one thread frees the only one that another can have. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "exhausted when it was asked for; there afterwards")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the block that was just freed, with its bytes")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the block is lost")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "the block was had twice")
    @Outcome(expect = FORBIDDEN, desc = "another block, which is live, or older bytes")
    @State
    public static class AllocateAgainstTheOnlyFree
    {
        private final FullRegion full = FullRegion.take();

        @Actor
        public void free()
        {
            full.write((byte)1);
            full.allocator.deallocate(full.block, FullRegion.SIZE, 8);
        }

        @Actor
        public void allocate(final II_Result r)
        {
            r.r1 = full.take(full.allocator.alloc(FullRegion.SIZE, 8));
        }

        @Arbiter
        public void end(final II_Result r)
        {
            r.r2 = full.take(full.allocator.alloc(FullRegion.SIZE, 8));
            full.end();
        }
    }

    /** A full allocator, without heaps for threads: each call claims a slab, or frees as one who owns none. */
    private static final class FullRegion
    {
        static final int SIZE = 256;
        private static final int BLOCKS = 16;
        private static final ConcurrentLinkedQueue<FullRegion> READY = new ConcurrentLinkedQueue<>();

        final ConcurrentSlabAllocator allocator =
            new ConcurrentSlabAllocator(
                new SynchronizedRegionAllocator(new RunAllocator(Region.allocate(BLOCKS * SIZE))), 0, 0);
        long block;

        static FullRegion take()
        {
            final FullRegion ready = READY.poll();
            final FullRegion full = null == ready ? new FullRegion() : ready;
            if (null == ready)
            {
                for (int i = 0; i < BLOCKS; i++)
                {
                    full.block = full.allocator.allocate(SIZE, 8);
                }
            }
            full.write((byte)0);
            return full;
        }

        void write(final byte value)
        {
            allocator.region().buffer(block).put(allocator.region().bufferOffset(block), value);
        }

        int take(final long address)
        {
            if (0 == address)
            {
                return 0;
            }
            return address == block &&
                1 == allocator.region().buffer(block).get(allocator.region().bufferOffset(block)) ? 1 : -1;
        }

        void end()
        {
            allocator.verify();
            if (BLOCKS == allocator.stats().liveBlocks())
            {
                READY.add(this);
            }
        }
    }
}
