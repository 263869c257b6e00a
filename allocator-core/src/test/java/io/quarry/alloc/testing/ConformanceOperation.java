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
 * One line of a conformance script. Fields that its kind of line doesn't have are 0.
 *
 * @param line      number in the file, from 1.
 * @param text      of the line.
 * @param fails     whether the call must fail: the line starts with F.
 * @param kind      A, Z, G, Y, S, D, W or C; of a call that must fail, the second field.
 * @param id        of the block.
 * @param size      bytes, or how many blocks for C.
 * @param alignment bytes.
 * @param fit       r, m or h.
 * @param offset    of what W writes.
 * @param length    of what W writes, or the bytes for C.
 * @param seed      of the pattern.
 * @param hash      wanted by D and C.
 */
record ConformanceOperation(
    int line,
    String text,
    boolean fails,
    char kind,
    long id,
    long size,
    long alignment,
    char fit,
    long offset,
    long length,
    long seed,
    long hash)
{
}
