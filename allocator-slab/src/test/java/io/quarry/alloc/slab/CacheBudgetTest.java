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
package io.quarry.alloc.slab;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CacheBudgetTest
{
    private static final long LIMIT = 1000;

    private final CacheBudget budget = new CacheBudget(LIMIT);

    @Test
    void shouldGiveUpToItsLimitAndNotAByteMore()
    {
        assertTrue(budget.tryTake(LIMIT - 1));
        assertFalse(budget.tryTake(2));
        assertEquals(LIMIT - 1, budget.used(), "nothing changed");
        assertTrue(budget.tryTake(1));
        assertFalse(budget.tryTake(1));
        budget.give(LIMIT);
        assertEquals(0, budget.used());
        assertTrue(budget.tryTake(LIMIT));
    }

    @Test
    void shouldBeTightWhenMoreThanHalfIsTaken()
    {
        assertTrue(budget.tryTake(LIMIT / 2));
        assertFalse(budget.isTight());
        assertTrue(budget.tryTake(1));
        assertTrue(budget.isTight());
    }
}
