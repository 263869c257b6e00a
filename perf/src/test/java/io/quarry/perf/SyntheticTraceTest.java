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

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SyntheticTraceTest
{
    @ParameterizedTest
    @EnumSource
    void shouldBeTheSameEachTime(final SyntheticTrace synthetic) throws TraceError
    {
        final Trace trace = Traces.read(synthetic.label());
        assertEquals(synthetic.label(), trace.name());
        assertArrayEquals(synthetic.make().events(), trace.events());
    }

    @ParameterizedTest
    @CsvSource({
        "mix-log-normal, 380000, 10, 96, 262144",
        "mix-frames, 396000, 64, 1024, 16384",
        "mix-frames-header, 396000, 88, 1048, 16408",
        "mix-phases, 365000, 16, 59, 4095" })
    void shouldHaveTheSizesThatItSays(
        final String name, final int events, final int fewest, final int median, final int most) throws TraceError
    {
        final Trace trace = Traces.read(name);
        final int[] all = trace.events();
        final int[] sizes = new int[trace.eventCount()];
        int count = 0;
        for (int i = 0; i < all.length; i += Trace.INTS)
        {
            if (Trace.ALLOC == (all[i] & Trace.OP_MASK))
            {
                sizes[count++] = all[i + Trace.SIZE];
            }
        }
        Arrays.sort(sizes, 0, count);
        assertTrue(Math.abs(trace.eventCount() - events) <= events / 100, "events=" + trace.eventCount());
        assertTrue(sizes[0] <= fewest && sizes[count - 1] <= most && sizes[count - 1] >= most / 2,
            sizes[0] + ".." + sizes[count - 1]);
        assertTrue(Math.abs(sizes[count / 2] - median) <= median / 20, "median=" + sizes[count / 2]);
    }
}
