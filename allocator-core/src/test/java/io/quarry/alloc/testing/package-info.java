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
 * The tests that every allocator must pass, as a test jar, for allocators outside this project too.
 * <p>
 * Begin with {@code AllocatorContract}: subclass it and say how to make your allocator; it gathers the
 * {@code ...Contract} interfaces, one for each part of the contract. Then {@code AllocatorScriptContract} for random
 * calls against a model, and {@code ConformanceScriptContract} for scripts with recorded outcomes.
 * {@code PlantedMistakesTest} shows that each finds what it is there to find.
 */
package io.quarry.alloc.testing;
