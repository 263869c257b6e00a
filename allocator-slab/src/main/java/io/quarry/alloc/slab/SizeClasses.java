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

/**
 * The ladder of block sizes that small requests are rounded up to: steps of 16 B to 128 B, then eight classes a
 * doubling to 2 KiB, 40 in all. Class numbers begin at 1; 0 is no class.
 * <p>
 * Worst waste: 15 B up to 128 B, above that one byte past a class, under 11.1 % of the block.
 */
final class SizeClasses
{
    /*
     * Every class is a multiple of the step of its range, and the steps are powers of two. So a class serves an
     * alignment when it is looked up for the size rounded up to that alignment: where the alignment is at most the
     * step, each class there is a multiple of it; where it is larger, the rounded size is a multiple of the step and so
     * is itself a class. SizeClassesTest walks the whole domain.
     */

    /** Sizes are counted in granules of 16 B, the alignment that every block has at least. */
    static final int GRANULE_SHIFT = 4;
    static final int GRANULE = 1 << GRANULE_SHIFT;

    /** Larger requests are not for slabs: above it exact runs waste less than half-empty slabs do. */
    static final int MAX_SIZE = 2048;

    /** Slabs begin at multiples of this, so no slot promises more. */
    static final int MAX_ALIGNMENT = 512;

    static final int COUNT = 40;

    /** For {@link #isPlain}: small sizes less 1 have 11 bits, and so have small alignments less 1, shifted by 7. */
    private static final int PLAIN_SIZE_BITS = 11;
    private static final int PLAIN_ALIGNMENT_SHIFT = 7;

    /** For {@link #isSmallAndValid}: alignments less 1 up to that of slabs have 9 bits. */
    private static final int ALIGNMENT_BITS = 9;

    private static final int FIRST_STEP_LIMIT = 128;
    private static final int CLASSES_A_DOUBLING = 8;

    /** By granules before the one that has the last byte. A power of two of them, so that a mask bounds the index. */
    private static final byte[] OF_GRANULES = new byte[MAX_SIZE >>> GRANULE_SHIFT];

    private static final short[] SIZE = new short[COUNT + 1];

    static
    {
        int sizeClass = 0;
        int granules = 0;
        for (int size = GRANULE; size <= MAX_SIZE; size += step(size + 1))
        {
            SIZE[++sizeClass] = (short)size;
            for (; granules < size >>> GRANULE_SHIFT; granules++)
            {
                OF_GRANULES[granules] = (byte)sizeClass;
            }
        }
    }

    private SizeClasses()
    {
    }

    /**
     * Whether a request is small, valid and of an alignment that every slot has: one test for the common case.
     * <p>
     * With size in 1..2048 and alignment in 1..16 the two terms of the first part are below 2^11, and with any other
     * size or alignment, 0 and negative ones included, one of them is not.
     */
    static boolean isPlain(final long size, final long alignment)
    {
        return 0 == (((size - 1 | alignment - 1 << PLAIN_ALIGNMENT_SHIFT) >>> PLAIN_SIZE_BITS) |
            (alignment & alignment - 1));
    }

    /** Whether a request is for slabs, and nothing wrong with it: {@link #isSmall} and a valid layout in one test. */
    static boolean isSmallAndValid(final long size, final long alignment)
    {
        return 0 == (size - 1 >>> PLAIN_SIZE_BITS | alignment - 1 >>> ALIGNMENT_BITS | alignment & alignment - 1);
    }

    /**
     * Whether a request is for slabs.
     *
     * @param size      bytes, from 1, valid with the alignment.
     * @param alignment a power of two.
     * @return false if it is for the upstream.
     */
    static boolean isSmall(final long size, final long alignment)
    {
        return size <= MAX_SIZE && Long.compareUnsigned(alignment, MAX_ALIGNMENT) <= 0 &&
            roundUp(size, alignment) <= MAX_SIZE;
    }

    /**
     * The class that serves a small request.
     *
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     * @return from 1 to {@link #COUNT}.
     */
    static int of(final long size, final long alignment)
    {
        return ofSize(roundUp(size, alignment));
    }

    /**
     * The class that serves a small request of an alignment up to that of every slot.
     *
     * @param size bytes, from 1 to {@link #MAX_SIZE}.
     * @return from 1 to {@link #COUNT}.
     */
    static int ofSize(final long size)
    {
        return OF_GRANULES[(int)(size - 1) >>> GRANULE_SHIFT & OF_GRANULES.length - 1];
    }

    /**
     * The size of a class.
     *
     * @param sizeClass from 1 to {@link #COUNT}.
     * @return bytes.
     */
    static int size(final int sizeClass)
    {
        return SIZE[sizeClass];
    }

    private static long roundUp(final long size, final long alignment)
    {
        return (size + alignment - 1) & -alignment;
    }

    private static int step(final int size)
    {
        final int below = Integer.highestOneBit(size - 1);
        return size <= FIRST_STEP_LIMIT ? GRANULE : below / CLASSES_A_DOUBLING;
    }
}
