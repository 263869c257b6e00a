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

/**
 * Finds the smallest region in which an allocator can replay a trace, by bisection. A larger one may fail now and then
 * where a smaller doesn't, as blocks lie elsewhere in it; what is found is one that serves next to one that doesn't.
 */
final class RegionSearch
{
    static final int PAGE = 4096;

    /** A region of so many times the trace's peak holds it, or none is looked for. */
    private static final int MOST_PEAKS = 64;

    /** The search ends when it is exact to this part of the region, or to a page. */
    private static final int PRECISION = 256;

    private final Trace trace;
    private final Subject subject;
    private final long mostBytes;

    /**
     * Makes a search.
     *
     * @param trace     to be replayed.
     * @param subject   an allocator of Quarry's.
     * @param mostBytes that a region can have.
     */
    RegionSearch(final Trace trace, final Subject subject, final long mostBytes)
    {
        this.trace = trace;
        this.subject = subject;
        this.mostBytes = mostBytes;
    }

    /**
     * Searches.
     *
     * @return bytes, a multiple of a page.
     * @throws ReplayFailure if no region serves; it says why the largest that was tried did not.
     */
    long smallest()
    {
        long fails = pages(trace.peakLiveBytes()) - PAGE;
        long serves = firstThatServes(Math.max(PAGE, fails + PAGE));
        fails = Math.max(fails, serves / 2 - PAGE);
        while (serves - fails > Math.max(PAGE, serves / PRECISION))
        {
            final long middle = pages((fails + serves) / 2);
            if (null == failure(middle))
            {
                serves = middle;
            }
            else
            {
                fails = middle;
            }
        }
        return serves;
    }

    /** By doubling. */
    private long firstThatServes(final long least)
    {
        final long most = Math.min(mostBytes, MOST_PEAKS * least);
        for (long size = least; ; size = Math.min(most, 2 * size))
        {
            final ReplayFailure failure = failure(size);
            if (null == failure)
            {
                return size;
            }
            if (size == most)
            {
                throw failure;
            }
        }
    }

    private ReplayFailure failure(final long size)
    {
        try (ReplayTarget target = subject.open(trace, size))
        {
            final TraceReplay replay = new TraceReplay(trace, target);
            replay.pass();
            replay.freeLeft();
            return null;
        }
        catch (final ReplayFailure ex)
        {
            return ex;
        }
    }

    private static long pages(final long bytes)
    {
        return (bytes + PAGE - 1) / PAGE * PAGE;
    }
}
