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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TraceReaderTest
{
    private static List<String> bundled()
    {
        return Traces.BUNDLED;
    }

    @ParameterizedTest
    @MethodSource("bundled")
    void shouldReadBundledTrace(final String name) throws TraceError
    {
        final Trace trace = Traces.read(name);

        assertEquals(name, trace.name());
        assertEquals(0, liveBytesAtEnd(trace));
        assertTrue(trace.eventCount() > 150_000);
    }

    @ParameterizedTest
    @CsvSource({
        "fix-gateway, 1038824, 5070640, 35075, 72704, 16",
        "redis-cache, 1780745, 63591909, 146185, 324096, 16",
        "ffmpeg-x264, 158128, 85322148, 2043, 2584448, 2097152"})
    void shouldFindWhatTheReadmeSays(
        final String name,
        final int events,
        final int peakLiveBytes,
        final int peakLiveBlocks,
        final int largestSize,
        final int largestAlignment) throws TraceError
    {
        final Trace trace = Traces.read(name);

        assertEquals(events, trace.eventCount());
        assertEquals(peakLiveBytes, trace.peakLiveBytes());
        assertEquals(peakLiveBlocks, trace.slotCount());
        assertEquals(largestSize, trace.largestSize());
        assertEquals(largestAlignment, trace.largestAlignment());
    }

    @Test
    void shouldDecodeEveryField() throws TraceError
    {
        final Trace trace = read(TraceBytes.small().compressed());

        final int head = Trace.DEFAULT_ALIGNMENT_SHIFT << Trace.ALIGNMENT_SHIFT;
        final int aligned = 6 << Trace.ALIGNMENT_SHIFT | Trace.ALIGNED;
        assertArrayEquals(
            new int[]{
                Trace.ALLOC_ZEROED | head, 0, 200, 0,
                Trace.ALLOC | aligned | 1 << Trace.THREAD_SHIFT, 1, 100, 0,
                Trace.REALLOC | head, 0, 1000, 200,
                Trace.REALLOC | head, 0, 10, 1000,
                Trace.FREE | head | 1 << Trace.THREAD_SHIFT, 0, 10, 0},
            trace.events());
        assertArrayEquals(new int[]{ Trace.FREE | aligned, 1, 100, 0 }, trace.left());
        assertEquals(64, trace.largestAlignment());
        assertEquals(1000, trace.largestSize());
    }

    @Test
    void shouldUseSlotsAgain() throws TraceError
    {
        final Trace trace = read(new TraceBytes(4, 2, 1, 8, 1, 0, 0)
            .bytes(0x80, 0, 8, 0x02, 1, 0x00, 8, 0x02, 1)
            .compressed());

        assertEquals(1, trace.slotCount());
        assertEquals(0, trace.left().length);
    }

    @Test
    void shouldReadTraceWithoutEvents() throws TraceError
    {
        assertEquals(0, read(new TraceBytes(0, 0, 0, 0, 0, 0, 0).compressed()).eventCount());
    }

    @Test
    void shouldComeThroughPipeUnchanged() throws TraceError, IOException
    {
        final Trace trace = Traces.read("perl-text");
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        trace.writeTo(new DataOutputStream(out));

        final Trace copy = Trace.readFrom(new DataInputStream(new ByteArrayInputStream(out.toByteArray())));

        assertEquals(trace.name(), copy.name());
        assertEquals(trace.slotCount(), copy.slotCount());
        assertEquals(trace.peakLiveBytes(), copy.peakLiveBytes());
        assertArrayEquals(trace.events(), copy.events());
        assertArrayEquals(trace.left(), copy.left());
    }

    @ParameterizedTest
    @CsvSource({
        "EVENTS, 4", "EVENTS, 6", "IDS, 3", "THREADS, 3", "THREADS, 1",
        "PEAK_LIVE_BYTES, 1101", "PEAK_LIVE_BLOCKS, 3", "END_LIVE_BLOCKS, 0", "END_LIVE_BYTES, 99"})
    void shouldRefuseHeaderThatDoesNotFollowFromEvents(final String field, final int value)
    {
        final int index = List.of("EVENTS", "IDS", "THREADS", "PEAK_LIVE_BYTES", "PEAK_LIVE_BLOCKS",
            "END_LIVE_BLOCKS", "END_LIVE_BYTES").indexOf(field);

        final String message = refusal(TraceBytes.small().with(index, value).compressed());

        assertTrue(message.matches("(?s)file: (inconsistent|truncated) .*event \\d.*"), message);
    }

    @Test
    void shouldNameEventAndPlace()
    {
        assertEquals("file: inconsistent at event 2: FREE of block 0, freed already", refusal(
            event(0x80, 0, 8).bytes(0x02, 1, 0x02, 1)));
        assertEquals("file: inconsistent at event 1: REALLOC of block 0, freed already", refusal(
            new TraceBytes(3, 1, 1, 8, 1, 0, 0).bytes(0x80, 0, 8, 0x02, 1, 0x01, 1, 9)).replace("event 2", "event 1"));
        assertEquals("file: inconsistent at event 1: FREE of the block 2 back, of 1", refusal(
            event(0x80, 0, 8).bytes(0x02, 2)));
        assertEquals("file: inconsistent at event 1: FREE of the block 0 back, of 1", refusal(
            event(0x80, 0, 8).bytes(0x02, 0)));
        assertEquals("file: inconsistent at event 0: the first event names no thread", refusal(event(0x00, 8)));
        assertEquals("file: inconsistent at event 0: op=0x83 is no operation", refusal(event(0x83, 0)));
        assertEquals("file: inconsistent at event 0: op=0x90 has unknown bits", refusal(event(0x90, 0, 8)));
        assertEquals("file: inconsistent at event 1: op=0x6 has unknown bits", refusal(
            event(0x80, 0, 8).bytes(0x06, 1)));
        assertEquals("file: inconsistent at event 0: ALLOC of 0 bytes", refusal(event(0x80, 0, 0)));
        assertEquals("file: inconsistent at event 0: ALLOC with the alignment 2^31, largest is 2^30", refusal(
            event(0x88, 0, 8, 31)));
        assertEquals("file: inconsistent at event 1: REALLOC of block 0, which has an alignment", refusal(
            event(0x88, 0, 8, 6).bytes(0x01, 1, 9)));
        assertTrue(refusal(event(0x80, 1, 8)).startsWith("file: inconsistent at event 0: thread=1, of 1 of which 0"));
        assertEquals("file: inconsistent at event 0: a number above 2147483647", refusal(
            event(0x80, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x08)));
    }

    @Test
    void shouldRefuseWhatIsNoTrace()
    {
        assertTrue(refusal(new byte[0]).startsWith("file: not a trace"));
        assertTrue(refusal("no gzip here".getBytes()).startsWith("file: not a trace: not a gzip stream"));
        assertTrue(refusal(TraceBytes.compressed("MTRX".getBytes())).startsWith("file: not a trace: magic="));
        assertEquals("file: truncated in the header", refusal(TraceBytes.compressed("MTR".getBytes())));
        final byte[] second = TraceBytes.small().plain();
        second[4] = 3;
        assertEquals("file: trace format version=3, known are 1 and 2", refusal(TraceBytes.compressed(second)));
        final byte[] longer = Arrays.copyOf(TraceBytes.small().plain(), TraceBytes.small().plain().length + 1);
        assertTrue(refusal(TraceBytes.compressed(longer)).contains("inconsistent after the last event, event 4"));
    }

    @Test
    void shouldRefuseEveryTruncation()
    {
        final byte[] plain = TraceBytes.small().plain();
        for (int length = 0; length < plain.length; length++)
        {
            final String message = refusal(TraceBytes.compressed(Arrays.copyOf(plain, length)));
            assertTrue(message.startsWith("file: truncated"), message);
        }
        final byte[] compressed = TraceBytes.small().compressed();
        for (int length = 0; length < compressed.length; length++)
        {
            refusal(Arrays.copyOf(compressed, length));
        }
    }

    /** A changed byte is found by the format or by gzip's sum, or is in a field of gzip's header that says nothing. */
    @Test
    void shouldNeverFailOtherwiseThanByTraceError()
    {
        final byte[] plain = TraceBytes.small().plain();
        final byte[] compressed = TraceBytes.small().compressed();
        for (int value = 0; value < 256; value++)
        {
            for (int at = 0; at < plain.length; at++)
            {
                final byte[] changed = plain.clone();
                changed[at] = (byte)value;
                readOrRefuse(TraceBytes.compressed(changed));
            }
            for (int at = 0; at < compressed.length; at++)
            {
                final byte[] changed = compressed.clone();
                changed[at] = (byte)value;
                readOrRefuse(changed);
            }
        }
    }

    private static long liveBytesAtEnd(final Trace trace)
    {
        long live = 0;
        for (final int[] events : List.of(trace.events(), trace.left()))
        {
            for (int i = 0; i < events.length; i += Trace.INTS)
            {
                final int op = events[i] & Trace.OP_MASK;
                final int size = events[i + Trace.SIZE];
                live += Trace.FREE == op ? -size : size - events[i + Trace.OLD_SIZE];
            }
        }
        return live;
    }

    /** A header that promises enough events for the wrong one to be reached. */
    private static TraceBytes event(final int... values)
    {
        return new TraceBytes(3, 1, 1, 8, 1, 0, 0).bytes(values);
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

    private static String refusal(final TraceBytes trace)
    {
        return refusal(trace.compressed());
    }

    private static String refusal(final byte[] bytes)
    {
        return assertThrows(TraceError.class, () -> read(bytes)).getMessage();
    }
}
