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
package io.quarry.perf.demo;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads blocks where they lie, in memory that another process has mapped too, and tells that process when it is done.
 */
final class BlockReader implements Agent
{
    private static final int LIMIT = 16;

    private final UnsafeBuffer memory;
    private final Subscription blocks;
    private final ExclusivePublication returns;
    private final ControlledFragmentHandler onBlock = this::onBlock;
    private final SharedBlock shared = new SharedBlock();
    private final AtomicLong read = new AtomicLong();

    BlockReader(final UnsafeBuffer memory, final Subscription blocks, final ExclusivePublication returns)
    {
        this.memory = memory;
        this.blocks = blocks;
        this.returns = returns;
    }

    /** Blocks so far; any thread may ask. */
    long read()
    {
        return read.get();
    }

    @Override
    public String roleName()
    {
        return "reader";
    }

    // listing:begin
    @Override
    public int doWork()
    {
        return blocks.controlledPoll(onBlock, LIMIT);
    }

    private ControlledFragmentHandler.Action onBlock(
        final DirectBuffer message, final int at, final int ignored, final Header header)
    {
        final long offset = SharedBlock.offset(message, at);
        final int length = SharedBlock.length(message, at);
        Message.check(memory, (int)offset, length);             // in place: nothing is copied
        if (!shared.tell(returns, offset, length))
        {
            return ControlledFragmentHandler.Action.ABORT;      // this one comes again
        }
        read.lazySet(read.get() + 1);
        return ControlledFragmentHandler.Action.CONTINUE;
    }
    // listing:end
}
