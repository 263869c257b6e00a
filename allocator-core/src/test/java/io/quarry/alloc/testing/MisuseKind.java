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

/**
 * What can be done wrong with a block, and whether an allocator finds it at its default level of checks.
 */
enum MisuseKind
{
    /** A free of a block that is dead. */
    DOUBLE_FREE(true),
    /** A resize, or a question about the length, of a block that is dead. */
    DEAD_BLOCK(true),
    /** An address that is in no memory of the allocator. */
    FOREIGN(true),
    /** An address inside a live block. */
    INTERIOR(true),
    /** A size above the length of the block. */
    SIZE_TOO_LARGE(true),
    /** An alignment that the address doesn't meet, or that is none. */
    ALIGNMENT_UNMET(true),
    /** A live block of another allocator of the same class. */
    OTHER_ALLOCATORS_BLOCK(true),
    /** Any call with a block whose allocator is closed. */
    AFTER_CLOSE(true),
    /** A size below the one asked for: legal after a shrink in place, so it frees the block as what it is. */
    SIZE_TOO_SMALL(false),
    /** An alignment that the address meets by chance, but not the one asked for: frees the block, too. */
    ALIGNMENT_OTHER(false),
    /** A write of the byte after a block. */
    OVERRUN(false),
    /** A write of the byte before a block. */
    UNDERRUN(false),
    /** A write to the memory of a dead block. */
    USE_AFTER_FREE(false);

    private final boolean isFoundAtOnce;

    MisuseKind(final boolean isFoundAtOnce)
    {
        this.isFoundAtOnce = isFoundAtOnce;
    }

    /** Whether the default level promises a refusal. */
    boolean isFoundAtOnce()
    {
        return isFoundAtOnce;
    }
}
