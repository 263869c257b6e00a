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
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * An image of a program with slabs over runs, and of nothing that it doesn't need.
 */
class ImageTest
{
    @TempDir
    private Path folder;

    @Test
    void shouldLinkAndRun() throws IOException
    {
        final CompiledProgram program = ModulePathTest.slabs(folder);
        final Path image = folder.resolve("image");
        CompiledProgram.call("jlink", List.of(
            "--module-path", program.modulePath(true),
            "--add-modules", "trading",
            "--launcher", "trading=trading/trading.Main",
            "--output", image.toString()));

        assertEquals("4711\nio.quarry.alloc.slab\nfalse\n",
            CompiledProgram.printed(List.of(image.resolve("bin/trading").toString())));
        final String modules = CompiledProgram.printed(
            List.of(image.resolve("bin/java").toString(), "--list-modules"));
        assertEquals(List.of("io.quarry.alloc", "io.quarry.alloc.buddy", "io.quarry.alloc.slab", "java.base",
            "jdk.unsupported", "trading"), modules.lines().map((line) -> line.replaceAll("@.*", "")).sorted().toList());
        assertTrue(modules.contains("java.base@" + Runtime.version().feature()), modules);
    }
}
