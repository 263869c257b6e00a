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
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Says in a sentence what the geometric means say, whichever way they point: Quarry's first allocator in the table
 * against the best of the peers.
 */
final class ReplayMeaning
{
    /** Below this ratio the noise of the machines this was tried on is larger than the difference. */
    private static final double NOTICEABLE = 1.05;

    private final List<Subject> subjects;
    private final List<ReplayResult> results;

    ReplayMeaning(final List<Subject> subjects, final List<ReplayResult> results)
    {
        this.subjects = subjects;
        this.results = results;
    }

    String sentence()
    {
        final Subject ours = subjects.stream().filter(Subject::isQuarry).findFirst().orElse(null);
        if (null == ours)
        {
            return "In words: no allocator of Quarry took part.";
        }
        return "In words: " + time(ours) + "; " + footprint(ours) + "; " + garbage(ours) + ".";
    }

    private String time(final Subject ours)
    {
        final double own = mean(ours, ReplayResult::netNs);
        if (Double.isNaN(own))
        {
            return ours.label() + " has no mean time";
        }
        final String start = ours.label() + " takes " + ReplayTable.number(own) + " ns an event";
        final Subject peer = best(ReplayResult::netNs);
        if (null == peer)
        {
            return start;
        }
        final double other = mean(peer, ReplayResult::netNs);
        final String rest = peer.label() + ", the fastest peer here (" + ReplayTable.number(other) + ")";
        if (other / own >= NOTICEABLE)
        {
            return start + ", " + times(other / own) + " faster than " + rest;
        }
        return start + ", " + (own / other >= NOTICEABLE ? times(own / other) + " slower than " : "as ") + rest;
    }

    private String footprint(final Subject ours)
    {
        final double own = mean(ours, ReplayResult::footprint);
        if (Double.isNaN(own))
        {
            return "its mean footprint isn't known";
        }
        final String start = "it holds " + ReplayTable.number(own) + " bytes for each that is live at the peak";
        final Subject peer = best(ReplayResult::footprint);
        if (null == peer)
        {
            return start;
        }
        final double other = mean(peer, ReplayResult::footprint);
        final String relation = own < other ? "less than " : own > other ? "more than " : "as ";
        return start + ", " + relation + peer.label() + ", the tightest peer here (" + ReplayTable.number(other) + ")";
    }

    private String garbage(final Subject ours)
    {
        double most = 0;
        for (final ReplayResult result : column(ours))
        {
            most = Double.isNaN(result.garbageBytesPerEvent()) || Double.isNaN(most) ?
                Double.NaN : Math.max(most, result.garbageBytesPerEvent());
        }
        if (Double.isNaN(most))
        {
            return "what garbage it makes isn't known";
        }
        return 0 == most ? "it makes no garbage" :
            "it makes up to " + String.format(Locale.ROOT, "%.6f", most) + " bytes of garbage an event";
    }

    private Subject best(final ToDoubleFunction<ReplayResult> figure)
    {
        Subject best = null;
        for (final Subject subject : subjects)
        {
            final double mean = mean(subject, figure);
            if (subject.isPeer() && !Double.isNaN(mean) && (null == best || mean < mean(best, figure)))
            {
                best = subject;
            }
        }
        return best;
    }

    private double mean(final Subject subject, final ToDoubleFunction<ReplayResult> figure)
    {
        return GeometricMean.of(column(subject), figure);
    }

    private List<ReplayResult> column(final Subject subject)
    {
        return results.stream().filter((result) -> subject == result.subject()).collect(Collectors.toList());
    }

    private static String times(final double ratio)
    {
        return String.format(Locale.ROOT, "%.1f times", ratio);
    }
}
