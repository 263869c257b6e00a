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

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a main class in a JVM of its own, of the release that runs the tests: for what a flag, a class path or a limit
 * decides, and for what is printed on the standard streams.
 */
public final class ForkedJvm
{
    private static final long LIMIT_S = 120;

    private final List<String> flags = new ArrayList<>();
    private final List<Class<?>> classPath = new ArrayList<>();
    private final List<Path> places = new ArrayList<>();
    private final List<String> prefix = new ArrayList<>();

    /**
     * A JVM that sees no classes but those beside the given ones.
     */
    public static ForkedJvm withClassesOf(final Class<?>... examples)
    {
        final ForkedJvm jvm = new ForkedJvm();
        jvm.classPath.addAll(Arrays.asList(examples));
        return jvm;
    }

    public ForkedJvm flags(final String... added)
    {
        flags.addAll(Arrays.asList(added));
        return this;
    }

    /**
     * Adds a folder to the class path.
     */
    ForkedJvm classPath(final Path folder)
    {
        places.add(folder);
        return this;
    }

    /**
     * Bounds all that the JVM can map, by the shell that starts it.
     */
    ForkedJvm addressSpaceKiB(final int limit)
    {
        prefix.addAll(List.of("sh", "-c", "ulimit -v " + limit + " && exec \"$@\"", "sh"));
        return this;
    }

    /**
     * Sees a file system that nothing else does.
     *
     * @param command that mounts it.
     */
    ForkedJvm mounting(final String command)
    {
        prefix.addAll(List.of("unshare", "--mount", "sh", "-c", command + " && exec \"$@\"", "sh"));
        return this;
    }

    public Result run(final Class<?> main, final String... arguments)
    {
        final List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx64m");
        command.addAll(flags);
        command.add("-cp");
        command.add(Stream.concat(classPath.stream().map(ForkedJvm::placeOf), places.stream())
            .map(Path::toString).distinct().collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        command.addAll(Arrays.asList(arguments));
        return run(command);
    }

    /**
     * Runs any command, of a JDK or made by one.
     */
    public static Result run(final List<String> command)
    {
        try
        {
            return start(command);
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new IllegalStateException(command.toString(), ex);
        }
    }

    private static Result start(final List<String> command) throws IOException, InterruptedException
    {
        final Path out = Files.createTempFile("quarry", ".out");
        final Path err = Files.createTempFile("quarry", ".err");
        try
        {
            final ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            // These make a JVM print a line that isn't ours.
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
            // Else each thread may map 64 MiB for the C library's own use.
            builder.environment().put("MALLOC_ARENA_MAX", "1");
            final Process process = builder.start();
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS))
            {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(
                    command + " took more than " + LIMIT_S + " s: " + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        }
        finally
        {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /**
     * Where a class was loaded from: a folder or a jar.
     */
    public static Path placeOf(final Class<?> example)
    {
        try
        {
            return Path.of(example.getProtectionDomain().getCodeSource().getLocation().toURI());
        }
        catch (final URISyntaxException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    public record Result(int status, String out, String err)
    {
    }
}
