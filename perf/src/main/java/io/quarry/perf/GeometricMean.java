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
 * The mean of ratios and of times that differ by orders of magnitude.
 */
final class GeometricMean
{
    private GeometricMean()
    {
    }

    /**
     * The mean of a figure over results.
     *
     * @param results of one subject.
     * @param figure  of a result.
     * @return the mean; NaN if a figure is missing, or is not above 0, as a mean of the others would be of another set.
     */
    static double of(final List<ReplayResult> results, final ToDoubleFunction<ReplayResult> figure)
    {
        double logs = 0;
        for (final ReplayResult result : results)
        {
            final double value = figure.applyAsDouble(result);
            if (!(value > 0))
            {
                return Double.NaN;
            }
            logs += Math.log(value);
        }
        return results.isEmpty() ? Double.NaN : Math.exp(logs / results.size());
    }
}
