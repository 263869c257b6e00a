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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.Layout;
import io.quarry.alloc.Misuse;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The wrong calls of a script. Each must be refused with an {@link IllegalArgumentException} or an
 * {@link IllegalStateException}, and change nothing.
 * <pre>
 *   d  address of a block that is dead       l  size above the usable size
 *   i  address inside a block                w  resize in the wrong direction
 *   f  address outside the region            a  address that is no multiple of the alignment
 *   y  size and alignment no valid layout    e  size 0 with the address of a block
 * </pre>
 */
final class ScriptMisuse
{
    static final String MISTAKES = "dddiiflllwae";
    static final String ALL_MISTAKES = "dlifwaey";
    static final int METHODS = 8;

    private static final int REMEMBERED = 256;

    private final RegionAllocator allocator;
    private final AllocatorModel model;
    private final boolean detected;
    private final Map<Long, long[]> dead = new HashMap<>();
    private final List<Long> deadIds = new ArrayList<>();

    ScriptMisuse(final RegionAllocator allocator, final AllocatorModel model, final boolean detected)
    {
        this.allocator = allocator;
        this.model = model;
        this.detected = detected;
    }

    /** Remembers where a block was that now is freed, or has moved. */
    void dead(final long id, final LiveBlock block)
    {
        if (block.length > 0)
        {
            if (null == dead.put(id, new long[]{ block.address, block.size, block.alignment }))
            {
                deadIds.add(id);
            }
            if (deadIds.size() > REMEMBERED)
            {
                dead.remove(deadIds.remove(0));
            }
        }
    }

    List<Long> deadIds()
    {
        return deadIds;
    }

    void accept(final ScriptOperation op, final LiveBlock block)
    {
        if (!detected)
        {
            return;
        }
        if ('d' == op.fit())
        {
            final long[] was = dead.get(op.id());
            if (null != was && !model.isStart(was[0]))
            {
                refuse(op, was[0], was[1], was[2], was[1]);
            }
        }
        else if ('f' == op.fit())
        {
            refuse(op, foreign(op.extra()), 1, 1, 1);
        }
        else if ('y' == op.fit())
        {
            noLayout(op);
        }
        else if (null != block && block.length > 0)
        {
            withBlock(op, block);
            model.check(block);
        }
    }

    private void withBlock(final ScriptOperation op, final LiveBlock block)
    {
        switch (op.fit())
        {
            case 'i':
                if (block.length > 1)
                {
                    final long offset = 1 + Math.floorMod(op.extra(), block.length - 1);
                    refuse(op, block.address + offset, 1, 1, 1);
                }
                break;

            case 'l':
                tooLarge(op, block);
                break;

            case 'w':
                wrongDirection(op, block);
                break;

            case 'a':
                final long alignment = Long.lowestOneBit(block.address) << 1;
                if (Layout.isValid(block.size, alignment))
                {
                    refuse(op, block.address, block.size, alignment, block.size);
                }
                break;

            default:
                refuse(op, block.address, 0, 1, 16);
                break;
        }
    }

    private void noLayout(final ScriptOperation op)
    {
        final long most = Long.MAX_VALUE;
        final long[] pair = switch ((int)Math.floorMod(op.extra(), 8L))
        {
            case 0 -> new long[]{ -1, 1 };
            case 1 -> new long[]{ Long.MIN_VALUE, 8 };
            case 2 -> new long[]{ 16, 0 };
            case 3 -> new long[]{ 16, 3 + 4 * Math.floorMod(op.extra() >> 3, 1L << 40) };
            case 4 -> new long[]{ 16, -8 };
            case 5 -> new long[]{ most, 2 };
            case 6 -> new long[]{ 1, Long.MIN_VALUE };
            default -> new long[]{ most - 4094, 4096 };
        };
        final long size = pair[0];
        final long alignment = pair[1];
        expect(op, () ->
        {
            switch ((int)Math.floorMod(op.size(), (long)METHODS))
            {
                case 0 -> allocator.allocate(size, alignment);
                case 1 -> allocator.allocateZeroed(size, alignment);
                case 2 -> allocator.alloc(size, alignment);
                case 3 -> allocator.allocZeroed(size, alignment);
                case 4 -> allocator.goodSize(size, alignment);
                case 5 -> allocator.diagnose(size, alignment);
                case 6 -> allocator.allocateBatch(size, alignment, new long[2], 0, 2);
                default -> allocator.grow(1, 0, 1, size, alignment);
            }
        }, "layout size=" + size + " alignment=" + alignment);
    }

    private void tooLarge(final ScriptOperation op, final LiveBlock block)
    {
        final long most = Long.MAX_VALUE - (block.alignment - 1);
        final long excess = switch ((int)Math.floorMod(op.extra(), 4L))
        {
            case 0 -> 1;
            case 1 -> 1 + Math.floorMod(op.extra() >> 2, 4096L);
            case 2 -> 1L << 32;
            default -> most - block.length;
        };
        refuse(op, block.address, block.length + excess, block.alignment, block.length + excess);
    }

    private void wrongDirection(final ScriptOperation op, final LiveBlock block)
    {
        final long size = block.size;
        switch ((int)Math.floorMod(op.extra(), 3L))
        {
            case 0 -> expect(op, () -> allocator.grow(block.address, size, block.alignment, size - 1, block.alignment));
            case 1 ->
                expect(op, () -> allocator.growZeroed(block.address, size, block.alignment, size - 1, block.alignment));
            default -> expect(op, () -> allocator.shrink(block.address, size, block.alignment, size + 1, 1));
        }
    }

    private long foreign(final long extra)
    {
        final Region region = allocator.region();
        final long distance = Math.floorMod(extra >> 3, 1L << 20);
        return switch ((int)Math.floorMod(extra, 6L))
        {
            case 0 -> region.address() + region.capacity() + distance;
            case 1 -> region.address() - 1 - distance;
            case 2 -> region.address() + region.capacity();
            case 3 -> Allocator.NULL;
            case 4 -> region.address() + (1L << 32) + distance;
            default -> region.address() ^ Long.MIN_VALUE;
        };
    }

    private void refuse(
        final ScriptOperation op, final long address, final long size, final long alignment, final long newSize)
    {
        expect(op, () ->
        {
            switch ((int)Math.floorMod(op.size(), (long)METHODS))
            {
                case 0 -> allocator.deallocate(address, size, alignment);
                case 1 -> allocator.grow(address, size, alignment, newSize, alignment);
                case 2 -> allocator.growZeroed(address, size, alignment, newSize, alignment);
                case 3 -> allocator.shrink(address, size, alignment, size, alignment);
                case 4 -> allocator.tryResize(address, size, alignment, newSize);
                case 5 -> allocator.usableSize(address, size, alignment);
                case 6 -> allocator.dealloc(address, size, alignment);
                default -> allocator.realloc(address, size, alignment, newSize);
            }
        }, "address=" + Misuse.hex(address) + " size=" + size + " alignment=" + alignment);
    }

    private void expect(final ScriptOperation op, final Runnable call)
    {
        expect(op, call, "wrong direction");
    }

    private void expect(final ScriptOperation op, final Runnable call, final String what)
    {
        final AllocatorStats before = allocator.stats();
        try
        {
            call.run();
        }
        catch (final IllegalArgumentException | IllegalStateException refused)
        {
            final AllocatorStats after = allocator.stats();
            if (!before.equals(after))
            {
                throw new Deviation(what, "nothing changed by a call that was refused: " + before, after.toString());
            }
            return;
        }
        throw new Deviation(what, "the call to be refused", "no exception");
    }
}
