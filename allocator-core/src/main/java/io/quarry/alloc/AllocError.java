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
 * No block could be had: memory is exhausted, or the allocator can't serve such a layout at all. Callers that care
 * which may ask {@link #isUnsupported()}; all instances are equal.
 * <p>
 * The two instances are made once and carry no stack trace, so that failure makes no garbage.
 * {@code -Dquarry.stackTraces=true} makes a fresh one with its trace each time, for finding out who asks.
 */
public final class AllocError extends RuntimeException
{
    private static final long serialVersionUID = 1L;
    private static final boolean STACK_TRACES = Boolean.getBoolean("quarry.stackTraces");
    private static final AllocError EXHAUSTED = new AllocError(false, STACK_TRACES);
    private static final AllocError UNSUPPORTED = new AllocError(true, STACK_TRACES);

    /** Whether no such block can ever be had. */
    private final boolean unsupported;

    private AllocError(final boolean unsupported, final boolean stackTrace)
    {
        super("memory allocation failed", null, stackTrace, stackTrace);
        this.unsupported = unsupported;
    }

    /**
     * The error of an allocator that has no such block free now.
     *
     * @return the error, to be thrown.
     */
    public static AllocError exhausted()
    {
        return STACK_TRACES ? new AllocError(false, true) : EXHAUSTED;
    }

    /**
     * The error of an allocator that could not serve the layout even when empty.
     *
     * @return the error, to be thrown.
     */
    public static AllocError unsupported()
    {
        return STACK_TRACES ? new AllocError(true, true) : UNSUPPORTED;
    }

    /**
     * The reason why an allocator has no block, without an object. An allocator that can't say so at once is asked for
     * the block; should it have one, that is freed.
     */
    static AllocError reasonOf(final Allocator allocator, final long size, final long alignment)
    {
        if (allocator instanceof AbstractRegionAllocator ofRegion)
        {
            return ofRegion.failure(size, alignment);
        }
        if (allocator instanceof ExactAllocator exact)
        {
            return exact.failure(size, alignment);
        }
        final long address;
        try
        {
            address = allocator.allocate(size, alignment);
        }
        catch (final AllocError error)
        {
            return error;
        }
        allocator.deallocate(address, size, alignment);
        return exhausted();
    }

    /**
     * Whether the layout could not be served even by an empty allocator.
     *
     * @return true if so; false if memory is exhausted, for now.
     */
    public boolean isUnsupported()
    {
        return unsupported;
    }

    /**
     * All instances are equal.
     *
     * @param other any object.
     * @return true if {@code other} is an {@code AllocError}.
     */
    @Override
    public boolean equals(final Object other)
    {
        return other instanceof AllocError;
    }

    /**
     * The same for all instances.
     *
     * @return a constant.
     */
    @Override
    public int hashCode()
    {
        return AllocError.class.getName().hashCode();
    }
}
