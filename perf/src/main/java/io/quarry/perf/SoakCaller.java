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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.RegionAllocator;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One caller of a soak: it has places, each with a block or none. Each step takes a place at random: where there is
 * none it allocates one; another one it frees, resizes, or puts where the others find it, and frees what was there.
 * After a while it frees most of what it has, so that the region is fragmented anew.
 * <p>
 * Threads: one at a time.
 */
final class SoakCaller
{
    /** Steps between two times of freeing most, by the number of places. */
    private static final int STEPS_A_PLACE = 8;

    private static final int SIZE_BITS = 12;
    private static final int LARGE_SIZE_BITS = 16;
    private static final int ALIGNMENT_BITS = 4;
    private static final int LARGE_ALIGNMENT_BITS = 12;
    private static final int CALLER_SHIFT = 56;
    private static final int SERIAL_SHIFT = 17;

    private final RegionAllocator allocator;
    private final AtomicReferenceArray<SoakBlock> meeting;
    private final SoakBlock[] places;
    private final SplittableRandom random;
    private final long caller;
    private long serial;
    private long untilShed;
    private long operations;

    /**
     * Makes a caller.
     *
     * @param allocator that it calls.
     * @param meeting   where blocks change hands, no entry null.
     * @param places    no entry null; their number is a power of two.
     * @param random    of its own.
     * @param number    1 to 127.
     */
    SoakCaller(
        final RegionAllocator allocator,
        final AtomicReferenceArray<SoakBlock> meeting,
        final SoakBlock[] places,
        final SplittableRandom random,
        final int number)
    {
        this.allocator = allocator;
        this.meeting = meeting;
        this.places = places;
        this.random = random;
        this.caller = (long)number << CALLER_SHIFT;
        this.untilShed = (long)STEPS_A_PLACE * places.length;
    }

    /** Calls the allocator so many times, and hardly more. */
    void call(final long count)
    {
        final long end = operations + count;
        while (operations < end)
        {
            final long bits = random.nextLong();
            step((int)bits & places.length - 1, bits >>> Integer.SIZE);
            if (--untilShed < 0)
            {
                untilShed = (long)STEPS_A_PLACE * places.length;
                shed();
            }
        }
    }

    long operations()
    {
        return operations;
    }

    int liveBlocks()
    {
        int count = 0;
        for (final SoakBlock block : places)
        {
            count += block.isNone() ? 0 : 1;
        }
        return count;
    }

    void freeAll()
    {
        for (final SoakBlock block : places)
        {
            free(block);
        }
    }

    private void step(final int index, final long bits)
    {
        final SoakBlock block = places[index];
        final int dice = (int)bits & 15;
        if (block.isNone())
        {
            allocate(block, bits >>> 4);
        }
        else if (dice < 12)
        {
            free(block);
        }
        else if (dice < 14)
        {
            resize(block, bits >>> 4);
        }
        else
        {
            // Whoever gets it sees what was written to it.
            places[index] = meeting.getAndSet((int)(bits >>> 4) & meeting.length() - 1, block);
            free(places[index]);
        }
    }

    private void allocate(final SoakBlock block, final long bits)
    {
        final boolean isLarge = 0 == (bits & 63);
        final int size = size(isLarge ? LARGE_SIZE_BITS : SIZE_BITS);
        final int alignment = 1 << random.nextInt(isLarge ? LARGE_ALIGNMENT_BITS + 1 : ALIGNMENT_BITS + 1);
        final boolean isZeroed = 0 == (bits >>> 6 & 15);
        final long address = isZeroed ? allocator.allocZeroed(size, alignment) : allocator.alloc(size, alignment);
        operations++;
        if (Allocator.NULL == address)
        {
            throw new SoakFault("exhausted: " + allocator.diagnose(size, alignment));
        }
        if (isZeroed)
        {
            block.checkZero(address, size);
        }
        block.take(address, size, alignment, caller | ++serial << SERIAL_SHIFT);
    }

    private int size(final int mostBits)
    {
        final int bits = random.nextInt(mostBits);
        return (1 << bits) + random.nextInt(1 << bits);
    }

    private void free(final SoakBlock block)
    {
        if (!block.isNone())
        {
            block.check();
            final long address = block.address;
            block.address = Allocator.NULL;
            allocator.dealloc(address, block.size, block.alignment);
            operations++;
        }
    }

    private void resize(final SoakBlock block, final long bits)
    {
        block.check();
        final int newSize = 1 + random.nextInt(2 * block.size);
        if (newSize >= 2 << LARGE_SIZE_BITS)
        {
            return;
        }
        operations++;
        if (0 == (bits & 1))
        {
            if (allocator.tryResize(block.address, block.size, block.alignment, newSize))
            {
                block.resized(block.address, newSize);
            }
            return;
        }
        final long address = allocator.realloc(block.address, block.size, block.alignment, newSize);
        if (Allocator.NULL == address)
        {
            throw new SoakFault("exhausted: " + allocator.diagnose(newSize, block.alignment));
        }
        block.resized(address, newSize);
    }

    /** Seven in eight. */
    private void shed()
    {
        for (final SoakBlock block : places)
        {
            if (0 != random.nextInt(8))
            {
                free(block);
            }
        }
    }
}
