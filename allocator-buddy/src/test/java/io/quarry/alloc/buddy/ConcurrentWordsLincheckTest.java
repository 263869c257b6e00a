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

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;

/**
 * Small states of the concurrent words under every order of steps that the model checker tries: each history must be
 * one that calls in some order, one after the other, could have. A thread frees only what it took.
 * {@code -Dquarry.lincheck=N} tries N sets of calls instead of one.
 */
class ConcurrentWordsLincheckTest
{
    private static final int THREADS = 3;

    /** What a thread has, last in first out. */
    @SuppressWarnings({ "unchecked", "rawtypes" })
    private static ArrayDeque<int[]>[] hands()
    {
        final ArrayDeque<int[]>[] hands = new ArrayDeque[THREADS + 2];
        for (int i = 0; i < hands.length; i++)
        {
            hands[i] = new ArrayDeque<>();
        }
        return hands;
    }

    /** Two free units on either side of a word's border: both together are had by a look at every unit only. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static final class Border
    {
        private final ConcurrentWords words = new ConcurrentWords(130);
        private final ArrayDeque<int[]>[] hands = hands();

        {
            words.take(130);
            words.release(63, 65);
        }

        @Operation
        public boolean takeOne(@Param(name = "thread") final int thread)
        {
            return take(thread, 1);
        }

        @Operation
        public boolean takeBoth(@Param(name = "thread") final int thread)
        {
            return take(thread, 2);
        }

        private boolean take(final int thread, final int count)
        {
            final int unit = words.take(count);
            if (unit >= 0)
            {
                hands[thread].push(new int[]{ unit, count });
            }
            return unit >= 0;
        }

        @Operation
        public int free(@Param(name = "thread") final int thread)
        {
            final int[] run = hands[thread].poll();
            if (null == run)
            {
                return 0;
            }
            words.release(run[0], run[0] + run[1]);
            return run[1];
        }
    }

    /** What {@link Border} should do. */
    public static final class BorderModel
    {
        private final ArrayDeque<int[]>[] hands = hands();
        private int free = 2;

        public boolean takeOne(final int thread)
        {
            return take(thread, 1);
        }

        public boolean takeBoth(final int thread)
        {
            return take(thread, 2);
        }

        private boolean take(final int thread, final int count)
        {
            if (free < count)
            {
                return false;
            }
            free -= count;
            hands[thread].push(new int[]{ 0, count });
            return true;
        }

        public int free(final int thread)
        {
            final int[] run = hands[thread].poll();
            free += null == run ? 0 : run[1];
            return null == run ? 0 : run[1];
        }
    }

    /** One slot of 64 units that is split for a unit and made whole for all of it. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static final class Split
    {
        private final ConcurrentWords words = new ConcurrentWords(128);
        private final ArrayDeque<int[]>[] hands = hands();

        {
            words.take(64);
        }

        @Operation
        public boolean takeOne(@Param(name = "thread") final int thread)
        {
            return take(thread, 1);
        }

        @Operation
        public boolean takeAll(@Param(name = "thread") final int thread)
        {
            return take(thread, 64);
        }

        private boolean take(final int thread, final int count)
        {
            final int unit = words.take(count);
            if (unit >= 0)
            {
                hands[thread].push(new int[]{ unit, count });
            }
            return unit >= 0;
        }

        @Operation
        public int free(@Param(name = "thread") final int thread)
        {
            final int[] run = hands[thread].poll();
            if (null == run)
            {
                return 0;
            }
            words.release(run[0], run[0] + run[1]);
            return run[1];
        }
    }

    /** What {@link Split} should do. */
    public static final class SplitModel
    {
        private final ArrayDeque<int[]>[] hands = hands();
        private int free = 64;

        public boolean takeOne(final int thread)
        {
            return take(thread, 1);
        }

        public boolean takeAll(final int thread)
        {
            return take(thread, 64);
        }

        private boolean take(final int thread, final int count)
        {
            if (free < count)
            {
                return false;
            }
            free -= count;
            hands[thread].push(new int[]{ 0, count });
            return true;
        }

        public int free(final int thread)
        {
            final int[] run = hands[thread].poll();
            free += null == run ? 0 : run[1];
            return null == run ? 0 : run[1];
        }
    }

    @Test
    void shouldBeLinearizableAcrossABorder()
    {
        options(BorderModel.class).check(Border.class);
    }

    @Test
    void shouldBeLinearizableWhenASlotIsSplitAndMadeWhole()
    {
        options(SplitModel.class).check(Split.class);
    }

    private static ModelCheckingOptions options(final Class<?> model)
    {
        return new ModelCheckingOptions()
            .iterations(Integer.getInteger("quarry.lincheck", 1))
            .invocationsPerIteration(200)
            .threads(2)
            .actorsPerThread(3)
            .actorsBefore(1)
            .actorsAfter(1)
            .sequentialSpecification(model);
    }
}
