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
import java.util.stream.DoubleStream;

/**
 * From values to places along one side of a picture, by their size or by its logarithm, with ticks at round values.
 */
final class SvgAxis
{
    private static final int MOST_TICKS = 6;
    /** A logarithmic axis of fewer decades has ticks between them, too. */
    private static final double FEW_DECADES = 2.5;

    private final boolean isLogarithmic;
    private final double least;
    private final double most;
    private final double from;
    private final double to;

    private SvgAxis(
        final boolean isLogarithmic, final double least, final double most, final double from, final double to)
    {
        this.isLogarithmic = isLogarithmic;
        this.least = least;
        this.most = most > least ? most : least + (isLogarithmic ? least : 1);
        this.from = from;
        this.to = to;
    }

    /**
     * Makes an axis by size.
     *
     * @param least value.
     * @param most  value.
     * @param from  place of the least.
     * @param to    place of the most.
     * @return the axis.
     */
    static SvgAxis linear(final double least, final double most, final double from, final double to)
    {
        return new SvgAxis(false, least, most, from, to);
    }

    /**
     * Makes an axis by logarithm, which takes in a little more, to where a tick may be.
     *
     * @param least value, above 0.
     * @param most  value.
     * @param from  place of the least.
     * @param to    place of the most.
     * @return the axis.
     */
    static SvgAxis logarithmic(final double least, final double most, final double from, final double to)
    {
        return new SvgAxis(true, roundDown(least), roundUp(Math.max(least, most)), from, to);
    }

    /** The greatest of 1, 2 and 5 times a power of ten that isn't greater. */
    private static double roundDown(final double value)
    {
        final double power = Math.pow(10, Math.floor(Math.log10(value)));
        return power * (value / power >= 5 ? 5 : value / power >= 2 ? 2 : 1);
    }

    private static double roundUp(final double value)
    {
        final double down = roundDown(value);
        if (down >= value)
        {
            return down;
        }
        final double power = Math.pow(10, Math.floor(Math.log10(value)));
        return down >= 5 * power ? 10 * power : down >= 2 * power ? 5 * power : 2 * power;
    }

    /** Where a value is; one beyond the ends at the end. */
    double at(final double value)
    {
        final double inside = Math.max(least, Math.min(most, value));
        final double share = isLogarithmic ?
            Math.log(inside / least) / Math.log(most / least) : (inside - least) / (most - least);
        return from + share * (to - from);
    }

    double[] at(final double[] values)
    {
        return Arrays.stream(values).map(this::at).toArray();
    }

    double start()
    {
        return from;
    }

    double end()
    {
        return to;
    }

    double[] ticks()
    {
        return isLogarithmic ? logarithmicTicks() : linearTicks();
    }

    private double[] linearTicks()
    {
        double step = roundDown((most - least) / MOST_TICKS);
        while ((most - least) / step > MOST_TICKS)
        {
            step = roundUp(step * 1.01);
        }
        final double width = step;
        final double first = Math.ceil(least / width - 1e-9);
        return DoubleStream.iterate(first, (i) -> i * width <= most * (1 + 1e-9), (i) -> i + 1)
            .map((i) -> i * width + 0.0).toArray();
    }

    private double[] logarithmicTicks()
    {
        final double[] within =
            Math.log10(most / least) < FEW_DECADES ? new double[]{ 1, 2, 5 } : new double[]{ 1 };
        final double first = Math.pow(10, Math.floor(Math.log10(least)));
        return DoubleStream.iterate(first, (power) -> power <= most * (1 + 1e-9), (power) -> power * 10)
            .flatMap((power) -> Arrays.stream(within).map((factor) -> factor * power))
            .filter((tick) -> tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9)).toArray();
    }
}
