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
 * Why an allocator has no block for a request, or that it has one: what {@link Allocator#diagnose(long, long)} found.
 * For logs and reports; {@link #toString} says it in words.
 *
 * @param reason         the one thing that decides.
 * @param size           bytes that were asked for.
 * @param alignment      that was asked for, bytes.
 * @param freeBytes      in all, wherever they lie.
 * @param largestFreeRun bytes of the longest stretch of free memory.
 * @param maxSize        bytes, {@link Allocator#maxSize} of the allocator.
 */
public record Diagnosis(
    Reason reason, long size, long alignment, long freeBytes, long largestFreeRun, long maxSize)
{
    /**
     * What decides whether a request succeeds. The first that holds counts, in this order.
     */
    public enum Reason
    {
        /**
         * The request would succeed now.
         */
        WOULD_SUCCEED("would succeed", ""),

        /**
         * The size is above {@link Allocator#maxSize}: such a request never succeeds.
         */
        TOO_LARGE("too large ever", "a larger region would help; freeing never will"),

        /**
         * There is no place for a block of that length that starts at a multiple of that alignment, not even when
         * nothing is allocated: such a request never succeeds.
         */
        ALIGNMENT("alignment", "the memory has no such place even when empty; a smaller alignment would help, or a " +
            "region that is larger or lies elsewhere"),

        /**
         * Fewer bytes are free than the block would take.
         */
        EXHAUSTED("exhausted", "to free blocks would help, or a larger region"),

        /**
         * Enough bytes are free, but not in one run where such a block may lie.
         */
        FRAGMENTED("fragmented", "to free blocks beside free memory would help, or to ask for less in one block");

        private final String name;
        private final String advice;

        Reason(final String name, final String advice)
        {
            this.name = name;
            this.advice = advice;
        }

        /**
         * Whether the request will fail whatever is freed.
         *
         * @return true if so: {@link AllocError#isUnsupported} then is, too.
         */
        public boolean isForEver()
        {
            return TOO_LARGE == this || ALIGNMENT == this;
        }
    }

    /**
     * Whether the request would succeed now.
     *
     * @return true if so.
     */
    public boolean wouldSucceed()
    {
        return Reason.WOULD_SUCCEED == reason;
    }

    /**
     * The diagnosis in words: what was asked for, what there is, why it isn't enough, and what would help.
     *
     * @return one line.
     */
    @Override
    public String toString()
    {
        return "size=" + size + " alignment=" + Long.toUnsignedString(alignment) + " freeBytes=" + freeBytes +
            " largestFreeRun=" + largestFreeRun + " maxSize=" + maxSize + ": " + reason.name + advice();
    }

    private String advice()
    {
        if (Reason.WOULD_SUCCEED == reason)
        {
            return "";
        }
        if (Reason.FRAGMENTED == reason && largestFreeRun >= size)
        {
            return "; the largest free run is long enough, but no such block may start where it would have to, " +
                "for its alignment or the borders that the allocator keeps to; " + reason.advice;
        }
        return "; " + reason.advice;
    }
}
