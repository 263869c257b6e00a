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

import java.util.List;

/**
 * Where a call came from: a thread, and the program's frames on its stack.
 *
 * @param threadName the thread's name at the time.
 * @param threadId   the thread's id.
 * @param frames     from the caller of the allocator on outwards, at most 24; empty if the trace was not kept.
 */
public record CallSite(String threadName, long threadId, List<StackTraceElement> frames)
{
    /**
     * Keeps a copy of the frames.
     *
     * @param threadName the thread's name at the time.
     * @param threadId   the thread's id.
     * @param frames     from the caller of the allocator on outwards.
     */
    public CallSite
    {
        frames = List.copyOf(frames);
    }

    /**
     * The thread and the frames, one a line.
     *
     * @return a text of several lines, without an end of line at its end.
     */
    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder(64);
        text.append("thread=\"").append(threadName).append("\" id=").append(threadId);
        if (frames.isEmpty())
        {
            text.append("\n        at a place that was not kept");
        }
        frames.forEach(frame -> text.append("\n        at ").append(frame));
        return text.toString();
    }
}
