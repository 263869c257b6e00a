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
package io.quarry.perf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes traces of random events, with all that a trace may ask of a peer.
 */
final class RandomTrace
{
    private static final int SLOTS = 64;
    private static final int SIZES = 20_000;
    private static final int ALIGNMENT_SHIFTS = 13;

    private RandomTrace()
    {
    }

    static Trace of(final long seed, final int eventCount)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final int[] sizes = new int[SLOTS];
        final int[] shifts = new int[SLOTS];
        final List<int[]> events = new ArrayList<>();
        long live = 0;
        long peak = 0;
        while (events.size() < eventCount)
        {
            final int slot = random.nextInt(SLOTS);
            final int size = 1 + random.nextInt(0 == random.nextInt(3) ? SIZES : 300);
            final int old = sizes[slot];
            if (0 == old)
            {
                shifts[slot] = 0 == random.nextInt(4) ? random.nextInt(ALIGNMENT_SHIFTS) :
                    Trace.DEFAULT_ALIGNMENT_SHIFT;
                sizes[slot] = size;
                events.add(event(random.nextBoolean() ? Trace.ALLOC : Trace.ALLOC_ZEROED, shifts[slot], slot, size, 0));
            }
            else if (Trace.DEFAULT_ALIGNMENT_SHIFT == shifts[slot] && random.nextBoolean())
            {
                sizes[slot] = size;
                events.add(event(Trace.REALLOC, shifts[slot], slot, size, old));
            }
            else
            {
                sizes[slot] = 0;
                events.add(event(Trace.FREE, shifts[slot], slot, old, 0));
            }
            live += sizes[slot] - old;
            peak = Math.max(peak, live);
        }
        final List<int[]> left = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++)
        {
            if (sizes[slot] > 0)
            {
                left.add(event(Trace.FREE, shifts[slot], slot, sizes[slot], 0));
            }
        }
        return new Trace("random", flat(events), flat(left), SLOTS, (int)peak);
    }

    private static int[] event(final int op, final int shift, final int slot, final int size, final int oldSize)
    {
        final int aligned = Trace.DEFAULT_ALIGNMENT_SHIFT == shift ? 0 : Trace.ALIGNED;
        return new int[]{ op | shift << Trace.ALIGNMENT_SHIFT | aligned, slot, size, oldSize };
    }

    private static int[] flat(final List<int[]> events)
    {
        return events.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
