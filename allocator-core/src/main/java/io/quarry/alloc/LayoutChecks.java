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
 * The checks of what is passed that need no look at the blocks: the same for every allocator. Each throws what
 * {@link Misuse} makes.
 */
final class LayoutChecks
{
    private LayoutChecks()
    {
    }

    static void layout(final long size, final long alignment)
    {
        if (!Layout.isValid(size, alignment))
        {
            throw Misuse.invalidLayout(size, alignment);
        }
    }

    static void resize(
        final String operation, final long oldSize, final long oldAlignment,
        final long newSize, final long newAlignment, final boolean rightDirection)
    {
        layout(oldSize, oldAlignment);
        layout(newSize, newAlignment);
        if (!rightDirection)
        {
            throw Misuse.wrongDirection(operation, oldSize, newSize);
        }
    }

    static void nonEmpty(final String name, final long size, final long alignment)
    {
        layout(size, alignment);
        if (0 == size)
        {
            throw Misuse.zeroSize(name);
        }
    }

    /** Refuses an address that isn't the one that a block of size 0 has. */
    static void empty(final long address, final long alignment)
    {
        if (address != alignment)
        {
            throw Misuse.notEmptyBlock(address, alignment);
        }
    }

    /** Refuses a batch whose layout is none, or whose range of entries the array doesn't have. */
    static void batch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        layout(size, alignment);
        if ((from | count) < 0 || count > addresses.length - from)
        {
            throw Misuse.range(from, count, addresses.length);
        }
    }
}
