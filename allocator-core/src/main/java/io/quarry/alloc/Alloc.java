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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The free functions of Rust's {@code std::alloc}: the registered allocator by the lower contract, and what to do where
 * code can't go on without a block.
 * <p>
 * {@link #alloc}, {@link #allocZeroed}, {@link #dealloc} and {@link #realloc} are those of {@link GlobalAlloc}, of the
 * allocator that {@link Global} goes to: failure is {@link Allocator#NULL}, size 0 is refused, the layout is exact. To
 * lose an address that they returned is a leak. Blocks of {@link Global} can be passed here and back. For any other use
 * take {@link Global}.
 * <p>
 * Threads: any at any time. Cost: that of the registered allocator, which is a constant for the JIT compiler.
 */
public final class Alloc
{
    /**
     * Name of the system property that ends the program after {@link #handleAllocError} has called the hook, as Rust
     * does, when it is {@code halt}.
     */
    public static final String ERROR_PROPERTY = "quarry.allocError";

    /** The exit status of a program that aborts, as the shell tells it. */
    private static final int ABORTED = 134;

    private static final boolean HALT = "halt".equals(System.getProperty(ERROR_PROPERTY));
    private static final AllocErrorHook DEFAULT_HOOK = new DefaultAllocErrorHook();
    private static final AtomicReference<AllocErrorHook> HOOK = new AtomicReference<>(DEFAULT_HOOK);

    private Alloc()
    {
    }

    /**
     * Allocates a block of unspecified content.
     *
     * @param size      bytes, from 1.
     * @param alignment a power of two, bytes.
     * @return the address, or {@link Allocator#NULL} if none is free or the layout isn't supported. Losing it is a
     *         leak.
     * @throws IllegalArgumentException if the size is 0 or the layout invalid.
     */
    public static long alloc(final long size, final long alignment)
    {
        return GlobalRegistration.allocator().alloc(size, alignment);
    }

    /**
     * Allocates a block of zeros.
     *
     * @param size      bytes, from 1.
     * @param alignment a power of two, bytes.
     * @return the address, or {@link Allocator#NULL} if none is free or the layout isn't supported. Losing it is a
     *         leak.
     * @throws IllegalArgumentException if the size is 0 or the layout invalid.
     */
    public static long allocZeroed(final long size, final long alignment)
    {
        return GlobalRegistration.allocator().allocZeroed(size, alignment);
    }

    /**
     * Frees a block.
     *
     * @param address   of a block from here or from {@link Global}; it must not be used again.
     * @param size      bytes, the block's size.
     * @param alignment the block's alignment.
     */
    public static void dealloc(final long address, final long size, final long alignment)
    {
        GlobalRegistration.allocator().dealloc(address, size, alignment);
    }

    /**
     * Changes a block's size, moving it if need be; its alignment stays.
     *
     * @param address   of a block from here or from {@link Global}.
     * @param size      bytes, the block's size.
     * @param alignment the block's alignment.
     * @param newSize   bytes, from 1.
     * @return the block that holds the first min(size, newSize) bytes, {@code address} being dead unless it is the
     *         same; or {@link Allocator#NULL}, the old block untouched. Losing it is a leak.
     * @throws IllegalArgumentException if the new size is 0 or invalid.
     */
    public static long realloc(final long address, final long size, final long alignment, final long newSize)
    {
        return GlobalRegistration.allocator().realloc(address, size, alignment, newSize);
    }

    /**
     * Allocates a block, as {@link #alloc(long, long)}.
     *
     * @param layout size, not 0, and alignment.
     * @return the address or {@link Allocator#NULL}.
     */
    public static long alloc(final Layout layout)
    {
        return alloc(layout.size(), layout.align());
    }

    /**
     * Allocates a block of zeros, as {@link #allocZeroed(long, long)}.
     *
     * @param layout size, not 0, and alignment.
     * @return the address or {@link Allocator#NULL}.
     */
    public static long allocZeroed(final Layout layout)
    {
        return allocZeroed(layout.size(), layout.align());
    }

    /**
     * Frees a block, as {@link #dealloc(long, long, long)}.
     *
     * @param address of a block from here or from {@link Global}.
     * @param layout  the block's.
     */
    public static void dealloc(final long address, final Layout layout)
    {
        dealloc(address, layout.size(), layout.align());
    }

    /**
     * Changes a block's size, as {@link #realloc(long, long, long, long)}.
     *
     * @param address of a block from here or from {@link Global}.
     * @param layout  the block's.
     * @param newSize bytes, from 1.
     * @return the block, moved or not, or {@link Allocator#NULL}, the old block untouched.
     */
    public static long realloc(final long address, final Layout layout, final long newSize)
    {
        return realloc(address, layout.size(), layout.align(), newSize);
    }

    /**
     * Tells that code can't go on without a block: calls the hook, then throws. Never returns; the result is for
     * writing {@code throw Alloc.handleAllocError(layout)}, by which the compiler sees that control ends.
     * <p>
     * No allocator calls this: it is for the code above one. Rust ends the program when the hook returns. Here
     * that would end all that shares the JVM, so an {@link OffHeapMemoryError} is thrown instead, unless
     * {@code -Dquarry.allocError=halt} asks for the end: then the JVM halts with status 134, without running shutdown
     * hooks. What the hook itself throws comes out of here as it is, halt or not.
     *
     * @param layout that could not be had; any, of size 0 too.
     * @return never.
     * @throws OffHeapMemoryError if the hook returned.
     */
    public static Error handleAllocError(final Layout layout)
    {
        Objects.requireNonNull(layout, "layout");
        HOOK.get().onAllocError(layout);
        if (HALT)
        {
            Runtime.getRuntime().halt(ABORTED);
        }
        throw new OffHeapMemoryError(layout);
    }

    /**
     * Sets what {@link #handleAllocError} calls, in place of what it called before. The hook stays until it is replaced
     * or taken.
     *
     * @param hook to be called.
     * @throws NullPointerException if it is null; nothing has changed.
     */
    public static void setAllocErrorHook(final AllocErrorHook hook)
    {
        HOOK.set(Objects.requireNonNull(hook, "hook"));
    }

    /**
     * Takes the hook and puts the default one back. To chain hooks: take, wrap, set.
     *
     * @return the hook that was set, or the default one, always the same, if none was: it writes one line to standard
     *         error, {@code memory allocation of N bytes failed}.
     */
    public static AllocErrorHook takeAllocErrorHook()
    {
        return HOOK.getAndSet(DEFAULT_HOOK);
    }
}
