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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where some blocks were allocated and freed: one block in so many, in tables of fixed size. A block that is resized
 * stays a sample, or none, and keeps the place where it was allocated.
 * <p>
 * Threads: any, without a lock. A free is noted in two steps: {@link #leave} and {@link #freeing} before the allocator
 * is called, as another thread may be given the memory as soon as it is, and {@link #left} or {@link #stays} after.
 */
final class SampledSites
{
    static final int NO_SAMPLE = SampleTable.NOT_FOUND;

    private static final int SITES = 4096;
    private static final int LIVE = 1 << 14;
    private static final int FREED = 1 << 12;

    // An address is in live only while its block lives, in freed only while none lives there.
    private final SiteTable sites = new SiteTable(SITES);
    private final SampleTable live = new SampleTable(LIVE);
    private final SampleTable freed = new SampleTable(FREED);
    private final Sampler sampler;
    private final AtomicLong lost = new AtomicLong();

    SampledSites(final int every)
    {
        sampler = new Sampler(every);
    }

    /** A block was made. */
    void allocated(final long address, final long size, final long alignment)
    {
        freed.forget(address);
        if (sampler.next())
        {
            sample(address, size, alignment);
        }
    }

    private void sample(final long address, final long size, final long alignment)
    {
        final int at = live.claimFree(address);
        if (NO_SAMPLE == at)
        {
            lost.getAndIncrement();
            return;
        }
        final Thread thread = Thread.currentThread();
        live.sizes[at] = size;
        live.alignments[at] = alignment;
        live.allocationSites[at] = sites.here();
        live.allocationThreads[at] = thread.getId();
        live.allocationThreadNames[at] = thread.getName();
        live.publish(at, address);
    }

    /** A block is about to be freed or resized: its sample, if it is one. */
    int leave(final long address)
    {
        return live.claim(address);
    }

    /** The block is about to be freed, and not to be resized. */
    void freeing(final int sample, final long address)
    {
        if (NO_SAMPLE != sample)
        {
            noteFree(sample, address);
        }
    }

    /** The block was freed. */
    void left(final int sample)
    {
        if (NO_SAMPLE != sample)
        {
            live.release(sample);
        }
    }

    /** The block is where it was, with the layout it had. */
    void stays(final int sample, final long address)
    {
        if (NO_SAMPLE != sample)
        {
            freed.forget(address);
            live.publish(sample, address);
        }
    }

    /** The block is no more, and who freed it isn't known: what is known of it. */
    MisuseReport.BlockInfo freedByOther(final int sample, final long address)
    {
        freed.forget(address);
        final MisuseReport.BlockInfo block = new MisuseReport.BlockInfo(
            address, live.sizes[sample], live.alignments[sample], allocationSite(live, sample), null);
        live.release(sample);
        return block;
    }

    /** The block was resized, and may be at another address. */
    void resized(
        final int sample, final long address, final long newAddress, final long newSize, final long newAlignment)
    {
        if (newAddress != address)
        {
            freed.forget(newAddress);
        }
        if (NO_SAMPLE == sample)
        {
            return;
        }
        live.sizes[sample] = newSize;
        live.alignments[sample] = newAlignment;
        if (newAddress == address)
        {
            live.publish(sample, address);
            return;
        }
        final int at = live.claimFree(newAddress);
        if (NO_SAMPLE == at)
        {
            lost.getAndIncrement();
        }
        else
        {
            live.copyTo(sample, live, at);
            live.publish(at, newAddress);
        }
        // Another thread may have the old place by now, and then this is too late to be forgotten when it was given
        // that: until the next time a block is made there, a free that is refused there is put down to this one.
        noteFree(sample, address);
        live.release(sample);
    }

    private void noteFree(final int sample, final long address)
    {
        freed.forget(address);
        final int at = freed.claimAny(address);
        if (NO_SAMPLE != at)
        {
            final Thread thread = Thread.currentThread();
            live.copyTo(sample, freed, at);
            freed.freeSites[at] = sites.here();
            freed.freeThreads[at] = thread.getId();
            freed.freeThreadNames[at] = thread.getName();
            freed.publish(at, address);
        }
    }

    /** What is known of the block that was freed at an address and not replaced since; null if nothing is. */
    MisuseReport.BlockInfo freedAt(final long address)
    {
        final int at = freed.claim(address);
        if (NO_SAMPLE == at)
        {
            return null;
        }
        final MisuseReport.BlockInfo block = new MisuseReport.BlockInfo(address, freed.sizes[at], freed.alignments[at],
            allocationSite(freed, at), sites.at(freed.freeSites[at], freed.freeThreadNames[at], freed.freeThreads[at]));
        freed.publish(at, address);
        return block;
    }

    /** Samples for which there was no room. */
    long lost()
    {
        return lost.get();
    }

    long metadataBytes()
    {
        return live.metadataBytes() + freed.metadataBytes() + SITES * (long)Integer.BYTES;
    }

    /** Where the samples that live were allocated, most bytes first. */
    List<LeakReport.Site> liveSites()
    {
        final Map<Integer, LeakReport.Site> bySite = new HashMap<>();
        for (int at = 0; at < live.capacity(); at++)
        {
            final long address = live.addressAt(at);
            if (Allocator.NULL != address)
            {
                final LeakReport.Site one = new LeakReport.Site(
                    allocationSite(live, at), 1, live.sizes[at], address, live.sizes[at], live.alignments[at]);
                bySite.merge(live.allocationSites[at], one, SampledSites::sum);
            }
        }
        return mostFirst(bySite);
    }

    /** In the order of a report. */
    static List<LeakReport.Site> mostFirst(final Map<Integer, LeakReport.Site> bySite)
    {
        final List<LeakReport.Site> list = new ArrayList<>(bySite.values());
        list.sort(Comparator.comparingLong(LeakReport.Site::bytes).reversed());
        return list;
    }

    /** Two blocks or more of one place. */
    static LeakReport.Site sum(final LeakReport.Site a, final LeakReport.Site b)
    {
        return new LeakReport.Site(a.allocated(), a.blocks() + b.blocks(), a.bytes() + b.bytes(),
            a.address(), a.size(), a.alignment());
    }

    private CallSite allocationSite(final SampleTable table, final int at)
    {
        final String name = table.allocationThreadNames[at];
        return sites.at(table.allocationSites[at], null == name ? "" : name, table.allocationThreads[at]);
    }
}
