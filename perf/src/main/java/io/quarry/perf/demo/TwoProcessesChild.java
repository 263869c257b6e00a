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

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.quarry.perf.CommandError;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.File;
import java.io.PrintStream;
import java.nio.MappedByteBuffer;

/**
 * The main class of the second process: reads blocks until it has read as many as it was told to.
 */
final class TwoProcessesChild
{
    static final int BLOCKS = 2001;
    static final int RETURNS = 2002;

    private static final int COUNT = 2;

    private TwoProcessesChild()
    {
    }

    /**
     * Runs the child.
     *
     * @param args folder of the driver, file of the memory, count of blocks.
     */
    public static void main(final String[] args)
    {
        final PrintStream out = System.out;
        try
        {
            out.println("garbage made by the reader in the second half: " +
                read(args[0], new File(args[1]), Long.parseLong(args[COUNT])) + " bytes");
            out.flush();
            System.exit(0);
        }
        catch (final RuntimeException ex)
        {
            System.err.println("reader: " + ex.getMessage());
            System.exit(CommandError.DEVIATION);
        }
    }

    private static long read(final String folder, final File file, final long count)
    {
        // listing:begin
        final MappedByteBuffer mapped = IoUtil.mapExistingFile(file, "memory");
        try (Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(folder));
            Subscription blocks = aeron.addSubscription(AeronDemo.IPC, BLOCKS);
            ExclusivePublication returns = aeron.addExclusivePublication(AeronDemo.IPC, RETURNS);
            DemoAgents agents = new DemoAgents(TwoProcessesDemo.NAME))
        {
            final BlockReader reader = new BlockReader(new UnsafeBuffer(mapped), blocks, returns);
            agents.start(reader);
            // listing:end
            agents.await("blocks", reader::read, count / 2);
            final long before = agents.allocatedBytes();
            agents.await("blocks", reader::read, count);
            return agents.allocatedBytes() - before;
        }
        finally
        {
            IoUtil.unmap(mapped);
        }
    }
}
