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

import com.sun.management.ThreadMXBean;
import io.quarry.alloc.ExpandableBlockBuffer;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * An {@link ExpandableBlockBuffer} on some allocator does what Agrona's {@link ExpandableDirectByteBuffer} does, call
 * for call: results, exceptions, what becomes of the arguments, and every byte. The capacity after a growth has rules
 * of its own, so Agrona's buffer is then made anew with ours, and both begin every call alike.
 * <p>
 * {@code -Dquarry.seed=N} sets the first seed; a new one is taken each time for the last script.
 */
@Tag("agrona")
public abstract class BlockBufferContract
{
    private static final long FIRST_SEED = Long.getLong("quarry.seed", 1L);
    private static final int SCRIPTS = 16;
    private static final int CALLS = 3000;
    private static final int LARGEST_BUFFER = 12 << 10;
    private static final int REGION_SIZE = 1 << 20;
    private static final int GUARD_SIZE = 40;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Map<Method, Integer> returned = new HashMap<>();
    private final Map<Method, Integer> threw = new HashMap<>();
    private final Map<Method, Integer> grew = new HashMap<>();

    private RegionAllocator allocator;
    private ExpandableBlockBuffer ours;
    private ExpandableDirectByteBuffer theirs;
    /** Blocks about the buffer, so that it can't always grow where it is, and what it spoils is seen. */
    private final List<UnsafeBuffer> guards = new ArrayList<>();

    /**
     * Makes the allocator.
     *
     * @param region that no other allocator has.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region);

    /**
     * Whether the allocator makes no garbage.
     *
     * @return true, if not overridden.
     */
    protected boolean garbageFree()
    {
        return true;
    }

    /**
     * Every method of the interface, in long random sequences.
     */
    @Test
    public void shouldDoWhatAgronasBufferDoes()
    {
        for (int i = 0; i < SCRIPTS; i++)
        {
            runScript(SCRIPTS - 1 == i ? System.nanoTime() : FIRST_SEED + i);
        }
        for (final Method method : BufferCall.METHODS)
        {
            assertTrue(BufferCall.isWrap(method) || returned.getOrDefault(method, 0) > 10, "returned: " + method);
            assertTrue(!BufferCall.isWrap(method) || threw.getOrDefault(method, 0) > 20, "threw: " + method);
            assertTrue(!BufferCall.isWrite(method) || grew.getOrDefault(method, 0) > 2, "grew: " + method);
        }
    }

    /**
     * Buffers made, grown, trimmed and closed again and again.
     */
    @Test
    public void shouldMakeNoGarbage()
    {
        assumeTrue(garbageFree(), "no such promise");
        try (Region region = Region.allocate(REGION_SIZE))
        {
            allocator = create(region);
            ours = new ExpandableBlockBuffer(allocator, 0);
            final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            // The first rounds load classes; one clean round shows that calls make nothing.
            for (int round = 0; round < 20 && least > 0; round++)
            {
                final long before = threads.getCurrentThreadAllocatedBytes();
                useForLong();
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            end();
            allocator.close();
            assertEquals(0, least, "bytes of garbage");
        }
    }

    private void useForLong()
    {
        for (int i = 0; i < 500; i++)
        {
            final long neighbour = allocator.allocate(GUARD_SIZE, 8);
            int at = 0;
            while (at < 3000)
            {
                ours.putLong(at, i);
                at += 8;
                at += ours.putStringAscii(at, "garbage");
                at += ours.putLongAscii(at, -i);
                ours.setMemory(at, 100, (byte)i);
                at = 1 + ours.capacity();
            }
            ours.checkLimit(at);
            assertTrue(ours.getLong(0) == i && ours.parseLongAscii(19, -i < 0 ? 2 : 1) <= 0);
            ours.trimToSize(i % 100);
            allocator.deallocate(neighbour, GUARD_SIZE, 8);
        }
    }

    private void runScript(final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        try (Region region = Region.allocate(REGION_SIZE))
        {
            allocator = create(region);
            start(random.nextInt(200));
            final int[] recent = new int[6];
            Method method = null;
            for (int i = 0; i < CALLS; i++)
            {
                final BufferCall call =
                    new BufferCall(next(random, method), random.nextLong(), ours.capacity(), recent);
                method = call.method();
                try
                {
                    if (!call.readsWhatItGrows(ours))
                    {
                        compare(call, recent);
                    }
                    disturb(random);
                }
                catch (final AssertionError | RuntimeException ex)
                {
                    throw new AssertionError("seed=" + seed + " call=" + i + ": " + call, ex);
                }
            }
            end();
            allocator.close();
        }
    }

    /** Any method; what writes digits is often followed by what reads them. */
    private static Method next(final SplittableRandom random, final Method last)
    {
        final boolean digits = null != last && last.getName().matches("put.*(Int|Long)Ascii");
        final List<Method> methods = digits && random.nextBoolean() ? BufferCall.PARSERS : BufferCall.METHODS;
        return methods.get(random.nextInt(methods.size()));
    }

    private void start(final int initialCapacity)
    {
        ours = new ExpandableBlockBuffer(allocator, initialCapacity);
        theirs = new ExpandableDirectByteBuffer(initialCapacity);
    }

    private void end()
    {
        ours.close();
        guards.forEach(this::free);
        guards.clear();
        assertEquals(0, allocator.stats().liveBlocks(), "blocks left");
        allocator.verify();
    }

    private void compare(final BufferCall call, final int[] recent)
    {
        final int before = ours.capacity();
        final BufferCall.Outcome got = call.on(ours);
        final BufferCall.Outcome wanted = call.on(theirs);
        final boolean isAddress = "addressOffset".equals(call.method().getName());
        if (!isAddress)
        {
            assertEquals(wanted, got);
        }
        (null == wanted.thrown() ? returned : threw).merge(call.method(), 1, Integer::sum);
        remember(recent, call.index());
        if (wanted.result() instanceof Integer)
        {
            remember(recent, (Integer)wanted.result());
        }
        if (theirs.capacity() > before)
        {
            grew.merge(call.method(), 1, Integer::sum);
            checkGrowth(before, theirs.capacity());
        }
        else
        {
            assertEquals(before, ours.capacity(), "capacity");
        }
        checkBytes();
        level();
    }

    /** Indices that would make a buffer of gigabytes are not taken again. */
    private static void remember(final int[] recent, final int value)
    {
        if (value >= 0 && value < LARGEST_BUFFER && value != recent[0])
        {
            System.arraycopy(recent, 0, recent, 1, recent.length - 1);
            recent[0] = value;
        }
    }

    private void checkGrowth(final int before, final int theirCapacity)
    {
        final int capacity = ours.capacity();
        final int asked = Math.max(2 * before, theirCapacity);
        final long least = allocator.goodSize(2 * before, 8);
        assertTrue(capacity >= least, () -> "capacity=" + capacity + " before=" + before + " goodSize=" + least);
        assertTrue(capacity <= asked + asked / 4 + 512, () -> "capacity=" + capacity + " asked=" + asked);
        assertEquals(allocator.usableSize(ours.addressOffset(), capacity, 8), capacity, "all of the block");
    }

    private void checkBytes()
    {
        final byte[] ourBytes = new byte[ours.capacity()];
        ours.getBytes(0, ourBytes);
        final byte[] theirBytes = new byte[ourBytes.length];
        theirs.getBytes(0, theirBytes, 0, Math.min(theirBytes.length, theirs.capacity()));
        assertArrayEquals(theirBytes, ourBytes, "bytes, new ones zero");
        assertEquals(0, ours.addressOffset() & 7, "alignment");
    }

    private void level()
    {
        if (theirs.capacity() != ours.capacity())
        {
            final ExpandableDirectByteBuffer longer = new ExpandableDirectByteBuffer(ours.capacity());
            longer.putBytes(0, theirs, 0, Math.min(theirs.capacity(), ours.capacity()));
            theirs = longer;
        }
        assertEquals(theirs.hashCode(), ours.hashCode(), "hash");
    }

    /** What happens beside the calls: neighbours come and go, the buffer is trimmed, or made anew. */
    private void disturb(final SplittableRandom random)
    {
        final int choice = random.nextInt(100);
        if (choice < 4)
        {
            guards.add(guard());
        }
        else if (choice < 7 && !guards.isEmpty())
        {
            free(guards.remove(random.nextInt(guards.size())));
        }
        else if (choice < 8 || ours.capacity() > LARGEST_BUFFER)
        {
            ours.trimToSize(random.nextInt(Math.min(ours.capacity(), 300) + 1));
            level();
            checkBytes();
        }
        else if (choice < 9)
        {
            ours.close();
            start(random.nextInt(200));
        }
    }

    private UnsafeBuffer guard()
    {
        final UnsafeBuffer guard = new UnsafeBuffer(allocator.allocate(GUARD_SIZE, 8), GUARD_SIZE);
        guard.setMemory(0, GUARD_SIZE, (byte)0xA5);
        return guard;
    }

    private void free(final UnsafeBuffer guard)
    {
        for (int i = 0; i < GUARD_SIZE; i++)
        {
            assertEquals((byte)0xA5, guard.getByte(i), "a neighbour's byte");
        }
        // Not left for growth to find clean.
        guard.setMemory(0, GUARD_SIZE, (byte)0x5A);
        allocator.deallocate(guard.addressOffset(), GUARD_SIZE, 8);
    }
}
