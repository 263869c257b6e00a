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

import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * The frame of a picture with two axes: title, grid, ticks and what they mean. Curves are drawn into it.
 */
final class SvgPlot
{
    private static final String GRID = "#e4e4e4";
    private static final String RULE = "#999999";
    private static final int TOP = 26;
    private static final int BOTTOM = 40;
    private static final int RIGHT = 26;
    private static final int TICK_GAP = 6;
    private static final int TEXT_RISE = 4;

    private final SvgCanvas canvas;
    private final SvgAxis across;
    private final SvgAxis up;

    /** Where the plot lies in a picture, from left to right. */
    static final int LEFT = 74;

    private SvgPlot(final SvgCanvas canvas, final SvgAxis across, final SvgAxis up)
    {
        this.canvas = canvas;
        this.across = across;
        this.up = up;
    }

    /** What an axis shows: the least and the most value, whether by logarithm, its title, and a tick's words. */
    record Scale(double least, double most, boolean isLogarithmic, String title, DoubleFunction<String> words)
    {
        SvgAxis axis(final double from, final double to)
        {
            return isLogarithmic ? SvgAxis.logarithmic(least, most, from, to) : SvgAxis.linear(least, most, from, to);
        }
    }

    /**
     * Draws a frame.
     *
     * @param width  of the picture.
     * @param height of the picture.
     * @param title  above it.
     * @param x      from left to right.
     * @param y      from the bottom up.
     * @return the plot, empty.
     */
    static SvgPlot of(final int width, final int height, final String title, final Scale x, final Scale y)
    {
        final SvgCanvas canvas = new SvgCanvas(width, height);
        final SvgAxis across = x.axis(LEFT, width - RIGHT);
        final SvgAxis up = y.axis(height - BOTTOM, TOP);
        final SvgPlot plot = new SvgPlot(canvas, across, up);
        plot.grid(y.words());
        plot.ticks(x.words());
        canvas.text((across.start() + across.end()) / 2, height - TICK_GAP, "middle", "axis", x.title());
        canvas.text(LEFT, TOP - 10, "start", "title", title);
        canvas.text(
            title.isEmpty() ? LEFT : across.end(), TOP - 10, title.isEmpty() ? "start" : "end", "axis", y.title());
        return plot;
    }

    private void grid(final DoubleFunction<String> words)
    {
        for (final double tick : up.ticks())
        {
            canvas.line(across.start(), up.at(tick), across.end(), up.at(tick), GRID);
            canvas.text(across.start() - TICK_GAP, up.at(tick) + TEXT_RISE, "end", "tick", words.apply(tick));
        }
    }

    private void ticks(final DoubleFunction<String> words)
    {
        canvas.line(across.start(), up.start(), across.end(), up.start(), RULE);
        for (final double tick : across.ticks())
        {
            canvas.line(across.at(tick), up.start(), across.at(tick), up.start() + TICK_GAP - 1, RULE);
            canvas.text(across.at(tick), up.start() + 18, "middle", "tick", words.apply(tick));
        }
    }

    /** Without more digits than it needs. */
    static String plain(final double value)
    {
        return value >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) :
            String.format(Locale.ROOT, "%.4f", value).replaceAll("\\.?0+$", "");
    }

    SvgCanvas canvas()
    {
        return canvas;
    }

    SvgAxis across()
    {
        return across;
    }

    SvgAxis up()
    {
        return up;
    }

    void curve(final double[] xs, final double[] ys, final String color, final double width)
    {
        canvas.polyline(across.at(xs), up.at(ys), color, width);
    }

    void area(final double[] xs, final double[] ys, final String color)
    {
        canvas.area(across.at(xs), up.at(ys), up.start(), color);
    }

    String end()
    {
        return canvas.end();
    }
}
