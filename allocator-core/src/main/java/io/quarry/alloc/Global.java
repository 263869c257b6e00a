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

/**
 * The allocator of the program, Rust's {@code Global}: goes to the one registered {@link GlobalAlloc}, by default
 * {@link SystemAllocator}. For code that should not have to be told which allocator to use; code that can be told
 * should be.
 *
 * <h2>Registration</h2>
 * <p>
 * Once, before the first use, in one of three ways: by {@link #register}; by a service file
 * {@code META-INF/services/io.quarry.alloc.GlobalAlloc}, for which nothing has to run early; or by
 * {@code -Dquarry.globalAllocator=CLASS}, a public class with a public constructor without parameters. The first call
 * that needs memory freezes the choice, the default too, so that blocks of two allocators never mix. Two allocators,
 * brought in whatever ways, are an {@link IllegalStateException} that names both, and so is a provider that can't be
 * made or is not thread-safe: it is tried once, and each call that needs memory then tells the same. A provider must
 * not use {@code Global} or {@link Alloc} while it is made, nor wait for a thread that does (such a thread is refused
 * with an {@code IllegalStateException} when the provider has been seen waiting for 30 seconds), nor use it afterwards
 * for its own needs: it would call itself. An allocator that goes to {@code Global} is refused where wrappers of this
 * package hide it; behind a wrapper of one's own it isn't seen, and the first use is a {@link StackOverflowError}.
 *
 * <h2>Contract</h2>
 * <p>
 * A block has exactly the size asked for, so {@link #usableSize} is the size and {@link #tryResize} is true for an
 * equal size only; a resize to another alignment moves. One to no more bytes that can't move stays, where the address
 * meets the alignment and the registered allocator is an {@link Allocator} too; else it fails. Blocks can be passed to
 * {@link Alloc} and come from there, those of size 0 excepted. Wrong calls are refused as far as the registered
 * allocator refuses them.
 * <p>
 * Threads: any at any time. Cost: that of the registered allocator, which is a constant for the JIT compiler, so that
 * the call is compiled into the caller as a direct one is; no garbage of its own while a block stays in one region.
 */
public final class Global extends ExactAllocator
{
    /**
     * Name of the system property that names the class to register.
     */
    public static final String PROPERTY = GlobalRegistration.PROPERTY;

    /**
     * The one there is.
     */
    public static final Global INSTANCE = new Global();

    private Global()
    {
    }

    /**
     * Registers the program's allocator.
     *
     * @param allocator for all of {@link Global} and {@link Alloc}, until the program ends.
     * @throws NullPointerException     if it is null.
     * @throws IllegalArgumentException if it is not thread-safe, or goes to {@code Global} itself.
     * @throws IllegalStateException    if another, or the same, is registered or declared already, or the default is in
     *                                  use. The message names both.
     */
    public static void register(final GlobalAlloc allocator)
    {
        if (null == allocator)
        {
            throw new NullPointerException("allocator");
        }
        GlobalRegistration.register(allocator);
    }

    /**
     * Not supported: the registered allocator may not know.
     *
     * @throws UnsupportedOperationException always.
     */
    @Override
    public boolean owns(final long address)
    {
        throw new UnsupportedOperationException("owns: ask the registered allocator");
    }

    /**
     * Any thread may call it, as only such an allocator is registered.
     *
     * @return true.
     */
    @Override
    public boolean isThreadSafe()
    {
        return true;
    }

    /**
     * A name, for people. Does not count as a use.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return "Global";
    }

    @Override
    GlobalAlloc target()
    {
        return GlobalRegistration.allocator();
    }
}
