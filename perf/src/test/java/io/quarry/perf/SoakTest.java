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

import io.quarry.alloc.AllocatorStats;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.testing.AllocatorSubject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.UnaryOperator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The short form of a soak, and what it notices.
 */
class SoakTest
{
    private static final int REGION = 64 << 20;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldSoakOneThreadAndSeveral()
    {
        assertEquals(0, run("soak", "--operations", "1000000", "--threads", "3"), this::said);

        assertTrue(out.toString().contains("slab-buddy, 1 thread"), this::said);
        assertTrue(out.toString().contains("concurrent-slab, 3 threads"), this::said);
        assertTrue(out.toString().contains("concurrent-buddy, 3 threads"), this::said);
        assertEquals(3, out.toString().split("nothing left in the end", -1).length - 1, this::said);
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = { "--operations=999999", "--threads=0", "--threads=65", "--allocator=malloc" })
    void shouldRefuseWhatIsOutOfRange(final String option)
    {
        assertEquals(2, run("soak", option), this::said);
    }

    @Test
    void shouldNoticeABlockThatIsFreedTooEarly()
    {
        final String fault = faultOf(FreesTooEarly::new, 3);
        // Its owner finds another's bytes, or frees it again.
        assertTrue(fault.contains("wanted stamp=") || fault.contains("IllegalStateException") ||
            fault.contains("IllegalArgumentException"), fault);
    }

    @Test
    void shouldNoticeAByteThatIsWrittenByAnother()
    {
        final String fault = faultOf(WritesBeyond::new, 1);
        assertTrue(fault.contains("wanted stamp=") && fault.contains("got "), fault);
    }

    @Test
    void shouldNoticeABlockThatIsLost()
    {
        final String fault = faultOf(LosesFrees::new, 1);
        assertTrue(fault.startsWith("wanted liveBlocks="), fault);
    }

    @Test
    void shouldNoticeAFootprintThatGrows()
    {
        final String fault = faultOf(Grows::new, 1);
        assertTrue(fault.startsWith("the footprint grows: after the first tenth held="), fault);
    }

    private String faultOf(final UnaryOperator<RegionAllocator> mistake, final int threads)
    {
        try (RegionStack stack = new RegionStack(REGION, 4096, ConcurrentBuddyAllocator::new, mistake))
        {
            final SoakRun run = new SoakRun(new PrintWriter(out), new PrintWriter(err), 1_000_000, threads, 1);
            final Soak soak = new Soak(stack, threads, 1);
            return assertThrows(SoakFault.class, () -> run.soak(soak), this::said).getMessage();
        }
    }

    private int run(final String... arguments)
    {
        final CommandLine commandLine = Quarry.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private String said()
    {
        return out + "\n" + err;
    }

    /** One block in some is free as soon as it is handed out. */
    private static final class FreesTooEarly extends AllocatorSubject
    {
        private volatile int calls;

        FreesTooEarly(final RegionAllocator allocator)
        {
            super(allocator, allocator, allocator);
        }

        @Override
        public long alloc(final long size, final long alignment)
        {
            final long address = super.alloc(size, alignment);
            // Not exact among threads, and needn't be.
            calls = calls + 1;
            if (0 == calls % 10_000)
            {
                super.dealloc(address, size, alignment);
            }
            return address;
        }
    }

    /** One block in some is cleared by 8 bytes too many, before its own first byte. */
    private static final class WritesBeyond extends AllocatorSubject
    {
        private int calls;

        WritesBeyond(final RegionAllocator allocator)
        {
            super(allocator, allocator, allocator);
        }

        @Override
        public long allocZeroed(final long size, final long alignment)
        {
            final long address = super.allocZeroed(size, alignment);
            if (0 == ++calls % 100 && address > region().address())
            {
                region().zero(address - 64, 64);
            }
            return address;
        }
    }

    /** One free in some doesn't happen. */
    private static final class LosesFrees extends AllocatorSubject
    {
        private int calls;

        LosesFrees(final RegionAllocator allocator)
        {
            super(allocator, allocator, allocator);
        }

        @Override
        public void dealloc(final long address, final long size, final long alignment)
        {
            if (0 != ++calls % 10_000)
            {
                super.dealloc(address, size, alignment);
            }
        }
    }

    /** Takes more and more for itself, and doesn't count it. */
    private static final class Grows extends AllocatorSubject
    {
        private static final int SIZE = 4096;

        private int calls;
        private long taken;

        Grows(final RegionAllocator allocator)
        {
            super(allocator, allocator, allocator);
        }

        @Override
        public long alloc(final long size, final long alignment)
        {
            if (0 == ++calls % 100)
            {
                taken += NULL == super.alloc(SIZE, SIZE) ? 0 : 1;
            }
            return super.alloc(size, alignment);
        }

        @Override
        public AllocatorStats stats()
        {
            final AllocatorStats stats = super.stats();
            return new AllocatorStats(stats.allocatedBytes() - SIZE * taken, stats.liveBlocks() - taken,
                stats.freeBytes(), stats.largestFreeRun(), stats.highWaterBytes(), stats.metadataBytes());
        }
    }
}
