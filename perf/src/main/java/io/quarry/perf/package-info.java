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
 * The {@code quarry} command: replays recorded allocation traces through Quarry's allocators and their peers, runs
 * conformance vectors and scripts, and starts the benchmarks.
 * <p>
 * A replay measures one allocator and one trace in a JVM of its own:
 * <pre>
 *   quarry                         child JVM, one for each allocator and trace
 *   ReplayCommand                  ReplayChild
 *     TraceReader   .trace.gz        ContentReplay   a first pass: contents, footprint
 *     ReplayFork    --- Trace ----&gt;  TraceReplay     warm-up, then the passes on the clock
 *     ReplayTable   &lt;-- figures --   ReplayTarget    the one allocator that this JVM loads
 * </pre>
 * <p>
 * Begin with {@link io.quarry.perf.Quarry}, which picks the command; then {@code ReplayCommand}, and
 * {@code TraceReplay}, whose loop is what the clock runs over. Each {@code ...Benchmark} stands alone, with its
 * question and its command in its Javadoc.
 * <p>
 * Method: the README beside the traces in the resources of this module. Threads: everything here is for one thread.
 */
package io.quarry.perf;
