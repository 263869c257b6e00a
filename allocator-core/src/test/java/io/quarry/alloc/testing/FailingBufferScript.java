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

import io.quarry.alloc.AllocError;
import io.quarry.alloc.Allocator;
import io.quarry.alloc.ExpandableBlockBuffer;
import io.quarry.alloc.Verifiable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Buffers that are written to past their ends, trimmed and closed while requests fail: a write that gets no memory
 * leaves its buffer as it was, in length and in every byte.
 */
final class FailingBufferScript implements FailingUpstreamContract.Part
{
    private static final int STEPS = 20;
    private static final int MOST = 16;
    private static final int LARGEST = 20_000;

    private final Allocator allocator;
    private final SplittableRandom random;
    private final List<Written> buffers = new ArrayList<>();

    FailingBufferScript(final Allocator allocator, final SplittableRandom random)
    {
        this.allocator = allocator;
        this.random = random;
    }

    /** A buffer, and all that was written to it. */
    private static final class Written
    {
        private final ExpandableBlockBuffer buffer;
        private final byte[] bytes = new byte[LARGEST];

        private Written(final ExpandableBlockBuffer buffer)
        {
            this.buffer = buffer;
        }

        private void write(final int at, final byte[] more)
        {
            final int capacity = buffer.capacity();
            final long address = buffer.addressOffset();
            try
            {
                buffer.putBytes(at, more);
            }
            catch (final AllocError | StackOverflowError failure)
            {
                assertEquals(capacity, buffer.capacity(), "capacity");
                assertEquals(address, buffer.addressOffset(), "addressOffset");
                throw failure;
            }
            System.arraycopy(more, 0, bytes, at, more.length);
        }

        private void trim(final int size)
        {
            buffer.trimToSize(size);
            Arrays.fill(bytes, Math.min(size, LARGEST), LARGEST, (byte)0);
        }

        private void check()
        {
            for (int i = 0; i < buffer.capacity(); i++)
            {
                assertEquals(i < LARGEST ? bytes[i] : 0, buffer.getByte(i), "index=" + i);
            }
        }
    }

    @Override
    public void run()
    {
        for (int i = 0; i < STEPS; i++)
        {
            try
            {
                step();
            }
            catch (final AllocError | StackOverflowError failure)
            {
                verify();
            }
        }
    }

    private void step()
    {
        if (buffers.size() < MOST && random.nextInt(3) == 0 || buffers.isEmpty())
        {
            buffers.add(new Written(new ExpandableBlockBuffer(allocator, random.nextInt(200))));
            return;
        }
        final Written written = buffers.get(random.nextInt(buffers.size()));
        final int choice = random.nextInt(8);
        if (0 == choice)
        {
            written.check();
            buffers.remove(written);
            written.buffer.close();
        }
        else if (1 == choice)
        {
            written.trim(random.nextInt(written.buffer.capacity() + 1));
        }
        else
        {
            final byte[] more = new byte[1 + random.nextInt(2000)];
            Arrays.fill(more, (byte)(1 + random.nextInt(100)));
            final int beyond = 3 * written.buffer.capacity() / 2 + 1;
            written.write(random.nextInt(Math.min(LARGEST - more.length, beyond)), more);
        }
    }

    private void verify()
    {
        if (allocator instanceof Verifiable verifiable)
        {
            verifiable.verify();
        }
        buffers.forEach(Written::check);
    }

    @Override
    public void freeAll()
    {
        verify();
        buffers.forEach(written -> written.buffer.close());
        buffers.clear();
    }
}
