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
package io.quarry.alloc.testing;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The kinds of threads that a test can run on: class files are for Java 17, where virtual threads aren't known.
 */
public enum ThreadKind
{
    /** A thread of the operating system. */
    PLATFORM(Thread::new),

    /** A thread of the JDK's own scheduler, from 21 on. */
    VIRTUAL(ThreadKind::unstartedVirtual);

    private final Function<Runnable, Thread> maker;

    ThreadKind(final Function<Runnable, Thread> maker)
    {
        this.maker = maker;
    }

    /**
     * The kinds that this JDK has.
     *
     * @return one or two.
     */
    public static List<ThreadKind> available()
    {
        final List<ThreadKind> kinds = new ArrayList<>(List.of(PLATFORM));
        if (Runtime.version().feature() >= 21)
        {
            kinds.add(VIRTUAL);
        }
        return kinds;
    }

    /**
     * Makes a thread.
     *
     * @param task to be run.
     * @return the thread, not started.
     */
    public Thread newThread(final Runnable task)
    {
        return maker.apply(task);
    }

    private static Thread unstartedVirtual(final Runnable task)
    {
        try
        {
            final Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (Thread)Class.forName("java.lang.Thread$Builder").getMethod("unstarted", Runnable.class)
                .invoke(builder, task);
        }
        catch (final InvocationTargetException | NoSuchMethodException | ClassNotFoundException |
            IllegalAccessException ex)
        {
            throw new IllegalStateException("no virtual threads on Java " + Runtime.version().feature(), ex);
        }
    }
}
