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
package io.quarry.perf;

/**
 * How a replay is to be measured.
 *
 * @param regionSize bytes of region for a Quarry allocator.
 * @param warmUpMs   the least time that passes are replayed before the clock starts. Time and not passes: a short trace
 *                   would leave the JIT compiler at work.
 * @param passes     on the clock; their median counts.
 */
record ReplaySettings(long regionSize, int warmUpMs, int passes)
{
}
