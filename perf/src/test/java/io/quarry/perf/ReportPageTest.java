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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import javax.xml.parsers.DocumentBuilderFactory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReportPageTest
{
    private static final List<Subject> SUBJECTS = List.of(Subject.SLAB, Subject.NETTY_POOLED);

    private final Trace trace = RandomTrace.of(5, 2_000);
    private final ReportCharts charts = new ReportCharts(SUBJECTS);

    @ParameterizedTest
    @CsvSource({ "1, 0 %", "10, 90 %", "100, 99 %", "1000, 99.9 %", "10000, 99.99 %", "100000, 99.999 %" })
    void shouldNamePercentiles(final double x, final String wanted)
    {
        assertEquals(wanted, ReportCharts.percentileOf(x));
    }

    @Test
    void shouldPaintEachAllocatorInItsColour() throws Exception
    {
        final FootprintSeries live = FootprintSeries.ofLive(trace, 20);

        final Element root = parse(charts.footprint("a <b>", live, List.of(live, live))).getDocumentElement();

        assertEquals("svg", root.getTagName());
        final NodeList curves = root.getElementsByTagName("polyline");
        final Set<String> colours = new TreeSet<>();
        for (int i = 0; i < curves.getLength(); i++)
        {
            colours.add(((Element)curves.item(i)).getAttribute("stroke"));
            assertEquals(20, ((Element)curves.item(i)).getAttribute("points").split(" ").length);
        }
        assertEquals(Set.of("#d55e00", "#e69f00"), colours);
        assertTrue(root.getTextContent().contains("a <b>"));
    }

    /** A larger value is further right, and further up; round values are named. */
    @Test
    void shouldPlaceValuesOnAxes()
    {
        final SvgAxis linear = SvgAxis.linear(0, 10, 100, 200);
        assertEquals(150, linear.at(5));
        assertEquals(200, linear.at(11));
        assertArrayEquals(new double[]{ 0, 2, 4, 6, 8, 10 }, linear.ticks(), 1e-9);

        final SvgAxis logarithmic = SvgAxis.logarithmic(1, 900, 300, 0);
        assertEquals(300, logarithmic.at(1));
        assertEquals(200, logarithmic.at(10), 1e-9);
        assertEquals(0, logarithmic.at(1000), 1e-9);
        assertArrayEquals(new double[]{ 1, 10, 100, 1000 }, logarithmic.ticks(), 1e-9);
        assertArrayEquals(new double[]{ 20, 50, 100 }, SvgAxis.logarithmic(25, 80, 0, 1).ticks(), 1e-9);
    }

    @Test
    void shouldFindTicksForAnyRange()
    {
        for (double most = 0.013; most < 1e7; most *= 1.7)
        {
            final double[] linear = SvgAxis.linear(0, most, 0, 1).ticks();
            assertTrue(linear.length >= 3 && linear.length <= 7, most + ": " + Arrays.toString(linear));
            final SvgAxis logarithmic = SvgAxis.logarithmic(0.01, most, 0, 1);
            assertTrue(logarithmic.ticks().length >= 2, most + ": " + Arrays.toString(logarithmic.ticks()));
            assertEquals(1, logarithmic.at(1e9));
            assertTrue(logarithmic.at(most) <= 1 && logarithmic.at(most) > 0);
        }
    }

    @Test
    void shouldLeaveOutWhatFailed() throws Exception
    {
        final FootprintSeries live = FootprintSeries.ofLive(trace, 20);

        final String svg = charts.footprint("one", live, List.of(live, FootprintSeries.failed("why")));

        parse(svg);
        assertTrue(svg.contains("#d55e00"), svg);
        assertFalse(svg.contains("#e69f00"), svg);
    }

    @Test
    void shouldMarkTheBestOfEachRow()
    {
        final List<ReplayResult> results = List.of(
            new ReplayResult("t", Subject.SLAB, 2, 1.1, 0, true, 1, null),
            new ReplayResult("t", Subject.NETTY_POOLED, 40, Double.NaN, 0, true, 1, null));
        final ReportPage page = new ReportPage("a <b> & c", SUBJECTS);

        page.table(List.of("t"), results, ReplayResult::netNs);

        final String html = page.html();
        assertTrue(html.contains("<td>t</td><td class=\"best\">2.00</td><td>40.00</td>"), html);
        assertTrue(html.contains("a &lt;b&gt; &amp; c"), html);
    }

    private static Document parse(final String xml) throws Exception
    {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
