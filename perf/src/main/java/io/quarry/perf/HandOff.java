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
package io.quarry.perf;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quarry.alloc.RegionAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;

/**
 * Two threads and a queue of Agrona's: one allocates a block for each message and writes a number to it, the other
 * reads that and frees the block. A JVM measures one of the classes below, so that the JIT compiler inlines its calls.
 */
abstract class HandOff
{
    static final int SIZE = 64;
    static final int ALIGNMENT = 8;

    private static final int REGION = 16 << 20;

    /** Messages that the queue holds. */
    private static final int CAPACITY = 1024;

    private static final int END = -1;

    /** What goes through the queue, as that takes objects only. Made once, and used again when it has come through. */
    static final class Message
    {
        private final int slot;
        private long address;
        private ByteBuf block;

        Message(final int slot)
        {
            this.slot = slot;
        }
    }

    private final OneToOneConcurrentArrayQueue<Message> queue = new OneToOneConcurrentArrayQueue<>(CAPACITY);
    // Twice the capacity: when one is used again the queue has long taken the one after it, which follows its reading.
    private final Message[] messages = new Message[2 * CAPACITY];
    private final Semaphore mayProduce = new Semaphore(0);
    private final Semaphore mayConsume = new Semaphore(0);
    private final Semaphore isConsumed = new Semaphore(0);
    private volatile int count;
    private volatile Throwable failure;
    private Thread producer;
    private Thread consumer;

    HandOff()
    {
        for (int i = 0; i < messages.length; i++)
        {
            messages[i] = new Message(i);
        }
    }

    /** Called by the thread that allocates, before its first message. */
    void enterProducer()
    {
    }

    /** Called by the thread that frees, before its first message. */
    void enterConsumer()
    {
    }

    /** Makes a message of a number. */
    abstract void produce(Message message, long number);

    /** Returns the number, and frees what was allocated for it. */
    abstract long consume(Message message);

    /** What the consumer does when its messages are over. */
    void idle()
    {
    }

    /** Checks that nothing is left, when both threads are at an end. */
    abstract void verify();

    final void start()
    {
        producer = start(mayProduce, this::enterProducer, this::produceAll);
        consumer = start(mayConsume, this::enterConsumer, this::consumeAll);
    }

    /** Of a kind for which Netty caches; the others don't care. */
    private Thread start(final Semaphore mayGo, final Runnable enter, final Runnable task)
    {
        final Thread thread = Subject.NETTY_ADAPTIVE.newThread(
            () ->
            {
                try
                {
                    enter.run();
                    for (mayGo.acquireUninterruptibly(); END != count; mayGo.acquireUninterruptibly())
                    {
                        task.run();
                    }
                }
                catch (final Throwable ex)
                {
                    failure = null == failure ? ex : failure;
                    isConsumed.release();
                }
            });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Has so many messages go from thread to thread, and returns when the last is freed. */
    final void pass(final int messageCount) throws InterruptedException
    {
        count = messageCount;
        mayConsume.release();
        mayProduce.release();
        isConsumed.acquire();
        if (null != failure)
        {
            throw new IllegalStateException("a thread failed", failure);
        }
    }

    private void produceAll()
    {
        final int last = count;
        for (int i = 0; i < last; i++)
        {
            final Message message = messages[i & messages.length - 1];
            produce(message, i);
            while (!queue.offer(message))
            {
                awaitOther();
            }
        }
    }

    private void consumeAll()
    {
        final int last = count;
        for (int i = 0; i < last; i++)
        {
            Message message = queue.poll();
            while (null == message)
            {
                awaitOther();
                message = queue.poll();
            }
            final long number = consume(message);
            if (i != number)
            {
                throw new IllegalStateException("wanted number=" + i + ", got number=" + number);
            }
        }
        idle();
        isConsumed.release();
    }

    private void awaitOther()
    {
        if (null != failure)
        {
            throw new IllegalStateException("the other thread failed", failure);
        }
        Thread.onSpinWait();
    }

    /** Ends the threads, and checks. */
    final void end() throws InterruptedException
    {
        count = END;
        mayProduce.release();
        mayConsume.release();
        producer.join();
        consumer.join();
        if (null == failure)
        {
            verify();
        }
    }

    /** Nothing is allocated. */
    static final class OfNumbers extends HandOff
    {
        @Override
        void produce(final Message message, final long number)
        {
            message.address = number;
        }

        @Override
        long consume(final Message message)
        {
            return message.address;
        }

        @Override
        void verify()
        {
        }
    }

    /** An allocator of Quarry's, called by both. */
    static class OfQuarry extends HandOff
    {
        private final RegionStack stack;
        private final RegionAllocator allocator;
        private final ByteBuffer buffer;
        private final long base;

        OfQuarry(final Subject subject)
        {
            stack = subject.openStack(REGION, ALIGNMENT);
            allocator = stack.allocator();
            base = stack.region().address();
            buffer = stack.region().buffer(base);
            RegionStack.touchAll(stack.region());
        }

        final RegionStack stack()
        {
            return stack;
        }

        final void put(final long address, final long number)
        {
            buffer.putLong((int)(address - base), number);
        }

        final long get(final long address)
        {
            return buffer.getLong((int)(address - base));
        }

        @Override
        void produce(final Message message, final long number)
        {
            message.address = allocator.allocate(SIZE, ALIGNMENT);
            put(message.address, number);
        }

        @Override
        long consume(final Message message)
        {
            final long number = get(message.address);
            allocator.deallocate(message.address, SIZE, ALIGNMENT);
            return number;
        }

        @Override
        final void verify()
        {
            allocator.verify();
            if (0 != allocator.stats().liveBlocks())
            {
                throw new IllegalStateException("wanted liveBlocks=0, got liveBlocks=" +
                    allocator.stats().liveBlocks());
            }
            stack.close();
        }
    }

    /** The slabs for any thread, each of the two calling its own heap. */
    static final class OfHeap extends OfQuarry
    {
        private Heap producers;
        private Heap consumers;

        OfHeap()
        {
            super(Subject.CONCURRENT_SLAB);
        }

        private Heap heap()
        {
            return ((ConcurrentSlabAllocator)stack().allocator()).heap();
        }

        @Override
        void enterProducer()
        {
            producers = heap();
        }

        @Override
        void enterConsumer()
        {
            consumers = heap();
        }

        @Override
        void produce(final Message message, final long number)
        {
            message.address = producers.allocate(SIZE, ALIGNMENT);
            put(message.address, number);
        }

        @Override
        long consume(final Message message)
        {
            final long number = get(message.address);
            consumers.deallocate(message.address, SIZE, ALIGNMENT);
            return number;
        }

        @Override
        void idle()
        {
            consumers.flush();
        }
    }

    /**
     * A peer, called as in a replay. Blocks are written to by both; the number is beside them.
     */
    static final class OfTarget extends HandOff
    {
        private static final int ALIGNMENT = 16;

        private final ReplayTarget target;

        OfTarget(final Subject subject)
        {
            target = subject.open(new Subject.Demand(2 * CAPACITY, SIZE, ALIGNMENT, REGION, 2));
        }

        @Override
        void enterProducer()
        {
            target.enterThread();
        }

        @Override
        void enterConsumer()
        {
            target.enterThread();
        }

        @Override
        void produce(final Message message, final long number)
        {
            target.alloc(message.slot, SIZE, ALIGNMENT);
            target.touch(message.slot, SIZE, ALIGNMENT);
            message.address = number;
        }

        @Override
        long consume(final Message message)
        {
            target.touch(message.slot, SIZE, ALIGNMENT);
            target.free(message.slot, SIZE, ALIGNMENT);
            return message.address;
        }

        @Override
        void verify()
        {
            target.verify();
            if (0 != target.liveBlocks())
            {
                throw new IllegalStateException("wanted liveBlocks=0, got liveBlocks=" + target.liveBlocks());
            }
        }
    }

    /** An allocator of Netty's. */
    static final class OfNetty extends HandOff
    {
        private final ByteBufAllocator allocator;

        OfNetty(final ByteBufAllocator allocator)
        {
            this.allocator = allocator;
        }

        @Override
        void produce(final Message message, final long number)
        {
            message.block = allocator.directBuffer(SIZE);
            message.block.setLong(0, number);
        }

        @Override
        long consume(final Message message)
        {
            final long number = message.block.getLong(0);
            message.block.release();
            return number;
        }

        @Override
        void verify()
        {
            // Netty doesn't tell what is live.
        }
    }
}
