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
 * An extension for JUnit 5 that fails a test which leaks blocks, or does something else wrong with them. The only part
 * of this library that needs JUnit, and only where it is used: {@code org.junit.jupiter:junit-jupiter-api}, which a
 * project with such tests has.
 * <p>
 * Begin with {@link io.quarry.alloc.junit.LeakCheck}. Threads: tests may run at once, each has an allocator of its own.
 * What is found, and how: {@link io.quarry.alloc.CheckedAllocator}.
 */
package io.quarry.alloc.junit;
