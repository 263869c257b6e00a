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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HintTreeTest
{
    @ParameterizedTest
    @ValueSource(ints = { 1, 63, 64, 65, 4_096, 4_097, 300_000 })
    void shouldBeASortedSet(final int count)
    {
        final HintTree tree = new HintTree(count);
        final TreeSet<Integer> wanted = new TreeSet<>();
        final SplittableRandom random = new SplittableRandom(count);
        for (int i = 0; i < 5_000; i++)
        {
            final int number = random.nextInt(count);
            if (random.nextInt(20) < (i / 1_000 % 2 == 0 ? 15 : 5))
            {
                tree.set(number);
                wanted.add(number);
            }
            else
            {
                tree.clear(number);
                wanted.remove(number);
            }
            final int from = random.nextInt(count + 1);
            final Integer next = wanted.ceiling(from);
            assertEquals(null == next ? -1 : next, tree.next(from), "from=" + from);
            assertEquals(wanted.contains(number), tree.isSet(number));
        }
        for (final int number : wanted)
        {
            tree.clear(number);
        }
        assertEquals(-1, tree.next(0));
        for (final long[] depth : tree.depths)
        {
            for (final long word : depth)
            {
                assertEquals(0, word);
            }
        }
    }

    @Test
    void shouldPassOverAWordThatIsEmptyBelow()
    {
        final HintTree tree = new HintTree(64 * 64 * 2);
        tree.set(5_000);
        tree.depths[1][0] |= 2;
        assertEquals(5_000, tree.next(0));
        assertEquals(-1, tree.next(5_001));
        assertFalse(tree.isSet(64));
        assertTrue(tree.isSet(5_000));
    }

    /** Each thread has numbers of its own, in words that all share: what one sets no other may hide. */
    @Test
    void shouldShowWhatIsSetAmidClearsByOthers() throws InterruptedException
    {
        final int lanes = 3;
        final HintTree tree = new HintTree(64 * 64 * 3);
        final int[] hidden = new int[lanes];
        final Thread[] threads = new Thread[lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            final int mine = lane;
            threads[lane] = new Thread(() ->
            {
                final SplittableRandom random = new SplittableRandom(mine);
                for (int i = 0; i < 100_000; i++)
                {
                    final int number = lanes * random.nextInt(64) + mine + 64 * 64 * (i & 1);
                    tree.set(number);
                    hidden[mine] += tree.next(number) == number ? 0 : 1;
                    tree.clear(number);
                }
            });
        }
        for (final Thread thread : threads)
        {
            thread.start();
        }
        for (final Thread thread : threads)
        {
            thread.join();
        }
        for (final int count : hidden)
        {
            assertEquals(0, count);
        }
        assertEquals(-1, tree.next(0));
    }
}
