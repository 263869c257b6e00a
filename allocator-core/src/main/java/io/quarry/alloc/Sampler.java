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

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Picks one event in so many, on average: after each pick the number of events to the next is drawn anew, evenly, so
 * that no rhythm of the program falls in with it.
 * <p>
 * Threads: any. Those that share one of the 16 stripes may lose a step of each other's, and pick a little less often
 * for it. Cost: a load and a store; 2 KiB.
 */
final class Sampler
{
    private static final int STRIPES = 16;
    private static final int LEFT = 0;
    private static final int STATE = 1;
    /** Two lines of a cache, as processors fetch them in pairs. */
    private static final int STRIDE = 16;

    private final AtomicLongArray stripes = new AtomicLongArray(STRIPES * STRIDE);
    private final int every;

    /**
     * Makes one.
     *
     * @param every one event in so many, from 1.
     */
    Sampler(final int every)
    {
        this.every = every;
        for (int i = 0; i < STRIPES; i++)
        {
            stripes.setPlain(i * STRIDE + STATE, System.nanoTime() + i | 1);
            stripes.setPlain(i * STRIDE + LEFT, 1);
            draw(i * STRIDE);
        }
    }

    /** Whether this event is picked. */
    boolean next()
    {
        final int at = ((int)Thread.currentThread().getId() & STRIPES - 1) * STRIDE;
        final long left = stripes.getPlain(at + LEFT) - 1;
        stripes.setPlain(at + LEFT, left);
        if (left > 0)
        {
            return false;
        }
        draw(at);
        return true;
    }

    /** From 1 to 2 * every - 1, all alike: every on average. */
    private void draw(final int at)
    {
        // Xorshift, Marsaglia 2003.
        long state = stripes.getPlain(at + STATE);
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        stripes.setPlain(at + STATE, state);
        stripes.setPlain(at + LEFT, 1 + (state >>> 1) % (2L * every - 1));
    }
}
