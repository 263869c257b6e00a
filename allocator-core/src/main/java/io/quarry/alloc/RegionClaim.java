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
 * An allocator's hold on its region, from {@link Region#claim}: while it lasts no other allocator can claim the region,
 * and the region can't be closed. That is why the calls here need no guard against a concurrent close.
 */
public final class RegionClaim
{
    private final Region region;

    RegionClaim(final Region region)
    {
        this.region = region;
    }

    /**
     * Copies bytes; the ranges may overlap.
     *
     * @param from   address of the first byte read.
     * @param to     address of the first byte written.
     * @param length bytes.
     */
    public void copy(final long from, final long to, final long length)
    {
        region.buffer(to).put(region.bufferOffset(to), region.buffer(from), region.bufferOffset(from), (int)length);
    }

    /**
     * Writes zeros.
     *
     * @param address of the first byte.
     * @param length  bytes.
     */
    public void zero(final long address, final long length)
    {
        final java.nio.ByteBuffer buffer = region.buffer(address);
        final int offset = region.bufferOffset(address);
        for (int i = 0; i < length; i++)
        {
            buffer.put(offset + i, (byte)0);
        }
    }

    /**
     * From which address on the region is known to be zero, as no allocator ever handed that memory out.
     *
     * @return an address in the region, or its end.
     */
    public long zeroFrom()
    {
        return region.address();
    }

    /**
     * Ends the claim. A second call does nothing.
     *
     * @param usedTo end of the highest block there ever was: from there on {@link #zeroFrom} still holds.
     */
    public void release(final long usedTo)
    {
    }
}
