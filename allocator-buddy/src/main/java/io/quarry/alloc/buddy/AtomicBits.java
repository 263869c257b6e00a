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

import io.quarry.alloc.WordVisits;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Atomic access to words of bits.
 * <p>
 * Every mode is volatile. Where a thread changes one word and then looks at another, while a second does it the other
 * way round, one of them must see the change of the other; weaker modes don't give that, and cost the same on x86.
 */
final class AtomicBits
{
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private AtomicBits()
    {
    }

    static long get(final long[] words, final int index)
    {
        WordVisits.count();
        return (long)WORDS.getVolatile(words, index);
    }

    static boolean isSet(final long[] words, final int bit)
    {
        return 0 != (get(words, bit >>> 6) >>> bit & 1);
    }

    static boolean swap(final long[] words, final int index, final long expected, final long value)
    {
        WordVisits.count();
        return WORDS.compareAndSet(words, index, expected, value);
    }

    /** Sets bits. Returns the word as it was. */
    static long or(final long[] words, final int index, final long mask)
    {
        WordVisits.count();
        return (long)WORDS.getAndBitwiseOr(words, index, mask);
    }

    /** Clears bits. Returns the word as it was. */
    static long clear(final long[] words, final int index, final long mask)
    {
        WordVisits.count();
        return (long)WORDS.getAndBitwiseAnd(words, index, ~mask);
    }
}
