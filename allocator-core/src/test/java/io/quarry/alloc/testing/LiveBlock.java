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
package io.quarry.alloc.testing;

import io.quarry.alloc.Misuse;

/**
 * A block as its caller knows it.
 */
public final class LiveBlock
{
    final long id;
    long address;
    long size;
    long alignment;
    long length;
    long seed;

    LiveBlock(final long id, final long address, final long size, final long alignment, final long length)
    {
        this.id = id;
        this.address = address;
        this.size = size;
        this.alignment = alignment;
        this.length = length;
    }

    /**
     * What the block is called.
     *
     * @return a number that no other block ever has.
     */
    public long id()
    {
        return id;
    }

    /**
     * Where the block is.
     *
     * @return the address.
     */
    public long address()
    {
        return address;
    }

    /**
     * What was last asked for: the least size that fits.
     *
     * @return bytes.
     */
    public long size()
    {
        return size;
    }

    /**
     * What was last asked for.
     *
     * @return bytes.
     */
    public long alignment()
    {
        return alignment;
    }

    /**
     * The usable size: the largest size that fits.
     *
     * @return bytes.
     */
    public long length()
    {
        return length;
    }

    /**
     * A size that fits.
     *
     * @param fit   r for the size, m for the largest, h for halfway.
     * @param limit the result is not above this, unless the size is.
     * @return bytes.
     */
    long fitting(final char fit, final long limit)
    {
        final long most = Math.max(size, Math.min(length, limit));
        return switch (fit)
        {
            case 'r' -> size;
            case 'm' -> most;
            case 'h' -> size + (most - size) / 2;
            default -> throw new IllegalArgumentException("fit=" + fit + ": wanted r, m or h");
        };
    }

    @Override
    public String toString()
    {
        return "block " + id + " (address=" + Misuse.hex(address) + " size=" + size + " alignment=" +
            Long.toUnsignedString(alignment) + " usableSize=" + length + ")";
    }
}
