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

/** Units that several threads take and give back: each is in one word or in one hand ({@link ConcurrentWords}). */
public class WordsStress
{
    private static final int UNITS = 130;

    /** All but two neighbouring units, on either side of a word's border, are in somebody's hand. */
    private static ConcurrentWords twoFree()
    {
        final ConcurrentWords words = new ConcurrentWords(UNITS);
        words.take(UNITS);
        words.release(63, 65);
        return words;
    }

    /** Free units, counted one by one. */
    private static int free(final ConcurrentWords words)
    {
        int free = 0;
        for (int unit = 0; unit < UNITS; unit++)
        {
            free += words.isFree(unit, unit + 1) ? 1 : 0;
        }
        return free;
    }

    /** Two requests for the only run of two. */
    @JCStressTest
    @Outcome(id = "63, -1, 0", expect = ACCEPTABLE, desc = "the first has it")
    @Outcome(id = "-1, 63, 0", expect = ACCEPTABLE, desc = "the second has it")
    @Outcome(id = "-1, -1, 2", expect = FORBIDDEN, desc = "none has it, though it was free all the time")
    @Outcome(id = "63, 63, .*", expect = FORBIDDEN, desc = "both have it")
    @Outcome(expect = FORBIDDEN, desc = "units are lost or free twice")
    @State
    public static class TwoTakesOfOneRun
    {
        private final ConcurrentWords words = twoFree();

        @Actor
        public void first(final III_Result r)
        {
            r.r1 = words.take(2);
        }

        @Actor
        public void second(final III_Result r)
        {
            r.r2 = words.take(2);
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = free(words);
        }
    }

    /** Two requests for a unit each, of which there are two. */
    @JCStressTest
    @Outcome(id = "63, 64, 0", expect = ACCEPTABLE, desc = "one each")
    @Outcome(id = "64, 63, 0", expect = ACCEPTABLE, desc = "one each")
    @Outcome(expect = FORBIDDEN, desc = "a request failed or both have the same unit")
    @State
    public static class TwoTakesOfTwoUnits
    {
        private final ConcurrentWords words = twoFree();

        @Actor
        public void first(final III_Result r)
        {
            r.r1 = words.take(1);
        }

        @Actor
        public void second(final III_Result r)
        {
            r.r2 = words.take(1);
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = free(words);
        }
    }

    /** The left unit of the two is free, the right one is given back while both are asked for. */
    @JCStressTest
    @Outcome(id = "63, 0", expect = ACCEPTABLE, desc = "given back in time")
    @Outcome(id = "-1, 2", expect = ACCEPTABLE, desc = "given back after it")
    @Outcome(expect = FORBIDDEN, desc = "units are lost or free twice")
    @State
    public static class ReleaseAgainstTake
    {
        private final ConcurrentWords words = twoFree();
        private final boolean hasRight = RunClaim.claim(words, 64, 65);

        @Actor
        public void release()
        {
            words.release(64, 65);
        }

        @Actor
        public void take(final II_Result r)
        {
            r.r1 = hasRight ? words.take(2) : -2;
        }

        @Arbiter
        public void end(final II_Result r)
        {
            r.r2 = free(words);
        }
    }

    /** The only run of two, asked after by one thread while another needs it. */
    @JCStressTest
    @Outcome(id = "63, [01], 0", expect = ACCEPTABLE, desc = "the request has it; the answer depends on who came first")
    @Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "who only asked kept it from the request")
    @Outcome(expect = FORBIDDEN, desc = "units are lost or free twice")
    @State
    public static class TakeAgainstDiagnosis
    {
        private final ConcurrentWords words = twoFree();

        @Actor
        public void take(final III_Result r)
        {
            r.r1 = words.take(2);
        }

        @Actor
        public void diagnose(final III_Result r)
        {
            r.r2 = words.canTake(2, 0, 1) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = free(words);
        }
    }

    /** A whole word's slot is free above, and is broken for a unit while the rest of another word makes a whole one. */
    @JCStressTest
    @Outcome(id = "0, 127", expect = ACCEPTABLE, desc = "the request has a unit, and nothing is lost on the way up")
    @Outcome(id = "64, 127", expect = ACCEPTABLE, desc = "the same, in the other word")
    @Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "it failed, though at no time fewer than 64 units were free")
    @Outcome(expect = FORBIDDEN, desc = "another unit, or some are lost or free twice")
    @State
    public static class TakeAgainstCoalescing
    {
        private final ConcurrentWords words = new ConcurrentWords(128);
        private final int first = words.take(64);

        {
            words.release(first + 32, first + 64);
        }

        @Actor
        public void coalesce()
        {
            words.release(first, first + 32);
            words.coalesce();
        }

        @Actor
        public void take(final II_Result r)
        {
            r.r1 = words.take(1);
            // 32 in the word that was half free: it has room for the request at once.
            r.r1 = first + 32 == r.r1 ? first : r.r1;
        }

        @Arbiter
        public void end(final II_Result r)
        {
            for (int unit = 0; unit < 128; unit++)
            {
                r.r2 += words.isFree(unit, unit + 1) ? 1 : 0;
            }
        }
    }

    /** A run across a border is claimed from left to right while its middle is taken. */
    @JCStressTest
    @Outcome(id = "1, -1, 0", expect = ACCEPTABLE, desc = "the claim has all of it")
    @Outcome(id = "0, 64, 1", expect = ACCEPTABLE, desc = "the middle is gone, and what the claim had goes back")
    @Outcome(id = "1, 64, .*", expect = FORBIDDEN, desc = "both have the middle")
    @Outcome(id = "0, -1, .*", expect = FORBIDDEN, desc = "each gave way to the other")
    @Outcome(expect = FORBIDDEN, desc = "units are lost or free twice")
    @State
    public static class ClaimAgainstTakeOfTheMiddle
    {
        private final ConcurrentWords words = twoFree();

        @Actor
        public void claim(final III_Result r)
        {
            r.r1 = RunClaim.claim(words, 63, 65) ? 1 : 0;
        }

        @Actor
        public void take(final III_Result r)
        {
            r.r2 = words.takeAligned(1, 64, 64);
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = free(words);
        }
    }

    /** Two claims that overlap in one unit, each of which needs one more, on either side of a border. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the left one has its run, and the unit left over is free")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the right one")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "both have the unit in the middle")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "each gave way to the other")
    @Outcome(expect = FORBIDDEN, desc = "units are lost or free twice")
    @State
    public static class ClaimsThatOverlap
    {
        private final ConcurrentWords words = new ConcurrentWords(UNITS);

        {
            words.take(UNITS);
            words.release(62, 65);
        }

        @Actor
        public void left(final III_Result r)
        {
            r.r1 = RunClaim.claim(words, 62, 64) ? 1 : 0;
        }

        @Actor
        public void right(final III_Result r)
        {
            r.r2 = RunClaim.claim(words, 63, 65) ? 1 : 0;
        }

        @Arbiter
        public void end(final III_Result r)
        {
            r.r3 = free(words);
        }
    }

    /** Both ask for the units after the last whole slot, which are kept apart until somebody needs them. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "a unit each")
    @Outcome(expect = FORBIDDEN, desc = "the reserve was opened twice, or one of the requests failed")
    @State
    public static class TwoTakesOfTheReserve
    {
        private final ConcurrentWords words = new ConcurrentWords(UNITS);
        private int left;
        private int right;

        {
            words.take(64);
            words.take(64);
        }

        @Actor
        public void left()
        {
            left = words.take(1);
        }

        @Actor
        public void right()
        {
            right = words.take(1);
        }

        @Arbiter
        public void end(final I_Result r)
        {
            r.r1 = free(words) + (left < 0 || right < 0 || left == right ? 1000 : 0);
        }
    }
}
