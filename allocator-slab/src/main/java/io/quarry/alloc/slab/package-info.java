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
 * Small blocks: slabs of one size each, on top of an allocator of larger ones.
 * <pre>
 *    allocate, deallocate
 *          |
 *      Magazines      a stack of slots for each size class; what is here is ready to go
 *        |   |        refill, flush: half a magazine at a time
 *      SlabTable      where slabs lie and which of their slots are taken; one bit a granule of 16 B
 *        |   |        a slab is made, an empty slab is given back
 *    RegionAllocator  the upstream, which serves larger blocks as well
 * </pre>
 * <p>
 * Begin with {@link io.quarry.alloc.slab.SlabAllocator}, what it is for and costs; then {@code QuickSlots} for what
 * runs on every call, {@code SizeClasses} and {@code SlabSizing} for what sizes there are and why, {@code SlabTable}
 * for the records. {@code SlabVerifier} has every invariant as code.
 * <p>
 * Threads: {@link io.quarry.alloc.slab.SlabAllocator} is for one thread.
 * <p>
 * Source: Bonwick, "The Slab Allocator: An Object-Caching Kernel Memory Allocator" (1994); Bonwick and Adams,
 * "Magazines and Vmem" (2001).
 */
package io.quarry.alloc.slab;
