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

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RegionClaimTest
{
    private static final int CAPACITY = 1 << 16;
    private static final int CALLS = 100_000;

    private final Region region = Region.allocate(CAPACITY);
    private final long base = region.address();
    private final RegionClaim claim = region.claim("first");

    @AfterEach
    void close()
    {
        claim.release(base);
        region.close();
    }

    @Test
    void shouldRefuseASecondClaimAndNameBothOwners()
    {
        final Exception ex = assertThrows(IllegalStateException.class, () -> region.claim(new StringBuilder("second")));
        assertTrue(ex.getMessage().contains("claimed by first"), ex.getMessage());
        assertTrue(ex.getMessage().contains("claimed by second"), ex.getMessage());
    }

    @Test
    void shouldLetAnotherClaimAfterRelease()
    {
        claim.release(base);
        final RegionClaim second = region.claim("second");
        claim.release(base);
        assertThrows(IllegalStateException.class, () -> region.claim("third"));
        second.release(base);
        region.claim("third").release(base);
    }

    @Test
    void shouldRefuseCallsAfterRelease()
    {
        claim.release(base);
        final Exception ex = assertThrows(IllegalStateException.class, () -> claim.zero(base, 8));
        assertTrue(ex.getMessage().contains("claim of first"), ex.getMessage());
        assertThrows(IllegalStateException.class, () -> claim.copy(base, base + 8, 8));
        assertThrows(IllegalStateException.class, () -> claim.copy(base, base, 0));
        assertThrows(IllegalStateException.class, () -> claim.zero(base, 0));
        assertThrows(IllegalStateException.class, claim::zeroFrom);
    }

    @Test
    void shouldKnowZerosAboveTheHighestBlockOfAllClaims()
    {
        assertEquals(base, claim.zeroFrom());
        claim.release(base + 5000);
        final RegionClaim second = region.claim("second");
        assertEquals(base + 5000, second.zeroFrom());
        second.release(base + 1000);
        final RegionClaim third = region.claim("third");
        assertEquals(base + 5000, third.zeroFrom());
        third.release(base + CAPACITY);
        final RegionClaim fourth = region.claim("fourth");
        assertEquals(base + CAPACITY, fourth.zeroFrom());
        fourth.release(base);
    }

    @Test
    void shouldNotTakeForZeroWhatUsersCouldWriteTo()
    {
        claim.release(base);
        region.zero(base + 4000, 1000);
        region.byteBuffer(base + 100, 20);
        final RegionClaim second = region.claim("second");
        assertEquals(base + 120, second.zeroFrom());
        second.release(base);
        region.copy(base, base + 200, 50);
        final RegionClaim third = region.claim("third");
        assertEquals(base + 250, third.zeroFrom());
        third.release(base);
    }

    @Test
    void shouldRefuseAnEndThatIsNotInTheRegionAndLast()
    {
        for (final long usedTo : new long[]{ base - 1, base + CAPACITY + 1, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE })
        {
            assertThrows(IllegalArgumentException.class, () -> claim.release(usedTo));
        }
        claim.zero(base, 8);
        assertEquals(base, claim.zeroFrom());
    }

    @Test
    void shouldCopyAndZeroWhatIsAskedOnly()
    {
        final ByteBuffer all = region.byteBuffer(base, CAPACITY);
        for (final int length : new int[]{ 0, 1, 7, 8, 24, 64, 65, 5000 })
        {
            for (int i = 0; i < CAPACITY; i++)
            {
                all.put(i, (byte)(1 + i % 101));
            }
            final ByteBuffer expected = ByteBuffer.allocate(CAPACITY).put(0, all, 0, CAPACITY);
            expected.put(30_000, all, 100, length);
            expected.put(200, new byte[length]);
            claim.copy(base + 100, base + 30_000, length);
            claim.zero(base + 200, length);
            assertEquals(expected, all, "length=" + length);
        }
    }

    @Test
    void shouldRefuseSpansThatAreNotInside()
    {
        final long end = base + CAPACITY;
        final long[][] spans = {
            { base - 1, 1 }, { end, 1 }, { end - 7, 8 }, { base, CAPACITY + 1 }, { base, -1 }, { base, Long.MIN_VALUE },
            { base, Long.MAX_VALUE }, { base + (1L << 32), 8 }, { base - (1L << 32), 8 }, { base, 1L << 32 }, { 0, 8 },
        };
        for (final long[] span : spans)
        {
            final Exception ex = assertThrows(IllegalArgumentException.class, () -> claim.zero(span[0], span[1]));
            assertTrue(ex.getMessage().contains("length=" + span[1]), ex.getMessage());
            assertThrows(IllegalArgumentException.class, () -> claim.copy(span[0], base, span[1]));
            assertThrows(IllegalArgumentException.class, () -> claim.copy(base, span[0], span[1]));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 3, 8, 20, 64, 65, 20_000 })
    void shouldMakeNoGarbage(final int length)
    {
        assertEquals(0, Garbage.leastOf(() -> work(length, length > 1000 ? CALLS / 10 : CALLS)));
    }

    private void work(final int length, final int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            claim.zero(base + i % 100, length);
            claim.copy(base + i % 100, base + 30_000, length);
            region.zero(base + i % 100, length);
            region.copy(base + i % 100, base + 30_000, length);
            region.buffer(base + i % 100).putInt(region.bufferOffset(base + i % 100), i);
        }
    }
}
