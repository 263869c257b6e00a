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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TransitTest
{
    private final Transit transit = new Transit(100);

    @Test
    void shouldBeCalmUnlessSomethingIsOnItsWay()
    {
        final int before = transit.returns();
        assertTrue(transit.isCalm(before));
        assertFalse(transit.isAny());
        transit.enter();
        assertFalse(transit.isCalm(before));
        assertTrue(transit.isAny());
        transit.exit();
        assertTrue(transit.isCalm(before));
        assertFalse(transit.isAny());
    }

    @Test
    void shouldCountWhatIsGivenBackWhileSomebodySeeks()
    {
        final int before = transit.returns();
        transit.noteReturn();
        assertEquals(before, transit.returns(), "nobody seeks");
        transit.startSeeking();
        assertTrue(transit.isAny());
        transit.noteReturn();
        assertFalse(transit.isCalm(before));
        assertTrue(transit.isCalm(transit.returns()));
        transit.stopSeeking();
        assertFalse(transit.isAny());
    }

    @Test
    void shouldEndTheLooksInBoundedTime()
    {
        final Transit ofMany = new Transit(Integer.MAX_VALUE);
        for (int look = 0; look < Transit.LEAST_LOOKS; look++)
        {
            assertTrue(ofMany.mayLookAgain(look));
        }
        assertFalse(ofMany.mayLookAgain(Transit.LEAST_LOOKS));
        assertTrue(transit.mayLookAgain((1 << 20) / 100 - 1));
        assertFalse(transit.mayLookAgain((1 << 20) / 100));
    }
}
