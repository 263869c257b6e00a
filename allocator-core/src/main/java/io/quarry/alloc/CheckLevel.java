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
 * How much a {@link CheckedAllocator} looks at, and what that costs. Each level finds what the one before it does.
 */
public enum CheckLevel
{
    /**
     * What lives, by size: how many blocks and bytes, in classes of powers of two. Nothing is kept for a single block.
     * Wrong calls are refused as the target refuses them.
     */
    COUNT,

    /**
     * Also where blocks were allocated that leak, and where blocks were allocated and freed that are freed again: of
     * one block in so many, in tables of fixed size. Fit for production.
     */
    SITE,

    /**
     * Also every block: bytes written before and behind it, or after it was freed; another size or alignment than it
     * has; the sites of all. For tests: each block takes 64 bytes and more, each call a stack trace.
     */
    FULL
}
