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

import java.nio.ByteBuffer;

/**
 * An allocator as a replay calls it, with blocks named by slots.
 * <p>
 * A JVM that measures loads exactly one class below this one, so that the JIT compiler binds the replay's calls at
 * compile time and inlines them; that is what a program with one allocator gets.
 */
abstract class ReplayTarget implements AutoCloseable
{
    /**
     * Makes a block.
     *
     * @param slot      that has no block.
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     */
    abstract void alloc(int slot, int size, int alignment);

    /**
     * Makes a block of zeros.
     *
     * @param slot      that has no block.
     * @param size      bytes, from 1.
     * @param alignment a power of two.
     */
    abstract void allocZeroed(int slot, int size, int alignment);

    /**
     * Changes the size of a block, which may move.
     *
     * @param slot      that has a block.
     * @param oldSize   its size.
     * @param newSize   bytes, from 1.
     * @param alignment its alignment.
     */
    abstract void realloc(int slot, int oldSize, int newSize, int alignment);

    /**
     * Frees a block.
     *
     * @param slot      that has a block.
     * @param size      its size.
     * @param alignment its alignment.
     */
    abstract void free(int slot, int size, int alignment);

    /**
     * Writes the first and the last byte of a block, the least that a program would do.
     *
     * @param slot      that has a block.
     * @param size      its size.
     * @param alignment it was asked to have.
     */
    abstract void touch(int slot, int size, int alignment);

    /**
     * Where a block is.
     *
     * @param slot      that has a block.
     * @param alignment it was asked to have.
     * @return its address.
     */
    abstract long address(int slot, int alignment);

    /**
     * The bytes of a block, for checking contents, not for the clock.
     *
     * @param slot      that has a block.
     * @param size      its size.
     * @param alignment it was asked to have.
     * @return a view of them.
     */
    abstract ByteBuffer bytes(int slot, int size, int alignment);

    /**
     * Notes how much memory is held now, where that can't be had at the end.
     */
    void sampleFootprint()
    {
    }

    /**
     * The most memory that was held, all of the allocator's own included.
     *
     * @return bytes, or 0 if it isn't known.
     */
    abstract long footprint();

    /**
     * Checks the allocator's own invariants, where it can.
     *
     * @throws IllegalStateException if one doesn't hold.
     */
    void verify()
    {
    }

    /**
     * What was free when a request found nothing.
     *
     * @return words for a message.
     */
    abstract String freeMemory();

    @Override
    public abstract void close();
}
