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

import java.util.Objects;

/**
 * What a {@link CheckedAllocator} knows of a wrong call or of damaged bytes. It is the message of the exception that
 * refuses the call, and can be had from that by {@link #of(Throwable)}.
 *
 * @param kind      what is wrong.
 * @param call      the method that was called and found it.
 * @param address   that was passed to it; of the block, if it was found without being passed.
 * @param size      that was passed to it, bytes; the block's, if none was passed.
 * @param alignment that was passed to it; the block's, if none was passed.
 * @param block     the block that it is about; null if there is none.
 * @param damage    the bytes that were written; null if it isn't about bytes.
 * @param found     where the call came from.
 */
public record MisuseReport(
    Kind kind, String call, long address, long size, long alignment, BlockInfo block, Damage damage, CallSite found)
{
    /**
     * What can be wrong.
     */
    public enum Kind
    {
        /**
         * An address outside the allocator's memory.
         */
        FOREIGN("foreign address", true),

        /**
         * An address inside a block, or in the zones around it.
         */
        INTERIOR("address inside a block, not its start", true),

        /**
         * An address in the allocator's memory where no block is that is known.
         */
        NO_BLOCK("no block lives there", false),

        /**
         * A block that is freed or resized after it was freed, or moved away from.
         */
        DOUBLE_FREE("double free", false),

        /**
         * A size or an alignment that is not the block's.
         */
        WRONG_LAYOUT("wrong layout", true),

        /**
         * Bytes written before a block.
         */
        UNDERRUN("bytes written before the block", false),

        /**
         * Bytes written behind a block.
         */
        OVERRUN("bytes written behind the block", false),

        /**
         * Bytes of a block written after it was freed.
         */
        USE_AFTER_FREE("bytes written after the block was freed", false);

        private final String text;
        private final boolean isArgument;

        Kind(final String text, final boolean isArgument)
        {
            this.text = text;
            this.isArgument = isArgument;
        }
    }

    /**
     * A block and its life.
     *
     * @param address   of its first byte.
     * @param size      bytes.
     * @param alignment it was last allocated or resized with.
     * @param allocated where it was allocated or resized last.
     * @param freed     where it was freed, or moved away from; null if it lives, or if that isn't known.
     */
    public record BlockInfo(long address, long size, long alignment, CallSite allocated, CallSite freed)
    {
    }

    /**
     * Bytes that are not as they were left.
     *
     * @param offset bytes from the block's start to the first that was changed; negative before the block.
     * @param count  how many were changed between there and the end of the zone.
     * @param wanted the value that each had.
     * @param found  the value of the first that was changed.
     * @param dump   the bytes about it in hexadecimal, each line with the offset of its first byte; those that were
     *               changed in brackets.
     */
    public record Damage(long offset, long count, int wanted, int found, String dump)
    {
    }

    /**
     * The report that an exception carries.
     *
     * @param thrown any.
     * @return the report, or null if it carries none.
     */
    public static MisuseReport of(final Throwable thrown)
    {
        if (thrown instanceof ArgumentException argument)
        {
            return argument.report;
        }
        return thrown instanceof StateException state ? state.report : null;
    }

    /** The exception that the contract wants, with this report. */
    RuntimeException exception(final Throwable cause)
    {
        return kind.isArgument ? new ArgumentException(this, cause) : new StateException(this, cause);
    }

    /**
     * The report in words.
     *
     * @return a text of several lines.
     */
    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder(512);
        text.append(kind.text).append(": ").append(call).append(" address=").append(Misuse.hex(address))
            .append(" size=").append(size).append(" alignment=").append(Long.toUnsignedString(alignment))
            .append("\n    found in a call by ").append(found);
        if (null != block)
        {
            text.append("\n    the block has address=").append(Misuse.hex(block.address))
                .append(" size=").append(block.size)
                .append(" alignment=").append(Long.toUnsignedString(block.alignment));
            if (address != block.address)
            {
                text.append(", the address passed is at offset=").append(address - block.address);
            }
            text.append("\n    allocated by ").append(block.allocated);
            if (null != block.freed)
            {
                text.append("\n    freed by ").append(block.freed);
            }
        }
        if (null != damage)
        {
            text.append("\n    at offset=").append(damage.offset)
                .append(String.format(": byte 0x%02x, wanted 0x%02x", damage.found, damage.wanted))
                .append("; changed bytes=").append(damage.count).append(damage.dump);
        }
        return text.toString();
    }

    private static final class ArgumentException extends IllegalArgumentException
    {
        private static final long serialVersionUID = 1L;
        private final transient MisuseReport report;

        ArgumentException(final MisuseReport report, final Throwable cause)
        {
            super(Objects.toString(report), cause);
            this.report = report;
        }
    }

    private static final class StateException extends IllegalStateException
    {
        private static final long serialVersionUID = 1L;
        private final transient MisuseReport report;

        StateException(final MisuseReport report, final Throwable cause)
        {
            super(Objects.toString(report), cause);
            this.report = report;
        }
    }
}
