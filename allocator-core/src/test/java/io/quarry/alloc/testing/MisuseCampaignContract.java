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

import io.quarry.alloc.Region;
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Test;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Function;

import static io.quarry.alloc.testing.ContractSubject.assumeMisuseIsDetected;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Injects wrong calls into random scripts until there were {@code -Dquarry.test.misuses=N} of them, 20,000 in the short
 * form: each kind that the default level promises to find must be refused every time and change nothing; the others
 * must change nothing but what they say. Where there is a {@link #check()}, every kind must be found, by the call or by
 * the next check. {@code -Dquarry.seed=N} sets the first seed. The counts are printed.
 */
public abstract class MisuseCampaignContract
{
    private static final long FIRST_SEED = Long.getLong("quarry.seed", 1L);
    private static final int MISUSES = Integer.getInteger("quarry.test.misuses", 20_000);
    private static final int MISUSES_A_SCRIPT = 1_000;
    private static final long[] REGION_SIZES = { 1 << 16, 1 << 18, (1 << 19) + 4096 };

    /**
     * Makes the allocator under test.
     *
     * @param region that it claims.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region);

    /**
     * What calls the allocator, of the one that {@link #create} made: by default itself.
     *
     * @param allocator from {@link #create}.
     * @return what is called, and closed before the allocator.
     */
    protected RegionAllocator front(final RegionAllocator allocator)
    {
        return allocator;
    }

    /**
     * What runs a part of the calls; null if all are the test's own.
     *
     * @return an executor of one other thread, which returns only when the call has.
     */
    protected Executor otherThread()
    {
        return null;
    }

    /**
     * Lets what the calling thread has freed reach its place, so that every other thread finds it dead.
     *
     * @return what does that, with what {@link #front} returned.
     */
    protected Function<RegionAllocator, Runnable> flush()
    {
        return allocator -> () ->
        {
        };
    }

    /**
     * What looks at the bytes around all blocks and in dead ones, and throws where they are damaged; null if nothing
     * does, and only what the default level promises is to be found.
     *
     * @return what does that, with what {@link #front} returned.
     */
    protected Function<RegionAllocator, Runnable> check()
    {
        return null;
    }

    @Test
    final void shouldFindEveryMisuseThatItsLevelFinds()
    {
        assumeMisuseIsDetected();
        final Map<MisuseKind, long[]> counts = new EnumMap<>(MisuseKind.class);
        for (final MisuseKind kind : MisuseKind.values())
        {
            counts.put(kind, new long[2]);
        }
        long injected = 0;
        for (long seed = FIRST_SEED; injected < MISUSES; seed++)
        {
            injected += run(seed, counts);
        }
        print(injected, counts);
        counts.forEach((kind, count) ->
        {
            assertTrue(count[0] > 0, kind + ": never injected");
            assertEquals(null != check() || kind.isFoundAtOnce() ? count[0] : 0, count[1], kind + ": found");
        });
    }

    private long run(final long seed, final Map<MisuseKind, long[]> counts)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final long regionSize = REGION_SIZES[random.nextInt(REGION_SIZES.length)];
        try (Region region = Region.allocate(regionSize); Region otherRegion = Region.allocate(1 << 16);
            RegionAllocator allocator = create(region); RegionAllocator other = create(otherRegion);
            RegionAllocator front = front(allocator))
        {
            final Runnable check = null == check() ? null : check().apply(front);
            final MisuseCampaign campaign = new MisuseCampaign(
                front, other, random, otherThread(), flush().apply(front), check, counts);
            try
            {
                return campaign.run(MISUSES_A_SCRIPT);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw Deviation.at("seed=" + seed + " regionSize=" + regionSize + " " + campaign.last(), ex);
            }
        }
    }

    private void print(final long injected, final Map<MisuseKind, long[]> counts)
    {
        final StringBuilder text = new StringBuilder(1024);
        text.append(getClass().getSimpleName()).append(": injected=").append(injected).append('\n');
        counts.forEach((kind, count) ->
            text.append(String.format("  %-24s injected=%8d found=%8d%n", kind, count[0], count[1])));
        System.out.print(text);
    }
}
