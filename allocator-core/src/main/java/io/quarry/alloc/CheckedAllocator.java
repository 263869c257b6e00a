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
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds a program's mistakes with the blocks of any allocator: what it leaks, frees twice, frees as something else, or
 * writes beside a block or after its end. How much of that, and at what cost, its {@link CheckLevel} says. For a
 * {@link RegionAllocator} take {@link CheckedRegionAllocator}. Where a program makes its allocator it writes
 * <pre>{@code
 *   RegionAllocator allocator = CheckedRegionAllocator.guard(new SlabAllocator(upstream));
 * }</pre>
 * and that is the slab allocator itself, unless the JVM is started with {@code -Dquarry.checked=count}, {@code site} or
 * {@code full}.
 *
 * <h2>What is found</h2>
 * <p>
 * At every level the target refuses what it refuses. In addition,
 * <ul>
 * <li>{@link CheckLevel#COUNT}: {@link #leaks()} tells how many blocks and bytes live, by size. A block counts by its
 * usable size;</li>
 * <li>{@link CheckLevel#SITE}: also where they were allocated, of one block in {@link CheckOptions#sampling()}. When
 * the target refuses a block that was freed before, and that one was a sample, the exception has the sites and threads
 * of its allocation and of both frees. A block that is resized stays what it was, a sample or none;</li>
 * <li>{@link CheckLevel#FULL}: the same of every block, and the rest of this list.</li>
 * <li>Bytes written before or behind a block, as far as 32 bytes at least: when it is freed or resized, and by
 * {@link #check()}.</li>
 * <li>Bytes of a block written after it was freed: while it is in quarantine, by {@link #check()}, and when it leaves
 * that. The call in which it leaves is then refused, though it is about another block.</li>
 * <li>Any size or alignment other than exactly those of the block. Its usable size is its size.</li>
 * <li>Reads of what was never written, or freed, by what they find: blocks are handed out full of {@code 0xCD}, those
 * that are freed full of {@code 0xDD}. Stale addresses, as every grow and shrink moves while there is memory.</li>
 * </ul>
 * <p>
 * Not found are a write with the value that the byte had, one beyond the zones into another block, one after the block
 * has left quarantine, and reads as such. A call that throws has changed nothing that is the caller's. Damaged bytes
 * are reported once: then they are mended, so that the block can be freed. The report is the exception's message, and
 * an object, {@link MisuseReport#of(Throwable)}.
 *
 * <h2>The end</h2>
 * <p>
 * {@link #close()} reports what still lives to {@link CheckOptions#leakAction()}, which by default throws. The target
 * is closed by who made it. Blocks of size 0 take no memory, and never leak.
 *
 * <h2>Threads</h2>
 * <p>
 * As the target. Without a lock at the levels {@code COUNT} and {@code SITE}, behind one lock for all at {@code FULL}.
 * {@link #leaks()} and {@link #check()} may be called by any thread; at {@code COUNT} and {@code SITE} the figures are
 * exact when no other is in a call. Let no other allocator's users, and nobody past this one, free its blocks.
 *
 * <h2>Cost</h2>
 * <ul>
 * <li>{@code COUNT}: 1 KiB for one thread, 2 to 16 for any; a look-up of the block's usable size a call and two
 * additions, atomic ones where the target is for any thread. No object is made.</li>
 * <li>{@code SITE}: 1.1 MiB more, whatever lives: room for 16,384 blocks that live and were sampled, 4,096 that were
 * freed last, 4,096 places; a place of at most 24 frames is kept when it is first met. When there is no room a sample
 * is left out, and counted ({@link LeakReport#lostSamples()}). A call also reads eight longs side by side, or sixteen.
 * <b>The calls that allocate or free a sample make garbage</b>, by a walk of the stack each; those between make
 * none.</li>
 * <li>{@code FULL}: 64 bytes of the target's a block, more where its alignment is above 32: the zone before it is as
 * long as that; about 180 bytes of heap; the quarantine, up to {@link CheckOptions#quarantineBytes()}, which is emptied
 * before a request fails. Each call walks the stack and writes the whole block.</li>
 * </ul>
 * <p>
 * A batch of frees is freed one by one.
 * <p>
 * Source of the zones, the quarantine and the reports: Konstantin Serebryany and others, "AddressSanitizer: A Fast
 * Address Sanity Checker", USENIX ATC 2012; of the sampling in production: "GWP-ASan", 2024.
 */
public class CheckedAllocator implements Allocator, Verifiable, AutoCloseable
{
    final CheckedBlocks blocks;
    private final CheckOptions options;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /**
     * Checks an allocator at a level, with the options that {@link CheckOptions#of} has.
     *
     * @param target that has the blocks.
     * @param level  how much is looked at.
     */
    public CheckedAllocator(final Allocator target, final CheckLevel level)
    {
        this(target, CheckOptions.of(level));
    }

    /**
     * Checks an allocator.
     *
     * @param target  that has the blocks.
     * @param options what is to be done.
     */
    public CheckedAllocator(final Allocator target, final CheckOptions options)
    {
        Objects.requireNonNull(target, "target");
        this.options = Objects.requireNonNull(options, "options");
        blocks = CheckedBlocks.of(target, options);
    }

    /**
     * Checks an allocator, if the system property {@link CheckOptions#LEVEL_PROPERTY} asks for it.
     *
     * @param allocator that is called only through what is returned, from now on.
     * @return a checked allocator of it, or the allocator itself.
     * @throws IllegalArgumentException if a property has a value that it can't have.
     */
    public static Allocator guard(final Allocator allocator)
    {
        Objects.requireNonNull(allocator, "allocator");
        final CheckOptions options = CheckOptions.ofProperties();
        return null == options ? allocator : new CheckedAllocator(allocator, options);
    }

    /**
     * What lives now.
     *
     * @return a report, {@linkplain LeakReport#isEmpty() empty} if nothing does.
     */
    public final LeakReport leaks()
    {
        return blocks.leaks();
    }

    /**
     * Looks at the bytes around every block, and at those of every block in quarantine: at level
     * {@link CheckLevel#FULL}; does nothing at the others.
     *
     * @throws IllegalStateException with the report of the first damage that was found, and those of up to 63 more as
     *                               suppressed; all of them are mended by that.
     */
    public final void check()
    {
        blocks.check();
    }

    /**
     * Checks as {@link #check()}, and verifies the target if that can be.
     */
    @Override
    public void verify()
    {
        blocks.check();
        if (blocks.target instanceof Verifiable verifiable)
        {
            verifiable.verify();
        }
    }

    /**
     * Ends the allocator: checks the bytes once more, gives back what is in quarantine, and reports what lives. Later
     * calls are refused with an {@link IllegalStateException}, but for blocks of size 0. A second call does nothing.
     *
     * @throws IllegalStateException with the report of the first damage that was found; or what the
     *                               {@linkplain CheckOptions#leakAction() action on leaks} throws. The allocator is
     *                               closed then, too.
     */
    @Override
    public void close()
    {
        if (!isClosed.compareAndSet(false, true))
        {
            return;
        }
        Throwable thrown = attempt(blocks::check, null);
        final LeakReport leaks = blocks.leaks();
        thrown = attempt(blocks::end, thrown);
        thrown = attempt(this::closeTarget, thrown);
        if (!leaks.isEmpty())
        {
            thrown = attempt(() -> options.leakAction().accept(leaks), thrown);
        }
        if (thrown instanceof Error error)
        {
            throw error;
        }
        if (null != thrown)
        {
            throw (RuntimeException)thrown;
        }
    }

    /** Done by a subclass whose target is closed with it. */
    void closeTarget()
    {
        // By who made it.
    }

    /** Does a step of the end, whatever the one before it threw. */
    private static Throwable attempt(final Runnable step, final Throwable before)
    {
        try
        {
            step.run();
            return before;
        }
        catch (final RuntimeException | Error ex)
        {
            if (null == before)
            {
                return ex;
            }
            before.addSuppressed(ex);
            return before;
        }
    }

    @Override
    public final long allocate(final long size, final long alignment)
    {
        return blocks.allocate(size, alignment);
    }

    @Override
    public final long allocateZeroed(final long size, final long alignment)
    {
        return blocks.allocateZeroed(size, alignment);
    }

    @Override
    public final void deallocate(final long address, final long size, final long alignment)
    {
        blocks.deallocate(address, size, alignment);
    }

    @Override
    public final long grow(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        return blocks.grow(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public final long growZeroed(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        return blocks.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public final long shrink(
        final long address, final long oldSize, final long oldAlignment, final long newSize, final long newAlignment)
    {
        return blocks.shrink(address, oldSize, oldAlignment, newSize, newAlignment);
    }

    @Override
    public final boolean tryResize(final long address, final long oldSize, final long alignment, final long newSize)
    {
        return blocks.tryResize(address, oldSize, alignment, newSize);
    }

    @Override
    public final long usableSize(final long address, final long size, final long alignment)
    {
        return blocks.usableSize(address, size, alignment);
    }

    @Override
    public final long goodSize(final long size, final long alignment)
    {
        return blocks.goodSize(size, alignment);
    }

    @Override
    public final long maxSize()
    {
        return blocks.maxSize();
    }

    @Override
    public final Diagnosis diagnose(final long size, final long alignment)
    {
        return blocks.diagnose(size, alignment);
    }

    @Override
    public final int allocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return blocks.allocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public final int deallocateBatch(
        final long size, final long alignment, final long[] addresses, final int from, final int count)
    {
        return blocks.deallocateBatch(size, alignment, addresses, from, count);
    }

    @Override
    public final boolean owns(final long address)
    {
        return blocks.owns(address);
    }

    @Override
    public final Region regionOf(final long address)
    {
        return blocks.regionOf(address);
    }

    @Override
    public final boolean isThreadSafe()
    {
        return blocks.isThreadSafe();
    }

    /**
     * What is checked, and how, for people.
     *
     * @return a text.
     */
    @Override
    public String toString()
    {
        return getClass().getSimpleName() + "[" + options.level() + ", " + blocks.target + "]";
    }
}
