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
 * Size and alignment of a request.
 *
 * @param size  bytes.
 * @param align bytes, a power of two.
 */
public record Layout(long size, long align)
{
    /**
     * Whether a size and an alignment make a valid layout.
     *
     * @param size  bytes.
     * @param align bytes.
     * @return true if they do.
     */
    public static boolean isValid(final long size, final long align)
    {
        // For align = 2^63 the subtraction wraps: align - 1 is Long.MAX_VALUE, and only size 0 is left, as it must.
        return Long.bitCount(align) == 1 && size >= 0 && size <= Long.MAX_VALUE - (align - 1);
    }
}
