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
 * What is told of an allocation that its caller can't do without: see {@link Alloc#handleAllocError}.
 * <p>
 * Any thread may call it at any time, also one that took it with {@link Alloc#takeAllocErrorHook} while nothing has
 * failed: it must do no harm then. What it throws goes to the caller of {@code handleAllocError}.
 */
@FunctionalInterface
public interface AllocErrorHook
{
    /**
     * Tells of the failure. Memory is short: better to allocate nothing.
     *
     * @param layout that could not be had.
     */
    void onAllocError(Layout layout);
}
