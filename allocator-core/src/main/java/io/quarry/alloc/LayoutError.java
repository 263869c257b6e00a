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
 * A size and an alignment, or an operation on layouts, that give no valid {@link Layout}. It carries no detail, and all
 * instances are equal.
 * <p>
 * The one instance is made once and carries no stack trace, so that failure makes no garbage.
 * {@code -Dquarry.stackTraces=true} makes a fresh one with its trace each time.
 */
public final class LayoutError extends RuntimeException
{
    private static final long serialVersionUID = 1L;
    private static final boolean STACK_TRACES = Boolean.getBoolean("quarry.stackTraces");
    private static final LayoutError INSTANCE = new LayoutError(STACK_TRACES);

    private LayoutError(final boolean stackTrace)
    {
        super("invalid parameters to Layout::from_size_align", null, stackTrace, stackTrace);
    }

    static LayoutError get()
    {
        return STACK_TRACES ? new LayoutError(true) : INSTANCE;
    }

    /**
     * All instances are equal.
     *
     * @param other any object.
     * @return true if {@code other} is a {@code LayoutError}.
     */
    @Override
    public boolean equals(final Object other)
    {
        return other instanceof LayoutError;
    }

    /**
     * The same for all instances.
     *
     * @return a constant.
     */
    @Override
    public int hashCode()
    {
        return LayoutError.class.getName().hashCode();
    }
}
