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

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/** A slab that nobody owns goes to one heap, with all that the one before wrote plainly: {@link SharedSlabs}. */
public class ClaimStress
{
    /** By its hint. The third number is the owner that is left. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first has it")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "the second has it")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "both have it")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "each gave way to the other")
    @Outcome(expect = FORBIDDEN, desc = "not the one who thinks so has it")
    @State
    public static class Twice
    {
        private final OneSlab one = OneSlab.ownerless(1);

        @Actor
        public void first(final III_Result r)
        {
            r.r1 = one.head == one.slabs.claim(OneSlab.CLASS, OneSlab.FIRST_OWNER) ? 1 : 0;
        }

        @Actor
        public void second(final III_Result r)
        {
            r.r2 = one.head == one.slabs.claim(OneSlab.CLASS, OneSlab.SECOND_OWNER) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = ownerOfAll(one);
            one.end();
        }
    }

    /** The second is about to report that memory is exhausted, and looks at every slab there is. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first has it")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "the second has it")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "both have it")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "each gave way to the other")
    @Outcome(expect = FORBIDDEN, desc = "not the one who thinks so has it")
    @State
    public static class BesideASweep
    {
        private final OneSlab one = OneSlab.ownerless(1);

        @Actor
        public void first(final III_Result r)
        {
            r.r1 = one.slabs.tryClaim(one.head, OneSlab.CLASS, OneSlab.FIRST_OWNER) ? 1 : 0;
        }

        @Actor
        public void second(final III_Result r)
        {
            r.r2 = one.head == one.slabs.claimBySweep(OneSlab.CLASS, OneSlab.SECOND_OWNER) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = ownerOfAll(one);
            one.end();
        }
    }

    /**
     * The owner takes two slots by plain writes, in both units, and lets the slab go; a second heap takes another and
     * lets it go. Numbered from 0 are the slots; -1 is none.
     */
    @JCStressTest
    @Outcome(id = "-1, 3", expect = ACCEPTABLE, desc = "not let go yet when the second looked; a third has the slot")
    @Outcome(id = "3, -1", expect = ACCEPTABLE, desc = "the second sees what the first took, the third what both took")
    @Outcome(id = "-1, -1", expect = FORBIDDEN, desc = "the slot that is left is lost")
    @Outcome(expect = FORBIDDEN, desc = "a slot was taken twice: plain writes of an owner before were not seen")
    @State
    public static class AfterPlainWrites
    {
        private final OneSlab one = OneSlab.owned(1);

        @Actor
        public void first()
        {
            one.slabs.takeLowest(one.head);
            one.slabs.takeLowest(one.head);
            one.slabs.release(one.head);
        }

        @Actor
        public void second(final II_Result r)
        {
            r.r1 = takeOne(one, OneSlab.SECOND_OWNER);
        }

        @Arbiter
        public void end(final II_Result r)
        {
            r.r2 = takeOne(one, OneSlab.THIRD_OWNER);
            one.end();
        }

        private static int takeOne(final OneSlab one, final int owner)
        {
            if (SharedSlabs.NONE == one.slabs.claimBySweep(OneSlab.CLASS, owner))
            {
                return -1;
            }
            final int granule = one.slabs.takeLowest(one.head);
            one.slabs.release(one.head);
            return granule < 0 ? -1 : (granule - one.granule(0)) / (one.granule(1) - one.granule(0));
        }
    }

    /** Two heaps fill their magazines where only one slab has room; who comes too late makes a slab of his own. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "no slot is in both magazines, and neither is empty")
    @Outcome(expect = FORBIDDEN, desc = "slots that both hand out, or a thousand for a magazine that stayed empty")
    @State
    public static class ToFillMagazines
    {
        private final OneSlab one = OneSlab.ownerless(1);
        private final HeapCache first = cache(OneSlab.FIRST_OWNER);
        private final HeapCache second = cache(OneSlab.SECOND_OWNER);

        private HeapCache cache(final int owner)
        {
            return new HeapCache(one.slabs, new CacheBudget(Long.MAX_VALUE), owner);
        }

        @Actor
        public void first()
        {
            first.refill(OneSlab.CLASS);
        }

        @Actor
        public void second()
        {
            second.refill(OneSlab.CLASS);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            for (int i = 0; i < first.count(OneSlab.CLASS); i++)
            {
                for (int j = 0; j < second.count(OneSlab.CLASS); j++)
                {
                    r.r1 += first.entry(OneSlab.CLASS, i) == second.entry(OneSlab.CLASS, j) ? 1 : 0;
                }
            }
            r.r1 += 0 == first.count(OneSlab.CLASS) || 0 == second.count(OneSlab.CLASS) ? 1000 : 0;
            first.releaseAll();
            second.releaseAll();
            one.end();
        }
    }

    /** The owner that every unit of the slab has, or -1 if they differ. */
    private static int ownerOfAll(final OneSlab one)
    {
        final int owner = one.slabs.owner(one.head);
        for (int unit = one.head; unit < one.head + one.slabs.length(one.head); unit++)
        {
            if (one.slabs.owner(unit) != owner)
            {
                return -1;
            }
        }
        return owner;
    }
}
