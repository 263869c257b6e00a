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
 * What is known of keys that come and go, two longs each: blocks by address, threads by id. Open addressing with linear
 * probing, no tombstones (Knuth, The Art of Computer Programming, volume 3, 1998, section 6.4, algorithm R), at most
 * half full: 48 bytes a key and more only while it grows.
 * <p>
 * Threads: one.
 */
final class TraceTable
{
    /*
     * An entry is three longs: key, 0 if there is none, and two values.
     */
    private static final int LONGS = 3;
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int NOT_FOUND = -1;

    /** Fibonacci hashing: the golden ratio of 2^64, odd. The high bits are used: low ones of addresses are all 0. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long[] entries;
    private int mask;
    private int hashShift;
    private int size;

    /**
     * Makes a table.
     *
     * @param capacity keys before it grows, a power of two.
     */
    TraceTable(final int capacity)
    {
        resize(2 * capacity);
    }

    int size()
    {
        return size;
    }

    /**
     * Finds a key.
     *
     * @param key not 0.
     * @return its place, valid until the table changes; negative if it isn't here.
     */
    int find(final long key)
    {
        for (int i = home(key); ; i = i + 1 & mask)
        {
            final long found = entries[i * LONGS];
            if (found == key)
            {
                return i;
            }
            if (0 == found)
            {
                return NOT_FOUND;
            }
        }
    }

    long first(final int place)
    {
        return entries[place * LONGS + FIRST];
    }

    long second(final int place)
    {
        return entries[place * LONGS + SECOND];
    }

    void set(final int place, final long first, final long second)
    {
        entries[place * LONGS + FIRST] = first;
        entries[place * LONGS + SECOND] = second;
    }

    /**
     * Adds a key that isn't here.
     *
     * @param key    not 0.
     * @param first  value.
     * @param second value.
     */
    void add(final long key, final long first, final long second)
    {
        if (2 * (size + 1) > mask + 1)
        {
            grow();
        }
        int i = home(key);
        while (0 != entries[i * LONGS])
        {
            i = i + 1 & mask;
        }
        entries[i * LONGS] = key;
        set(i, first, second);
        size++;
    }

    /** Removes the key at a place, and closes the gap: every key stays reachable from its home. */
    void remove(final int place)
    {
        int gap = place;
        for (int i = gap + 1 & mask; 0 != entries[i * LONGS]; i = i + 1 & mask)
        {
            // The key at i may move to the gap unless its home lies behind the gap, cyclically in gap+1..i.
            if ((i - home(entries[i * LONGS]) & mask) >= (i - gap & mask))
            {
                System.arraycopy(entries, i * LONGS, entries, gap * LONGS, LONGS);
                gap = i;
            }
        }
        entries[gap * LONGS] = 0;
        size--;
    }

    private void grow()
    {
        final long[] old = entries;
        resize(2 * (mask + 1));
        size = 0;
        for (int at = 0; at < old.length; at += LONGS)
        {
            if (0 != old[at])
            {
                add(old[at], old[at + FIRST], old[at + SECOND]);
            }
        }
    }

    private void resize(final int length)
    {
        entries = new long[Math.multiplyExact(length, LONGS)];
        mask = length - 1;
        hashShift = Long.SIZE - Integer.numberOfTrailingZeros(length);
    }

    private int home(final long key)
    {
        return (int)(key * GOLDEN >>> hashShift);
    }
}
