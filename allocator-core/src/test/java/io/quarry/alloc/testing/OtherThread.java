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

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One thread beside the test's own, which waits for each call that it hands over; what the call throws comes out here.
 */
public final class OtherThread implements Executor, AutoCloseable
{
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task ->
    {
        final Thread made = new Thread(task, "other thread");
        made.setDaemon(true);
        return made;
    });

    @Override
    public void execute(final Runnable task)
    {
        try
        {
            thread.submit(task).get();
        }
        catch (final ExecutionException ex)
        {
            if (ex.getCause() instanceof Error error)
            {
                throw error;
            }
            throw (RuntimeException)ex.getCause();
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException("interrupted", ex);
        }
    }

    @Override
    public void close()
    {
        thread.shutdown();
    }
}
