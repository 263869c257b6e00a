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

import io.quarry.alloc.ForkedJvm;
import io.quarry.alloc.Region;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.SlabAllocator;
import org.agrona.DirectBuffer;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A user's program: compiled by a test from its text, with all warnings, which are errors.
 */
final class CompiledProgram
{
    private final Path folder;
    private final List<Path> modules = new ArrayList<>();

    private CompiledProgram(final Path folder)
    {
        this.folder = folder;
        for (final Class<?> example : List.of(Region.class, RunAllocator.class, SlabAllocator.class))
        {
            modules.add(ForkedJvm.placeOf(example));
        }
    }

    /**
     * Makes a program that has nothing but Quarry's three modules.
     *
     * @param folder empty, to be filled.
     */
    static CompiledProgram in(final Path folder)
    {
        return new CompiledProgram(folder);
    }

    CompiledProgram withAgrona()
    {
        modules.add(ForkedJvm.placeOf(DirectBuffer.class));
        return this;
    }

    /** Adds a file; its name is a path. */
    CompiledProgram file(final String name, final String text) throws IOException
    {
        final Path file = folder.resolve("source").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    /** Compiles it as a module. */
    CompiledProgram compileModule(final String... options) throws IOException
    {
        return compile("--module-path", modulePath(false), options);
    }

    /** Compiles it to be run on the class path. */
    CompiledProgram compile(final String... options) throws IOException
    {
        return compile("-cp", modulePath(false), options);
    }

    private CompiledProgram compile(final String path, final String places, final String... options) throws IOException
    {
        final List<String> arguments = new ArrayList<>(List.of(
            "-Xlint:all", "-Werror", "-d", classes().toString(), path, places));
        arguments.addAll(Arrays.asList(options));
        try (Stream<Path> sources = Files.walk(folder.resolve("source")))
        {
            sources.filter(Files::isRegularFile).map(Path::toString).forEach(arguments::add);
        }
        call("javac", arguments);
        return this;
    }

    /** Where it was compiled to. */
    Path classes()
    {
        return folder.resolve("classes");
    }

    /** All modules, its own too, for a command's option. */
    String modulePath(final boolean withItsOwn)
    {
        final Stream<Path> own = withItsOwn ? Stream.of(classes()) : Stream.empty();
        return Stream.concat(modules.stream(), own).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** Calls a tool of the JDK; it must have nothing to complain of. */
    static void call(final String tool, final List<String> arguments)
    {
        final StringWriter said = new StringWriter();
        final PrintWriter out = new PrintWriter(said);
        final int status = ToolProvider.findFirst(tool).orElseThrow().run(out, out, arguments.toArray(new String[0]));
        assertEquals(0, status, () -> tool + " " + arguments + ": " + said);
        assertEquals("", said.toString());
    }

    /** Runs it, its module first, and returns what it printed; it must end well and say nothing on standard error. */
    String run(final String main, final String... flags)
    {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(flags));
        command.addAll(List.of("--module-path", modulePath(true), "--module", main));
        return printed(command);
    }

    /** What a command prints that must end well and say nothing on standard error. */
    static String printed(final List<String> command)
    {
        final ForkedJvm.Result result = ForkedJvm.run(command);
        assertEquals("", result.err());
        assertEquals(0, result.status(), result::out);
        return result.out();
    }
}
