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
 * The exceptions that refuse a wrong call, each naming the value. Made at the moment of the mistake, with a stack
 * trace: misuse is a defect of the caller, not an event to be quick about.
 */
public final class Misuse
{
    private Misuse()
    {
    }

    /**
     * A size and an alignment that make no layout.
     *
     * @param size      as passed.
     * @param alignment as passed.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException invalidLayout(final long size, final long alignment)
    {
        if (Long.bitCount(alignment) != 1)
        {
            return new IllegalArgumentException("alignment=" + Long.toUnsignedString(alignment) +
                ": not a power of two (size=" + size + ")");
        }
        return new IllegalArgumentException("size=" + size + ": not in 0.." + (Long.MAX_VALUE - (alignment - 1)) +
            ", the sizes valid with alignment=" + Long.toUnsignedString(alignment));
    }

    /**
     * Size 0 where it has no meaning, as in {@link GlobalAlloc}.
     *
     * @param name of the parameter.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException zeroSize(final String name)
    {
        return new IllegalArgumentException(name + "=0: at least 1 byte wanted");
    }

    /**
     * A least size that is out of its range.
     *
     * @param minSize as passed.
     * @param size    as passed.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException minSize(final long minSize, final long size)
    {
        return new IllegalArgumentException("minSize=" + minSize + ": not in 1..size=" + size);
    }

    /**
     * A range that an array doesn't have.
     *
     * @param from   as passed.
     * @param count  as passed.
     * @param length of the array.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException range(final int from, final int count, final int length)
    {
        return new IllegalArgumentException(
            "from=" + from + " count=" + count + ": no range of addresses.length=" + length);
    }

    /**
     * Size 0 with an address other than that of an empty block.
     *
     * @param address   as passed.
     * @param alignment as passed: the address an empty block has.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException notEmptyBlock(final long address, final long alignment)
    {
        return new IllegalArgumentException("size=0 with address=" + hex(address) +
            ": an empty block of that alignment has address=" + hex(alignment));
    }

    /**
     * A resize to the wrong side.
     *
     * @param operation that was called.
     * @param oldSize   as passed.
     * @param newSize   as passed.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException wrongDirection(
        final String operation, final long oldSize, final long newSize)
    {
        return new IllegalArgumentException(operation + " from oldSize=" + oldSize + " to newSize=" + newSize);
    }

    /**
     * An address outside the region.
     *
     * @param address as passed.
     * @param region  the region it should be in.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException foreign(final long address, final Region region)
    {
        return new IllegalArgumentException("address=" + hex(address) + ": not in the region " +
            hex(region.address()) + ".." + hex(region.address() + region.capacity()));
    }

    /**
     * An address in the region where no block can start: inside a block, or between two.
     *
     * @param address as passed.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException interior(final long address)
    {
        return new IllegalArgumentException("address=" + hex(address) + ": inside a block, not its start");
    }

    /**
     * An address that isn't a multiple of the alignment that its block is said to have.
     *
     * @param address   as passed.
     * @param alignment as passed.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException misaligned(final long address, final long alignment)
    {
        return new IllegalArgumentException("address=" + hex(address) + ": not a multiple of alignment=" +
            Long.toUnsignedString(alignment));
    }

    /**
     * An address where no block lives: never allocated, or freed already.
     *
     * @param address as passed.
     * @return the exception, to be thrown.
     */
    public static IllegalStateException dead(final long address)
    {
        return new IllegalStateException("address=" + hex(address) + ": not allocated (freed already?)");
    }

    /**
     * An address that two threads have freed, where that shows only after both of the calls.
     *
     * @param address as passed to both.
     * @return the exception, to be thrown.
     */
    public static IllegalStateException freedTwice(final long address)
    {
        return new IllegalStateException("address=" + hex(address) + ": freed by two threads, in earlier calls");
    }

    /**
     * A size above that of the block.
     *
     * @param address    as passed.
     * @param size       as passed.
     * @param usableSize of the block.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException tooLarge(final long address, final long size, final long usableSize)
    {
        return new IllegalArgumentException("size=" + size + " at address=" + hex(address) +
            ": the block there has usableSize=" + usableSize);
    }

    /**
     * A layout other than the one that a block has, where exactly that is wanted.
     *
     * @param address        as passed.
     * @param size           as passed.
     * @param alignment      as passed.
     * @param blockSize      of the block.
     * @param blockAlignment of the block.
     * @return the exception, to be thrown.
     */
    public static IllegalArgumentException otherLayout(
        final long address, final long size, final long alignment, final long blockSize, final long blockAlignment)
    {
        return new IllegalArgumentException("size=" + size + " alignment=" + Long.toUnsignedString(alignment) +
            " at address=" + hex(address) + ": the block there has size=" + blockSize +
            " alignment=" + blockAlignment);
    }

    /**
     * A call by a second thread to an allocator for one.
     *
     * @param allocator that was called.
     * @param owner     that has it; null if it has just given it up.
     * @param caller    that called.
     * @return the exception, to be thrown.
     */
    public static IllegalStateException otherThread(final Object allocator, final Thread owner, final Thread caller)
    {
        return new IllegalStateException(allocator.getClass().getSimpleName() + " is for one thread, has owner=" +
            name(owner) + ", called by thread=" + name(caller));
    }

    private static String name(final Thread thread)
    {
        return null == thread ? "none" : '"' + thread.getName() + "\" id=" + thread.getId();
    }

    /**
     * A call to an allocator that is closed.
     *
     * @param allocator that was called.
     * @return the exception, to be thrown.
     */
    public static IllegalStateException closed(final Object allocator)
    {
        return new IllegalStateException(allocator.getClass().getSimpleName() + " is closed");
    }

    /**
     * An address in hexadecimal, as the other messages write it.
     *
     * @param address any.
     * @return the text.
     */
    public static String hex(final long address)
    {
        return "0x" + Long.toHexString(address);
    }
}
