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

import java.nio.ByteBuffer;

/**
 * An allocator's hold on its region, from {@link Region#claim}: while it lasts no other allocator can claim the region,
 * and the region can't be closed. That is why the calls here need no guard against a concurrent close, and cost less
 * than those of {@link Region}.
 * <p>
 * Threads: {@link #copy} and {@link #zero} may be called by any, but not while another is in {@link #release}: the
 * allocator sees to it that its own calls are over by then. No call makes garbage.
 */
public final class RegionClaim
{
    private static final long NONE = -1;

    private final Region region;
    private final String owner;
    private final ByteBuffer bytes;
    private final long address;
    private final RegionWindows windows;
    /**
     * The capacity of the region, or {@link #NONE}: below every end of a span, so that one test sends every call the
     * long way when the claim is released, the region has several windows, or faults are to be settled.
     */
    private long limit;
    private boolean isReleased;

    RegionClaim(final Region region, final Object owner, final RegionWindows windows)
    {
        this.region = region;
        this.owner = nameOf(owner);
        this.windows = windows;
        bytes = windows.only();
        address = region.address();
        limit = windows.isOne() && !windows.needSettling() ? region.capacity() : NONE;
    }

    /**
     * Copies bytes as if through a third place: the spans may overlap.
     *
     * @param from   address of the first byte read.
     * @param to     address of the first byte written.
     * @param length bytes, 0 or more.
     * @throws IllegalArgumentException if a span is not in the region; nothing is written.
     * @throws IllegalStateException    if the claim is released.
     * @throws java.io.UncheckedIOException if the file of a mapped region has no memory there: a part may be written.
     */
    public void copy(final long from, final long to, final long length)
    {
        final long source = from - address;
        final long target = to - address;
        final long last = limit - length;
        if (length < 0 || source < 0 || source > last || target < 0 || target > last)
        {
            copyTheLongWay(from, to, length);
            return;
        }
        try
        {
            RegionBytes.copy(bytes, (int)source, (int)target, (int)length);
        }
        catch (final InternalError ex)
        {
            throw windows.fault(ex, target, length);
        }
    }

    /**
     * Writes zeros.
     *
     * @param at     address of the first byte.
     * @param length bytes, 0 or more.
     * @throws IllegalArgumentException if the span is not in the region; nothing is written.
     * @throws IllegalStateException    if the claim is released.
     * @throws java.io.UncheckedIOException if the file of a mapped region has no memory there: a part may be written.
     */
    public void zero(final long at, final long length)
    {
        final long offset = at - address;
        if (length < 0 || offset < 0 || offset > limit - length)
        {
            zeroTheLongWay(at, length);
            return;
        }
        try
        {
            RegionBytes.zero(bytes, (int)offset, (int)length);
        }
        catch (final InternalError ex)
        {
            throw windows.fault(ex, offset, length);
        }
    }

    /**
     * From which address on the region is known to be zero: no allocator had blocks there before this claim, and nobody
     * made a view of it or copied to it. It can rise during the claim by what users do with their blocks, never fall.
     * <p>
     * What is written through {@link Region#buffer} outside any block is not known here.
     *
     * @return an address in the region, or its end.
     * @throws IllegalStateException if the claim is released.
     */
    public long zeroFrom()
    {
        if (isReleased)
        {
            throw refused(address, 0);
        }
        return region.handedOutTo();
    }

    /**
     * Ends the claim. A second call does nothing.
     *
     * @param usedTo end of the highest block there ever was, or the region's address if there was none: from there on
     *               the next claim's {@link #zeroFrom} still holds.
     * @throws IllegalArgumentException if that is neither in the region nor its end; the claim lasts.
     */
    public void release(final long usedTo)
    {
        if (!isReleased)
        {
            if (!region.contains(usedTo, 0))
            {
                throw refused(usedTo, 0);
            }
            isReleased = true;
            limit = NONE;
            region.handOut(usedTo);
            region.release(this);
        }
    }

    /** The allocator's name, for messages. */
    String owner()
    {
        return owner;
    }

    private void copyTheLongWay(final long from, final long to, final long length)
    {
        check(from, length);
        check(to, length);
        windows.copy(from - address, to - address, length);
    }

    private void zeroTheLongWay(final long at, final long length)
    {
        check(at, length);
        windows.zero(at - address, length);
    }

    private void check(final long at, final long length)
    {
        if (isReleased || !region.contains(at, length))
        {
            throw refused(at, length);
        }
    }

    private RuntimeException refused(final long at, final long length)
    {
        return !isReleased ? region.refused(at, length) :
            new IllegalStateException("the claim of " + owner + " on " + region + " is released");
    }

    /** By identity: an allocator that claims is amid its constructor, so its own toString may not work yet. */
    private static String nameOf(final Object owner)
    {
        return owner instanceof CharSequence || null == owner ? String.valueOf(owner) :
            owner.getClass().getSimpleName() + "@" + Integer.toHexString(System.identityHashCode(owner));
    }
}
