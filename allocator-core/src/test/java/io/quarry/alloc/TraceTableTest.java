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

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TraceTableTest
{
    /** Few distinct keys in a small table, so that runs of full places wrap around its end and are broken often. */
    @Test
    void shouldDoAsAMapDoes()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++)
        {
            final TraceTable table = new TraceTable(8);
            final Map<Long, Long> model = new HashMap<>();
            final int keys = 2 + random.nextInt(60);
            for (int i = 0; i < 500; i++)
            {
                step(table, model, 64L * (1 + random.nextInt(keys)), random.nextInt(3), i);
            }
            assertEquals(model.size(), table.size(), "seed=" + seed);
            for (int key = 1; key <= keys; key++)
            {
                check(table, model, 64L * key, "seed=" + seed + " key=" + key);
            }
        }
    }

    private static void step(
        final TraceTable table, final Map<Long, Long> model, final long key, final int what, final long value)
    {
        final int place = table.find(key);
        if (place < 0)
        {
            table.add(key, value, ~value);
            model.put(key, value);
        }
        else if (0 == what)
        {
            table.set(place, value, ~value);
            model.put(key, value);
        }
        else
        {
            table.remove(place);
            model.remove(key);
        }
    }

    private static void check(
        final TraceTable table, final Map<Long, Long> model, final long key, final String what)
    {
        final int place = table.find(key);
        assertEquals(model.containsKey(key), place >= 0, what);
        if (place >= 0)
        {
            assertEquals(model.get(key), table.first(place), what);
            assertEquals(~model.get(key), table.second(place), what);
        }
    }

    @Test
    void shouldHoldManyAddresses()
    {
        final TraceTable table = new TraceTable(16);
        final long base = 0x7F12_3400_0000L;
        for (int i = 0; i < 100_000; i++)
        {
            table.add(base + 16L * i, i, -i);
        }
        for (int i = 0; i < 100_000; i += 2)
        {
            table.remove(table.find(base + 16L * i));
        }
        assertEquals(50_000, table.size());
        for (int i = 0; i < 100_000; i++)
        {
            final int place = table.find(base + 16L * i);
            assertTrue(0 == i % 2 == place < 0, "i=" + i);
            assertTrue(place < 0 || i == table.first(place) && -i == table.second(place), "i=" + i);
        }
    }
}
