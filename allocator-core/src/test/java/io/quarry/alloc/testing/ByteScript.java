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
package io.quarry.alloc.testing;

import java.util.List;

/**
 * Reads a script out of bytes, any bytes: what a fuzzer makes up. An operation takes five; the size of the region is
 * the caller's to choose. A change of one byte changes little of the script, so that a fuzzer that keeps what reaches
 * new code gets on.
 * <pre>
 *   byte 0  kind    which of KINDS; of those that free or resize, its upper bits also which fitting size is passed
 *   byte 1  which   of the live blocks, the newest first; how many of a batch; of MISUSE of the dead ones, too
 *   byte 2  align   below 160 up to 4 KiB, below 224 up to 16 MiB, else up to 2^63
 *   byte 3  form    of the size, three bits, see {@link #size}; and a shift
 *   byte 4  fine    what is added
 * </pre>
 */
final class ByteScript implements ScriptSource
{
    private static final int LENGTH = 5;

    /** What a fuzzer seldom does by itself, to fill a region, is a batch. */
    private static final ScriptOperation.Kind[] KINDS = {
        ScriptOperation.Kind.ALLOCATE, ScriptOperation.Kind.ALLOCATE, ScriptOperation.Kind.ALLOCATE,
        ScriptOperation.Kind.ALLOCATE, ScriptOperation.Kind.ALLOCATE_ZEROED, ScriptOperation.Kind.ALLOCATE_ZEROED,
        ScriptOperation.Kind.ALLOC, ScriptOperation.Kind.ALLOC_ZEROED,
        ScriptOperation.Kind.ALLOC_UP_TO, ScriptOperation.Kind.ALLOCATE_BATCH, ScriptOperation.Kind.ALLOCATE_BATCH,
        ScriptOperation.Kind.DEALLOCATE_BATCH, ScriptOperation.Kind.DEALLOCATE_BATCH,
        ScriptOperation.Kind.GROW, ScriptOperation.Kind.GROW, ScriptOperation.Kind.GROW_ZEROED,
        ScriptOperation.Kind.SHRINK, ScriptOperation.Kind.SHRINK, ScriptOperation.Kind.TRY_RESIZE,
        ScriptOperation.Kind.TRY_RESIZE, ScriptOperation.Kind.REALLOC, ScriptOperation.Kind.REALLOC,
        ScriptOperation.Kind.DEALLOCATE, ScriptOperation.Kind.DEALLOCATE, ScriptOperation.Kind.DEALLOCATE,
        ScriptOperation.Kind.DEALLOCATE, ScriptOperation.Kind.DEALLOC,
        ScriptOperation.Kind.MISUSE, ScriptOperation.Kind.MISUSE,
        ScriptOperation.Kind.DIAGNOSE, ScriptOperation.Kind.TRIM, ScriptOperation.Kind.CHECK };

    private static final int KIND_BITS = 5;
    private static final String FITS = "rmhr";
    private static final int NEAR = 160;
    private static final int FAR = 224;

    private final byte[] bytes;
    private final ScriptRunner runner;
    private final long capacity;
    private int at;
    private long nextId;
    private long lastSize = 16;

    private int which;
    private int align;
    private int form;
    private int fine;

    ByteScript(final byte[] bytes, final ScriptRunner runner, final long capacity)
    {
        this.bytes = bytes;
        this.runner = runner;
        this.capacity = capacity;
    }

    @Override
    public ScriptOperation next()
    {
        if (at + LENGTH > bytes.length)
        {
            return null;
        }
        final int first = bytes[at] & 0xFF;
        which = bytes[at + 1] & 0xFF;
        align = bytes[at + 2] & 0xFF;
        form = bytes[at + 3] & 0xFF;
        fine = bytes[at + 4] & 0xFF;
        at += LENGTH;
        final ScriptOperation.Kind kind = KINDS[first & KINDS.length - 1];
        final char fit = FITS.charAt(first >>> KIND_BITS & 3);
        return switch (kind)
        {
            case ALLOCATE, ALLOCATE_ZEROED, ALLOC, ALLOC_ZEROED, ALLOC_UP_TO, ALLOCATE_BATCH, DIAGNOSE ->
                allocate(kind);
            case GROW, GROW_ZEROED, SHRINK, TRY_RESIZE, REALLOC -> resize(kind, fit);
            case DEALLOCATE, DEALLOC, DEALLOCATE_BATCH ->
                new ScriptOperation(kind, idOf(runner.liveIds()), 0, 1, fit, 1 + fine);
            case MISUSE -> misuse(first >>> KIND_BITS);
            default -> ScriptOperation.of(kind, 0);
        };
    }

    /** The oldest first, or the newest, or neither, as the script's length has it. */
    @Override
    public ScriptOperation drain()
    {
        final List<Long> live = runner.liveIds();
        final int index = switch (bytes.length % 3)
        {
            case 0 -> 0;
            case 1 -> live.size() - 1;
            default -> live.size() / 2;
        };
        return ScriptOperation.of(ScriptOperation.Kind.DEALLOCATE, live.get(index));
    }

    private ScriptOperation allocate(final ScriptOperation.Kind kind)
    {
        final long alignment = alignment();
        final long size = clipped(size(lastSize), alignment);
        lastSize = size;
        final long id = nextId;
        final boolean isBatch = ScriptOperation.Kind.ALLOCATE_BATCH == kind;
        nextId += isBatch ? which : 1;
        return new ScriptOperation(kind, id, size, alignment, 'r',
            isBatch ? which : Math.min(size, 1 + size / 256 * which));
    }

    private ScriptOperation resize(final ScriptOperation.Kind kind, final char fit)
    {
        final long id = idOf(runner.liveIds());
        final LiveBlock block = runner.block(id);
        final boolean keeps = null != block && 0 == (align & 1);
        final long alignment = keeps ? block.alignment : alignment();
        final long size = size(null == block ? lastSize : 0 == (align & 2) ? block.size : block.length);
        return new ScriptOperation(kind, id, clipped(size, alignment), alignment, fit, 0);
    }

    private ScriptOperation misuse(final int mistake)
    {
        final char what = ScriptMisuse.ALL_MISTAKES.charAt(mistake);
        final long id = idOf('d' == what ? runner.deadIds() : runner.liveIds());
        return new ScriptOperation(ScriptOperation.Kind.MISUSE, id, align % ScriptMisuse.METHODS, 1, what,
            (long)form << 8 | fine);
    }

    private long idOf(final List<Long> ids)
    {
        return ids.isEmpty() ? -1 : ids.get(ids.size() - 1 - which % ids.size());
    }

    /** By the upper three bits of the form; what lies about a border is what most mistakes are made with. */
    private long size(final long other)
    {
        final int shift = form & 31;
        final long about = (byte)fine;
        final long size = switch (form >>> KIND_BITS)
        {
            case 0 -> fine;
            case 1 -> fine + 256L * shift;
            case 2 -> (1L << shift) + about;
            case 3 -> ((fine + 1L) << shift % 13) + shift / 13 - 1;
            case 4 -> (capacity >> (shift & 7)) + (about << (shift >> 3));
            // One in sixteen the same.
            case 5 -> other + (about >> 4);
            case 6 -> other + (about << (shift & 15));
            default -> absurd(shift, about);
        };
        return Math.max(0, size);
    }

    private static long absurd(final int shift, final long about)
    {
        return switch (shift & 3)
        {
            case 0 -> (1L << 31 + (shift >> 2) * 4) + about;
            case 1 -> Long.MAX_VALUE - (about & 0x7F);
            case 2 -> Long.MAX_VALUE - (1L << shift);
            default -> Integer.MAX_VALUE + about;
        };
    }

    private static long clipped(final long size, final long alignment)
    {
        return Math.min(size, Long.MAX_VALUE - (alignment - 1));
    }

    private long alignment()
    {
        return 1L << (align < NEAR ? align % 13 : align < FAR ? align % 25 : align % 64);
    }
}
