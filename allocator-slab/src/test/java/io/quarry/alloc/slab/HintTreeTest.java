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

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Alone, and beside a thread that was stopped between two of its steps. */
class HintTreeTest
{
    private static final int SIZE = 64 * 64 * 3 + 5;

    private final HintTree tree = new HintTree(SIZE);

    @Test
    void shouldFindTheLowestOfWhatWasAdded()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final TreeSet<Integer> members = new TreeSet<>();
        for (int i = 0; i < 100_000; i++)
        {
            final int member = random.nextInt(SIZE);
            if (random.nextInt(1 + members.size()) < 20)
            {
                tree.add(member);
                members.add(member);
            }
            else
            {
                tree.remove(members.first());
                members.pollFirst();
            }
            assertEquals(members.isEmpty() ? -1 : members.first(), tree.first(), "seed=" + seed);
            assertEquals(members.contains(member), tree.contains(member), "seed=" + seed);
        }
    }

    @Test
    void shouldFindAMemberWhoseNeighbourIsAmidBeingAdded()
    {
        for (final int stopped : new int[]{ 0, 1 })
        {
            final HintTree amid = new HintTree(SIZE);
            // Who adds the first of a word, or of 64 of these, has set its bit and not yet the summary.
            setBit(amid, 0, 100);
            if (1 == stopped)
            {
                setBit(amid, BitTree.levelStarts(SIZE)[1], 100 >>> 6);
            }
            amid.add(101);
            assertEquals(100, amid.first(), "stopped=" + stopped);
            amid.remove(100);
            assertEquals(101, amid.first(), "stopped=" + stopped);
        }
    }

    @Test
    void shouldFindAMemberBehindOneThatIsAmidBeingRemoved()
    {
        tree.add(100);
        tree.add(64 * 64 + 9);
        // Who removes it has cleared its bit and not yet the summaries, which lead nowhere now.
        tree.words[100 >>> 6] = 0;
        assertEquals(64 * 64 + 9, tree.first());
        tree.remove(64 * 64 + 9);
        assertEquals(-1, tree.first());
    }

    private static void setBit(final HintTree tree, final int levelStart, final int index)
    {
        tree.words[levelStart + (index >>> 6)] |= 1L << index;
    }
}
