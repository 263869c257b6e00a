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
 * One line of a random script: {@code KIND id size alignment fit extra}, always all six, numbers in decimal.
 *
 * @param kind      of call.
 * @param id        of the block that is made or used; of ALLOCATE_BATCH of the first, the others having the next ones.
 * @param size      bytes asked for; of MISUSE which method is called wrongly, see {@link ScriptMisuse}.
 * @param alignment bytes asked for.
 * @param fit       which of the fitting sizes is passed: r, m or h; of MISUSE which mistake is made.
 * @param extra     the least size of ALLOC_UP_TO; how many blocks of a batch at most; of MISUSE any number, to choose
 *                  values by.
 */
record ScriptOperation(Kind kind, long id, long size, long alignment, char fit, long extra)
{
    enum Kind
    {
        ALLOCATE, ALLOCATE_ZEROED, ALLOC, ALLOC_ZEROED, ALLOC_UP_TO,
        GROW, GROW_ZEROED, SHRINK, TRY_RESIZE, REALLOC,
        DEALLOCATE, DEALLOC,
        ALLOCATE_BATCH,
        /** Of the blocks with the size and the alignment that block id has, that one first. */
        DEALLOCATE_BATCH,
        MISUSE,
        /** What is diagnosed is what happens. */
        DIAGNOSE,
        TRIM,
        /** All blocks, the statistics and the invariants are checked. */
        CHECK,
        /** If no block lives: the region must be whole again. */
        EMPTY
    }

    static ScriptOperation parse(final String line)
    {
        final String[] fields = line.strip().split(" +");
        if (6 != fields.length || 1 != fields[4].length())
        {
            throw new IllegalArgumentException("line=\"" + line + "\": wanted KIND id size alignment fit extra");
        }
        return new ScriptOperation(
            Kind.valueOf(fields[0]),
            Long.parseLong(fields[1]),
            Long.parseLong(fields[2]),
            Long.parseUnsignedLong(fields[3]),
            fields[4].charAt(0),
            Long.parseLong(fields[5]));
    }

    static ScriptOperation of(final Kind kind, final long id)
    {
        return new ScriptOperation(kind, id, 0, 1, 'r', 0);
    }

    @Override
    public String toString()
    {
        return kind + " " + id + " " + size + " " + Long.toUnsignedString(alignment) + " " + fit + " " + extra;
    }
}
