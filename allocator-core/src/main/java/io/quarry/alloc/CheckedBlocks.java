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
 * The blocks of a checked allocator: what each level does with the calls.
 */
abstract class CheckedBlocks implements Allocator
{
    final Allocator target;
    final CheckOptions options;

    CheckedBlocks(final Allocator target, final CheckOptions options)
    {
        this.target = target;
        this.options = options;
    }

    static CheckedBlocks of(final Allocator target, final CheckOptions options)
    {
        return CheckLevel.FULL == options.level() ? new GuardedBlocks(target, options) :
            new CountedBlocks(target, options);
    }

    /** As {@link RegionAllocator#allocUpTo}, of a target that has it. */
    abstract long allocUpTo(long minSize, long size, long alignment);

    /** What lives. */
    abstract LeakReport leaks();

    /** Throws the report of the first damage that is found. */
    abstract void check();

    /** Gives back what is kept from reuse; bytes. */
    abstract long flush();

    /** Bytes that are kept from reuse. */
    abstract long heldBytes();

    /** Of the target, with what is known better here. */
    abstract AllocatorStats stats(AllocatorStats ofTarget);

    /** Refuses all calls from now on, but for blocks of size 0. Nothing is kept from reuse any more. */
    abstract void end();

    static IllegalStateException closed()
    {
        return new IllegalStateException(CheckedAllocator.class.getSimpleName() + " is closed");
    }

    @Override
    public final boolean owns(final long address)
    {
        return target.owns(address);
    }

    @Override
    public final Region regionOf(final long address)
    {
        return target.regionOf(address);
    }

    @Override
    public final boolean isThreadSafe()
    {
        return target.isThreadSafe();
    }
}
