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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Programs that are modules: with Quarry's three on the module path, Agrona's only where it is called, and no warning.
 */
class ModulePathTest
{
    private static final String SLABS = """
        package trading;

        import io.quarry.alloc.Region;
        import io.quarry.alloc.buddy.RunAllocator;
        import io.quarry.alloc.slab.SlabAllocator;

        public final class Main
        {
            private Main()
            {
            }

            public static void main(final String[] args)
            {
                try (Region region = Region.allocate(16 << 20);
                    SlabAllocator allocator = new SlabAllocator(new RunAllocator(region)))
                {
                    final long order = allocator.allocate(48, 16);
                    region.buffer(order).putLong(region.bufferOffset(order), 4711);
                    System.out.println(region.buffer(order).getLong(region.bufferOffset(order)));
                    allocator.deallocate(order, 48, 16);
                    allocator.verify();
                    System.out.println(allocator.getClass().getModule().getName());
                    System.out.println(ModuleLayer.boot().findModule("org.agrona").isPresent());
                }
            }
        }
        """;

    private static final String MEMORY = """
        package trading;

        import io.quarry.alloc.GlobalAlloc;
        import io.quarry.alloc.Region;
        import io.quarry.alloc.SynchronizedRegionAllocator;
        import io.quarry.alloc.buddy.RunAllocator;
        import io.quarry.alloc.slab.SlabAllocator;

        public final class Memory
        {
            private Memory()
            {
            }

            public static GlobalAlloc provider()
            {
                return new SynchronizedRegionAllocator(new SlabAllocator(new RunAllocator(Region.allocate(16 << 20))));
            }
        }
        """;

    private static final String GLOBAL = """
        package trading;

        import io.quarry.alloc.Alloc;
        import io.quarry.alloc.Global;

        public final class Main
        {
            private Main()
            {
            }

            public static void main(final String[] args)
            {
                final long address = Alloc.alloc(48, 16);
                System.out.println(Global.INSTANCE.regionOf(address).capacity());
                Alloc.dealloc(address, 48, 16);
            }
        }
        """;

    private static final String AGRONA = """
        package trading;

        import io.quarry.alloc.AgronaBuffers;
        import io.quarry.alloc.Region;

        public final class Main
        {
            private Main()
            {
            }

            public static void main(final String[] args)
            {
                try (Region region = Region.allocate(4096))
                {
                    System.out.println(AgronaBuffers.newBuffer(region, region.address(), 64).capacity());
                }
                catch (final UnsupportedOperationException ex)
                {
                    System.out.println(ex.getMessage());
                }
            }
        }
        """;

    @TempDir
    private Path folder;

    /** The program that an image is made of, too. */
    static CompiledProgram slabs(final Path folder) throws IOException
    {
        return CompiledProgram.in(folder)
            .file("module-info.java",
                "module trading { requires io.quarry.alloc.buddy; requires io.quarry.alloc.slab; }")
            .file("trading/Main.java", SLABS)
            .compileModule();
    }

    @Test
    void shouldRunWithoutAgrona() throws IOException
    {
        assertEquals("4711\nio.quarry.alloc.slab\nfalse\n", slabs(folder).run("trading/trading.Main"));
    }

    @Test
    void shouldFindTheGlobalAllocatorThatAModuleProvides() throws IOException
    {
        final CompiledProgram program = CompiledProgram.in(folder)
            .file("module-info.java",
                "module trading { requires io.quarry.alloc.buddy; requires io.quarry.alloc.slab; " +
                "provides io.quarry.alloc.GlobalAlloc with trading.Memory; }")
            .file("trading/Memory.java", MEMORY)
            .file("trading/Main.java", GLOBAL)
            .compileModule();

        assertEquals((16 << 20) + "\n", program.run("trading/trading.Main"));
    }

    @Test
    void shouldNameAgronasModuleInItsFlag() throws IOException
    {
        final CompiledProgram program = CompiledProgram.in(folder).withAgrona()
            .file("module-info.java", """
                @SuppressWarnings("requires-automatic")
                module trading
                {
                    requires io.quarry.alloc;
                    requires org.agrona;
                }
                """)
            .file("trading/Main.java", AGRONA)
            .compileModule();

        assertEquals("Agrona's buffers need the JVM flag --add-opens java.base/jdk.internal.misc=org.agrona\n",
            program.run("trading/trading.Main"));
        assertEquals("64\n", program.run("trading/trading.Main",
            "--add-opens", "java.base/jdk.internal.misc=org.agrona"));
    }
}
