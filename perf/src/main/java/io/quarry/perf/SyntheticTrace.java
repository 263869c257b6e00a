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

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Traces of no program: sizes and lifetimes as textbooks assume them, to see whether what serves the recorded programs
 * serves others as well. The events are the same each time and on every JVM.
 */
enum SyntheticTrace
{
    /** Log-normal sizes, of a median of 96 bytes up to 256 KiB; any of the blocks may be the next to go. */
    LOG_NORMAL("mix-log-normal")
    {
        @Override
        void run(final Blocks blocks) throws TraceError
        {
            final int[] live = new int[20_000];
            for (int i = 0; i < CALLS; i++)
            {
                final int at = i < live.length ? i : blocks.random.nextInt(live.length);
                if (i >= live.length)
                {
                    blocks.free(live[at]);
                }
                final double size = 96 * StrictMath.exp(1.8 * blocks.random.nextGaussian());
                live[at] = blocks.allocate((int)Math.max(1, Math.min(256 << 10, size)));
            }
        }
    },

    /** Frames of a power of two from 64 bytes to 16 KiB; the oldest goes first, but for one in sixteen. */
    FRAMES("mix-frames")
    {
        @Override
        void run(final Blocks blocks) throws TraceError
        {
            frames(blocks, 0);
        }
    },

    /** The same with a header of 24 bytes, which brings each frame just beyond a power of two. */
    FRAMES_AND_HEADERS("mix-frames-header")
    {
        @Override
        void run(final Blocks blocks) throws TraceError
        {
            frames(blocks, 24);
        }
    },

    /** Eight phases, each with sizes of its own, the next twice as long; one block in twenty outlives its phase. */
    PHASES("mix-phases")
    {
        @Override
        void run(final Blocks blocks) throws TraceError
        {
            for (int phase = 0; phase < 8; phase++)
            {
                final int least = 16 << phase;
                final int[] made = new int[50_000 >> phase / 2];
                for (int i = 0; i < made.length; i++)
                {
                    made[i] = blocks.allocate(least + blocks.random.nextInt(least));
                }
                for (final int block : made)
                {
                    if (0 != blocks.random.nextInt(20))
                    {
                        blocks.free(block);
                    }
                }
            }
        }
    };

    private static final int CALLS = 200_000;

    private final String label;

    SyntheticTrace(final String label)
    {
        this.label = label;
    }

    String label()
    {
        return label;
    }

    static List<String> labels()
    {
        return Arrays.stream(values()).map(SyntheticTrace::label).collect(Collectors.toList());
    }

    Trace make() throws TraceError
    {
        final Blocks blocks = new Blocks(label);
        run(blocks);
        return blocks.builder.trace(label);
    }

    /** Says what is allocated and freed. */
    abstract void run(Blocks blocks) throws TraceError;

    private static void frames(final Blocks blocks, final int header) throws TraceError
    {
        final int[] live = new int[4_000];
        for (int i = 0; i < CALLS; i++)
        {
            final boolean isInOrder = i < live.length || 0 != blocks.random.nextInt(16);
            final int at = isInOrder ? i % live.length : blocks.random.nextInt(live.length);
            if (i >= live.length)
            {
                blocks.free(live[at]);
            }
            live[at] = blocks.allocate((64 << blocks.random.nextInt(9)) + header);
        }
    }

    /** The blocks of a trace that is being made, by their numbers. */
    static final class Blocks
    {
        /** Of the numbers that {@link Random} promises: the same everywhere. */
        final Random random = new Random(20);
        private final TraceBuilder builder;

        private Blocks(final String label) throws TraceError
        {
            builder = new TraceBuilder(new TraceInput(label, InputStream.nullInputStream()));
            builder.thread(0, 1);
        }

        int allocate(final int size) throws TraceError
        {
            final int block = builder.idCount();
            builder.alloc(size, Trace.DEFAULT_ALIGNMENT_SHIFT, false, false);
            return block;
        }

        void free(final int block) throws TraceError
        {
            builder.free(block);
        }
    }
}
