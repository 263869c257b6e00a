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

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Runs every benchmark for a moment, on every subject that can run here; each checks, at its end, that the allocator is
 * in order and got everything back. Agrona's flag is for its buffers and its queue.
 */
@Tag("agrona")
class SubjectBenchmarkTest
{
    private static final int CALLS = 50;
    private static final int MESSAGES = 10_000;
    private static final String SHORT_TRACE = "perl-text";

    @BeforeAll
    static void allowOthersOnThisMachine()
    {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @ParameterizedTest
    @ValueSource(classes = {
        SizeBenchmark.class,
        AlignedBenchmark.class,
        ZeroedBenchmark.class,
        BatchBenchmark.class,
        ChurnBenchmark.class,
        ResizeBenchmark.class,
        PageBenchmark.class,
        ContentionBenchmark.class,
        BuddyBenchmark.class,
        PairBenchmark.class })
    void shouldRunOnEverySubject(final Class<?> benchmark) throws Exception
    {
        final Set<String> subjects = subjectsOf(benchmark);
        final ChainedOptionsBuilder options = quick(benchmark);
        if (!subjects.isEmpty())
        {
            options.param("subject", subjects.toArray(new String[0]));
        }

        final Collection<RunResult> results = new Runner(options.build()).run();

        final Set<String> run = results.stream().map((result) -> result.getParams().getParam("subject"))
            .filter((subject) -> null != subject).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(subjects, run);
        results.forEach((result) -> assertTrue(result.getPrimaryResult().getScore() > 0, result::toString));
        assertEquals(0, results.size() % Math.max(1, subjects.size()));
        assertTrue(!results.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(classes = { CheckedBenchmark.class, ExpandableBlockBufferBenchmark.class })
    void shouldRunWithEveryParameter(final Class<?> benchmark) throws Exception
    {
        assertAllRun(benchmark, new Runner(quickest(benchmark).build()).run());
    }

    /** It registers an allocator, which is done once a JVM. */
    @Test
    void shouldRunInJvmsOfItsOwn() throws Exception
    {
        assertAllRun(GlobalBenchmark.class, new Runner(quickest(GlobalBenchmark.class).forks(1).build()).run());
    }

    @Test
    void shouldRunEveryBenchmark()
    {
        final Set<String> run = new TreeSet<>();
        for (final Method test : SubjectBenchmarkTest.class.getDeclaredMethods())
        {
            final ValueSource source = test.getAnnotation(ValueSource.class);
            Arrays.stream(null == source ? new Class<?>[0] : source.classes()).map(Class::getName).forEach(run::add);
        }
        run.add(GlobalBenchmark.class.getName());
        run.add(HandOffBenchmark.class.getName());

        final Set<String> known = BenchmarkList.defaultList()
            .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of()).stream()
            .map(BenchmarkListEntry::getUserClassQName).collect(Collectors.toCollection(TreeSet::new));

        assertEquals(known, run);
    }

    @Test
    void shouldHandOverMessagesOfEverySubject() throws InterruptedException
    {
        for (final String subject : subjectsOf(HandOffBenchmark.class))
        {
            final HandOffBenchmark benchmark = new HandOffBenchmark();
            benchmark.subject = subject;
            benchmark.setUp();
            benchmark.pass(MESSAGES);
            benchmark.tearDown();
        }
    }

    @Test
    void shouldFailWhenABlockIsLeft()
    {
        final SizeBenchmark benchmark = new SizeBenchmark();
        benchmark.subject = "run";
        benchmark.size = 64;
        benchmark.setUp();
        benchmark.target.alloc(0, 64, SubjectBenchmark.ALIGNMENT);

        assertThrows(IllegalStateException.class, benchmark::close);
    }

    @Test
    void shouldKnowEverySubjectByItsLabel()
    {
        for (final Subject subject : Subject.values())
        {
            if (null == subject.unavailable())
            {
                assertEquals(subject, SubjectBenchmark.subject(subject.label()));
            }
            else
            {
                assertThrows(IllegalStateException.class, () -> SubjectBenchmark.subject(subject.label()));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> SubjectBenchmark.subject("nobody"));
        assertEquals(Arrays.stream(Subject.values()).map(Subject::label).collect(Collectors.toCollection(TreeSet::new)),
            labels(SubjectBenchmark.class));
    }

    private static Set<String> labels(final Class<?> benchmark)
    {
        for (Class<?> type = benchmark; null != type; type = type.getSuperclass())
        {
            try
            {
                return new TreeSet<>(
                    Arrays.asList(type.getDeclaredField("subject").getAnnotation(Param.class).value()));
            }
            catch (final NoSuchFieldException ignore)
            {
                // It may be the parent's.
            }
        }
        return new TreeSet<>();
    }

    /** Those that can run here. */
    private static Set<String> subjectsOf(final Class<?> benchmark)
    {
        final Set<String> labels = labels(benchmark);
        for (final Subject subject : Subject.values())
        {
            if (null != subject.unavailable())
            {
                labels.remove(subject.label());
            }
        }
        return labels;
    }

    private static void assertAllRun(final Class<?> benchmark, final Collection<RunResult> results)
    {
        final long methods = Arrays.stream(benchmark.getDeclaredMethods())
            .filter((method) -> method.isAnnotationPresent(Benchmark.class)).count();
        final long values = Arrays.stream(benchmark.getDeclaredFields())
            .filter((field) -> field.isAnnotationPresent(Param.class))
            .mapToLong((field) -> field.getAnnotation(Param.class).value().length)
            .reduce(1, (product, count) -> product * count);
        assertEquals(methods * values, results.size());
        results.forEach((result) -> assertTrue(result.getPrimaryResult().getScore() > 0, result::toString));
    }

    /** In this JVM, one iteration of few calls; of each other parameter one value. */
    private static ChainedOptionsBuilder quick(final Class<?> benchmark)
    {
        final ChainedOptionsBuilder options = quickest(benchmark);
        for (Class<?> type = benchmark; null != type; type = type.getSuperclass())
        {
            Arrays.stream(type.getDeclaredFields())
                .filter((field) -> field.isAnnotationPresent(Param.class) && !"subject".equals(field.getName()))
                .forEach((field) -> options.param(field.getName(),
                    "trace".equals(field.getName()) ? SHORT_TRACE : field.getAnnotation(Param.class).value()[0]));
        }
        return options;
    }

    /** In this JVM, one iteration of few calls. */
    private static ChainedOptionsBuilder quickest(final Class<?> benchmark)
    {
        return new OptionsBuilder()
            .include(benchmark.getName().replace(".", "[.]") + "[.]")
            .forks(0)
            .mode(Mode.SingleShotTime)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementBatchSize(CALLS)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    }
}
