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

import java.util.Properties;

/**
 * What a child JVM found out, as it goes through a pipe.
 *
 * @param grossNs              median time of a pass over its events, the replay loop included; NaN if not measured.
 * @param footprint            bytes, the most that was held; 0 if not known.
 * @param garbageBytesPerEvent heap bytes allocated on the clock, the median of the passes, over the events.
 * @param contentsChecked      whether a pass that checks contents went through.
 * @param passes               on the clock.
 * @param failure              why there are no figures, or null.
 */
record Figures(
    double grossNs, long footprint, double garbageBytesPerEvent, boolean contentsChecked, int passes, String failure)
{
    private static final String GROSS_NS = "grossNs";
    private static final String FOOTPRINT = "footprint";
    private static final String GARBAGE = "garbageBytesPerEvent";
    private static final String CONTENTS_CHECKED = "contentsChecked";
    private static final String PASSES = "passes";
    static final String FAILURE = "failure";

    static Figures failed(final String failure)
    {
        return new Figures(Double.NaN, 0, Double.NaN, false, 0, failure);
    }

    static Figures ofFootprint(final long bytes)
    {
        return new Figures(Double.NaN, bytes, Double.NaN, false, 0, null);
    }

    Figures withFootprint(final long bytes)
    {
        return new Figures(grossNs, bytes, garbageBytesPerEvent, contentsChecked, passes, failure);
    }

    Properties toProperties()
    {
        final Properties properties = new Properties();
        properties.setProperty(GROSS_NS, Double.toString(grossNs));
        properties.setProperty(FOOTPRINT, Long.toString(footprint));
        properties.setProperty(GARBAGE, Double.toString(garbageBytesPerEvent));
        properties.setProperty(CONTENTS_CHECKED, Boolean.toString(contentsChecked));
        properties.setProperty(PASSES, Integer.toString(passes));
        if (null != failure)
        {
            properties.setProperty(FAILURE, failure);
        }
        return properties;
    }

    static Figures of(final Properties properties)
    {
        return new Figures(
            Double.parseDouble(properties.getProperty(GROSS_NS)),
            Long.parseLong(properties.getProperty(FOOTPRINT)),
            Double.parseDouble(properties.getProperty(GARBAGE)),
            Boolean.parseBoolean(properties.getProperty(CONTENTS_CHECKED)),
            Integer.parseInt(properties.getProperty(PASSES)),
            properties.getProperty(FAILURE));
    }
}
