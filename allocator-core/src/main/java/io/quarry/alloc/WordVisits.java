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

/**
 * Counts the words of metadata that one call reads or writes, so that a test can hold an allocator to the bound it
 * states. Off unless the JVM was started with {@code -Dquarry.countVisits=true}; then for one thread only. When off the
 * JIT compiler leaves nothing of it.
 */
public final class WordVisits
{
    /**
     * Whether visits are counted.
     */
    public static final boolean ENABLED = Boolean.getBoolean("quarry.countVisits");

    private static long count;

    private WordVisits()
    {
    }

    /**
     * Counts one word.
     */
    public static void count()
    {
        if (ENABLED)
        {
            count++;
        }
    }

    /**
     * Counts several words.
     *
     * @param words how many.
     */
    public static void count(final int words)
    {
        if (ENABLED)
        {
            count += words;
        }
    }

    /**
     * Reads the count and sets it to 0.
     *
     * @return the words counted since the last call.
     */
    public static long take()
    {
        final long taken = count;
        count = 0;
        return taken;
    }
}
