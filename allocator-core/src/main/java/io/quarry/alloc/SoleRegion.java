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
 * A region of one block, which starts where the region does.
 */
final class SoleRegion extends SystemRegion
{
    /** Exact; 0 if the block is freed. */
    private long size;
    private long alignment;

    SoleRegion(final Region region, final long charge, final long alignment)
    {
        super(region, charge);
        this.size = region.capacity();
        this.alignment = alignment;
    }

    @Override
    void check(final long address, final long wantedSize, final long wantedAlignment)
    {
        if (0 == size)
        {
            throw Misuse.dead(address);
        }
        if (address != region().address())
        {
            throw Misuse.interior(address);
        }
        if (wantedSize != size || wantedAlignment != alignment)
        {
            throw Misuse.otherLayout(address, wantedSize, wantedAlignment, size, alignment);
        }
    }

    @Override
    boolean resize(final long address, final long newSize, final long newAlignment, final boolean atAnyCost)
    {
        final long capacity = region().capacity();
        if (newSize > capacity || !atAnyCost && newSize < capacity / 2)
        {
            return false;
        }
        size = newSize;
        alignment = newAlignment;
        return true;
    }

    @Override
    void remove(final long address)
    {
        size = 0;
    }

    @Override
    int liveBlocks()
    {
        return 0 == size ? 0 : 1;
    }

    @Override
    long liveBytes()
    {
        return size;
    }
}
