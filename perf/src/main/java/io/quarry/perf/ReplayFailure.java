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

import io.quarry.alloc.AllocError;

/**
 * A replay that could not go on: memory ran out, or a block was not as it must be.
 */
final class ReplayFailure extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    ReplayFailure(final String message)
    {
        super(message);
    }

    private ReplayFailure(final String message, final Throwable cause)
    {
        super(message, cause);
    }

    /**
     * The failure of an operation.
     *
     * @param events of the trace.
     * @param i      index of the event's first int.
     * @param target that was called.
     * @param cause  what it threw.
     * @return the failure, which names the event, what it asked for and what was free.
     */
    static ReplayFailure at(final int[] events, final int i, final ReplayTarget target, final Throwable cause)
    {
        return at(events, i, i / Trace.INTS, target, cause);
    }

    /**
     * The failure of an operation.
     *
     * @param events   of the trace, or of a share of it.
     * @param i        index of the event's first int.
     * @param sequence of the event in the trace.
     * @param target   that was called.
     * @param cause    what it threw.
     * @return the failure, which names the event, what it asked for and what was free.
     */
    static ReplayFailure at(
        final int[] events, final int i, final int sequence, final ReplayTarget target, final Throwable cause)
    {
        if (cause instanceof ReplayFailure)
        {
            return (ReplayFailure)cause;
        }
        final String asked = "asked for " + events[i + Trace.SIZE] + " bytes at alignment " +
            Trace.alignment(events[i]) + " at event " + sequence;
        if (cause instanceof AllocError || cause instanceof OutOfMemoryError)
        {
            return new ReplayFailure("memory exhausted: " + asked + "; " + target.freeMemory(), cause);
        }
        return new ReplayFailure("refused: " + asked + ": " + cause, cause);
    }
}
