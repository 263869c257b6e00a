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

import io.quarry.alloc.Region;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Bytes that can be told from any others: byte {@code i} of a pattern depends on the pattern's seed and on {@code i}
 * only. So a block that grows is filled up by the same seed, and checked as a whole. Also the hash by which scripts
 * name contents.
 * <p>
 * Threads: stateless. Source of the mixing: Guy L. Steele, Doug Lea, Christine H. Flood, "Fast splittable pseudorandom
 * number generators", 2014; of the hash: Glenn Fowler, Landon Curt Noll, Phong Vo, FNV-1a.
 */
public final class PatternBytes
{
    /**
     * The hash of nothing, and the start of any other.
     */
    public static final long EMPTY_HASH = 0xCBF29CE484222325L;

    private static final long FNV_PRIME = 0x100000001B3L;

    private PatternBytes()
    {
    }

    /**
     * Eight bytes of a pattern, the first in the lowest bits.
     *
     * @param seed      of the pattern.
     * @param wordIndex which eight bytes, from 0.
     * @return the bytes.
     */
    public static long word(final long seed, final long wordIndex)
    {
        long z = seed + wordIndex + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /**
     * One byte of a pattern.
     *
     * @param seed of the pattern.
     * @param i    index of the byte.
     * @return the byte.
     */
    public static byte byteAt(final long seed, final long i)
    {
        return (byte)(word(seed, i >>> 3) >>> (8 * (i & 7)));
    }

    /**
     * Writes part of a pattern to a block.
     *
     * @param region  of the block.
     * @param address of the block.
     * @param from    first byte written, counted from the block's start.
     * @param to      end of the bytes written.
     * @param seed    of the pattern.
     */
    public static void write(
        final Region region, final long address, final long from, final long to, final long seed)
    {
        for (long at = from; at < to; at = end(region, address, at, to))
        {
            final ByteBuffer buffer = littleEndian(region, address + at);
            final long origin = region.bufferOffset(address + at) - at;
            final long end = end(region, address, at, to);
            long i = at;
            while (i < end)
            {
                if (0 == (i & 7) && end - i >= 8)
                {
                    buffer.putLong((int)(origin + i), word(seed, i >>> 3));
                    i += 8;
                }
                else
                {
                    buffer.put((int)(origin + i), byteAt(seed, i));
                    i++;
                }
            }
        }
    }

    /**
     * Looks for the first byte of a block that isn't the pattern's.
     *
     * @param region  of the block.
     * @param address of the block.
     * @param from    first byte read, counted from the block's start.
     * @param to      end of the bytes read.
     * @param seed    of the pattern.
     * @return the byte's index, or -1 if all are the pattern's.
     */
    public static long mismatch(
        final Region region, final long address, final long from, final long to, final long seed)
    {
        for (long at = from; at < to; at = end(region, address, at, to))
        {
            final ByteBuffer buffer = littleEndian(region, address + at);
            final long origin = region.bufferOffset(address + at) - at;
            final long end = end(region, address, at, to);
            long i = at;
            while (i < end)
            {
                if (0 == (i & 7) && end - i >= 8 && buffer.getLong((int)(origin + i)) == word(seed, i >>> 3))
                {
                    i += 8;
                }
                else if (buffer.get((int)(origin + i)) == byteAt(seed, i))
                {
                    i++;
                }
                else
                {
                    return i;
                }
            }
        }
        return -1;
    }

    /**
     * Looks for the first byte of a block that isn't zero.
     *
     * @param region  of the block.
     * @param address of the block.
     * @param from    first byte read, counted from the block's start.
     * @param to      end of the bytes read.
     * @return the byte's index, or -1 if all are zero.
     */
    public static long firstNonZero(final Region region, final long address, final long from, final long to)
    {
        for (long at = from; at < to; at = end(region, address, at, to))
        {
            final ByteBuffer buffer = littleEndian(region, address + at);
            final long origin = region.bufferOffset(address + at) - at;
            final long end = end(region, address, at, to);
            long i = at;
            while (i < end)
            {
                if (end - i >= 8 && 0 == buffer.getLong((int)(origin + i)))
                {
                    i += 8;
                }
                else if (0 == buffer.get((int)(origin + i)))
                {
                    i++;
                }
                else
                {
                    return i;
                }
            }
        }
        return -1;
    }

    /**
     * Writes one value to part of a block.
     *
     * @param region  of the block.
     * @param address of the block.
     * @param from    first byte written, counted from the block's start.
     * @param to      end of the bytes written.
     * @param value   written to each.
     */
    public static void fill(
        final Region region, final long address, final long from, final long to, final byte value)
    {
        for (long i = from; i < to; i++)
        {
            region.buffer(address + i).put(region.bufferOffset(address + i), value);
        }
    }

    /**
     * Copies the first bytes of a block to the heap.
     *
     * @param region  of the block; not used if {@code length} is 0.
     * @param address of the block.
     * @param length  bytes.
     * @return the bytes.
     */
    public static byte[] copy(final Region region, final long address, final long length)
    {
        final byte[] bytes = new byte[Math.toIntExact(length)];
        for (long at = 0; at < length; at = end(region, address, at, length))
        {
            final int part = (int)(end(region, address, at, length) - at);
            region.buffer(address + at).get(region.bufferOffset(address + at), bytes, (int)at, part);
        }
        return bytes;
    }

    /**
     * Carries a hash on over some bytes.
     *
     * @param hash  so far, {@link #EMPTY_HASH} at first.
     * @param bytes that follow.
     * @return the hash.
     */
    public static long hash(final long hash, final byte[] bytes)
    {
        long h = hash;
        for (final byte b : bytes)
        {
            h = (h ^ (b & 0xFF)) * FNV_PRIME;
        }
        return h;
    }

    /**
     * Carries a hash on over a number, as eight bytes, the lowest first.
     *
     * @param hash  so far.
     * @param value that follows.
     * @return the hash.
     */
    public static long hash(final long hash, final long value)
    {
        long h = hash;
        for (int shift = 0; shift < Long.SIZE; shift += 8)
        {
            h = (h ^ ((value >>> shift) & 0xFF)) * FNV_PRIME;
        }
        return h;
    }

    /** How far the buffer of a byte reaches, a multiple of 8 unless it is the end: a larger region has windows. */
    private static long end(final Region region, final long address, final long at, final long to)
    {
        final long reach = region.buffer(address + at).capacity() - region.bufferOffset(address + at);
        return to - at <= reach ? to : at + reach & -8;
    }

    private static ByteBuffer littleEndian(final Region region, final long address)
    {
        return region.buffer(address).duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}
