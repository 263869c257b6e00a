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

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes the system allocator may have from the JDK at once. Counted here before the JDK is asked, as the JDK
 * takes half a second to say no: it has the collector look for garbage buffers first.
 */
final class SystemBudget
{
    private static final int KIB_SHIFT = 10;

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param limit bytes.
     */
    SystemBudget(final long limit)
    {
        this.limit = limit;
    }

    /**
     * The budget that a text sets.
     *
     * @param text bytes, with k, m or g behind for units of 2<sup>10</sup>, 2<sup>20</sup>, 2<sup>30</sup>; null for
     *             as many bytes as the heap may have, which is the JDK's own default limit for direct memory.
     * @return the budget.
     * @throws IllegalArgumentException if the text is none of that.
     */
    static SystemBudget of(final String text)
    {
        return new SystemBudget(null == text ? Runtime.getRuntime().maxMemory() : parse(text));
    }

    long limit()
    {
        return limit;
    }

    long taken()
    {
        return taken.get();
    }

    /** Takes bytes, all or none. */
    boolean take(final long bytes)
    {
        long present = taken.get();
        while (bytes <= limit - present)
        {
            final long seen = taken.compareAndExchange(present, present + bytes);
            if (seen == present)
            {
                return true;
            }
            present = seen;
        }
        return false;
    }

    void give(final long bytes)
    {
        taken.getAndAdd(-bytes);
    }

    private static long parse(final String text)
    {
        final String lower = text.strip().toLowerCase(Locale.ROOT);
        final int unit = lower.isEmpty() ? -1 : "kmg".indexOf(lower.charAt(lower.length() - 1));
        final int shift = KIB_SHIFT * (unit + 1);
        try
        {
            final long count = Long.parseLong(unit < 0 ? lower : lower.substring(0, lower.length() - 1));
            if (count >= 0 && count <= Long.MAX_VALUE >> shift)
            {
                return count << shift;
            }
        }
        catch (final NumberFormatException ignored)
        {
            // Told below, with what is out of range.
        }
        throw new IllegalArgumentException(SystemAllocator.BUDGET_PROPERTY + "=" + text +
            ": not a number of bytes, as 1000000, 512k, 64m or 2g");
    }
}
