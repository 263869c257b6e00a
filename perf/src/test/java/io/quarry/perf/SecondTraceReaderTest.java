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
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Format version 2, written by hand as {@code TRACES.md} has it.
 */
class SecondTraceReaderTest
{
    private static final int[] HEADER = { 'M', 'T', 'R', 'C', 2 };

    /** Two threads, three blocks, one of no bytes; zeroed and aligned ALLOCs and REALLOCs; one block is left. */
    static final byte[] SMALL = trace(
        0x80, 0, 0xC8, 0x01,
        0x8C, 1, 100, 6,
        0x08, 0, 3,
        0x81, 0, 3, 0xE8, 0x07,
        0x0D, 2, 0xAC, 0x02, 8,
        0x01, 1, 24,
        0x05, 1, 32,
        0x81, 1, 1, 0,
        0x02, 1,
        0x82, 0, 3,
        3, 10, 3, 2, 0xB4, 0x0A, 3, 1, 0xAC, 0x02);

    @Test
    void shouldDecodeEveryField() throws TraceError
    {
        final Trace trace = read(SMALL);

        final int usual = 4 << Trace.ALIGNMENT_SHIFT;
        final int six = 6 << Trace.ALIGNMENT_SHIFT | Trace.ALIGNED;
        final int eight = 8 << Trace.ALIGNMENT_SHIFT | Trace.ALIGNED;
        final int three = 3 << Trace.ALIGNMENT_SHIFT | Trace.ALIGNED;
        final int beforeThree = 3 << Trace.OLD_ALIGNMENT_SHIFT;
        final int first = 1 << Trace.THREAD_SHIFT;
        assertArrayEquals(
            new int[]{
                Trace.ALLOC | usual, 0, 200, 0,
                Trace.ALLOC_ZEROED | six | first, 1, 100, 0,
                Trace.ALLOC_EMPTY | three | first, 2, 0, 0,
                Trace.REALLOC | usual, 0, 1000, 200,
                Trace.RESIZE_ZEROED | eight | 6 << Trace.OLD_ALIGNMENT_SHIFT, 1, 300, 100,
                Trace.RESIZE | three | beforeThree, 2, 24, 0,
                Trace.RESIZE_ZEROED | three | beforeThree, 2, 32, 24,
                Trace.RESIZE | three | beforeThree | first, 2, 0, 32,
                Trace.FREE_EMPTY | three | first, 2, 0, 0,
                Trace.FREE | usual, 0, 1000, 0},
            trace.events());
        assertArrayEquals(new int[]{ Trace.FREE | eight, 1, 300, 0 }, trace.left());
        assertEquals(3, trace.slotCount());
        assertEquals(1332, trace.peakLiveBytes());
        assertEquals(256, trace.largestAlignment());
    }

    @Test
    void shouldReadCompressedAndPlain() throws TraceError
    {
        assertArrayEquals(read(SMALL).events(), read(TraceBytes.compressed(SMALL)).events());
        assertArrayEquals(
            read(TraceBytes.small().compressed()).events(), read(TraceBytes.small().plain()).events());
    }

    @ParameterizedTest
    @EnumSource(value = Subject.class, mode = EnumSource.Mode.EXCLUDE,
        names = { "LOOP", "STACK", "AGRONA_ALIGNED" })
    void shouldReplayOnEverySubject(final Subject subject) throws TraceError
    {
        if (null == subject.unavailable())
        {
            final Trace trace = read(SMALL);
            try (ReplayTarget target = subject.open(trace, Subject.regionSize(trace)))
            {
                new ContentReplay(trace, target).run();
                new TraceReplay(trace, target).pass();
                new TraceReplay(trace, target).freeLeft();
            }
        }
    }

    @Test
    void shouldFindMistakesOfResizes() throws TraceError
    {
        final Trace trace = read(SMALL);
        for (final String mistake : new String[]{ "dirty", "lose" })
        {
            final ReplayFailure failure = assertThrows(ReplayFailure.class, () ->
            {
                try (ReplayTarget target = new CarelessResize(trace, mistake))
                {
                    new ContentReplay(trace, target).run();
                }
            });
            assertTrue(failure.getMessage().startsWith("event 4: byte " + ("lose".equals(mistake) ? 99 : 299)),
                failure.getMessage());
        }
    }

    /** Honest but for resizes. */
    private static final class CarelessResize extends TargetOfArray
    {
        private final String mistake;

        CarelessResize(final Trace trace, final String mistake)
        {
            super(trace.slotCount());
            this.mistake = mistake;
        }

        @Override
        void resize(
            final int slot,
            final int oldSize,
            final int oldAlignment,
            final int newSize,
            final int newAlignment,
            final boolean zeroed)
        {
            super.resize(slot, oldSize, oldAlignment, newSize, newAlignment, zeroed);
            if (oldSize > 0 && newSize > 0)
            {
                final int at = "lose".equals(mistake) ? Math.min(oldSize, newSize) - 1 : newSize - 1;
                bytes(slot, newSize, newAlignment).put(at, (byte)~bytes(slot, newSize, newAlignment).get(at));
            }
        }
    }

    @Test
    void shouldNameEventAndLimitOfWhatAReplayCannotHold()
    {
        assertEquals("file: too large for a replay at event 1: ALLOC of 4294967296 bytes with the alignment 2^4; " +
            "a replay has at most 2147483647 bytes and 2^30", refusal(trace(
                0x80, 0, 8, 0x00, 0x80, 0x80, 0x80, 0x80, 0x10)));
        assertEquals("file: too large for a replay at event 0: ALLOC of 8 bytes with the alignment 2^31; " +
            "a replay has at most 2147483647 bytes and 2^30", refusal(trace(0x88, 0, 8, 31)));
        assertEquals("file: too large for a replay at event 0: ALLOC of 0 bytes with the alignment 2^63; " +
            "a replay has at most 2147483647 bytes and 2^30", refusal(trace(0x88, 0, 0, 63)));
        assertEquals("file: too large for a replay at event 1: REALLOC of 2147483648 bytes with the alignment 2^4; " +
            "a replay has at most 2147483647 bytes and 2^30", refusal(trace(
                0x80, 0, 8, 0x01, 1, 0x80, 0x80, 0x80, 0x80, 0x08)));
        assertEquals("file: too large: peakLiveBytes=4294967294, a replay has at most 2147483647", refusal(trace(
            0x80, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x07,
            3, 2, 2, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 2, 2, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F)));
    }

    @Test
    void shouldNameEventAndPlace()
    {
        assertEquals("file: inconsistent at event 2: FREE of block 0, freed already", refusal(
            trace(0x80, 0, 8, 0x02, 1, 0x02, 1)));
        assertEquals("file: inconsistent at event 1: FREE of the block 2 back, of 1", refusal(
            trace(0x80, 0, 8, 0x02, 2)));
        assertEquals("file: inconsistent at event 0: the first event names no thread", refusal(trace(0x00, 8)));
        assertEquals("file: inconsistent at event 0: op=0x83 is no operation", refusal(trace(0x83, 0)));
        assertEquals("file: inconsistent at event 0: op=0x90 has unknown bits", refusal(trace(0x90, 0, 8)));
        assertEquals("file: inconsistent at event 1: op=0x6 has unknown bits", refusal(trace(0x80, 0, 8, 0x06, 1)));
        assertEquals("file: inconsistent at event 0: ALLOC with the alignment 2^64, largest is 2^63", refusal(
            trace(0x88, 0, 8, 64)));
        assertEquals("file: inconsistent at event 0: ALLOC of 1 bytes with the alignment 2^63: no layout", refusal(
            trace(0x88, 0, 1, 63)));
        assertEquals("file: inconsistent at event 0: ALLOC of 9223372036854775807 bytes with the alignment 2^4: " +
            "no layout", refusal(trace(0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0x7F)));
        assertEquals("file: inconsistent at event 0: a number above 9223372036854775807", refusal(
            trace(0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)));
        assertEquals("file: inconsistent at event 0: thread=1, of 0 that were seen, and the next to appear is 0",
            refusal(trace(0x80, 1, 8)));
        assertEquals("file: inconsistent at the end, after event 0: the end has peakLiveBytes=9, the events give 8",
            refusal(trace(0x80, 0, 8, 3, 1, 1, 1, 9, 1, 1, 8)));
        assertEquals("file: inconsistent after the last event, event 0: more bytes follow",
            refusal(trace(0x80, 0, 8, 3, 1, 1, 1, 8, 1, 1, 8, 0)));
    }

    @Test
    void shouldRefuseEveryWrongSumAtTheEnd()
    {
        final int end = SMALL.length - 10;
        for (int at = end + 1; at < SMALL.length; at++)
        {
            final byte[] changed = SMALL.clone();
            changed[at] ^= 1;
            final String message = refusal(changed);
            assertTrue(message.startsWith("file: inconsistent at the end, after event 9: the end has "), message);
        }
    }

    /** Of the plain file each byte, of the compressed one each byte: always a message with a place. */
    @Test
    void shouldRefuseEveryTruncation()
    {
        for (int length = 0; length < SMALL.length; length++)
        {
            final byte[] cut = Arrays.copyOf(SMALL, length);
            if (length > 0)
            {
                assertTrue(refusal(cut).matches("file: truncated (in the header|at event \\d+)"), refusal(cut));
            }
            assertTrue(refusal(TraceBytes.compressed(cut)).matches("file: truncated (in the header|at event \\d+)"));
        }
        final byte[] compressed = TraceBytes.compressed(SMALL);
        for (int length = 0; length < compressed.length; length++)
        {
            final String message = refusal(Arrays.copyOf(compressed, length));
            assertTrue(message.matches("file: (truncated (in the header|at event \\d+)|not a trace: too short for a " +
                "gzip stream, ends at byte " + length + ")"), message);
        }
    }

    @Test
    void shouldNeverFailOtherwiseThanByTraceError()
    {
        final byte[] compressed = TraceBytes.compressed(SMALL);
        for (int value = 0; value < 256; value++)
        {
            for (int at = 0; at < SMALL.length; at++)
            {
                readOrRefuse(changed(SMALL, at, value));
                readOrRefuse(TraceBytes.compressed(changed(SMALL, at, value)));
            }
            for (int at = 0; at < compressed.length; at++)
            {
                readOrRefuse(changed(compressed, at, value));
            }
        }
    }

    static byte[] changed(final byte[] bytes, final int at, final int value)
    {
        final byte[] changed = bytes.clone();
        changed[at] = (byte)value;
        return changed;
    }

    static byte[] trace(final int... values)
    {
        final byte[] bytes = new byte[HEADER.length + values.length];
        for (int i = 0; i < bytes.length; i++)
        {
            bytes[i] = (byte)(i < HEADER.length ? HEADER[i] : values[i - HEADER.length]);
        }
        return bytes;
    }

    private static Trace read(final byte[] bytes) throws TraceError
    {
        return TraceReader.read("name", "file", new ByteArrayInputStream(bytes));
    }

    private static void readOrRefuse(final byte[] bytes)
    {
        try
        {
            read(bytes);
        }
        catch (final TraceError ex)
        {
            assertTrue(ex.getMessage().startsWith("file: "), ex.getMessage());
        }
    }

    private static String refusal(final byte[] bytes)
    {
        return assertThrows(TraceError.class, () -> read(bytes)).getMessage();
    }
}
