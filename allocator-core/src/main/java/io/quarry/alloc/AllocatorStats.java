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
 * What an allocator has handed out and what it could still hand out, in one moment.
 *
 * @param allocatedBytes bytes of all blocks handed out and not freed, by their usable sizes.
 * @param liveBlocks     how many blocks those are; zero-size ones don't count.
 * @param freeBytes      bytes that could be handed out, in whatever pieces.
 * @param largestFreeRun bytes of the longest stretch of free memory.
 * @param highWaterBytes bytes from the region's start to the end of the highest block there ever was.
 * @param metadataBytes  bytes of all the arrays that the allocator, and those it stands on, keep.
 */
public record AllocatorStats(
    long allocatedBytes,
    long liveBlocks,
    long freeBytes,
    long largestFreeRun,
    long highWaterBytes,
    long metadataBytes)
{
}
