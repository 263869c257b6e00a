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

import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A copy of the library with one line broken, and the tests as they are, loaded apart from the ones that run: static
 * state and all. Programs that a test starts see the broken classes as well.
 */
final class MistakenClasses
{
    private static final String OURS = Global.class.getPackageName() + ".";

    private final Path classes;

    private MistakenClasses(final Path classes)
    {
        this.classes = classes;
    }

    /**
     * The library as it is.
     *
     * @param folder empty, to be filled.
     */
    static MistakenClasses none(final Path folder) throws IOException
    {
        final Path from = ForkedJvm.placeOf(Global.class);
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.toList())
            {
                final Path to = folder.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file))
                {
                    Files.createDirectories(to);
                }
                else
                {
                    Files.copy(file, to);
                }
            }
        }
        // Without it they are what the tests take them for, classes of the class path, to the compiler as well.
        Files.delete(folder.resolve("module-info.class"));
        return new MistakenClasses(folder);
    }

    /**
     * The library with a mistake.
     *
     * @param folder  empty, to be filled.
     * @param mistake in one class; its text must be there once, so that it is known what is broken.
     */
    static MistakenClasses with(final Path folder, final SourceMistake mistake) throws IOException
    {
        final MistakenClasses broken = none(folder.resolve("classes"));
        final String source = Files.readString(EntriesTest.projectFolder()
            .resolve("allocator-core/src/main/java/io/quarry/alloc/" + mistake.type + ".java"));
        final int at = source.indexOf(mistake.right);
        assertTrue(at >= 0 && at == source.lastIndexOf(mistake.right), mistake + ": its text is not there once");
        final Path file = Files.createDirectory(folder.resolve("source")).resolve(mistake.type + ".java");
        Files.writeString(file, source.replace(mistake.right, mistake.wrong));
        broken.compile(file);
        return broken;
    }

    private void compile(final Path file) throws IOException
    {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null))
        {
            final String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
            final boolean done = compiler.getTask(said, files, null,
                List.of("-d", classes.toString(), "-cp", classPath, "--release", "17", "-proc:none", "-implicit:none"),
                null, files.getJavaFileObjects(file)).call();
            assertTrue(done, () -> "does not compile: " + said);
        }
    }

    /**
     * Runs a test on these classes.
     *
     * @param type   of the test, its name below the package of the library.
     * @param method its name.
     * @return what failed, one line for each; empty if nothing did.
     */
    List<String> run(final String type, final String method) throws IOException
    {
        final URL[] places = { classes.toUri().toURL(), ForkedJvm.placeOf(SourceMistake.class).toUri().toURL() };
        final ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Loader loader = new Loader(places))
        {
            Thread.currentThread().setContextClassLoader(loader);
            return failuresOf(Class.forName(OURS + type, true, loader), method);
        }
        catch (final ClassNotFoundException ex)
        {
            throw new AssertionError(ex);
        }
        finally
        {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** The test method of a name, which a contract that the class inherits may have. */
    static Method methodOf(final Class<?> type, final String name)
    {
        return Stream.concat(Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getMethods()))
            .filter(method -> name.equals(method.getName())).findFirst()
            .orElseThrow(() -> new AssertionError(type.getName() + " has no " + name));
    }

    private static List<String> failuresOf(final Class<?> type, final String name)
    {
        final Method method = methodOf(type, name);
        final LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectMethod(type, method)).build();
        final SummaryGeneratingListener listener = new SummaryGeneratingListener();
        try
        {
            LauncherFactory.create().execute(request, listener);
        }
        catch (final OutOfMemoryError ex)
        {
            // Ours is one, and the engine takes it for the JVM's: it ends the run by it.
            return List.of(ex.toString());
        }
        final TestExecutionSummary summary = listener.getSummary();
        assertTrue(summary.getTestsSucceededCount() + summary.getTestsFailedCount() > 0, method + " was not run");
        final List<String> failures = new ArrayList<>();
        summary.getFailures().forEach(failure -> failures.add(failure.getTestIdentifier().getDisplayName() + ": " +
            String.valueOf(failure.getException()).lines().findFirst().orElse("")));
        return failures;
    }

    /** Takes our classes from its own places, and what they stand on from where it is. */
    private static final class Loader extends URLClassLoader
    {
        Loader(final URL[] places)
        {
            super(places, Loader.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException
        {
            if (!name.startsWith(OURS))
            {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name))
            {
                final Class<?> loaded = findLoadedClass(name);
                return null == loaded ? findClass(name) : loaded;
            }
        }
    }
}
