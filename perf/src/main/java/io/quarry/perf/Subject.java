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

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.quarry.alloc.SynchronizedRegionAllocator;
import io.quarry.alloc.buddy.BuddyAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.SlabAllocator;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What is compared: Quarry's allocators and their peers, each with the JVM flags that do it justice.
 */
enum Subject
{
    SLAB("slab", SubjectKind.QUARRY),
    SLAB_BUDDY("slab-buddy", SubjectKind.QUARRY),
    BUDDY("buddy", SubjectKind.QUARRY),
    RUN("run", SubjectKind.QUARRY),
    CONCURRENT_SLAB("concurrent-slab", SubjectKind.QUARRY),
    CONCURRENT_BUDDY("concurrent-buddy", SubjectKind.QUARRY),
    NETTY_ADAPTIVE("netty-adaptive", SubjectKind.NETTY),
    NETTY_POOLED("netty-pooled", SubjectKind.NETTY),
    MALLOC("malloc", SubjectKind.MALLOC),
    JEMALLOC("jemalloc", SubjectKind.MALLOC),
    MIMALLOC("mimalloc", SubjectKind.MALLOC),
    RPMALLOC("rpmalloc", SubjectKind.MALLOC),
    DIRECT_BUFFER("direct-buffer", SubjectKind.JDK),
    AGRONA_ALIGNED("agrona-aligned", SubjectKind.JDK),
    ARENA("arena", SubjectKind.JDK),
    ARROW("arrow", SubjectKind.ARROW),
    TERRACOTTA("terracotta", SubjectKind.TERRACOTTA),

    /** A bare stack of numbers: not an allocator, so it is asked for by benchmarks only. */
    STACK("stack", SubjectKind.FLOOR),

    /** The loop alone, about empty methods; the same holds. */
    LOOP("loop", SubjectKind.FLOOR);

    private static final int FIRST_JDK_WITH_ARENAS = 22;

    private static final long MIB = 1 << 20;

    /** For a page layer that serves every request itself: the smallest there is, as most blocks are small. */
    private static final int UNIT = 64;

    private final String label;
    private final SubjectKind kind;

    Subject(final String label, final SubjectKind kind)
    {
        this.label = label;
        this.kind = kind;
    }

    String label()
    {
        return label;
    }

    SubjectKind kind()
    {
        return kind;
    }

    boolean isQuarry()
    {
        return SubjectKind.QUARRY == kind;
    }

    boolean isPeer()
    {
        return kind.isPeer();
    }

    /** Whether several threads may call it at a time. */
    boolean servesThreads()
    {
        return CONCURRENT_SLAB == this || CONCURRENT_BUDDY == this || isPeer() && TERRACOTTA != this;
    }

    /** Whether the footprint is what a process grows by, which takes a JVM of its own to see. */
    boolean isMeasuredByResidentMemory()
    {
        return SubjectKind.MALLOC == kind || SubjectKind.JDK == kind || SubjectKind.ARROW == kind;
    }

    /** All that can be asked for by name, Quarry's first. */
    static List<Subject> allocators()
    {
        return Arrays.stream(values()).filter((subject) -> SubjectKind.FLOOR != subject.kind)
            .collect(Collectors.toList());
    }

    /** Those that replays compare unless told otherwise: the ones up to malloc. */
    static List<Subject> usual()
    {
        return Arrays.asList(values()).subList(0, MALLOC.ordinal() + 1);
    }

    /**
     * What a replay compares unless the user says otherwise.
     *
     * @param threads that replay.
     * @return for one thread those made for one, and the peers; for several, all that can be called by several.
     */
    static List<Subject> byDefault(final int threads)
    {
        return usual().stream()
            .filter((subject) -> threads > 1 ? subject.servesThreads() : subject.isPeer() || !subject.servesThreads())
            .collect(Collectors.toList());
    }

    /** Those that can run here; for each of the others a word. */
    static List<Subject> available(final List<Subject> wanted, final PrintWriter err)
    {
        final List<Subject> available = new ArrayList<>();
        for (final Subject subject : wanted)
        {
            if (null == subject.unavailable())
            {
                available.add(subject);
            }
            else
            {
                err.println(subject.label() + " is left out: " + subject.unavailable());
            }
        }
        return available;
    }

    /**
     * Finds subjects by their names.
     *
     * @param names   as the user gave them.
     * @param choices those that make sense here.
     * @return the subjects, in the order of the names and each once.
     * @throws CommandError if there is no such choice.
     */
    static List<Subject> named(final List<String> names, final List<Subject> choices)
    {
        return named(names, choices, Subject::label);
    }

    /** As above, of things that have labels. */
    static <T> List<T> named(final List<String> names, final List<T> choices, final Function<T, String> label)
    {
        if (null == names)
        {
            return choices;
        }
        if (names.isEmpty())
        {
            throw new CommandError(CommandError.USAGE, "--allocator: no name given");
        }
        final List<T> found = new ArrayList<>();
        for (final String name : names)
        {
            final T subject = choices.stream().filter((choice) -> label.apply(choice).equals(name)).findFirst()
                .orElseThrow(() -> new CommandError(CommandError.USAGE, "no allocator '" + name + "' here; there are " +
                    choices.stream().map(label).collect(Collectors.joining(", "))));
            if (!found.contains(subject))
            {
                found.add(subject);
            }
        }
        return found;
    }

    /**
     * Why this subject can't run on this system.
     *
     * @return words, or null if it can.
     */
    String unavailable()
    {
        if (ARENA == this && Runtime.version().feature() < FIRST_JDK_WITH_ARENAS)
        {
            return "it takes JDK " + FIRST_JDK_WITH_ARENAS + " or later";
        }
        if (SubjectKind.MALLOC != kind && SubjectKind.ARROW != kind)
        {
            return null;
        }
        final String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        return "linux on amd64".equals(system.toLowerCase(Locale.ROOT)) ?
            null : "the native part that it takes is for Linux on amd64 only, and this is " + system;
    }

    /**
     * The bytes of region that a trace is replayed in, where the user doesn't say: twice the peak of the live bytes.
     *
     * @param trace to be replayed.
     * @return bytes, a multiple of 1 MiB; less than twice the peak where a region can't be so large.
     */
    static long regionSize(final Trace trace)
    {
        return Math.max(MIB, Math.min(mostRegion(trace), (2L * trace.peakLiveBytes() + MIB - 1) / MIB * MIB));
    }

    /** The largest region that every JDK can make with the alignment that a trace asks for. */
    static long mostRegion(final Trace trace)
    {
        return (Integer.MAX_VALUE - (long)trace.largestAlignment()) / MIB * MIB;
    }

    /**
     * Makes what a replay on one thread calls.
     *
     * @param trace      to be replayed.
     * @param regionSize bytes, for those that have a region.
     * @return the target, its region touched.
     */
    ReplayTarget open(final Trace trace, final long regionSize)
    {
        return open(trace, regionSize, 1);
    }

    /**
     * Makes what a replay calls.
     *
     * @param trace      to be replayed.
     * @param regionSize bytes, for those that have a region.
     * @param threads    that will call.
     * @return the target, its region touched.
     */
    ReplayTarget open(final Trace trace, final long regionSize, final int threads)
    {
        return open(new Demand(
            trace.slotCount(), trace.largestSize(), trace.largestAlignment(), regionSize, threads));
    }

    /**
     * What a target has to be made for.
     *
     * @param slotCount        blocks that live at once, at most.
     * @param largestSize      bytes of a block, at most.
     * @param largestAlignment of a block.
     * @param regionSize       bytes, for those that have a region.
     * @param threads          that will call.
     */
    record Demand(int slotCount, int largestSize, int largestAlignment, long regionSize, int threads)
    {
    }

    /**
     * Makes what calls go to.
     *
     * @param demand what for.
     * @return the target, its region touched.
     */
    ReplayTarget open(final Demand demand)
    {
        final int slots = demand.slotCount();
        return switch (this)
        {
            case SLAB, SLAB_BUDDY, BUDDY, RUN, CONCURRENT_SLAB, CONCURRENT_BUDDY ->
                openQuarry(openStack(demand.regionSize(), demand.largestAlignment()), slots);
            case NETTY_ADAPTIVE -> new NettyTarget(new AdaptiveByteBufAllocator(true), slots);
            case NETTY_POOLED -> new NettyTarget(new PooledByteBufAllocator(true), slots);
            case MALLOC -> new MallocTarget(slots);
            case JEMALLOC -> new JemallocTarget(slots);
            case MIMALLOC -> new MimallocTarget(slots);
            case RPMALLOC -> new RpmallocTarget(slots);
            case DIRECT_BUFFER -> new DirectBufferTarget(slots);
            case AGRONA_ALIGNED -> new AgronaAlignedTarget(slots);
            case ARENA -> new ArenaTarget(slots, demand.threads());
            case ARROW -> new ArrowTarget(slots);
            case TERRACOTTA -> new TerracottaTarget(slots, demand.regionSize());
            case STACK -> new StackTarget(slots, demand.largestSize());
            case LOOP -> new LoopTarget(demand);
        };
    }

    /**
     * How a program makes it.
     *
     * @param region an expression that makes its region.
     * @return an expression.
     */
    String code(final String region)
    {
        return switch (this)
        {
            case SLAB -> "new SlabAllocator(new RunAllocator(" + region + "))";
            case SLAB_BUDDY -> "new SlabAllocator(new BuddyAllocator(" + region + "))";
            case BUDDY -> "new BuddyAllocator(" + region + ", " + UNIT + ")";
            case CONCURRENT_BUDDY -> "new ConcurrentBuddyAllocator(" + region + ", " + UNIT + ")";
            case RUN -> "new RunAllocator(" + region + ", " + UNIT + ")";
            case CONCURRENT_SLAB -> "new ConcurrentSlabAllocator(new SynchronizedRegionAllocator(new RunAllocator(" +
                region + ")))";
            default -> throw new IllegalStateException(label + " has no region");
        };
    }

    private static ReplayTarget openQuarry(final RegionStack stack, final int slotCount)
    {
        return stack.region().capacity() <= RegionStack.MOST_OF_ONE_BUFFER ?
            new QuarryTarget(stack, slotCount) : new WindowedTarget(stack, slotCount);
    }

    /**
     * Makes an allocator of Quarry's.
     *
     * @param regionSize      bytes.
     * @param regionAlignment of the region's base.
     * @return the allocator with all it stands on.
     */
    RegionStack openStack(final long regionSize, final long regionAlignment)
    {
        return switch (this)
        {
            case SLAB -> new RegionStack(
                regionSize, regionAlignment, RunAllocator::new, SlabAllocator::new);
            case SLAB_BUDDY -> new RegionStack(
                regionSize, regionAlignment, BuddyAllocator::new, SlabAllocator::new);
            case BUDDY -> new RegionStack(
                regionSize, regionAlignment, (region) -> new BuddyAllocator(region, UNIT), UnaryOperator.identity());
            case CONCURRENT_BUDDY -> new RegionStack(
                regionSize, regionAlignment, (region) -> new ConcurrentBuddyAllocator(region, UNIT),
                UnaryOperator.identity());
            case RUN -> new RegionStack(
                regionSize, regionAlignment, (region) -> new RunAllocator(region, UNIT), UnaryOperator.identity());
            case CONCURRENT_SLAB -> new RegionStack(
                regionSize,
                regionAlignment,
                (region) -> new SynchronizedRegionAllocator(new RunAllocator(region)),
                ConcurrentSlabAllocator::new);
            default -> throw new IllegalStateException(label + " has no region");
        };
    }

    /**
     * Makes the thread that a replay runs on. Netty caches for its own kind of thread only.
     *
     * @param task to be run.
     * @return the thread, not started.
     */
    Thread newThread(final Runnable task)
    {
        return SubjectKind.NETTY == kind ? new FastThreadLocalThread(task, "replay") : new Thread(task, "replay");
    }
}
