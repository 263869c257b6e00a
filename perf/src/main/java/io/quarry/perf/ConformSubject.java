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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.AllocatorAdapter;
import io.quarry.alloc.ArenaAllocator;
import io.quarry.alloc.FallbackAllocator;
import io.quarry.alloc.Global;
import io.quarry.alloc.GlobalAllocAdapter;
import io.quarry.alloc.SynchronizedAllocator;
import io.quarry.alloc.SystemAllocator;
import io.quarry.alloc.TracingAllocator;

import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What recorded scripts run on: the allocators of a region, those without one, and what is built on any, over runs.
 */
enum ConformSubject
{
    SLAB, SLAB_BUDDY, BUDDY, RUN, CONCURRENT_SLAB, CONCURRENT_BUDDY, SYSTEM, GLOBAL,
    ARENA, FALLBACK, SYNCHRONIZED, TRACING, ADAPTER;

    /** A script's: given an allocator, it frees all that it takes. */
    interface Script extends Consumer<Allocator>
    {
    }

    private static final int PAGE = 4096;

    /** An arena has no byte of a freed block again: room for all that a recorded script ever asks for. */
    private static final int ARENA_SIZE = 128 << 20;
    private static final int ARENA_LINK = 64 << 10;

    String label()
    {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds subjects by their names.
     *
     * @param names as the user gave them; null for all.
     * @return the subjects, in the order of the names and each once.
     * @throws CommandError if there is no such name.
     */
    static List<ConformSubject> named(final List<String> names)
    {
        return Subject.named(names, List.of(values()), ConformSubject::label);
    }

    /**
     * Runs a script on a new allocator, or on the one of the program, and verifies what it stands on.
     *
     * @param regionSize bytes that the script needs.
     * @param script     to be run.
     * @return how many blocks still live.
     */
    long run(final long regionSize, final Script script)
    {
        return switch (this)
        {
            case SLAB, SLAB_BUDDY, BUDDY, RUN, CONCURRENT_SLAB, CONCURRENT_BUDDY ->
                over(Subject.valueOf(name()), regionSize, UnaryOperator.identity(), script);
            case SYSTEM -> overSystem(SystemAllocator.INSTANCE, script);
            case GLOBAL -> overSystem(Global.INSTANCE, script);
            case ARENA -> over(Subject.RUN, Math.max(regionSize, ARENA_SIZE), (upstream) ->
                new ArenaAllocator(upstream, ARENA_LINK, Math.max(regionSize, ARENA_SIZE)), script);
            case FALLBACK -> overTwo(regionSize, script);
            case SYNCHRONIZED -> over(Subject.RUN, regionSize, SynchronizedAllocator::new, script);
            case TRACING -> over(Subject.RUN, regionSize, (upstream) ->
                new TracingAllocator(upstream, OutputStream.nullOutputStream()), script);
            case ADAPTER -> over(Subject.RUN, regionSize, (upstream) ->
                new AllocatorAdapter(new GlobalAllocAdapter(upstream)), script);
        };
    }

    private static long over(
        final Subject below, final long regionSize, final UnaryOperator<Allocator> wrapping, final Script script)
    {
        try (RegionStack stack = below.openStack(regionSize, PAGE))
        {
            final Allocator allocator = wrapping.apply(stack.allocator());
            script.accept(allocator);
            if (allocator instanceof ArenaAllocator arena)
            {
                // Its links are blocks of the upstream's.
                arena.close();
            }
            else if (allocator instanceof TracingAllocator tracing)
            {
                tracing.close();
            }
            return liveBlocks(stack);
        }
    }

    /** The first is too small for most scripts, so that blocks of both live and move. */
    private static long overTwo(final long regionSize, final Script script)
    {
        try (RegionStack first = Subject.RUN.openStack(Math.max(PAGE, regionSize / 64 / PAGE * PAGE), PAGE);
            RegionStack second = Subject.BUDDY.openStack(regionSize, PAGE))
        {
            script.accept(new FallbackAllocator(first.allocator(), second.allocator()));
            return liveBlocks(first) + liveBlocks(second);
        }
    }

    private static long overSystem(final Allocator allocator, final Script script)
    {
        final long before = SystemAllocator.INSTANCE.liveBlocks();
        script.accept(allocator);
        return SystemAllocator.INSTANCE.liveBlocks() - before;
    }

    private static long liveBlocks(final RegionStack stack)
    {
        stack.allocator().verify();
        return stack.allocator().stats().liveBlocks();
    }
}
