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

import java.util.HashMap;
import java.util.Map;

/**
 * When a request must succeed: if four times what lives and is asked for, every block as the least power of two that is
 * at least 16, its size and its alignment, was within the region at all times since it was last empty. For regions from
 * 1 MiB and alignments to a page, as with the recorded scripts.
 */
final class ScriptDemand
{
    private static final long FACTOR = 4;
    private static final long MIN_CAPACITY = 1 << 20;
    private static final long MAX_ALIGNMENT = 4096;

    private final long capacity;
    private final Map<Long, Long> byId = new HashMap<>();
    private long live;
    private long peak;

    ScriptDemand(final long capacity)
    {
        this.capacity = capacity;
    }

    /** A block that is new, or resized: then both are held at once. */
    void add(final long id, final long length, final long size, final long alignment)
    {
        final long bytes = 0 == length ? 0 : ConformanceParser.pow2Bytes(size, alignment);
        peak = Math.max(peak, live + bytes);
        final Long before = byId.put(id, bytes);
        live += bytes - (null == before ? 0 : before);
    }

    void remove(final long id)
    {
        live -= byId.remove(id);
    }

    /** What lives now. */
    long live()
    {
        return live;
    }

    void forgetPeak()
    {
        peak = live;
    }

    boolean mustSucceed(final long size, final long alignment)
    {
        return capacity >= MIN_CAPACITY && size <= capacity && alignment <= MAX_ALIGNMENT &&
            Math.max(peak, live + ConformanceParser.pow2Bytes(size, alignment)) <= capacity / FACTOR;
    }

    @Override
    public String toString()
    {
        return "live=" + live + " peak=" + peak + " capacity=" + capacity;
    }
}
