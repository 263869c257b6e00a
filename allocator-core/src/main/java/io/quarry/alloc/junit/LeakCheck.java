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
package io.quarry.alloc.junit;

import io.quarry.alloc.Allocator;
import io.quarry.alloc.CheckLevel;
import io.quarry.alloc.CheckOptions;
import io.quarry.alloc.CheckedAllocator;
import io.quarry.alloc.CheckedRegionAllocator;
import io.quarry.alloc.LeakReport;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.SystemAllocator;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gives each test a checked allocator, as a parameter of the test or of a {@code @BeforeEach} method, and fails the
 * test if a block of it is left when the test is over, or if bytes beside a block or of a freed one were written. The
 * failure names the places where what is left was allocated.
 * <pre>
 *   // over the JDK's own memory
 *   &#64;ExtendWith(LeakCheck.class)
 *   class OrdersTest
 *
 *   // over an allocator of the test's choice
 *   &#64;RegisterExtension
 *   static final LeakCheck LEAKS =
 *       LeakCheck.over(1 &lt;&lt; 20, region -&gt; new SlabAllocator(new RunAllocator(region)));
 *
 *   &#64;Test
 *   void shouldGiveItsMemoryBack(final Allocator allocator)
 * </pre>
 * <p>
 * The parameter may be an {@link Allocator} or a {@link CheckedAllocator}, and over an allocator of one region a
 * {@link RegionAllocator} or a {@link CheckedRegionAllocator}. All parameters of one test, and of the methods before
 * and after it, are the same allocator.
 * <p>
 * Threads: tests may run at once. Cost: that of {@link CheckLevel#FULL}, unless another level is asked for by
 * {@link #options}.
 */
@SuppressWarnings("exports")
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback, ParameterResolver
{
    private static final String KEY = "allocator";

    private final Supplier<Subject> subjects;
    private final CheckOptions options;
    /** Apart from that of another extension of this class, of the same test. */
    private final ExtensionContext.Namespace namespace = ExtensionContext.Namespace.create(LeakCheck.class, this);

    /** What a test gets, and what is closed after it. */
    private record Subject(Allocator target, Region region)
    {
    }

    /** What a test has. */
    private record Checked(CheckedAllocator allocator, Subject subject, AtomicReference<LeakReport> leaks)
    {
    }

    /**
     * Checks tests over the JDK's own memory: for {@code @ExtendWith}.
     */
    public LeakCheck()
    {
        this(() -> new Subject(SystemAllocator.INSTANCE, null), CheckOptions.of(CheckLevel.FULL));
    }

    private LeakCheck(final Supplier<Subject> subjects, final CheckOptions options)
    {
        this.subjects = subjects;
        this.options = options;
    }

    /**
     * Checks tests over any allocator.
     *
     * @param allocators gives the allocator of one test; a {@link RegionAllocator} is closed after it, any other by who
     *                   made it.
     * @return the extension, for {@code @RegisterExtension}.
     */
    public static LeakCheck over(final Supplier<? extends Allocator> allocators)
    {
        Objects.requireNonNull(allocators, "allocators");
        return new LeakCheck(() -> new Subject(allocators.get(), null), CheckOptions.of(CheckLevel.FULL));
    }

    /**
     * Checks tests over an allocator of one region, each test with a region of its own, which is closed after it.
     *
     * @param regionSize bytes.
     * @param allocators makes the allocator of one test; closed after it.
     * @return the extension, for {@code @RegisterExtension}.
     */
    public static LeakCheck over(
        final long regionSize, final Function<? super Region, ? extends RegionAllocator> allocators)
    {
        Objects.requireNonNull(allocators, "allocators");
        return new LeakCheck(() ->
        {
            final Region region = Region.allocate(regionSize);
            try
            {
                return new Subject(allocators.apply(region), region);
            }
            catch (final RuntimeException | Error ex)
            {
                region.close();
                throw ex;
            }
        }, CheckOptions.of(CheckLevel.FULL));
    }

    /**
     * The same with other options.
     *
     * @param wanted what is to be looked at; their action on leaks is not used, as the test fails.
     * @return the extension.
     */
    public LeakCheck options(final CheckOptions wanted)
    {
        return new LeakCheck(subjects, Objects.requireNonNull(wanted, "wanted"));
    }

    /**
     * Makes the allocator of a test.
     *
     * @param context of the test.
     */
    @Override
    public void beforeEach(final ExtensionContext context)
    {
        final AtomicReference<LeakReport> leaks = new AtomicReference<>();
        final CheckOptions noting = options.onLeak(leaks::set);
        final Subject subject = subjects.get();
        final CheckedAllocator allocator = subject.target instanceof RegionAllocator ofRegion ?
            new CheckedRegionAllocator(ofRegion, noting) : new CheckedAllocator(subject.target, noting);
        context.getStore(namespace).put(KEY, new Checked(allocator, subject, leaks));
    }

    /**
     * Fails the test if something is wrong with the allocator's blocks, and closes it.
     *
     * @param context of the test.
     * @throws AssertionError        if blocks are left.
     * @throws IllegalStateException if bytes were written that nobody should write.
     */
    @Override
    public void afterEach(final ExtensionContext context)
    {
        final Checked checked = context.getStore(namespace).remove(KEY, Checked.class);
        if (null == checked)
        {
            return;
        }
        try
        {
            checked.allocator.close();
        }
        catch (final RuntimeException | Error ex)
        {
            if (null != checked.leaks.get())
            {
                ex.addSuppressed(new AssertionError(checked.leaks.get().toString()));
            }
            throw ex;
        }
        finally
        {
            if (null != checked.subject.region)
            {
                checked.subject.region.close();
            }
        }
        final LeakReport leaks = checked.leaks.get();
        if (null != leaks)
        {
            throw new AssertionError(leaks.toString());
        }
    }

    /**
     * Whether a parameter can be the test's allocator.
     *
     * @param parameter of a test or of a method before or after it.
     * @param context   of the test.
     * @return true if it is of a type that the allocator has.
     */
    @Override
    public boolean supportsParameter(final ParameterContext parameter, final ExtensionContext context)
    {
        final Class<?> type = parameter.getParameter().getType();
        final Checked checked = context.getStore(namespace).get(KEY, Checked.class);
        return null != checked && Allocator.class.isAssignableFrom(type) && type.isInstance(checked.allocator);
    }

    /**
     * The test's allocator.
     *
     * @param parameter that {@link #supportsParameter} said yes to.
     * @param context   of the test.
     * @return the allocator.
     */
    @Override
    public Object resolveParameter(final ParameterContext parameter, final ExtensionContext context)
    {
        return context.getStore(namespace).get(KEY, Checked.class).allocator;
    }
}
