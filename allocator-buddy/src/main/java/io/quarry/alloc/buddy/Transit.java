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

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells a request that found no place whether to believe it: units may have been in another thread's hand on their way
 * from word to word, or given back behind its back.
 * <p>
 * Threads: any. A thread that stops while it has units in transit keeps these from the others, nothing else: who seeks
 * looks again a bounded number of times and then fails.
 */
final class Transit
{
    // inTransit    threads that have units in hand which aren't a block, or may have
    // seekers      threads amid a look at every unit
    // returns      changes whenever a unit is given back while there are seekers
    //
    // Who gives back sets the bit and then looks for seekers; who seeks registers and then looks at the bits. So either
    // the seeker sees the bit, or the other sees the seeker and changes "returns".

    /** Looks, at least, before a request fails while others give units back or have some in transit. */
    static final int LEAST_LOOKS = 64;

    /** Words that these looks may take, if that makes more of them. */
    private static final int MOST_WORDS = 1 << 20;

    /** Looks without a break; after these others get the processor first. */
    private static final int EAGER_LOOKS = 8;

    private final AtomicInteger inTransit = new AtomicInteger();
    private final AtomicInteger seekers = new AtomicInteger();
    private final AtomicInteger returns = new AtomicInteger();
    private final int mostLooks;

    /**
     * Makes one for words that are all in place.
     *
     * @param wordCount of a look.
     */
    Transit(final int wordCount)
    {
        mostLooks = Math.max(LEAST_LOOKS, MOST_WORDS / wordCount);
    }

    /** The calling thread may have units in hand from now on. */
    void enter()
    {
        inTransit.getAndIncrement();
    }

    /** It has none any more, or they are a block. */
    void exit()
    {
        inTransit.getAndDecrement();
    }

    void startSeeking()
    {
        seekers.getAndIncrement();
    }

    void stopSeeking()
    {
        seekers.getAndDecrement();
    }

    /** To be called after units were given back. */
    void noteReturn()
    {
        if (0 != seekers.get())
        {
            returns.getAndIncrement();
        }
    }

    int returns()
    {
        return returns.get();
    }

    /** Whether nothing was given back since {@code before} was read, and no other thread has units in transit. */
    boolean isCalm(final int before)
    {
        return 0 == inTransit.get() && before == returns.get();
    }

    /** Whether a look that can't be believed should be followed by another; if so others may run first. */
    boolean mayLookAgain(final int look)
    {
        if (look >= mostLooks)
        {
            return false;
        }
        if (look < EAGER_LOOKS)
        {
            Thread.onSpinWait();
        }
        else
        {
            Thread.yield();
        }
        return true;
    }

    /** Whether some thread is amid a call, or was stopped there. */
    boolean isAny()
    {
        return 0 != inTransit.get() || 0 != seekers.get();
    }
}
