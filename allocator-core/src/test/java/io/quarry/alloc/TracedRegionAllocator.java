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

import io.quarry.alloc.testing.AllocatorSubject;

import java.io.OutputStream;

/**
 * A region allocator all of whose calls go through a recorder, so that the contract's tests can be run on one.
 */
final class TracedRegionAllocator extends AllocatorSubject
{
    private final TracingAllocator tracing;

    TracedRegionAllocator(final RegionAllocator upstream)
    {
        // Small, so that callers meet a full ring, too.
        this(upstream, new TracingAllocator(upstream, OutputStream.nullOutputStream(), 64));
    }

    private TracedRegionAllocator(final RegionAllocator upstream, final TracingAllocator tracing)
    {
        super(upstream, tracing);
        this.tracing = tracing;
    }

    /** Of the upstream, and that the recorder has understood every call. */
    @Override
    public void verify()
    {
        super.verify();
        tracing.flush();
        if (0 != tracing.unmatchedEvents() || 0 != tracing.lostEvents())
        {
            throw new IllegalStateException("unmatchedEvents=" + tracing.unmatchedEvents() + " lostEvents=" +
                tracing.lostEvents() + ": wanted 0");
        }
    }

    @Override
    public void close()
    {
        tracing.close();
        super.close();
    }
}
