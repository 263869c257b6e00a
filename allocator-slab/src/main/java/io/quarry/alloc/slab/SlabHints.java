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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where slabs without an owner may have slots to take: a bit for the first unit of each, and for each class a tree over
 * the words of such bits. Hints that any thread may put up and take down; whoever follows one looks for himself.
 * <p>
 * Bytes: 0.2 for every unit of 512 B.
 */
final class SlabHints
{
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] heads;
    private final HintTree[] wordsOfClass = new HintTree[SizeClasses.COUNT + 1];

    SlabHints(final int units)
    {
        heads = new long[(units + 63) >>> 6];
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            wordsOfClass[sizeClass] = new HintTree(heads.length);
        }
    }

    void up(final int head, final int sizeClass)
    {
        LONGS.getAndBitwiseOr(heads, head >>> 6, 1L << head);
        wordsOfClass[sizeClass].add(head >>> 6);
    }

    /** The tree keeps the word until a search finds nothing there. */
    void down(final int head)
    {
        LONGS.getAndBitwiseAnd(heads, head >>> 6, ~(1L << head));
    }

    boolean isUp(final int head, final int sizeClass)
    {
        return 0 != (heads(head >>> 6) & 1L << head) && wordsOfClass[sizeClass].contains(head >>> 6);
    }

    int words()
    {
        return heads.length;
    }

    /** The bits of 64 units. */
    long heads(final int word)
    {
        return (long)LONGS.getVolatile(heads, word);
    }

    int firstWord(final int sizeClass)
    {
        return wordsOfClass[sizeClass].first();
    }

    void addWord(final int sizeClass, final int word)
    {
        wordsOfClass[sizeClass].add(word);
    }

    void removeWord(final int sizeClass, final int word)
    {
        wordsOfClass[sizeClass].remove(word);
    }

    long metadataBytes()
    {
        long bytes = (long)heads.length * Long.BYTES;
        for (int sizeClass = 1; sizeClass <= SizeClasses.COUNT; sizeClass++)
        {
            bytes += wordsOfClass[sizeClass].metadataBytes();
        }
        return bytes;
    }
}
