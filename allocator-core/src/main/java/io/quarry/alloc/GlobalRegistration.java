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

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which {@link GlobalAlloc} the program has: one, chosen once, at the first use at the latest.
 * <pre>
 *   PRESENT:  null -> Choice           by compare-and-set; never again changed
 *   frozen:   false -> true            after PRESENT is set; then Holder may be initialised
 *   Holder.ALLOCATOR                   a static final, so a constant to the JIT compiler
 * </pre>
 * <p>
 * No code of a provider runs in a class initialiser of ours: two threads, one in the provider's initialiser that comes
 * here, one here that needs the provider's class, would wait for each other for ever. So a call asks {@link #frozen}
 * first, a plain read ({@code GlobalBenchmark} has what it costs), instead of leaving all to {@code Holder}. For the
 * same reason a thread that is amid any class initialiser does not wait for another one that makes the provider: it
 * makes one as well, and one of the two is dropped.
 */
final class GlobalRegistration
{
    static final String PROPERTY = "quarry.globalAllocator";

    private static final AtomicReference<Choice> PRESENT = new AtomicReference<>();
    private static final ReentrantLock MAKING = new ReentrantLock();

    /** A benign race: who reads a stale false takes the slow path, and finds the choice there. */
    private static boolean frozen;

    private GlobalRegistration()
    {
    }

    /** The allocator; the first call freezes the choice. */
    static GlobalAlloc allocator()
    {
        if (!frozen)
        {
            freeze();
        }
        return Holder.ALLOCATOR;
    }

    static void register(final GlobalAlloc allocator)
    {
        final Choice choice = new Choice(allocator, "code");
        refuseUnfit(choice);
        final List<Provider> declared = declared();
        if (!declared.isEmpty())
        {
            throw new IllegalStateException(
                "two global allocators: " + choice + " and " + declared.get(0));
        }
        if (!PRESENT.compareAndSet(null, choice))
        {
            throw new IllegalStateException("two global allocators: " + choice + " and " + PRESENT.get() +
                ", which is in force already");
        }
    }

    private static void freeze()
    {
        if (null == PRESENT.get())
        {
            final Caller caller = Caller.find();
            if (caller.isProvider())
            {
                throw new IllegalStateException(
                    "the global allocator is used while its provider is being made: a provider must not use it");
            }
            final boolean alone = MAKING.tryLock() || waitFor(caller);
            try
            {
                choose();
            }
            finally
            {
                if (alone)
                {
                    MAKING.unlock();
                }
            }
        }
        frozen = true;
    }

    /** Waits for the thread that makes the provider, unless the caller must not wait. */
    private static boolean waitFor(final Caller caller)
    {
        if (caller.mayWait())
        {
            MAKING.lock();
        }
        return caller.mayWait();
    }

    private static void choose()
    {
        if (null != PRESENT.get())
        {
            return;
        }
        final List<Provider> declared = declared();
        if (declared.size() > 1)
        {
            throw new IllegalStateException(
                "two global allocators: " + declared.get(0) + " and " + declared.get(1));
        }
        final Choice choice = declared.isEmpty() ? new Choice(SystemAllocator.INSTANCE, "default") :
            new Choice(make(declared.get(0)), declared.get(0).source);
        refuseUnfit(choice);
        PRESENT.compareAndSet(null, choice);
    }

    private static GlobalAlloc make(final Provider provider)
    {
        try
        {
            return provider.maker.get();
        }
        catch (final RuntimeException | ServiceConfigurationError | LinkageError ex)
        {
            throw new IllegalStateException("no global allocator: " + provider + " can't be made", ex);
        }
    }

    private static void refuseUnfit(final Choice choice)
    {
        if (choice.allocator instanceof GlobalAllocAdapter adapter && adapter.target() instanceof Global)
        {
            throw new IllegalArgumentException(choice + " goes to Global: it would call itself for ever");
        }
        if (!choice.allocator.isThreadSafe())
        {
            throw new IllegalArgumentException(choice + " is not thread-safe: isThreadSafe=false");
        }
    }

    /** What the system property and the service files name; nothing is made yet. */
    private static List<Provider> declared()
    {
        final List<Provider> found = new ArrayList<>();
        final String name = System.getProperty(PROPERTY);
        if (null != name)
        {
            found.add(new Provider(name, "system property " + PROPERTY, () -> newInstance(name)));
        }
        try
        {
            found.addAll(ServiceLoader.load(GlobalAlloc.class, GlobalAlloc.class.getClassLoader()).stream()
                .map(service -> new Provider(service.type().getName(), "service", service::get))
                .collect(Collectors.toList()));
        }
        catch (final ServiceConfigurationError ex)
        {
            throw new IllegalStateException("no global allocator: a service can't be read", ex);
        }
        return found;
    }

    private static GlobalAlloc newInstance(final String name)
    {
        try
        {
            return (GlobalAlloc)Class.forName(name, true, GlobalAlloc.class.getClassLoader())
                .getConstructor().newInstance();
        }
        catch (final InvocationTargetException ex)
        {
            throw new IllegalArgumentException(PROPERTY + "=" + name + ": " + ex.getCause(), ex.getCause());
        }
        catch (final ReflectiveOperationException | ClassCastException ex)
        {
            throw new IllegalArgumentException(PROPERTY + "=" + name + ": not a public GlobalAlloc with a " +
                "public constructor without parameters", ex);
        }
    }

    /** Initialised after the choice was made, by reading it: runs no code but ours, and waits for nobody. */
    private static final class Holder
    {
        static final GlobalAlloc ALLOCATOR = PRESENT.get().allocator;
    }

    /** A class that is declared to be the allocator. */
    private record Provider(String name, String source, Supplier<GlobalAlloc> maker)
    {
        @Override
        public String toString()
        {
            return name + " (by " + source + ")";
        }
    }

    /** The allocator, and who brought it. */
    private record Choice(GlobalAlloc allocator, String source)
    {
        @Override
        public String toString()
        {
            return allocator.getClass().getName() + " (by " + source + ")";
        }
    }

    /**
     * How the calling thread came here.
     *
     * @param isProvider whether it makes the provider already.
     * @param mayWait    whether it is in no class initialiser, so that nobody can be waiting for it to end one.
     */
    private record Caller(boolean isProvider, boolean mayWait)
    {
        static Caller find()
        {
            final List<StackWalker.StackFrame> frames =
                StackWalker.getInstance().walk(stack -> stack.collect(Collectors.toList()));
            return new Caller(
                frames.stream().anyMatch(frame -> frame.getMethodName().equals("choose") &&
                    frame.getClassName().equals(GlobalRegistration.class.getName())),
                frames.stream().noneMatch(frame -> frame.getMethodName().equals("<clinit>")));
        }
    }
}
