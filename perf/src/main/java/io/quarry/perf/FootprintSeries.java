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

import java.util.Arrays;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Bytes over a trace, in parts of as many events each: the most in each part. As it goes through a pipe.
 */
final class FootprintSeries
{
    private static final String EVENTS = "events";
    private static final String BYTES = "bytes";

    private final int eventCount;
    private final long[] bytes;
    private final String failure;

    /**
     * Makes one that knows nothing yet.
     *
     * @param eventCount of the trace.
     * @param points     parts, at most.
     */
    FootprintSeries(final int eventCount, final int points)
    {
        this(eventCount, new long[Math.max(1, Math.min(points, eventCount))], null);
    }

    private FootprintSeries(final int eventCount, final long[] bytes, final String failure)
    {
        this.eventCount = eventCount;
        this.bytes = bytes;
        this.failure = failure;
    }

    static FootprintSeries failed(final String failure)
    {
        return new FootprintSeries(0, new long[0], failure);
    }

    /** Requested bytes that live, of whatever allocator. */
    static FootprintSeries ofLive(final Trace trace, final int points)
    {
        final FootprintSeries series = new FootprintSeries(trace.eventCount(), points);
        final int[] events = trace.events();
        long live = 0;
        for (int i = 0; i < events.length; i += Trace.INTS)
        {
            final boolean isFree = Trace.FREE == (events[i] & Trace.OP_MASK);
            live += isFree ? -events[i + Trace.SIZE] : events[i + Trace.SIZE] - events[i + Trace.OLD_SIZE];
            series.note(i / Trace.INTS, live);
        }
        return series;
    }

    /** Why there is none, or null. */
    String failure()
    {
        return failure;
    }

    int points()
    {
        return bytes.length;
    }

    /** The most in a part. */
    long bytes(final int point)
    {
        return bytes[point];
    }

    /** The most of all. */
    long peak()
    {
        return LongStream.of(bytes).max().orElse(0);
    }

    /** How many events are over when a part is. */
    int events(final int point)
    {
        return (int)((point + 1L) * eventCount / bytes.length);
    }

    boolean isLastOfPoint(final int sequence)
    {
        return events(point(sequence)) == sequence + 1;
    }

    void note(final int sequence, final long held)
    {
        final int point = point(sequence);
        bytes[point] = Math.max(bytes[point], held);
    }

    private int point(final int sequence)
    {
        // The least whose events are more than the sequence.
        return (int)(((sequence + 1L) * bytes.length - 1) / eventCount);
    }

    Properties toProperties()
    {
        final Properties properties = new Properties();
        if (null != failure)
        {
            properties.setProperty(Figures.FAILURE, failure);
        }
        properties.setProperty(EVENTS, Integer.toString(eventCount));
        properties.setProperty(BYTES, LongStream.of(bytes).mapToObj(Long::toString).collect(Collectors.joining(",")));
        return properties;
    }

    static FootprintSeries of(final Properties properties)
    {
        final String failure = properties.getProperty(Figures.FAILURE);
        if (null != failure)
        {
            return failed(failure);
        }
        try
        {
            return new FootprintSeries(Integer.parseInt(properties.getProperty(EVENTS)),
                Arrays.stream(properties.getProperty(BYTES).split(",")).mapToLong(Long::parseLong).toArray(), null);
        }
        catch (final NumberFormatException | NullPointerException ex)
        {
            return failed("the child JVM can't be understood: " + ex.getMessage());
        }
    }
}
