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

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.util.List;

/**
 * Results as JSON: an array of one object for each trace and allocator. A figure that there is none of is null.
 */
final class ReplayJson
{
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().serializeNulls().create();

    private ReplayJson()
    {
    }

    static String of(final List<ReplayResult> results, final int threads)
    {
        final JsonArray array = new JsonArray();
        for (final ReplayResult result : results)
        {
            final JsonObject object = new JsonObject();
            object.addProperty("trace", result.trace());
            object.addProperty("allocator", result.subject().label());
            object.addProperty("threads", threads);
            object.addProperty("netNs", finite(result.netNs()));
            object.addProperty("footprint", finite(result.footprint()));
            object.addProperty("garbageBytesPerEvent", finite(result.garbageBytesPerEvent()));
            object.addProperty("contentsChecked", result.contentsChecked());
            array.add(object);
        }
        return GSON.toJson(array) + System.lineSeparator();
    }

    private static Double finite(final double value)
    {
        return Double.isFinite(value) ? value : null;
    }
}
