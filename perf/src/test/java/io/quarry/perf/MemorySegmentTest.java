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

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Blocks as memory segments, on the JDKs that have them: compiled here, since the tests are of Java 17.
 */
class MemorySegmentTest
{
    private static final int FIRST_JDK = 22;

    private static final String SEGMENTS = """
        import io.quarry.alloc.Region;
        import io.quarry.alloc.RegionAllocator;
        import io.quarry.alloc.buddy.RunAllocator;
        import io.quarry.alloc.slab.SlabAllocator;

        import java.lang.foreign.MemorySegment;
        import java.lang.foreign.SegmentAllocator;
        import java.lang.foreign.ValueLayout;

        public final class Main
        {
            private Main()
            {
            }

            public static void main(final String[] args)
            {
                final MemorySegment stale;
                try (Region region = Region.allocate(1 << 20);
                    SlabAllocator allocator = new SlabAllocator(new RunAllocator(region)))
                {
                    stale = use(region, allocator);
                    System.out.println(allocator.stats().liveBlocks());
                }
                try
                {
                    stale.get(ValueLayout.JAVA_BYTE, 0);
                }
                catch (final IllegalStateException ex)
                {
                    System.out.println("the region is closed");
                }
            }

            private static MemorySegment use(final Region region, final RegionAllocator allocator)
            {
                // listing:begin
                final SegmentAllocator segments = (size, alignment) ->
                    MemorySegment.ofBuffer(region.byteBuffer(allocator.allocateZeroed(size, alignment), size));

                final MemorySegment prices = segments.allocate(ValueLayout.JAVA_LONG, 100);
                prices.setAtIndex(ValueLayout.JAVA_LONG, 99, 4711);
                allocator.deallocate(prices.address(), prices.byteSize(), ValueLayout.JAVA_LONG.byteAlignment());
                // listing:end
                System.out.println(prices.byteSize() + " " + prices.getAtIndex(ValueLayout.JAVA_LONG, 99));
                final MemorySegment text = segments.allocateFrom("quarry");
                System.out.println(text.getString(0) + " " + region.contains(text.address(), text.byteSize()));
                allocator.deallocate(text.address(), text.byteSize(), 1);
                return text;
            }
        }
        """;

    @TempDir
    private Path folder;

    @BeforeEach
    void wantMemorySegments()
    {
        assumeTrue(Runtime.version().feature() >= FIRST_JDK, "no memory segments before JDK " + FIRST_JDK);
    }

    @Test
    void shouldAllocateSegmentsInOneLine() throws IOException
    {
        final CompiledProgram program = CompiledProgram.in(folder).file("Main.java", SEGMENTS).compile();

        assertEquals("800 4711\nquarry true\n0\nthe region is closed\n", CompiledProgram.printed(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            program.modulePath(true),
            "Main")));
    }
}
