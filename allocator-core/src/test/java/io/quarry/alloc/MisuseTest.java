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

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The words of a refusal: they name what was passed and what would have been right.
 */
class MisuseTest
{
    @Test
    void shouldNameTheAlignmentThatIsNone()
    {
        assertEquals("alignment=3: not a power of two (size=8)", Misuse.invalidLayout(8, 3).getMessage());
        assertEquals("alignment=0: not a power of two (size=8)", Misuse.invalidLayout(8, 0).getMessage());
        assertEquals(
            "alignment=18446744073709551615: not a power of two (size=8)", Misuse.invalidLayout(8, -1).getMessage());
    }

    @Test
    void shouldNameTheSizesThatAnAlignmentAllows()
    {
        assertEquals(
            "size=-1: not in 0..9223372036854775800, the sizes valid with alignment=8",
            Misuse.invalidLayout(-1, 8).getMessage());
        assertEquals(
            "size=1: not in 0..0, the sizes valid with alignment=9223372036854775808",
            Misuse.invalidLayout(1, Long.MIN_VALUE).getMessage());
    }

    @Test
    void shouldNameAddressesInHexadecimalAndAlignmentsUnsigned()
    {
        assertEquals(
            "address=0x7f00: not a multiple of alignment=9223372036854775808",
            Misuse.misaligned(0x7f00, Long.MIN_VALUE).getMessage());
        assertEquals("address=0x10: inside a block, not its start", Misuse.interior(0x10).getMessage());
        assertEquals("address=0x10: not allocated (freed already?)", Misuse.dead(0x10).getMessage());
        assertEquals("address=0x10: freed by two threads, in earlier calls", Misuse.freedTwice(0x10).getMessage());
        assertEquals(
            "size=65 at address=0x40: the block there has usableSize=64", Misuse.tooLarge(0x40, 65, 64).getMessage());
    }

    @Test
    void shouldNameBothLayouts()
    {
        assertEquals(
            "size=65 alignment=16 at address=0x40: the block there has size=64 alignment=8",
            Misuse.otherLayout(0x40, 65, 16, 64, 8).getMessage());
    }

    @Test
    void shouldNameBothThreads()
    {
        final Thread owner = new Thread("owner");
        final Thread caller = new Thread("caller");

        assertEquals(
            "String is for one thread, has owner=\"owner\" id=" + owner.getId() + ", called by thread=\"caller\" id=" +
                caller.getId(),
            Misuse.otherThread("an allocator", owner, caller).getMessage());
        assertEquals(
            "String is for one thread, has owner=none, called by thread=\"caller\" id=" + caller.getId(),
            Misuse.otherThread("an allocator", null, caller).getMessage());
    }
}
