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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which {@link GlobalAlloc} the program has: one, chosen once, at the first use at the latest.
 * <pre>
 *   PRESENT:  null -> Choice           by compare-and-set; never again changed; an allocator, or why there is none
 *   Holder.ALLOCATOR                   a static final, so a constant to the JIT compiler; initialised by freeze(),
 *                                      after PRESENT is set
 *   frozen:   false -> true            after Holder is initialised
 * </pre>
 * <p>
 * No code of a provider runs in a class initialiser of ours: two threads, one in the provider's initialiser that comes
 * here, one here that needs the provider's class, would wait for each other for ever. So a call asks {@link #frozen}
 * first, a plain read ({@code GlobalBenchmark} has what it costs), instead of leaving all to {@code Holder}. For the
 * same reason a thread that is amid any class initialiser does not wait for another one that makes the provider: it
 * makes one as well, and one of the two is dropped. Any other thread waits, but not for a provider that may be waiting
 * for it: see {@link #waitForMaker}.
 */
final class GlobalRegistration
{
    static final String PROPERTY = "quarry.globalAllocator";

    private static final AtomicReference<Choice> PRESENT = new AtomicReference<>();
    private static final ReentrantLock MAKING = new ReentrantLock();
    private static final long LOOK_MS = 50;

    /** How long the maker may be seen waiting before those who wait for it are refused. */
    static volatile long patienceNs = TimeUnit.SECONDS.toNanos(30);

    /** Has {@link #MAKING}, or is about to or just had it. */
    private static volatile Thread maker;

    /**
     * A benign race. Who reads a stale false takes the slow path, and finds the choice there. Who reads true comes to
     * {@code Holder} when it is initialised or, as far as this thread can tell, is being so: the write stands behind
     * that initialisation, whose lock orders the two (JLS 12.4.2). Were it only behind the write of {@link #PRESENT},
     * a volatile one, nothing would keep it from being seen first, and this thread, to initialise {@code Holder}, from
     * finding no choice.
     */
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
        final Choice choice = new Choice(allocator, "code", null);
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
            chooseOrWait();
        }
        final RuntimeException failure = PRESENT.get().failure;
        if (null != failure)
        {
            // Made anew, for the trace of this call; the cause, made once, has that of the first.
            throw new IllegalStateException(failure.getMessage(), failure);
        }
        frozen = null != Holder.ALLOCATOR;
    }

    private static void chooseOrWait()
    {
        final Caller caller = Caller.find();
        if (caller.isProvider())
        {
            throw new IllegalStateException(
                "the global allocator is used while its provider is being made: a provider must not use it");
        }
        if (!MAKING.tryLock())
        {
            if (!caller.mayWait())
            {
                choose();
                return;
            }
            waitForMaker();
        }
        maker = Thread.currentThread();
        try
        {
            choose();
        }
        finally
        {
            maker = null;
            MAKING.unlock();
        }
    }

    /**
     * Takes the lock. The thread that has it runs a constructor of the user's, and that may wait for this thread, which
     * it has started or given a task: then neither would ever go on. Whom it waits for is not to be seen, only that it
     * does; so a wait that lasts is taken for one. A provider that works, or sleeps for a time, is waited for in peace.
     */
    private static void waitForMaker()
    {
        boolean interrupted = false;
        long since = System.nanoTime();
        try
        {
            while (true)
            {
                try
                {
                    if (MAKING.tryLock(LOOK_MS, TimeUnit.MILLISECONDS))
                    {
                        return;
                    }
                }
                catch (final InterruptedException ex)
                {
                    interrupted = true;
                }
                since = isWaiting(maker) ? since : System.nanoTime();
                if (System.nanoTime() - since > patienceNs)
                {
                    throw new IllegalStateException("the global allocator is used while its provider is being made " +
                        "by " + maker + ", which waits: a provider must not use it, nor wait for a thread that does");
                }
            }
        }
        finally
        {
            if (interrupted)
            {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether a thread waits for another one, for as long as that takes. */
    private static boolean isWaiting(final Thread thread)
    {
        final Thread.State state = null == thread ? Thread.State.RUNNABLE : thread.getState();
        return Thread.State.WAITING == state || Thread.State.BLOCKED == state;
    }

    /** Leaves a choice, or why there is none: the first call decides for all, so that a provider is made once. */
    private static void choose()
    {
        if (null == PRESENT.get())
        {
            Choice choice;
            try
            {
                choice = find();
            }
            catch (final RuntimeException ex)
            {
                choice = new Choice(null, "none", ex);
            }
            PRESENT.compareAndSet(null, choice);
        }
    }

    private static Choice find()
    {
        final List<Provider> declared = declared();
        if (declared.size() > 1)
        {
            throw new IllegalStateException(
                "two global allocators: " + declared.get(0) + " and " + declared.get(1));
        }
        final Choice choice = declared.isEmpty() ? new Choice(SystemAllocator.INSTANCE, "default", null) :
            new Choice(make(declared.get(0)), declared.get(0).source, null);
        refuseUnfit(choice);
        return choice;
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
        if (GlobalLoop.isClosedBy(choice.allocator))
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

    /** Initialised after an allocator was chosen, by reading it: runs no code but ours, and waits for nobody. */
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

    /**
     * The allocator, or none.
     *
     * @param allocator null if there is none.
     * @param source    who brought it.
     * @param failure   why there is none; else null.
     */
    private record Choice(GlobalAlloc allocator, String source, RuntimeException failure)
    {
        @Override
        public String toString()
        {
            return null == allocator ? failure.getMessage() : allocator.getClass().getName() + " (by " + source + ")";
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
