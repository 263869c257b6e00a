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

/**
 * Off-heap memory could not be had by code that can't go on without it: what {@link Alloc#handleAllocError} throws.
 * An allocator itself never throws it: a request that fails is an {@link AllocError}, or {@link Allocator#NULL}.
 */
public final class OffHeapMemoryError extends OutOfMemoryError
{
    private static final long serialVersionUID = 1L;

    /** Of the request. */
    private final transient Layout layout;

    OffHeapMemoryError(final Layout layout)
    {
        super("memory allocation of " + layout.size() + " bytes failed (alignment=" +
            Long.toUnsignedString(layout.align()) + ")");
        this.layout = layout;
    }

    /**
     * The layout of the request.
     *
     * @return the layout; null in an error that was serialised.
     */
    public Layout layout()
    {
        return layout;
    }
}
