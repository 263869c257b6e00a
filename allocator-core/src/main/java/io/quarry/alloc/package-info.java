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
 * The contract of allocation, the off-heap memory it is about, and what can be built on any allocator.
 * <pre>
 *   Allocator        GlobalAlloc        the two contracts: exceptions and fitting sizes; NULL and exact sizes
 *        \             /
 *      RegionAllocator                  all blocks in one Region; slab, buddy and run allocators are such
 *            |
 *         Region                        one off-heap span, claimed by one allocator at a time
 * </pre>
 * <p>
 * Begin with {@link io.quarry.alloc.Allocator}, which defines the terms and what is refused, then
 * {@link io.quarry.alloc.Region}. The rest stands on these two and can be read in any order:
 * <ul>
 * <li>requests and failure: {@link io.quarry.alloc.Layout}, {@link io.quarry.alloc.AllocError},
 * {@link io.quarry.alloc.Diagnosis};</li>
 * <li>the program's allocator: {@link io.quarry.alloc.Global}, {@link io.quarry.alloc.Alloc},
 * {@link io.quarry.alloc.SystemAllocator};</li>
 * <li>one block: {@link io.quarry.alloc.Block}, {@link io.quarry.alloc.ExpandableBlockBuffer};</li>
 * <li>on any allocator: {@link io.quarry.alloc.ArenaAllocator}, {@link io.quarry.alloc.FallbackAllocator},
 * {@link io.quarry.alloc.SynchronizedAllocator}, {@link io.quarry.alloc.TracingAllocator},
 * {@link io.quarry.alloc.CheckedAllocator} with its {@link io.quarry.alloc.CheckOptions},
 * {@link io.quarry.alloc.LeakReport} and {@link io.quarry.alloc.MisuseReport};</li>
 * <li>on an allocator of one region: {@link io.quarry.alloc.CheckedRegionAllocator},
 * {@link io.quarry.alloc.ClearingAllocator};</li>
 * <li>to write an allocator: {@link io.quarry.alloc.AbstractRegionAllocator}.</li>
 * </ul>
 * <p>
 * Threads: a {@link io.quarry.alloc.Region} may be used by any thread; an allocator is for one thread unless it says
 * {@link io.quarry.alloc.Allocator#isThreadSafe() otherwise}. {@link io.quarry.alloc.Layout} and the errors are
 * immutable.
 * <p>
 * Source: the semantics are those of Rust's module {@code std::alloc}, release 1.95.
 */
package io.quarry.alloc;
