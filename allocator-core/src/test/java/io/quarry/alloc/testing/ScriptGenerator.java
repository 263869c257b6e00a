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

import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes up the next operation of a random script, from what lives now. It goes through phases: a steady one of little
 * memory, in which no request may fail; one that fills the region until requests fail; one that goes on in the full
 * region; each followed by one that frees everything.
 */
final class ScriptGenerator
{
    private enum Phase
    {
        STEADY, DRAIN, FILL, FULL
    }

    private static final int PHASE_OPERATIONS = 2000;
    private static final int FULL_OPERATIONS = 600;
    private static final int FILL_FAILURES = 12;
    private static final int MAX_LIVE = 3000;
    private static final long[] UNITS = { 16, 64, 512, 4096 };

    private final SplittableRandom random;
    private final ScriptRunner runner;
    private final long capacity;
    private Phase phase = Phase.STEADY;
    private int phaseOperations;
    private long failuresBefore;
    private int maxSizeBits;
    private int rounds;
    private long nextId;

    ScriptGenerator(final SplittableRandom random, final ScriptRunner runner, final long capacity)
    {
        this.random = random;
        this.runner = runner;
        this.capacity = capacity;
        begin(Phase.STEADY);
    }

    ScriptOperation next()
    {
        phaseOperations++;
        if (Phase.DRAIN == phase)
        {
            return drain();
        }
        if (isOver())
        {
            begin(Phase.FILL == phase ? Phase.FULL : Phase.DRAIN);
            return ScriptOperation.of(ScriptOperation.Kind.CHECK, 0);
        }
        final int what = random.nextInt(100);
        if (what < 4)
        {
            return misuse();
        }
        if (what < 5)
        {
            return ScriptOperation.of(
                0 == random.nextInt(4) ? ScriptOperation.Kind.TRIM : ScriptOperation.Kind.CHECK, 0);
        }
        final List<Long> live = runner.liveIds();
        if (live.isEmpty() || shouldAllocate())
        {
            return allocate();
        }
        final long id = live.get(random.nextInt(live.size()));
        return random.nextInt(100) < 55 ? free(id) : resize(id);
    }

    /** What remains to be done so that the script ends with an empty region. */
    ScriptOperation drain()
    {
        final List<Long> live = runner.liveIds();
        if (live.isEmpty())
        {
            begin(0 == rounds++ % 2 ? Phase.FILL : Phase.STEADY);
            return ScriptOperation.of(ScriptOperation.Kind.EMPTY, 0);
        }
        return free(live.get(random.nextInt(live.size())));
    }

    private void begin(final Phase next)
    {
        phase = next;
        phaseOperations = 0;
        failuresBefore = runner.failures();
        final int capacityBits = Long.SIZE - Long.numberOfLeadingZeros(capacity);
        maxSizeBits = switch (random.nextInt(3))
        {
            case 0 -> Math.max(1, Math.min(10, capacityBits - 5));
            case 1 -> Math.max(1, capacityBits - 6);
            default -> Math.max(1, capacityBits - 3);
        };
        if (Phase.FILL == next)
        {
            // Or it would take too many blocks to fill the region.
            maxSizeBits = Math.max(maxSizeBits, capacityBits - 9);
        }
    }

    private boolean isOver()
    {
        return switch (phase)
        {
            case STEADY -> phaseOperations >= PHASE_OPERATIONS;
            case FILL -> runner.failures() - failuresBefore >= FILL_FAILURES || phaseOperations >= PHASE_OPERATIONS;
            default -> phaseOperations >= FULL_OPERATIONS;
        };
    }

    private boolean shouldAllocate()
    {
        if (runner.liveIds().size() >= MAX_LIVE)
        {
            return false;
        }
        return switch (phase)
        {
            case STEADY -> runner.demand().live() < capacity / 8 && random.nextInt(100) < 55;
            case FILL -> random.nextInt(100) < 85;
            default -> random.nextInt(100) < 50;
        };
    }

    private ScriptOperation allocate()
    {
        final ScriptOperation.Kind kind = switch (random.nextInt(10))
        {
            case 0, 1, 2, 3 -> ScriptOperation.Kind.ALLOCATE;
            case 4, 5 -> ScriptOperation.Kind.ALLOCATE_ZEROED;
            case 6, 7 -> ScriptOperation.Kind.ALLOC;
            case 8 -> ScriptOperation.Kind.ALLOC_ZEROED;
            default -> ScriptOperation.Kind.ALLOC_UP_TO;
        };
        final long alignment = alignment();
        final long size = Math.min(size(), Long.MAX_VALUE - (alignment - 1));
        final long least = 0 == size ? 0 : 1 + random.nextLong(size);
        return new ScriptOperation(kind, nextId++, size, alignment, 'r', least);
    }

    private ScriptOperation resize(final long id)
    {
        final LiveBlock block = runner.block(id);
        final long alignment = random.nextInt(3) > 0 ? block.alignment : alignment();
        final long size = switch (random.nextInt(4))
        {
            case 0 -> size();
            case 1 -> random.nextLong(2 * block.length + 2);
            case 2 -> block.length + random.nextLong(130);
            default -> block.size;
        };
        final ScriptOperation.Kind kind = switch (random.nextInt(8))
        {
            case 0, 1 -> ScriptOperation.Kind.TRY_RESIZE;
            case 2 -> ScriptOperation.Kind.REALLOC;
            default -> size < block.size ? ScriptOperation.Kind.SHRINK :
                random.nextBoolean() ? ScriptOperation.Kind.GROW : ScriptOperation.Kind.GROW_ZEROED;
        };
        return new ScriptOperation(
            kind, id, Math.min(size, Long.MAX_VALUE - (alignment - 1)), alignment, fit(), 0);
    }

    private ScriptOperation free(final long id)
    {
        final ScriptOperation.Kind kind = 0 == random.nextInt(4) && runner.block(id).size > 0 ?
            ScriptOperation.Kind.DEALLOC : ScriptOperation.Kind.DEALLOCATE;
        return new ScriptOperation(kind, id, 0, 1, fit(), 0);
    }

    private ScriptOperation misuse()
    {
        final char mistake = ScriptMisuse.MISTAKES.charAt(random.nextInt(ScriptMisuse.MISTAKES.length()));
        final List<Long> ids = 'd' == mistake ? runner.deadIds() : runner.liveIds();
        // Half of the dead ones freed a moment ago: what caches mistake for live.
        final int index = ids.isEmpty() ? 0 : 'd' == mistake && random.nextBoolean() ?
            ids.size() - 1 - random.nextInt(Math.min(4, ids.size())) : random.nextInt(ids.size());
        return new ScriptOperation(ScriptOperation.Kind.MISUSE, ids.isEmpty() ? 0 : ids.get(index),
            random.nextInt(ScriptMisuse.METHODS), 1, mistake, random.nextLong());
    }

    private char fit()
    {
        return "rmh".charAt(random.nextInt(3));
    }

    private long size()
    {
        final int what = random.nextInt(1000);
        if (what < 15)
        {
            return 0;
        }
        if (what < 20)
        {
            return absurdSize();
        }
        final int bits = 1 + random.nextInt(maxSizeBits);
        final long uniform = (1L << (bits - 1)) + random.nextLong(1L << (bits - 1));
        return switch (random.nextInt(4))
        {
            case 0 -> Math.max(1, (1L << (bits - 1)) + random.nextInt(5) - 2);
            case 1 ->
            {
                final long unit = UNITS[random.nextInt(UNITS.length)];
                yield Math.max(1, (uniform + unit - 1) / unit * unit + random.nextInt(3) - 1);
            }
            default -> uniform;
        };
    }

    private long absurdSize()
    {
        return switch (random.nextInt(6))
        {
            case 0 -> capacity + 1;
            case 1 -> 1L << 31;
            case 2 -> (1L << 32) + 16;
            case 3 -> 1L << 62;
            case 4 -> Long.MAX_VALUE;
            default -> capacity;
        };
    }

    private long alignment()
    {
        final int what = random.nextInt(100);
        if (what < 50)
        {
            return 1L << random.nextInt(5);
        }
        return 1L << (what < 97 ? random.nextInt(13) : random.nextInt(25));
    }
}
