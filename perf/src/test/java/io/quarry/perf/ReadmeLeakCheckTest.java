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

import io.quarry.alloc.Allocator;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.junit.LeakCheck;
import io.quarry.alloc.slab.SlabAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

/**
 * The extension of README.md; {@link DocumentsTest} compares it with the page.
 */
class ReadmeLeakCheckTest
{
    // listing:begin
    @RegisterExtension
    static final LeakCheck LEAKS = LeakCheck.over(1 << 20, region -> new SlabAllocator(new RunAllocator(region)));

    @Test
    void shouldGiveItsMemoryBack(final Allocator allocator)     // checked in full; the test fails if a block is left
    {
        allocator.deallocate(allocator.allocate(48, 16), 48, 16);
    }
    // listing:end

    @Test
    void shouldBeChecked(final Allocator allocator)
    {
        assertInstanceOf(CheckedRegionAllocator.class, allocator);
    }
}
