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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many blocks and bytes live, by classes of powers of two. Exact at rest, whoever counted: each thread counts in a
 * stripe that few others have, and the sum over all stripes is what lives.
 * <p>
 * Threads: any, without a lock, if made for it; one otherwise. Only {@link #blocks} and the like may be called by
 * others then. Cost: 1 KiB a stripe; one stripe for one thread, otherwise as many as there are processors, at most 16.
 */
final class SizeCounters
{
    /*
     *   stripe 0:  blocks of class 0, bytes of class 0, blocks of class 1, ...
     *   stripe 1:  ...
     *
     * Class c has the sizes above 2^(c-1) up to 2^c.
     */
    private static final int CLASSES = Long.SIZE;
    private static final int LONGS = 2;
    private static final int STRIPE = CLASSES * LONGS;
    private static final int MOST_STRIPES = 16;

    private final AtomicLongArray counts;
    private final int stripeMask;
    private final boolean isShared;

    SizeCounters(final boolean isShared)
    {
        final int processors = Math.min(MOST_STRIPES, Runtime.getRuntime().availableProcessors());
        final int stripes = isShared ? 2 * Integer.highestOneBit(Math.max(1, processors - 1)) : 1;
        this.isShared = isShared;
        stripeMask = stripes - 1;
        counts = new AtomicLongArray(stripes * STRIPE);
    }

    /** Counts a block that was made. */
    void add(final long length)
    {
        count(length, 1);
    }

    /** Counts a block out that is no more. */
    void remove(final long length)
    {
        count(length, -1);
    }

    long blocks()
    {
        return sum(0);
    }

    long bytes()
    {
        return sum(1);
    }

    /** The classes that have blocks, the smallest first. */
    List<LeakReport.SizeClass> classes()
    {
        final List<LeakReport.SizeClass> classes = new ArrayList<>();
        for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++)
        {
            final long blocks = ofClass(sizeClass, 0);
            if (0 != blocks)
            {
                final long maxSize = sizeClass < CLASSES - 1 ? 1L << sizeClass : Long.MAX_VALUE;
                classes.add(new LeakReport.SizeClass(maxSize, blocks, ofClass(sizeClass, 1)));
            }
        }
        return classes;
    }

    /** Bytes of the arrays. */
    long metadataBytes()
    {
        return (long)counts.length() * Long.BYTES;
    }

    /** The class of a size from 1. */
    static int classOf(final long size)
    {
        return Long.SIZE - Long.numberOfLeadingZeros(size - 1);
    }

    private void count(final long length, final int sign)
    {
        final int stripe = (int)Thread.currentThread().getId() & stripeMask;
        final int at = stripe * STRIPE + classOf(length) * LONGS;
        if (isShared)
        {
            counts.getAndAdd(at, sign);
            counts.getAndAdd(at + 1, sign * length);
        }
        else
        {
            counts.setOpaque(at, counts.getPlain(at) + sign);
            counts.setOpaque(at + 1, counts.getPlain(at + 1) + sign * length);
        }
    }

    private long ofClass(final int sizeClass, final int which)
    {
        long sum = 0;
        for (int at = sizeClass * LONGS + which; at < counts.length(); at += STRIPE)
        {
            sum += counts.getOpaque(at);
        }
        return sum;
    }

    private long sum(final int which)
    {
        long sum = 0;
        for (int at = which; at < counts.length(); at += LONGS)
        {
            sum += counts.getOpaque(at);
        }
        return sum;
    }
}
