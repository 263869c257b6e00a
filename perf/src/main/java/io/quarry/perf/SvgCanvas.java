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

/**
 * Writes a picture as SVG, element by element, to stand amid HTML: no identifiers that could meet those of another
 * picture, no script, and the fonts of the page. Low coordinates are at the top left.
 */
final class SvgCanvas
{
    private final StringBuilder svg = new StringBuilder();

    SvgCanvas(final int width, final int height)
    {
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(width).append(' ')
            .append(height).append("\" width=\"").append(width).append("\" height=\"").append(height).append("\">\n");
    }

    void line(final double x1, final double y1, final double x2, final double y2, final String color)
    {
        svg.append("<line");
        attribute("x1", x1);
        attribute("y1", y1);
        attribute("x2", x2);
        attribute("y2", y2);
        attribute("stroke", color);
        svg.append("/>\n");
    }

    /** A line through points. */
    void polyline(final double[] xs, final double[] ys, final String color, final double width)
    {
        svg.append("<polyline fill=\"none\" stroke-linejoin=\"round\"");
        attribute("stroke", color);
        attribute("stroke-width", width);
        points(xs, ys);
        svg.append("\"/>\n");
    }

    /** What is between a line through points and a level. */
    void area(final double[] xs, final double[] ys, final double level, final String color)
    {
        svg.append("<polygon");
        attribute("fill", color);
        points(xs, ys);
        svg.append(' ').append(number(xs[xs.length - 1])).append(',').append(number(level))
            .append(' ').append(number(xs[0])).append(',').append(number(level)).append("\"/>\n");
    }

    private void points(final double[] xs, final double[] ys)
    {
        svg.append(" points=\"");
        for (int i = 0; i < xs.length; i++)
        {
            svg.append(0 == i ? "" : " ").append(number(xs[i])).append(',').append(number(ys[i]));
        }
    }

    void rectangle(final double x, final double y, final double width, final double height, final String color)
    {
        svg.append("<rect");
        attribute("x", x);
        attribute("y", y);
        attribute("width", width);
        attribute("height", height);
        attribute("fill", color);
        svg.append("/>\n");
    }

    /** A full dot, or else a ring, so that black and white tell them apart. */
    void dot(final double x, final double y, final double radius, final String color, final boolean isFull)
    {
        svg.append("<circle stroke-width=\"2\"");
        attribute("cx", x);
        attribute("cy", y);
        attribute("r", radius);
        attribute("stroke", color);
        attribute("fill", isFull ? color : "#ffffff");
        svg.append("/>\n");
    }

    /**
     * Writes words.
     *
     * @param x        of the anchor.
     * @param y        of the base line.
     * @param anchor   which part of the words is at x: start, middle or end.
     * @param cssClass that the page has a style for.
     * @param text     in one line.
     */
    void text(final double x, final double y, final String anchor, final String cssClass, final String text)
    {
        svg.append("<text");
        attribute("x", x);
        attribute("y", y);
        attribute("text-anchor", anchor);
        attribute("class", cssClass);
        svg.append('>').append(ReportPage.escaped(text)).append("</text>\n");
    }

    private void attribute(final String name, final double value)
    {
        attribute(name, number(value));
    }

    private void attribute(final String name, final String value)
    {
        svg.append(' ').append(name).append("=\"").append(value).append('"');
    }

    /** To a tenth of a pixel, and no longer than it has to be. */
    static String number(final double value)
    {
        final String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** The picture, which ends here. */
    String end()
    {
        return svg.append("</svg>\n").toString();
    }
}
