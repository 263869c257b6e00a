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

import io.quarry.alloc.testing.FirstFitAllocator;
import io.quarry.alloc.testing.VerifyAfterEach;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each invariant of an arena, broken: the verifier must say which. */
class ArenaVerifierTest
{
    private static final int LINK = 1024;

    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    private final Region region = resources.close(Region.allocate(1 << 16));
    private final FirstFitAllocator below = resources.close(FirstFitAllocator.over(region));
    private final ArenaChain chain = new ArenaChain(below, LINK, 4 * LINK);
    private final ArenaMarks marks = new ArenaMarks(4);
    /** Where the arena would be in its third and last link: two blocks of 100 bytes are in it. */
    private long top;
    private long end;
    private long last;

    @BeforeEach
    void shouldBeWholeAtFirst()
    {
        for (int i = 0; i < 3; i++)
        {
            marks.push(chain.current(), chain.current() < 0 ? 0 : chain.startOfCurrent() + 200);
            chain.advance(LINK, 8, chain.startOfCurrent() + 200);
        }
        top = chain.startOfCurrent() + 200;
        end = chain.endOfCurrent();
        last = chain.startOfCurrent() + 100;
        assertEquals(2, chain.current());
        verify();
    }

    @Test
    void shouldFindALinkTooMany()
    {
        chain.rewind(3);
        expect("current < count");
    }

    @Test
    void shouldFindALinkThatIsNotInItsRegion()
    {
        chain.addresses[1] = region.address() + region.capacity() - LINK + 1;
        expect("link in its region");
    }

    @Test
    void shouldFindAnEndOfAFullLinkThatIsNotInIt()
    {
        chain.usedTos[0] = chain.addresses[0] + LINK + 1;
        expect("usedTo in link");
        chain.usedTos[0] = chain.addresses[0] - 1;
        expect("usedTo in link");
    }

    @Test
    void shouldFindLinksThatOverlap()
    {
        final long address = chain.addresses[0];
        chain.addresses[0] = chain.addresses[1] + LINK - 1;
        chain.usedTos[0] += chain.addresses[0] - address;
        expect("links apart");
    }

    @Test
    void shouldFindAWrongSum()
    {
        chain.lengths[0]--;
        expect("sum of links == reservedBytes");
    }

    @Test
    void shouldFindAnotherEnd()
    {
        end--;
        expect("end of the current link");
    }

    @Test
    void shouldFindATopThatIsNotInTheCurrentLink()
    {
        top = end + 1;
        expect("top in the current link");
        top = chain.startOfCurrent() - 1;
        expect("top in the current link");
    }

    @Test
    void shouldFindALastBlockAboveTheTop()
    {
        last = top;
        expect("last block below top");
        last = chain.startOfCurrent() - 1;
        expect("last block below top");
    }

    @Test
    void shouldFindMarksInTheWrongOrder()
    {
        marks.links[1] = 2;
        expect("mark 1 of 3 at link=2");
        marks.links[1] = 0;
        verify();
        marks.links[1] = 1;
        marks.tops[1] = marks.tops[2] + 1;
        expect("mark 1 of 3 at link=1");
    }

    @Test
    void shouldFindAMarkOfAnotherPlace()
    {
        marks.marks[0] ^= 1;
        expect("mark 0 of 3");
    }

    private void expect(final String name)
    {
        final IllegalStateException found = assertThrows(IllegalStateException.class, this::verify);
        assertTrue(found.getMessage().contains(name), found.getMessage());
    }

    private void verify()
    {
        chain.verify(top, end, last);
        marks.verify(chain.current(), top);
    }
}
