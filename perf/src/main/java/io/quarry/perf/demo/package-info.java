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
 * {@code quarry demo}: samples of messaging with Quarry's blocks, Agrona's ring buffers and agents, and Aeron; to be
 * read, run, and copied from.
 * <pre>
 *   in-process      FeedHandler --.
 *                   FeedHandler --+-- BlockRing --&gt; Strategy -- BlockRing --&gt; Gateway
 *
 *   aeron           AeronPublisher -- offer --&gt; Aeron --&gt; BlockAssembler --&gt; AeronSubscriber
 *
 *   two-processes   BlockOwner  -- offset, length --&gt;  BlockReader, in another JVM, in place
 *                               &lt;-- offset, length --
 * </pre>
 * Begin with {@code InProcessDemo}, {@code AeronDemo} and {@code TwoProcessesDemo}; what they share begins with Demo.
 * Threads: each agent has one, and calls nobody else's {@link io.quarry.alloc.slab.Heap}.
 */
package io.quarry.perf.demo;
