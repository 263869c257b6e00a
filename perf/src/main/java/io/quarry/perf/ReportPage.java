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

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Writes a report as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere.
 */
final class ReportPage
{
    private static final String STYLE = """
        :root { color-scheme: light }
        body { font: 15px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 2rem auto;
            max-width: 1100px; padding: 0 1rem }
        h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.25rem; margin: 2.2rem 0 .3rem }
        p { max-width: 75ch; margin: .4rem 0 } .note { color: #555; font-size: .9rem }
        .words { font-size: 1.1rem; border-left: 4px solid #d55e00; padding-left: .8rem }
        table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; width: 100% }
        th, td { text-align: right; padding: .15rem .5rem; border-bottom: 1px solid #e4e4e4 }
        th:first-child, td:first-child { text-align: left } tr.mean td { font-weight: 600; border-top: 2px solid #999 }
        td.best { background: #fdeee3; font-weight: 600 }
        .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .9rem; margin: .5rem 0 }
        .legend i { display: inline-block; width: .7rem; height: .7rem; margin-right: .35rem; border-radius: 50%;
            border: 2px solid; box-sizing: border-box }
        svg text { font: 12px system-ui, sans-serif; fill: #1b1b1b } svg .title { font-weight: 600 }
        svg .tick { fill: #555; font-size: 11px } svg .axis { fill: #555 }
        .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: .6rem }
        figure { margin: 0; break-inside: avoid } svg { max-width: 100%; height: auto; display: block }
        .scroll { overflow-x: auto } pre { font-size: .75rem; white-space: pre-wrap; color: #444 }
        @page { size: A4 landscape; margin: 12mm }
        @media print { body { margin: 0; max-width: none; font-size: 10pt } h2, .note, .legend { break-after: avoid }
            table { break-inside: avoid }
            .grid { grid-template-columns: 1fr 1fr } td.best, .legend i { print-color-adjust: exact } }
        """;

    private final StringBuilder html = new StringBuilder();
    private final List<Subject> subjects;

    ReportPage(final String title, final List<Subject> subjects)
    {
        this.subjects = subjects;
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .append(escaped(title)).append("</title>\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n")
            .append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    void heading(final String text)
    {
        html.append("<h2>").append(escaped(text)).append("</h2>\n");
    }

    void paragraph(final String cssClass, final String text)
    {
        html.append("<p class=\"").append(cssClass).append("\">").append(escaped(text)).append("</p>\n");
    }

    /** The colours of the subjects, and of other things. */
    void legend()
    {
        html.append("<div class=\"legend\">");
        for (int i = 0; i < subjects.size(); i++)
        {
            final boolean isFull = subjects.get(i).isQuarry();
            html.append("<span><i style=\"border-color:").append(ReportCharts.color(i)).append(';')
                .append(isFull ? "background:" + ReportCharts.color(i) : "").append("\"></i>")
                .append(escaped(subjects.get(i).label())).append("</span>");
        }
        html.append("</div>\n");
    }

    /** A picture of its own line. */
    void figure(final String label, final String svg)
    {
        if (!svg.isEmpty())
        {
            html.append("<figure role=\"img\" aria-label=\"").append(escaped(label)).append("\">").append(svg)
                .append("</figure>\n");
        }
    }

    void openGrid()
    {
        html.append("<div class=\"grid\">\n");
    }

    void closeGrid()
    {
        html.append("</div>\n");
    }

    /** A figure by trace and subject, the best of each row marked, and the means below. */
    void table(
        final List<String> traces, final List<ReplayResult> results, final ToDoubleFunction<ReplayResult> figure)
    {
        html.append("<div class=\"scroll\"><table><thead><tr><th>trace</th>");
        subjects.forEach((subject) -> html.append("<th>").append(escaped(subject.label())).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (int i = 0; i < traces.size(); i++)
        {
            final double[] values = new double[subjects.size()];
            for (int j = 0; j < values.length; j++)
            {
                values[j] = figure.applyAsDouble(results.get(i * values.length + j));
            }
            row("", traces.get(i), values);
        }
        final double[] means = new double[subjects.size()];
        for (int j = 0; j < means.length; j++)
        {
            final Subject subject = subjects.get(j);
            means[j] = GeometricMean.of(
                results.stream().filter((result) -> subject == result.subject()).toList(), figure);
        }
        row(" class=\"mean\"", "geometric mean", means);
        html.append("</tbody></table></div>\n");
    }

    private void row(final String attributes, final String label, final double[] values)
    {
        double best = Double.POSITIVE_INFINITY;
        for (final double value : values)
        {
            best = value < best ? value : best;
        }
        html.append("<tr").append(attributes).append("><td>").append(escaped(label)).append("</td>");
        for (final double value : values)
        {
            html.append(value == best ? "<td class=\"best\">" : "<td>").append(ReplayTable.number(value))
                .append("</td>");
        }
        html.append("</tr>\n");
    }

    void preformatted(final String text)
    {
        html.append("<pre>").append(escaped(text)).append("</pre>\n");
    }

    /** The page, which ends here. */
    String html()
    {
        return html.append("</body>\n</html>\n").toString();
    }

    static String escaped(final String text)
    {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
