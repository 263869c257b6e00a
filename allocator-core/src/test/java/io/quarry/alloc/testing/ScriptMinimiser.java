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
package io.quarry.alloc.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Leaves out operations of a failing script as long as it still fails.
 * <p>
 * Source: Andreas Zeller, Ralf Hildebrandt, "Simplifying and isolating failure-inducing input", 2002 (ddmin, without
 * the step that keeps a single part).
 */
final class ScriptMinimiser
{
    private final Predicate<List<ScriptOperation>> fails;
    private final long deadlineNs;

    ScriptMinimiser(final Predicate<List<ScriptOperation>> fails, final long deadlineNs)
    {
        this.fails = fails;
        this.deadlineNs = deadlineNs;
    }

    List<ScriptOperation> minimise(final List<ScriptOperation> script)
    {
        List<ScriptOperation> shortest = new ArrayList<>(script);
        if (!fails.test(shortest))
        {
            return shortest;
        }
        int part = (shortest.size() + 1) / 2;
        while (part > 0 && !isLate())
        {
            final int before = shortest.size();
            shortest = withoutParts(shortest, part);
            if (part > 1)
            {
                part = (part + 1) / 2;
            }
            else if (shortest.size() == before)
            {
                part = 0;
            }
        }
        return shortest;
    }

    private List<ScriptOperation> withoutParts(final List<ScriptOperation> script, final int part)
    {
        List<ScriptOperation> shortest = script;
        int from = 0;
        while (from < shortest.size() && !isLate())
        {
            final int to = Math.min(from + part, shortest.size());
            final List<ScriptOperation> candidate = new ArrayList<>(shortest.subList(0, from));
            candidate.addAll(shortest.subList(to, shortest.size()));
            if (fails.test(candidate))
            {
                shortest = candidate;
            }
            else
            {
                from = to;
            }
        }
        return shortest;
    }

    private boolean isLate()
    {
        return System.nanoTime() - deadlineNs >= 0;
    }
}
