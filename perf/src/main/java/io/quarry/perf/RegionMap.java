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

import io.quarry.alloc.Region;

import java.util.stream.DoubleStream;

/**
 * Where the live blocks of a trace lie in a region when most bytes live: how full each of as many equal parts is, from
 * the region's start to the highest byte ever used.
 */
final class RegionMap
{
    private final double[] fill;
    private final long usedBytes;

    private RegionMap(final double[] fill, final long usedBytes)
    {
        this.fill = fill;
        this.usedBytes = usedBytes;
    }

    /**
     * Replays a trace up to its peak.
     *
     * @param trace   to be replayed.
     * @param subject one of Quarry's.
     * @param cells   of the map.
     * @return the map.
     */
    static RegionMap atPeak(final Trace trace, final Subject subject, final int cells)
    {
        final long regionSize = Math.min(Subject.regionSize(trace), RegionStack.MOST_OF_ONE_BUFFER);
        try (RegionStack stack = subject.openStack(regionSize, trace.largestAlignment());
            QuarryTarget target = new QuarryTarget(stack, trace.slotCount()))
        {
            final int[] sizes = new int[trace.slotCount()];
            final int[] alignments = new int[trace.slotCount()];
            replayToPeak(trace, target, sizes, alignments);
            return of(target, stack, sizes, alignments, cells);
        }
    }

    private static void replayToPeak(
        final Trace trace, final ReplayTarget target, final int[] sizes, final int[] alignments)
    {
        final int[] events = trace.events();
        long live = 0;
        for (int i = 0; i < events.length && live < trace.peakLiveBytes(); i += Trace.INTS)
        {
            TraceReplay.replayEvent(events, i, target);
            final int slot = events[i + Trace.SLOT];
            final int op = events[i] & Trace.OP_MASK;
            final int size = Trace.FREE == op || Trace.FREE_EMPTY == op ? 0 : events[i + Trace.SIZE];
            live += size - sizes[slot];
            sizes[slot] = size;
            alignments[slot] = Trace.alignment(events[i]);
        }
    }

    private static RegionMap of(
        final ReplayTarget target,
        final RegionStack stack,
        final int[] sizes,
        final int[] alignments,
        final int cells)
    {
        final Region region = stack.region();
        final long used = Math.max(cells, stack.allocator().stats().highWaterBytes());
        final double cellBytes = (double)used / cells;
        final double[] fill = new double[cells];
        for (int slot = 0; slot < sizes.length; slot++)
        {
            if (sizes[slot] > 0)
            {
                add(fill, cellBytes, target.address(slot, alignments[slot]) - region.address(), sizes[slot]);
            }
        }
        return new RegionMap(fill, used);
    }

    /** A block may lie in several cells. */
    private static void add(final double[] fill, final double cellBytes, final long offset, final long size)
    {
        final long end = offset + size;
        double from = offset;
        for (int cell = (int)(offset / cellBytes); cell < fill.length && from < end; cell++)
        {
            final double to = Math.min(end, (cell + 1) * cellBytes);
            fill[cell] += Math.max(0, to - from) / cellBytes;
            from = to;
        }
    }

    /** From 0 to 1. */
    double fill(final int cell)
    {
        return fill[cell];
    }

    /** Live bytes over all. */
    double meanFill()
    {
        return DoubleStream.of(fill).average().orElse(0);
    }

    int cells()
    {
        return fill.length;
    }

    long usedBytes()
    {
        return usedBytes;
    }
}
