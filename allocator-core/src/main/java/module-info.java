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
 * The contract, layouts, errors, the region, and what combines with any allocator.
 * <p>
 * On the module path Agrona is needed by those only who use its buffers, and JUnit by those who use
 * {@link io.quarry.alloc.junit}. The module {@code jdk.unsupported} is where JDKs before 22 keep what tells the address
 * of a buffer.
 */
@SuppressWarnings("requires-automatic")
module io.quarry.alloc
{
    // Not static: nothing else would bring it into an image, and before JDK 22 there is no region without it.
    requires jdk.unsupported;
    requires static org.agrona;
    requires static org.junit.jupiter.api;

    exports io.quarry.alloc;
    exports io.quarry.alloc.junit;

    uses io.quarry.alloc.GlobalAlloc;
}
