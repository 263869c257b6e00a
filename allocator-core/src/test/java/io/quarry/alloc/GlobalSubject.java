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

import io.quarry.alloc.testing.AllocatorSubject;

/**
 * {@link Global} and the free functions of {@link Alloc} as the contract suite wants them. What is registered goes to
 * the allocator of the region that was the last to be made a subject of.
 */
public final class GlobalSubject extends ExactSubject
{
    private final RegionAllocator base;

    /**
     * @param base of the region; for a program whose registered allocator is {@link Registered}.
     */
    GlobalSubject(final RegionAllocator base)
    {
        super(base, Global.INSTANCE, new Functions());
        this.base = base;
        ((Registered)GlobalRegistration.allocator()).moveTo(base);
    }

    /** Which {@link Global} does not tell. */
    @Override
    public boolean owns(final long address)
    {
        return base.owns(address);
    }

    /**
     * What the program registers, by the property.
     */
    public static final class Registered extends AllocatorSubject
    {
        /** For no allocator yet. */
        public Registered()
        {
            super(null, null, null);
        }

        /** The programs that register it have one thread. */
        @Override
        public boolean isThreadSafe()
        {
            return true;
        }
    }

    /** The free functions. */
    private static final class Functions implements GlobalAlloc
    {
        @Override
        public long alloc(final long size, final long alignment)
        {
            return Alloc.alloc(size, alignment);
        }

        @Override
        public long allocZeroed(final long size, final long alignment)
        {
            return Alloc.allocZeroed(size, alignment);
        }

        @Override
        public void dealloc(final long address, final long size, final long alignment)
        {
            Alloc.dealloc(address, size, alignment);
        }

        @Override
        public long realloc(final long address, final long size, final long alignment, final long newSize)
        {
            return Alloc.realloc(address, size, alignment, newSize);
        }

        @Override
        public Region regionOf(final long address)
        {
            return Global.INSTANCE.regionOf(address);
        }

        @Override
        public boolean isThreadSafe()
        {
            return Global.INSTANCE.isThreadSafe();
        }
    }
}
