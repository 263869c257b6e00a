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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Scanner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TracingCostTest
{
    private static final List<String> SUBJECTS = List.of("bare", "recorded to a file", "recorded to a gzip file");

    @Test
    void shouldMeasureEachSubject() throws IOException
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        TracingCost.print(new PrintStream(out, true, StandardCharsets.UTF_8), 1, 2);

        final List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2 + SUBJECTS.size(), lines.size());
        for (int i = 0; i < SUBJECTS.size(); i++)
        {
            final String line = lines.get(2 + i);
            assertTrue(line.startsWith(SUBJECTS.get(i)), line);
            try (Scanner figures = new Scanner(line.substring(SUBJECTS.get(i).length())))
            {
                for (int k = 0; k < 3; k++)
                {
                    assertTrue(figures.nextDouble() > 0, line);
                }
            }
        }
    }
}
