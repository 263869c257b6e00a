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
package io.quarry.alloc.buddy;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StripesTest
{
    private static final int WORDS = 1200;
    private static final int LINE_WORDS = 1 << Stripes.LINE_SHIFT;
    private static final int STRIDE = 32;
    private static final int MINE = STRIDE;
    private static final int OTHER = 2 * STRIDE;

    private final Stripes stripes = new Stripes(WORDS);

    @Test
    void shouldGiveAThreadAStripeWithoutAWord()
    {
        final int here = stripes.here();
        assertEquals(here, stripes.here());
        assertTrue(here >= STRIDE && 0 == here % STRIDE, "here=" + here);
        assertEquals(-1, stripes.cursor(here));
        for (int word = 0; word < WORDS; word++)
        {
            assertEquals(-1, stripes.quiet(here, 0, word));
        }
    }

    @Test
    void shouldKeepAllButOneOutOfALine()
    {
        for (int word = 0; word < WORDS; word++)
        {
            stripes.moveTo(MINE, word);
            assertEquals(word, stripes.cursor(MINE));
            assertEquals(-1, stripes.cursor(OTHER));
            for (int asked = 0; asked < WORDS; asked++)
            {
                final boolean isSame = word / LINE_WORDS == asked / LINE_WORDS;
                assertEquals(isSame ? 0 : -1, stripes.quiet(OTHER, 0, asked), "word=" + word + " asked=" + asked);
                assertEquals(-1, stripes.quiet(MINE, 0, asked));
            }
        }
    }

    @Test
    void shouldTellTheLinesOfAWordAboveApart()
    {
        for (int word = 0; word < WORDS; word++)
        {
            stripes.moveTo(MINE, word);
            for (int above = 0; above < WORDS / 64; above++)
            {
                final long line = 0xFFL << word % 64 / LINE_WORDS * LINE_WORDS;
                assertEquals(word / 64 == above ? ~line : -1, stripes.quiet(OTHER, 1, above),
                    "word=" + word + " above=" + above);
                assertEquals(-1, stripes.quiet(MINE, 1, above));
                assertEquals(-1, stripes.quiet(OTHER, 2, above));
            }
        }
    }

    @Test
    void shouldLeaveALineForAnother()
    {
        stripes.moveTo(MINE, 5);
        stripes.moveTo(MINE, 6);
        assertEquals(0, stripes.quiet(OTHER, 0, 7));
        stripes.moveTo(MINE, LINE_WORDS);
        assertEquals(-1, stripes.quiet(OTHER, 0, 7));
        assertEquals(0, stripes.quiet(OTHER, 0, LINE_WORDS));
        stripes.moveTo(OTHER, 3 * LINE_WORDS);
        assertEquals(~(0xFFL << LINE_WORDS), stripes.quiet(OTHER, 1, 0));
        assertEquals(~(0xFFL << 3 * LINE_WORDS), stripes.quiet(MINE, 1, 0));
    }
}
