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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BitTreeTest
{
    @ParameterizedTest
    @ValueSource(ints = { 1, 63, 64, 65, 4095, 4096, 4097, 300_000 })
    void shouldAgreeWithASortedSet(final int size)
    {
        final long seed = 7_001 + size;
        final SplittableRandom random = new SplittableRandom(seed);
        final BitTree tree = new BitTree(size);
        final TreeSet<Integer> model = new TreeSet<>();
        for (int i = 0; i < 20_000; i++)
        {
            final int member = random.nextInt(size);
            if (random.nextInt(100) < (i / 2_000 % 2 == 0 ? 70 : 30))
            {
                tree.add(member);
                model.add(member);
            }
            else
            {
                tree.remove(member);
                model.remove(member);
            }
            assertEquals(model.isEmpty() ? -1 : model.first(), tree.first(), "seed=" + seed + ", step=" + i);
            assertEquals(model.contains(member), tree.contains(member), "seed=" + seed + ", step=" + i);
        }
        assertTrue(tree.isConsistent());
        model.forEach(tree::remove);
        assertEquals(-1, tree.first());
        assertTrue(tree.isConsistent());
    }

    @Test
    void shouldHaveALevelForEverySixBits()
    {
        assertEquals(1, new BitTree(64).levels());
        assertEquals(2, new BitTree(65).levels());
        assertEquals(2, new BitTree(4096).levels());
        assertEquals(3, new BitTree(4097).levels());
        assertEquals((4 + 1) * Long.BYTES + 2 * Integer.BYTES, new BitTree(256).metadataBytes());
    }
}
