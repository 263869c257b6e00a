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
 * The marks of an arena that can be reset to, the oldest first.
 */
final class ArenaMarks
{
    // mark
    //   +---------------------------+------------------+
    //   | 63..20 serial             | 19..0 index      |
    //   +---------------------------+------------------+
    //
    // An entry is reused only with another serial, so a mark that was popped is known to be dead. Serials of two arenas
    // begin far apart as a rule, so a mark of another arena is known as well.
    //
    // (link, top) never falls from one entry to the next, nor from the last one to where the arena is.

    private static final int INDEX_BITS = 20;
    private static final int MAX_MARKS = 1 << INDEX_BITS;

    final long[] marks;
    final long[] tops;
    final int[] links;
    private int depth;
    private long serial = (long)System.identityHashCode(this) << INDEX_BITS;

    ArenaMarks(final int maxMarks)
    {
        if (maxMarks < 0 || maxMarks > MAX_MARKS)
        {
            throw new IllegalArgumentException("maxMarks=" + maxMarks + ": not in 0.." + MAX_MARKS);
        }
        marks = new long[maxMarks];
        tops = new long[maxMarks];
        links = new int[maxMarks];
    }

    long push(final int link, final long top)
    {
        if (depth > 0 && link == links[depth - 1] && top == tops[depth - 1])
        {
            return marks[depth - 1];
        }
        if (depth == marks.length)
        {
            throw new IllegalStateException("maxMarks=" + marks.length + ": so many marks are set, none was reset to");
        }
        final long mark = ++serial << INDEX_BITS | depth;
        marks[depth] = mark;
        tops[depth] = top;
        links[depth] = link;
        depth++;
        return mark;
    }

    /** Kills the marks above one, and gives its index. */
    int popTo(final long mark)
    {
        final int index = (int)mark & (MAX_MARKS - 1);
        if (index >= depth || marks[index] != mark)
        {
            throw new IllegalArgumentException("mark=" + Misuse.hex(mark) + ": dead, or not of this arena");
        }
        depth = index + 1;
        return index;
    }

    void clear()
    {
        depth = 0;
    }

    int link(final int index)
    {
        return links[index];
    }

    long top(final int index)
    {
        return tops[index];
    }

    void verify(final int link, final long top)
    {
        int nextLink = link;
        long nextTop = top;
        for (int i = depth - 1; i >= 0; i--)
        {
            final boolean inOrder = links[i] < nextLink || links[i] == nextLink && tops[i] <= nextTop;
            if (!inOrder || i != ((int)marks[i] & MAX_MARKS - 1))
            {
                throw new IllegalStateException("mark " + i + " of " + depth + " at link=" + links[i] + " top=" +
                    Misuse.hex(tops[i]) + ": above link=" + nextLink + " top=" + Misuse.hex(nextTop));
            }
            nextLink = links[i];
            nextTop = tops[i];
        }
    }
}
