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

import io.quarry.alloc.Checks;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Random operations against an allocator and an {@link AllocatorModel}: every entry of the contract, sizes and
 * alignments with a bias to edges, any size that fits, exhaustion, wrong calls that must be refused, and a region that
 * must be whole in the end. The same seed gives the same operations, as long as the allocator gives the same answers.
 * <p>
 * A script that fails is made shorter, as long as it still fails and a few seconds have not passed, and printed whole,
 * one operation a line, in the form that {@link #replay} reads.
 */
public final class AllocatorScript
{
    private static final long MINIMISE_NS = 5_000_000_000L;
    private static final int DRAIN_LIMIT = 1_000_000;

    private final Function<Region, RegionAllocator> factory;
    private final long regionSize;
    private final long seed;
    private final boolean misuseDetected;
    private final ScriptRunner.Demand demanded;
    private final long minimiseNs;

    /**
     * Makes a script.
     *
     * @param factory    of the allocator.
     * @param regionSize bytes of the region it is given.
     * @param seed       of all that is random.
     */
    public AllocatorScript(
        final Function<Region, RegionAllocator> factory, final long regionSize, final long seed)
    {
        this(factory, regionSize, seed, MINIMISE_NS);
    }

    /**
     * Makes a script without wrong calls and without requests that must succeed, for an allocator that keeps no record
     * of its blocks and reuses no memory before all of it is free.
     *
     * @param factory    of the allocator.
     * @param regionSize bytes of the region it is given.
     * @param seed       of all that is random.
     * @return the script.
     */
    public static AllocatorScript withoutReuse(
        final Function<Region, RegionAllocator> factory, final long regionSize, final long seed)
    {
        return new AllocatorScript(factory, regionSize, seed, MINIMISE_NS, false, ScriptRunner.Demand.NONE);
    }

    /**
     * The script that bytes tell, as {@link ByteScript} reads them; any bytes are one.
     *
     * @param factory    of the allocator.
     * @param regionSize bytes of the region it is given.
     * @param reuses     whether what is freed can be had again, and wrong calls are found.
     * @param bytes      to be read.
     * @throws Deviation with the whole script, if the allocator deviates.
     */
    public static void run(
        final Function<Region, RegionAllocator> factory,
        final long regionSize,
        final boolean reuses,
        final byte[] bytes)
    {
        run(factory, regionSize, reuses, bytes, MINIMISE_NS);
    }

    static void run(
        final Function<Region, RegionAllocator> factory,
        final long regionSize,
        final boolean reuses,
        final byte[] bytes,
        final long minimiseNs)
    {
        new AllocatorScript(factory, regionSize, 0, minimiseNs, Checks.ENABLED && reuses,
            reuses ? ScriptRunner.Demand.BY_DIAGNOSIS : ScriptRunner.Demand.NONE)
            .run(runner -> new ByteScript(bytes, runner, regionSize));
    }

    AllocatorScript(
        final Function<Region, RegionAllocator> factory, final long regionSize, final long seed, final long minimiseNs)
    {
        this(factory, regionSize, seed, minimiseNs, Checks.ENABLED, ScriptRunner.Demand.WHILE_LITTLE_LIVES);
    }

    private AllocatorScript(
        final Function<Region, RegionAllocator> factory,
        final long regionSize,
        final long seed,
        final long minimiseNs,
        final boolean misuseDetected,
        final ScriptRunner.Demand demanded)
    {
        this.factory = factory;
        this.regionSize = regionSize;
        this.seed = seed;
        this.misuseDetected = misuseDetected;
        this.demanded = demanded;
        this.minimiseNs = minimiseNs;
    }

    /**
     * Runs random operations, and then frees what lives.
     *
     * @param count of operations.
     * @return how many requests failed, as some should in a long script.
     * @throws Deviation with the whole script, if the allocator deviates.
     */
    public long run(final int count)
    {
        return run(runner -> new ScriptSource()
        {
            private final ScriptGenerator generator =
                new ScriptGenerator(new SplittableRandom(seed), runner, regionSize);
            private int made;

            @Override
            public ScriptOperation next()
            {
                return made++ < count ? generator.next() : null;
            }

            @Override
            public ScriptOperation drain()
            {
                return generator.drain();
            }
        });
    }

    private long run(final Function<ScriptRunner, ScriptSource> sources)
    {
        final List<ScriptOperation> done = new ArrayList<>();
        try (Region region = Region.allocate(regionSize); RegionAllocator allocator = factory.apply(region))
        {
            final ScriptRunner runner = new ScriptRunner(allocator, misuseDetected, demanded);
            final ScriptSource source = sources.apply(runner);
            try
            {
                for (ScriptOperation op = source.next(); null != op; op = source.next())
                {
                    accept(runner, op, done);
                }
                accept(runner, ScriptOperation.of(ScriptOperation.Kind.CHECK, 0), done);
                for (int i = 0; i < DRAIN_LIMIT && !runner.liveIds().isEmpty(); i++)
                {
                    accept(runner, source.drain(), done);
                }
                accept(runner, ScriptOperation.of(ScriptOperation.Kind.EMPTY, 0), done);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw failure(done, ex);
            }
            return runner.failures();
        }
    }

    /**
     * Runs the lines that a failure printed.
     *
     * @param text one operation a line; lines that are empty or start with # are passed over.
     * @throws Deviation if the allocator deviates.
     */
    public void replay(final String text)
    {
        final List<ScriptOperation> operations = text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(ScriptOperation::parse)
            .collect(Collectors.toList());
        final Throwable thrown = outcome(operations);
        if (null != thrown)
        {
            throw Deviation.at("replay", thrown);
        }
    }

    private static void accept(
        final ScriptRunner runner, final ScriptOperation operation, final List<ScriptOperation> done)
    {
        done.add(operation);
        runner.accept(operation);
    }

    private Deviation failure(final List<ScriptOperation> done, final Throwable thrown)
    {
        final List<ScriptOperation> shortest = new ScriptMinimiser(
            operations -> null != outcome(operations), System.nanoTime() + minimiseNs).minimise(done);
        final Throwable shortestThrown = outcome(shortest);
        final StringBuilder history = new StringBuilder(256);
        if (null == shortestThrown)
        {
            history.append("# (these operations do not fail when run again)\n");
        }
        else if (shortest.size() < done.size())
        {
            history.append("# shortened from ").append(done.size()).append(" operations; these fail with: ")
                .append(Deviation.describe(shortestThrown)).append('\n');
        }
        shortest.forEach(operation -> history.append(operation).append('\n'));
        return Deviation.at("seed=" + seed + " regionSize=" + regionSize + " operation " + done.size() + " (" +
            done.get(done.size() - 1) + ")", thrown, history.toString());
    }

    /** What the operations throw when run from the start, or null. */
    private Throwable outcome(final List<ScriptOperation> operations)
    {
        try (Region region = Region.allocate(regionSize); RegionAllocator allocator = factory.apply(region))
        {
            final ScriptRunner runner = new ScriptRunner(allocator, misuseDetected, demanded);
            operations.forEach(runner::accept);
            return null;
        }
        catch (final RuntimeException | AssertionError ex)
        {
            return ex;
        }
    }
}
