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

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Programs that register and use a global allocator: the steps are the arguments, and what each saw is printed.
 */
public final class GlobalPrograms
{
    /** How many providers were made, of the kinds that are counted. */
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final GlobalAlloc ONE = new One();

    private GlobalPrograms()
    {
    }

    /** A thread-safe allocator with its own name. */
    public abstract static class Named implements GlobalAlloc
    {
        private final SystemAllocator memory = new SystemAllocator(new SystemBudget(1 << 20), false);

        @Override
        public final long alloc(final long size, final long alignment)
        {
            return memory.alloc(size, alignment);
        }

        @Override
        public final void dealloc(final long address, final long size, final long alignment)
        {
            memory.dealloc(address, size, alignment);
        }

        @Override
        public final Region regionOf(final long address)
        {
            return memory.regionOf(address);
        }

        @Override
        public boolean isThreadSafe()
        {
            return true;
        }

        final boolean has(final long address)
        {
            return memory.owns(address);
        }
    }

    /** The first. */
    public static final class One extends Named
    {
        static One last;

        /** As a service wants it. */
        public One()
        {
            last = this;
        }
    }

    /** Another. */
    public static final class Two extends Named
    {
    }

    /** For one thread. */
    public static final class OneThread extends Named
    {
        /** Counted. */
        public OneThread()
        {
            MADE.incrementAndGet();
        }

        @Override
        public boolean isThreadSafe()
        {
            return false;
        }
    }

    /** Can't be made. */
    public static final class Broken extends Named
    {
        /** Fails. */
        public Broken()
        {
            MADE.incrementAndGet();
            throw new IllegalStateException("no");
        }
    }

    /** Uses what it is to be. */
    public static final class Reentrant extends Named
    {
        /** Refused. */
        public Reentrant()
        {
            Global.INSTANCE.allocate(8, 8);
        }
    }

    /** Counts how often it was made, slowly. */
    public static final class Counted extends Named
    {
        /** Takes its time, so that other threads come. */
        public Counted() throws InterruptedException
        {
            MADE.incrementAndGet();
            Thread.sleep(200);
        }
    }

    /** Notes what is called, and has nothing. */
    static final class Noting implements GlobalAlloc
    {
        final List<String> calls = new ArrayList<>();

        @Override
        public long alloc(final long size, final long alignment)
        {
            calls.add("alloc " + size + " " + alignment);
            return Allocator.NULL;
        }

        @Override
        public long allocZeroed(final long size, final long alignment)
        {
            calls.add("allocZeroed " + size + " " + alignment);
            return Allocator.NULL;
        }

        @Override
        public void dealloc(final long address, final long size, final long alignment)
        {
            calls.add("dealloc " + address + " " + size + " " + alignment);
        }

        @Override
        public long realloc(final long address, final long size, final long alignment, final long newSize)
        {
            calls.add("realloc " + address + " " + size + " " + alignment + " " + newSize);
            return Allocator.NULL;
        }

        @Override
        public Region regionOf(final long address)
        {
            calls.add("regionOf " + address);
            return null;
        }

        @Override
        public boolean isThreadSafe()
        {
            return true;
        }
    }

    /** Waits, when made, for a thread that uses what it is to be, as one that it starts or gives a task to. */
    public static final class Joining extends Named
    {
        static String seen;

        /** Waits. */
        public Joining() throws InterruptedException
        {
            final Thread other = new Thread(() -> seen = tryUse());
            other.start();
            other.join();
        }

        private static String tryUse()
        {
            try
            {
                return "used " + Global.INSTANCE.allocate(8, 8);
            }
            catch (final IllegalStateException ex)
            {
                return ex.getMessage().contains("nor wait for a thread that does") ? "told" : ex.toString();
            }
        }
    }

    /** Its class initialiser waits until another thread is at it, then uses what it is to be. */
    public static final class Slow extends Named
    {
        static
        {
            Meeting.inInitialiser();
            Global.INSTANCE.deallocate(Global.INSTANCE.allocate(8, 8), 8, 8);
        }
    }

    /** Its constructor needs a class whose initialiser uses what it is to be. */
    public static final class Needy extends Named
    {
        /** Waits until another thread has that class initialiser. */
        public Needy()
        {
            Meeting.inConstructor();
            Needed.touch();
        }
    }

    /** A class of the program that allocates when it is initialised. */
    static final class Needed
    {
        static
        {
            Meeting.inInitialiser();
            Global.INSTANCE.deallocate(Global.INSTANCE.allocate(8, 8), 8, 8);
        }

        private Needed()
        {
        }

        static void touch()
        {
        }
    }

    /** Where two threads wait for each other, the one in an initialiser, the other on the way to it. */
    static final class Meeting
    {
        private static final long LIMIT_S = 20;
        static final CountDownLatch IN_INITIALISER = new CountDownLatch(1);
        static final CountDownLatch IN_CONSTRUCTOR = new CountDownLatch(1);

        private Meeting()
        {
        }

        static void inInitialiser()
        {
            IN_INITIALISER.countDown();
            await(IN_CONSTRUCTOR);
            // Until the other thread stands where it needs the class.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }

        static void inConstructor()
        {
            IN_CONSTRUCTOR.countDown();
            await(IN_INITIALISER);
        }

        static void await(final CountDownLatch latch)
        {
            try
            {
                if (!latch.await(LIMIT_S, TimeUnit.SECONDS))
                {
                    throw new IllegalStateException("nobody came");
                }
            }
            catch (final InterruptedException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
    }

    /**
     * Runs the steps.
     *
     * @param args the steps.
     * @throws Exception if a step does.
     */
    public static void main(final String[] args) throws Exception
    {
        final List<String> seen = new ArrayList<>();
        for (final String step : args)
        {
            final String result = resultOf(step);
            if (!result.isEmpty())
            {
                seen.add(result);
            }
        }
        System.out.print(String.join("|", seen));
    }

    private static String resultOf(final String step) throws Exception
    {
        try
        {
            return run(step);
        }
        catch (final IllegalStateException ex)
        {
            final boolean reentrant = causesOf(ex).anyMatch(cause -> cause.contains("must not use it"));
            return "ISE" + (reentrant ? " must not use it" : namesIn(ex.getMessage()));
        }
        catch (final IllegalArgumentException ex)
        {
            return "IAE" + Stream.of("isThreadSafe=false", "call itself").filter(ex.getMessage()::contains)
                .map(found -> " " + found).collect(Collectors.joining());
        }
        catch (final NullPointerException ex)
        {
            return "NullPointerException";
        }
    }

    private static Stream<String> causesOf(final Throwable thrown)
    {
        return Stream.iterate(thrown, cause -> null != cause, Throwable::getCause).map(Throwable::toString);
    }

    private static String namesIn(final String message)
    {
        return " names" + Stream.of("One", "OneThread", "Two", "Broken", "String", "Class", "SystemAllocator")
            .filter(name -> message.matches("(?s).*[.$]" + name + "\\b.*"))
            .map(name -> " " + name.replace("SystemAllocator", "System")).collect(Collectors.joining());
    }

    private static String run(final String step) throws Exception
    {
        return switch (step)
        {
            case "register", "registerAgain" -> registered(ONE);
            case "registerTwo" -> registered(new Two());
            case "registerOneThread" -> registered(new OneThread());
            case "registerOneThreadAdapted" ->
                registered(new GlobalAllocAdapter(new AllocatorAdapter(new OneThread())));
            case "registerGlobal" -> registered(new GlobalAllocAdapter(Global.INSTANCE));
            case "registerGlobalLocked" ->
                registered(new GlobalAllocAdapter(new SynchronizedAllocator(Global.INSTANCE)));
            case "registerGlobalSecond" -> registered(new GlobalAllocAdapter(
                new FallbackAllocator(new SystemAllocator(new SystemBudget(1 << 20), false), Global.INSTANCE)));
            case "registerGlobalDeep" -> registered(deep());
            case "registerNull" -> registered(null);
            case "registerRace" -> inParallel(() -> registered(new Two())).size() + " of 8";
            case "use" -> used(Global.INSTANCE.allocate(8, 8));
            case "useAlloc" -> used(Alloc.alloc(8, 8));
            case "realloc" -> used(Alloc.realloc(Alloc.allocZeroed(4, 8), 4, 8, 8));
            case "quiet" -> quiet();
            case "system" -> besideSystem();
            case "useRace" ->
            {
                final int served = inParallel(() -> used(Global.INSTANCE.allocate(8, 8))).size();
                yield "made " + MADE + " for " + served;
            }
            case "made" -> "made " + MADE;
            case "impatient" ->
            {
                GlobalRegistration.patienceNs = TimeUnit.MILLISECONDS.toNanos(100);
                yield "";
            }
            case "told" -> Joining.seen;
            case "functions" -> functions();
            case "initialiseAndUse" -> initialiseBeside(Slow.class.getName());
            case "initialiseNeeded" -> initialiseBeside(Needed.class.getName());
            default -> throw new AssertionError(step);
        };
    }

    /** Every other wrapper there is, one on the other; the arena is for one thread, so for the lock. */
    private static GlobalAlloc deep()
    {
        final Allocator arena =
            new ArenaAllocator(new AllocatorAdapter(new GlobalAllocAdapter(Global.INSTANCE)), 4096, 1 << 20);
        return new GlobalAllocAdapter(new CheckedAllocator(
            new TracingAllocator(new SynchronizedAllocator(arena), OutputStream.nullOutputStream()), CheckLevel.SITE));
    }

    /** What the free functions call. */
    private static String functions()
    {
        final Noting noting = new Noting();
        Global.register(noting);
        Alloc.alloc(1, 2);
        Alloc.allocZeroed(3, 4);
        Alloc.realloc(5, 6, 8, 7);
        Alloc.dealloc(9, 10, 16);
        Global.INSTANCE.regionOf(11);
        return String.join(", ", noting.calls);
    }

    private static String registered(final GlobalAlloc allocator)
    {
        Global.register(allocator);
        return "";
    }

    /** Frees a block, and tells whose it was. */
    private static String used(final long address)
    {
        final GlobalAlloc present = GlobalRegistration.allocator();
        final boolean system = SystemAllocator.INSTANCE.owns(address);
        if (present instanceof Named named && !named.has(address) || system != (present instanceof SystemAllocator))
        {
            throw new AssertionError("not a block of " + present);
        }
        Global.INSTANCE.deallocate(address, 8, 8);
        return system ? "System" : present.getClass().getSimpleName();
    }

    private static String quiet()
    {
        final long empty = Global.INSTANCE.allocate(0, 64);
        Global.INSTANCE.deallocate(empty, 0, 64);
        Alloc.setAllocErrorHook(Alloc.takeAllocErrorHook());
        return Global.INSTANCE.isThreadSafe() && 64 == empty ? "quiet" : "wrong";
    }

    private static String besideSystem()
    {
        final long address = SystemAllocator.INSTANCE.allocate(100, 8);
        final boolean apart = !One.last.has(address);
        SystemAllocator.INSTANCE.deallocate(address, 100, 8);
        return apart && 0 == SystemAllocator.INSTANCE.liveBlocks() ? "apart" : "mixed";
    }

    /** Initialises a class on another thread, and uses the global allocator meanwhile. */
    private static String initialiseBeside(final String className) throws Exception
    {
        final ExecutorService other = Executors.newSingleThreadExecutor();
        final Future<Class<?>> initialised = other.submit(() -> Class.forName(className));
        if (className.endsWith("Slow"))
        {
            Meeting.await(Meeting.IN_INITIALISER);
            Meeting.IN_CONSTRUCTOR.countDown();
        }
        final String seen = used(Global.INSTANCE.allocate(8, 8));
        initialised.get(20, TimeUnit.SECONDS);
        other.shutdown();
        return seen;
    }

    /** Runs the same on eight threads at once, and collects what those saw that were not refused. */
    private static List<String> inParallel(final Callable<String> call) throws Exception
    {
        final ExecutorService threads = Executors.newFixedThreadPool(8);
        final CountDownLatch start = new CountDownLatch(1);
        final List<Future<String>> futures = new ArrayList<>();
        for (int i = 0; i < 8; i++)
        {
            futures.add(threads.submit(() ->
            {
                start.await();
                return call.call();
            }));
        }
        start.countDown();
        threads.shutdown();
        final List<String> results = new ArrayList<>();
        for (final Future<String> future : futures)
        {
            try
            {
                results.add(future.get());
            }
            catch (final ExecutionException ex)
            {
                if (!(ex.getCause() instanceof IllegalStateException))
                {
                    throw ex;
                }
            }
        }
        return results;
    }
}
