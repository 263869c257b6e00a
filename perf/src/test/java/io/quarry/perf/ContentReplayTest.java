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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ContentReplayTest
{
    /** Hands out memory of one array, one block behind the other, and makes the mistake it is told to. */
    private static final class Careless extends ReplayTarget
    {
        private final ByteBuffer memory = ByteBuffer.allocate(1 << 16);
        private final int[] offsets;
        private final String mistake;
        private int end;

        Careless(final Trace trace, final String mistake)
        {
            this.offsets = new int[trace.slotCount()];
            this.mistake = mistake;
        }

        @Override
        void alloc(final int slot, final int size, final int alignment)
        {
            final int aligned = (end + alignment - 1) & -alignment;
            offsets[slot] = "overlap".equals(mistake) && end > 0 ? aligned - 128 :
                "misalign".equals(mistake) ? aligned + 8 : aligned;
            end = aligned + size + 64;
        }

        @Override
        void allocZeroed(final int slot, final int size, final int alignment)
        {
            alloc(slot, size, alignment);
            memory.put(offsets[slot] + size - 1, (byte)("dirty".equals(mistake) ? 1 : 0));
        }

        @Override
        void realloc(final int slot, final int oldSize, final int newSize, final int alignment)
        {
            final int from = offsets[slot];
            alloc(slot, newSize, alignment);
            final int kept = Math.min(oldSize, newSize) - ("lose".equals(mistake) ? 1 : 0);
            memory.put(offsets[slot], memory, from, kept);
        }

        @Override
        void free(final int slot, final int size, final int alignment)
        {
        }

        @Override
        void touch(final int slot, final int size, final int alignment)
        {
        }

        @Override
        long address(final int slot, final int alignment)
        {
            return offsets[slot];
        }

        @Override
        ByteBuffer bytes(final int slot, final int size, final int alignment)
        {
            return memory.slice(offsets[slot], size);
        }

        @Override
        long footprint()
        {
            return 0;
        }

        @Override
        String freeMemory()
        {
            return "";
        }

        @Override
        public void close()
        {
        }
    }

    @Test
    void shouldPassWhereNoMistakeIsMade() throws TraceError
    {
        run("none");
    }

    @Test
    void shouldFindOverlap()
    {
        assertTrue(failure("overlap").matches("event \\d+: byte \\d+ of the block of \\d+ at .*"));
    }

    @Test
    void shouldFindMisalignment()
    {
        assertEquals("event 0: address=0x8 is not a multiple of alignment=16", failure("misalign"));
    }

    @Test
    void shouldFindMemoryThatIsNotZero()
    {
        assertEquals("event 0: byte 199 of the block of 200 at 0x0: wanted 0, got 1", failure("dirty"));
    }

    @Test
    void shouldFindByteThatWasNotKept()
    {
        assertTrue(failure("lose").startsWith("event 2: byte 199 of the block of 1000"), failure("lose"));
    }

    @ParameterizedTest
    @EnumSource(value = Subject.class, mode = EnumSource.Mode.EXCLUDE,
        names = { "LOOP", "STACK", "AGRONA_ALIGNED" })
    void shouldPassOnEverySubject(final Subject subject) throws TraceError
    {
        if (null == subject.unavailable())
        {
            final Trace trace = trace();
            try (ReplayTarget target = subject.open(trace, Subject.regionSize(trace)))
            {
                new ContentReplay(trace, target).run();
                new TraceReplay(trace, target).pass();
                new TraceReplay(trace, target).freeLeft();
            }
        }
    }

    private static Trace trace() throws TraceError
    {
        return TraceReader.read("small", "file", new ByteArrayInputStream(TraceBytes.small().compressed()));
    }

    private static void run(final String mistake) throws TraceError
    {
        final Trace trace = trace();
        new ContentReplay(trace, new Careless(trace, mistake)).run();
    }

    private static String failure(final String mistake)
    {
        return assertThrows(ReplayFailure.class, () -> run(mistake)).getMessage();
    }
}
