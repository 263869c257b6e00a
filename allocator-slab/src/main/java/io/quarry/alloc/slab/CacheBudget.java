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

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of slabs the heaps of one allocator may hold at a time, so that what is cached has a bound however
 * many threads there are. Whoever takes a slab takes its bytes here first; nobody waits.
 */
final class CacheBudget
{
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    CacheBudget(final long limit)
    {
        this.limit = limit;
    }

    /** Takes bytes, or returns false with nothing changed if there are too few left. */
    boolean tryTake(final long bytes)
    {
        if (used.addAndGet(bytes) <= limit)
        {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void give(final long bytes)
    {
        used.addAndGet(-bytes);
    }

    /** Whether more than half is taken: what is only perhaps of use should go, so that every heap gets some. */
    boolean isTight()
    {
        return used.get() > limit >>> 1;
    }

    long limit()
    {
        return limit;
    }

    long used()
    {
        return used.get();
    }
}
