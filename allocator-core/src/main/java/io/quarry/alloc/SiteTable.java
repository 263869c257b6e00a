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

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * The places from which an allocator was called, each kept once, under a number. A place that comes again makes no
 * object that stays; but to look at the stack makes some that don't.
 * <p>
 * Open addressing with linear probing over a hash of the frames; a place is never removed, so a number stays good. When
 * there is no room near its home a new place is not kept, and has the number {@link #NONE}.
 * <p>
 * Threads: any, without a lock.
 */
final class SiteTable
{
    /** The number of a place that isn't known. */
    static final int NONE = 0;

    static final int MAX_FRAMES = 24;
    private static final int PROBES = 32;

    private static final StackWalker WALKER = StackWalker.getInstance();

    /** Between the stack of the caller and here, at most: none of them says anything of the program. */
    private static final Set<String> OURS = Set.of(
        SiteTable.class.getName(), SampledSites.class.getName(), CountedBlocks.class.getName(),
        GuardedBlocks.class.getName(), GuardedMemory.class.getName(), GuardedMisuse.class.getName(),
        CheckedAllocator.class.getName(), CheckedRegionAllocator.class.getName(), GlobalAllocAdapter.class.getName(),
        Allocator.class.getName(), GlobalAlloc.class.getName(), RegionAllocator.class.getName());

    private final AtomicReferenceArray<Site> sites;
    private final int mask;

    /**
     * Makes a table.
     *
     * @param capacity places, a power of two.
     */
    SiteTable(final int capacity)
    {
        sites = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    private record Site(long hash, List<StackTraceElement> frames)
    {
    }

    /**
     * The number of the place from which the allocator is being called. {@link #NONE}, and no error, where there is no
     * stack or heap left to look with: what the allocator does must not fail for it.
     */
    int here()
    {
        try
        {
            return numberOfHere();
        }
        catch (final StackOverflowError | OutOfMemoryError ex)
        {
            return NONE;
        }
    }

    private int numberOfHere()
    {
        final StackWalker.StackFrame[] frames = walk();
        final long hash = hash(frames);
        for (int i = 0; i < PROBES; i++)
        {
            final int at = (int)(hash >>> 32) + i & mask;
            Site site = sites.getAcquire(at);
            if (null == site)
            {
                final Site mine = new Site(hash, elements(frames));
                site = sites.compareAndExchange(at, null, mine);
                site = null == site ? mine : site;
            }
            if (site.hash == hash)
            {
                return at + 1;
            }
        }
        return NONE;
    }

    /** A place with its thread. */
    CallSite at(final int number, final String threadName, final long threadId)
    {
        return new CallSite(threadName, threadId, NONE == number ? List.of() : sites.getAcquire(number - 1).frames);
    }

    /** The call that is going on, kept nowhere. */
    static CallSite current()
    {
        final Thread thread = Thread.currentThread();
        return new CallSite(thread.getName(), thread.getId(), elements(walk()));
    }

    private static StackWalker.StackFrame[] walk()
    {
        return WALKER.walk(SiteTable::outside);
    }

    private static StackWalker.StackFrame[] outside(final Stream<StackWalker.StackFrame> frames)
    {
        return frames.dropWhile(frame -> OURS.contains(frame.getClassName())).limit(MAX_FRAMES)
            .toArray(StackWalker.StackFrame[]::new);
    }

    private static List<StackTraceElement> elements(final StackWalker.StackFrame[] frames)
    {
        return Stream.of(frames).map(StackWalker.StackFrame::toStackTraceElement).toList();
    }

    private static long hash(final StackWalker.StackFrame[] frames)
    {
        long hash = frames.length;
        for (final StackWalker.StackFrame frame : frames)
        {
            hash = mix(hash ^ frame.getClassName().hashCode());
            hash = mix(hash ^ (long)frame.getMethodName().hashCode() << 16 ^ frame.getByteCodeIndex());
        }
        return hash;
    }

    /** The finisher of SplitMix64, Steele, Lea and Flood 2014. */
    private static long mix(final long value)
    {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
