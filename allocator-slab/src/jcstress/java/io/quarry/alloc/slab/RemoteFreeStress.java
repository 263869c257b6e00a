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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/** A free by a thread that doesn't own the slab, against each step of the one that does: {@link SharedSlabs}. */
public class RemoteFreeStress
{
    /** The owner frees a slot of its own in the same unit, and fetches what others freed. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the free came after the drain, and is found by the next")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the drain has it")
    @Outcome(expect = FORBIDDEN, desc = "one of the two frees is lost, or had twice")
    @State
    public static class AgainstDrain
    {
        private final OneSlab one = OneSlab.owned(OneSlab.SLOTS);

        @Actor
        public void free()
        {
            one.free(1);
        }

        @Actor
        public void drain(final II_Result r)
        {
            one.slabs.untake(one.granule(0));
            one.slabs.drain(one.head);
            r.r1 = one.room();
        }

        @Arbiter
        public void end(final II_Result r)
        {
            one.slabs.drain(one.head);
            r.r2 = one.room();
            one.end();
        }
    }

    /** In both units a slot was freed before: so the drain has bits to fetch when others are set beside them. */
    @JCStressTest
    @Outcome(id = "[234], 4", expect = ACCEPTABLE, desc = "those that came after the drain are found by the next")
    @Outcome(expect = FORBIDDEN, desc = "a free was lost with those that the drain fetched, or had twice")
    @State
    public static class AgainstDrainOfOthers
    {
        private final OneSlab one = OneSlab.owned(OneSlab.SLOTS);

        {
            one.free(0);
            one.free(2);
        }

        @Actor
        public void free()
        {
            one.free(1);
            one.free(3);
        }

        @Actor
        public void drain(final II_Result r)
        {
            one.slabs.drain(one.head);
            r.r1 = one.room();
        }

        @Arbiter
        public void end(final II_Result r)
        {
            one.slabs.drain(one.head);
            r.r2 = one.room();
            one.end();
        }
    }

    /** The owner lets a full slab go: it looks for frees after its store, who frees looks for the owner after his. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the next who needs a slot finds the slab, and the slot in it")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "each took the other for the one who puts up the hint")
    @Outcome(expect = FORBIDDEN, desc = "not the slots that were freed")
    @State
    public static class AgainstRelease
    {
        private final OneSlab one = OneSlab.owned(OneSlab.SLOTS);

        @Actor
        public void free()
        {
            one.free(1);
        }

        @Actor
        public void release()
        {
            one.slabs.release(one.head);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            r.r1 = one.claimedRoom();
            one.end();
        }
    }

    /** As before, but nothing else in the slab is live: one of the two returns it to the upstream. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the slab is returned")
    @Outcome(id = "1", expect = FORBIDDEN, desc = "a slab that is wholly free stays, and nobody will look at it")
    @Outcome(expect = FORBIDDEN, desc = "returned more than once")
    @State
    public static class OfTheLastSlotAgainstRelease
    {
        private final OneSlab one = OneSlab.owned(1);

        @Actor
        public void free()
        {
            one.free(0);
        }

        @Actor
        public void release()
        {
            one.slabs.release(one.head);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            r.r1 = one.slabs.slabs();
            one.end();
        }
    }

    /** As before, but a slot of the owner's own, in the same unit, is live until just before it lets the slab go. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the slab is returned")
    @Outcome(id = "1", expect = FORBIDDEN, desc = "who freed saw the owner's slot live, and the owner not yet the free")
    @Outcome(expect = FORBIDDEN, desc = "returned more than once")
    @State
    public static class OfTheLastSlotAgainstReleaseAfterAFree
    {
        private final OneSlab one = OneSlab.owned(2);

        @Actor
        public void free()
        {
            one.free(1);
        }

        @Actor
        public void release()
        {
            one.slabs.untake(one.granule(0));
            one.slabs.release(one.head);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            r.r1 = one.slabs.slabs();
            one.end();
        }
    }

    /** The last two live slots of a slab without an owner are freed at once, in two units. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the slab is returned, by one of them")
    @Outcome(expect = FORBIDDEN, desc = "each left it to the other, or both returned it")
    @State
    public static class OfTheLastSlotAgainstAnother
    {
        private final OneSlab one = lastTwo();

        private static OneSlab lastTwo()
        {
            final OneSlab one = OneSlab.owned(OneSlab.SLOTS);
            one.slabs.untake(one.granule(1));
            one.slabs.untake(one.granule(2));
            one.slabs.release(one.head);
            return one;
        }

        @Actor
        public void freeFirst()
        {
            one.free(0);
        }

        @Actor
        public void freeLast()
        {
            one.free(3);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            r.r1 = one.slabs.slabs();
            one.end();
        }
    }

    /** The slab is full and nobody's, and there is no hint at it until the free puts one up. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "nothing to claim yet; the next one finds it")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "claimed, with the slot in it")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the slot is lost")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "the slot was had twice")
    @Outcome(expect = FORBIDDEN, desc = "claimed without a slot, though nobody else could have taken it")
    @State
    public static class AgainstClaimByItsHint
    {
        private final OneSlab one = OneSlab.ownerless(OneSlab.SLOTS);

        @Actor
        public void free()
        {
            one.free(1);
        }

        @Actor
        public void claim(final II_Result r)
        {
            r.r1 = takeOne(one, OneSlab.SECOND_OWNER);
        }

        @Arbiter
        public void end(final II_Result r)
        {
            r.r2 = takeOne(one, OneSlab.THIRD_OWNER);
            one.end();
        }
    }

    /** The slab has a hint already, which the claim takes down while the free would put it up. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one slot each")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the slot that was freed is lost: no hint at it")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "the slot that was there all the time was not found")
    @Outcome(expect = FORBIDDEN, desc = "neither")
    @State
    public static class AgainstClaim
    {
        private final OneSlab one = OneSlab.ownerless(OneSlab.SLOTS - 1);

        @Actor
        public void free()
        {
            one.free(1);
        }

        @Actor
        public void claim(final II_Result r)
        {
            r.r1 = takeOne(one, OneSlab.SECOND_OWNER);
        }

        @Arbiter
        public void end(final II_Result r)
        {
            r.r2 = takeOne(one, OneSlab.THIRD_OWNER);
            one.end();
        }
    }

    /** Claims a slab, takes one slot, lets the slab go. Returns 0 if there is no slab, -1 if it has no slot. */
    private static int takeOne(final OneSlab one, final int owner)
    {
        final int head = one.slabs.claim(OneSlab.CLASS, owner);
        if (SharedSlabs.NONE == head)
        {
            return 0;
        }
        one.slabs.drain(head);
        final int granule = one.slabs.takeLowest(head);
        one.slabs.release(head);
        return granule < 0 ? -1 : 1;
    }
}
