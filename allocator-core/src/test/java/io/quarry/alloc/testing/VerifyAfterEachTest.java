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

import io.quarry.alloc.Verifiable;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class VerifyAfterEachTest
{
    private final VerifyAfterEach resources = new VerifyAfterEach();
    private final List<String> calls = new ArrayList<>();

    @Test
    void shouldVerifyAndThenCloseTheLastFirst() throws Exception
    {
        resources.close(() -> calls.add("close region"));
        resources.verify(() -> calls.add("verify"));
        resources.close(() -> calls.add("close allocator"));
        resources.afterEach(null);
        assertEquals(List.of("verify", "close allocator", "close region"), calls);
        resources.afterEach(null);
        assertEquals(3, calls.size());
    }

    @Test
    void shouldFailWithWhatAVerificationThrewAndStillClose()
    {
        final IllegalStateException broken = new IllegalStateException("free + live = 3, wanted slotCount=4");
        resources.close(() -> calls.add("close"));
        resources.verify(() ->
        {
            throw broken;
        });
        assertSame(broken, assertThrows(IllegalStateException.class, () -> resources.afterEach(null)));
        assertEquals(List.of("close"), calls);
    }

    @Test
    void shouldFailWithWhatACloseThrew()
    {
        final Exception broken = new Exception("close");
        resources.close(() ->
        {
            throw broken;
        });
        assertSame(broken, assertThrows(Exception.class, () -> resources.afterEach(null)));
    }

    @Test
    void shouldForgetWhatATestClosed() throws Exception
    {
        final Verifiable closed = resources.verify(() -> calls.add("verify"));
        resources.forget(closed);
        resources.afterEach(null);
        assertEquals(List.of(), calls);
    }
}
