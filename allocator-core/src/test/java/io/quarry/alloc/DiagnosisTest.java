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
package io.quarry.alloc;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DiagnosisTest
{
    @Test
    void shouldSayWhatWasAskedWhatThereIsWhyAndWhatWouldHelp()
    {
        assertEquals("size=5000 alignment=8 freeBytes=4096 largestFreeRun=1024 maxSize=65536: exhausted; " +
            "to free blocks would help, or a larger region",
            new Diagnosis(Diagnosis.Reason.EXHAUSTED, 5000, 8, 4096, 1024, 65536).toString());
        assertEquals("size=2000 alignment=8 freeBytes=4096 largestFreeRun=1024 maxSize=65536: fragmented; " +
            "to free blocks beside free memory would help, or to ask for less in one block",
            new Diagnosis(Diagnosis.Reason.FRAGMENTED, 2000, 8, 4096, 1024, 65536).toString());
        assertEquals("size=100 alignment=8 freeBytes=4096 largestFreeRun=1024 maxSize=65536: would succeed",
            new Diagnosis(Diagnosis.Reason.WOULD_SUCCEED, 100, 8, 4096, 1024, 65536).toString());
    }

    @Test
    void shouldSayThatALongRunIsOfNoUse()
    {
        final String text = new Diagnosis(Diagnosis.Reason.FRAGMENTED, 1000, 4096, 4096, 1024, 65536).toString();
        assertTrue(text.contains("the largest free run is long enough, but no such block may start"), text);
    }

    @Test
    void shouldPrintAlignmentsUnsigned()
    {
        final String text = new Diagnosis(Diagnosis.Reason.ALIGNMENT, 0, Long.MIN_VALUE, 1, 1, 1).toString();
        assertTrue(text.startsWith("size=0 alignment=9223372036854775808 "), text);
    }

    @Test
    void shouldTellWhatFreeingCanNotHelp()
    {
        assertTrue(Diagnosis.Reason.TOO_LARGE.isForEver());
        assertTrue(Diagnosis.Reason.ALIGNMENT.isForEver());
        assertFalse(Diagnosis.Reason.EXHAUSTED.isForEver());
        assertFalse(Diagnosis.Reason.FRAGMENTED.isForEver());
        assertFalse(Diagnosis.Reason.WOULD_SUCCEED.isForEver());
    }
}
