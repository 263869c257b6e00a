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

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;

/**
 * How long the calls of each kind took, ns, the clock included; as it goes through a pipe.
 */
final class Latencies
{
    /** Kinds of calls. */
    enum Call
    {
        ALLOCATE("allocate"),
        ALLOCATE_ZEROED("allocate zeroed"),
        REALLOCATE("reallocate"),
        FREE("free");

        private final String label;

        Call(final String label)
        {
            this.label = label;
        }

        String label()
        {
            return label;
        }
    }

    /** Longer is taken for so long: the machine was suspended. */
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 3;
    private static final double MEDIAN = 50;

    private final Map<Call, Histogram> histograms = new EnumMap<>(Call.class);
    private final String failure;

    /** Nothing recorded yet. */
    Latencies()
    {
        for (final Call call : Call.values())
        {
            histograms.put(call, new Histogram(LONGEST_NS, DIGITS));
        }
        failure = null;
    }

    private Latencies(final String failure)
    {
        this.failure = failure;
    }

    static Latencies failed(final String failure)
    {
        return new Latencies(failure);
    }

    /** Why there are none, or null. */
    String failure()
    {
        return failure;
    }

    Histogram of(final Call call)
    {
        return histograms.get(call);
    }

    /** All calls together. */
    Histogram all()
    {
        final Histogram all = new Histogram(LONGEST_NS, DIGITS);
        histograms.values().forEach(all::add);
        return all;
    }

    /** The median of all calls together. */
    long medianNs()
    {
        return all().getValueAtPercentile(MEDIAN);
    }

    static void record(final Histogram histogram, final long ns)
    {
        histogram.recordValue(Math.min(Math.max(ns, 0), LONGEST_NS));
    }

    void reset()
    {
        histograms.values().forEach(Histogram::reset);
    }

    Properties toProperties()
    {
        final Properties properties = new Properties();
        if (null != failure)
        {
            properties.setProperty(Figures.FAILURE, failure);
        }
        histograms.forEach((call, histogram) ->
        {
            final ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
            final int length = histogram.encodeIntoCompressedByteBuffer(bytes);
            bytes.position(0).limit(length);
            properties.setProperty(call.name(),
                new String(Base64.getEncoder().encode(bytes).array(), StandardCharsets.US_ASCII));
        });
        return properties;
    }

    static Latencies of(final Properties properties)
    {
        final String failure = properties.getProperty(Figures.FAILURE);
        if (null != failure)
        {
            return failed(failure);
        }
        final Latencies latencies = new Latencies();
        try
        {
            for (final Call call : Call.values())
            {
                final byte[] bytes = Base64.getDecoder().decode(properties.getProperty(call.name()));
                latencies.histograms.put(
                    call, Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), LONGEST_NS));
            }
            return latencies;
        }
        catch (final DataFormatException | IllegalArgumentException | NullPointerException ex)
        {
            return failed("the child JVM can't be understood: " + ex.getMessage());
        }
    }
}
