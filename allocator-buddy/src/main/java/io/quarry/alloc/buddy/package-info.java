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
/**
 * The page layer: allocators that cut one region into runs of equal units.
 * <pre>
 *   BuddyAllocator                    blocks inside words of 64 slots; any call in a bounded number of steps
 *      |        |        \
 *   extents   RadixWords  BuddyVerifier
 *   int[]       |   levels of words: 64 units make a slot, 64 slots one of the next level
 *            RadixLevel   one level: words, and an index by the length of the longest run
 *               |         EdgeSearch   the last resort
 *            RunSearch    bit tricks on one word
 *
 *   ConcurrentBuddyAllocator          the same for any number of threads, without locks
 *      |            |          \
 *   AtomicExtents   |       ConcurrentBuddyVerifier
 *             ConcurrentWords       a bit is one resource: in one word, or in one hand
 *      |            |          \
 *   Transit         |       RunClaim, UnitSweep   a certain run; the last resort
 *   what is         |
 *   in a hand   ConcurrentLevel, HintTree, Stripes   words; where to look; who works where
 *
 *   RunAllocator                      runs that cross all borders, for tight memory
 *      |        \
 *   RunMap     RunBins                boundary tags; free runs by length
 * </pre>
 * <p>
 * Begin with {@link io.quarry.alloc.buddy.RunAllocator} or {@link io.quarry.alloc.buddy.BuddyAllocator}, which say what
 * each is for. Of the first read {@code RunSpace} next, of the second {@code RadixWords}, of
 * {@link io.quarry.alloc.buddy.ConcurrentBuddyAllocator} {@code ConcurrentWords}; {@code RunVerifier},
 * {@code BuddyVerifier} and {@code ConcurrentBuddyVerifier} have every invariant as code.
 * <p>
 * Threads: one at a time, as the names say that carry no mark; any, where the name begins with Concurrent.
 * <p>
 * Source: K. C. Knowlton, A fast storage allocator, CACM 8(10), 1965, for the buddy; D. E. Knuth, The Art of Computer
 * Programming, vol. 1, section 2.5, for boundary tags.
 */
package io.quarry.alloc.buddy;
